from django.apps import AppConfig


class ReformsPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.reforms"
    label = "web_reforms"
