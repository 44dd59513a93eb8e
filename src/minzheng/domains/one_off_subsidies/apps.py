from django.apps import AppConfig


class OneOffSubsidiesConfig(AppConfig):
    name = "minzheng.domains.one_off_subsidies"
    label = "one_off_subsidies"
