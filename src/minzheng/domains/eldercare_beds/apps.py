from django.apps import AppConfig


class EldercareBedsConfig(AppConfig):
    name = "minzheng.domains.eldercare_beds"
    label = "eldercare_beds"
