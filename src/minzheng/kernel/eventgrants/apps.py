from django.apps import AppConfig


class EventGrantsConfig(AppConfig):
    name = "minzheng.kernel.eventgrants"
    label = "eventgrants"
