"""Which day it is at the counter: today, or in a demonstration the day its synthetic city has reached."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.monthend.live import day_in_hand
from minzheng.kernel.periods import today


def working_day() -> date:
    """The day that acts of the workbench are dated by.

    A demonstration's city lives in the year of its files, so there an act belongs to the day of its latest month run;
    dated by the wall clock, a payment made again would land years after the month it belongs to.
    """
    return day_in_hand() or today()
