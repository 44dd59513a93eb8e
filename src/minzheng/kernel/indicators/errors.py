"""What may be wrong with figures; each message names the figure and what to do."""

from __future__ import annotations


class IndicatorsError(ValueError):
    """A figure is declared wrongly; the message tells every fault, one a line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class NoSuchFigure(LookupError):
    """No figure is declared under this name."""
