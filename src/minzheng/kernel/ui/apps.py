"""The design system as a Django app, for its templates, tags and static files."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "minzheng.kernel.ui"
    label = "ui"
    verbose_name = "界面"
