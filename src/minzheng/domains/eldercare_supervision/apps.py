from django.apps import AppConfig


class EldercareSupervisionConfig(AppConfig):
    name = "minzheng.domains.eldercare_supervision"
    label = "eldercare_supervision"
