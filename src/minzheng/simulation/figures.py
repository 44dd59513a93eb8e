"""The figures of the demonstration: counted once all its records are there, as the hourly job would."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.indicators.counting import Refreshed, refresh


def prepare_figures(*, on: date) -> Refreshed:
    """Counts what changed, casework's base first; a repeat finds nothing new."""
    refresh_totals()
    return refresh(on=on)
