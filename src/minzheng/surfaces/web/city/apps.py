from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "minzheng.surfaces.web.city"
    label = "web_city"
