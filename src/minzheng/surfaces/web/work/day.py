"""Which day it is at the counter: today, or in a demonstration the day its synthetic city has reached."""

from __future__ import annotations

import os
from datetime import date

from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.periods import today


def working_day() -> date:
    """The day that acts of the workbench are dated by.

    A demonstration's city lives in the year of its files, so there an act belongs to the day of its latest month run;
    dated by the wall clock, a payment made again would land years after the month it belongs to.
    """
    if os.environ.get("MINZHENG_DEMO") == "1":
        reached = MonthRun.objects.order_by("-month", "-attempt").values_list("on", flat=True).first()
        if reached is not None:
            return reached
    return today()
