"""Open and closed accounting months (会计月份)."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from minzheng.kernel.payments import locks
from minzheng.kernel.payments.errors import MonthClosed
from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.periods import Month


def is_closed(month: Month) -> bool:
    return MonthClose.objects.filter(month=month.first_day).exists()


def require_open(month: Month) -> None:
    """Keeps the month from being closed meanwhile; raises MonthClosed where it no longer takes entries."""
    locks.share_month(month)
    if is_closed(month):
        raise MonthClosed(
            f"{month.chinese}已结账，不能再入账；请记入{open_month(month.first_day).chinese}"
            f" / {month} is closed, later entries belong to {open_month(month.first_day)}"
        )


def open_month(on: date) -> Month:
    """The accounting month that takes what happens on a day: its own, or the first one after the last closed."""
    latest = MonthClose.objects.aggregate(last=Max("month"))["last"]
    own = Month.of(on)
    return own if latest is None or latest < own.first_day else Month.of(latest) + 1
