from django.apps import AppConfig


class EldercareFacilitiesConfig(AppConfig):
    name = "minzheng.domains.eldercare_facilities"
    label = "eldercare_facilities"
