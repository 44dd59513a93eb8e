from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "minzheng.surfaces.web.portal"
    label = "web_portal"
