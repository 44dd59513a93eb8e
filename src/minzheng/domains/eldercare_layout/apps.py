from django.apps import AppConfig


class EldercareLayoutConfig(AppConfig):
    name = "minzheng.domains.eldercare_layout"
    label = "eldercare_layout"
