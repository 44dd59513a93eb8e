from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "minzheng.kernel.people"
    label = "people"
