from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "minzheng.surfaces.web.casework"
    label = "web_casework"
