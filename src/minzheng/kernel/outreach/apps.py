from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "minzheng.kernel.outreach"
    label = "outreach"
