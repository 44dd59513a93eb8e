from django.apps import AppConfig


class BedsPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.beds"
    label = "web_beds"

    def ready(self) -> None:
        from minzheng.surfaces.web.beds import words  # noqa: F401  # registers the states
