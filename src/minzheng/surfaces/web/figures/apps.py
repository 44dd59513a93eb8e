from django.apps import AppConfig


class FiguresPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.figures"
    label = "web_figures"
