from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "minzheng.kernel.cases"
    label = "cases"
