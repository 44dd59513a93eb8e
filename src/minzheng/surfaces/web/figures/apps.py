from django.apps import AppConfig


class FiguresPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.figures"
    label = "web_figures"

    def ready(self) -> None:
        from minzheng.surfaces.web.figures.comparison import register

        register()
