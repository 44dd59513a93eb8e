from django.apps import AppConfig


class ReformsConfig(AppConfig):
    name = "minzheng.kernel.reforms"
    label = "reforms"
