from django.apps import AppConfig


class MonthendConfig(AppConfig):
    name = "minzheng.kernel.monthend"
    label = "monthend"
