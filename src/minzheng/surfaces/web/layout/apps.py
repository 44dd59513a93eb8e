from django.apps import AppConfig


class LayoutPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.layout"
    label = "web_layout"
