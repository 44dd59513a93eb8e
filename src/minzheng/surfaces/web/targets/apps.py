from django.apps import AppConfig


class TargetsPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.targets"
    label = "web_targets"

    def ready(self) -> None:
        from minzheng.surfaces.web.targets.words import register

        register()
