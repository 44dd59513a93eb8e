from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "minzheng.surfaces.web.linkage"
    label = "web_linkage"
