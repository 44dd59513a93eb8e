from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "minzheng.kernel.places"
    label = "places"
