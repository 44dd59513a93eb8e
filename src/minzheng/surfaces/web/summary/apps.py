from django.apps import AppConfig


class SummaryPagesConfig(AppConfig):
    name = "minzheng.surfaces.web.summary"
    label = "web_summary"
