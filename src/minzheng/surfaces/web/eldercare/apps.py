from django.apps import AppConfig


class EldercarePagesConfig(AppConfig):
    name = "minzheng.surfaces.web.eldercare"
    label = "web_eldercare"
