from django.apps import AppConfig


class DementiaCareConfig(AppConfig):
    name = "minzheng.domains.dementia_care"
    label = "dementia_care"
