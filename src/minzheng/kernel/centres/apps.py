from django.apps import AppConfig


class CentresConfig(AppConfig):
    name = "minzheng.kernel.centres"
    label = "centres"
