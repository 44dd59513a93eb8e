from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "minzheng.surfaces.web.centres"
    label = "web_centres"
