from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "minzheng.kernel.targets"
    label = "targets"
