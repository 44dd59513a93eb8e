from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "minzheng.kernel.awards"
    label = "awards"
