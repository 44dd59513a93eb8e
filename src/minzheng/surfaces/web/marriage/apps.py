from django.apps import AppConfig


class MarriagePagesConfig(AppConfig):
    name = "minzheng.surfaces.web.marriage"
    label = "web_marriage"
