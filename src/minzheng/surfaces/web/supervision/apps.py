from django.apps import AppConfig


class SupervisionPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.supervision"
    label = "web_supervision"
