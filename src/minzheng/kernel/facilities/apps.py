from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    name = "minzheng.kernel.facilities"
    label = "facilities"
