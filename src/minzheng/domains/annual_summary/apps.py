from django.apps import AppConfig


class AnnualSummaryConfig(AppConfig):
    name = "minzheng.domains.annual_summary"
    label = "annual_summary"
