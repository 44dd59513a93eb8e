"""Working rules of bookings, read from this block's dated files, and the moments that follow from them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import SHANGHAI, Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("bookings", load_folder(Path(__file__).parent / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The working rules in force in a day's month, as `rules_on(day).days_ahead`."""
    return working_rules().at(Month.of(day))


def local_day(at: datetime) -> date:
    """The calendar day of an instant in Shanghai."""
    return at.astimezone(SHANGHAI).date()


def moment(day: date, clock: time) -> datetime:
    """A time of day on a day, in Shanghai."""
    return datetime.combine(day, clock, SHANGHAI)


def release_of(day: date) -> datetime:
    """When the places of a day are released: `days_ahead` days before it, at the release hour.

    >>> release_of(date(2022, 8, 31)).isoformat()
    '2022-08-01T09:00:00+08:00'
    """
    rules = rules_on(day)
    return moment(day - timedelta(days=int(rules.days_ahead)), time(int(rules.release_hour)))
