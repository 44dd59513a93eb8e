from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.db.models.signals import post_migrate


class IndicatorsConfig(AppConfig):
    name = "minzheng.kernel.indicators"
    label = "indicators"

    def ready(self) -> None:
        from minzheng.kernel.indicators.marking import after_migrate

        register(declared_figures)
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="indicators follows tables")


def declared_figures(**_: Any) -> list[CheckMessage]:
    """The start is refused while a figure is declared wrongly."""
    from minzheng.kernel.indicators.errors import IndicatorsError
    from minzheng.kernel.indicators.registry import registry
    from minzheng.kernel.indicators.summary import summary

    try:
        registry()
        summary()
    except IndicatorsError as error:
        return [Error(fault, id="indicators.E001") for fault in error.faults]
    return []
