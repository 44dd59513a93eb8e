from django.apps import AppConfig


class MarriageRegistrationConfig(AppConfig):
    name = "minzheng.domains.marriage_registration"
    label = "marriage_registration"
