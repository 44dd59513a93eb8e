from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "minzheng.kernel.sources"
    label = "sources"
