from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "minzheng.kernel.organisations"
    label = "organisations"
