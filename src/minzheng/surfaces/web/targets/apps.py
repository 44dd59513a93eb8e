from django.apps import AppConfig


class TargetsPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.targets"
    label = "web_targets"
