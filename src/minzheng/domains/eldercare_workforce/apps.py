from django.apps import AppConfig


class EldercareWorkforceConfig(AppConfig):
    name = "minzheng.domains.eldercare_workforce"
    label = "eldercare_workforce"
