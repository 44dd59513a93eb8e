from django.apps import AppConfig


class BedsPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.beds"
    label = "web_beds"
