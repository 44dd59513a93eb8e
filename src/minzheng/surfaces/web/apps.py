from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "minzheng.surfaces.web"
    label = "web"
