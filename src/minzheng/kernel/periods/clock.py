"""The wall clock, for surfaces only: actions and rules take `on` or `month` as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now_utc() -> datetime:
    """The present instant, in UTC as records keep it."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Shanghai, which at 17:00 UTC is already tomorrow's."""
    return now_utc().astimezone(SHANGHAI).date()
