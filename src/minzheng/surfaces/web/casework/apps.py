from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    name = "minzheng.surfaces.web.casework"
    label = "web_casework"

    def ready(self) -> None:
        from minzheng.surfaces.web.casework import words  # noqa: F401  # registers the states of cases
