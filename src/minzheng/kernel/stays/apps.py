from django.apps import AppConfig


class StaysConfig(AppConfig):
    name = "minzheng.kernel.stays"
    label = "stays"
