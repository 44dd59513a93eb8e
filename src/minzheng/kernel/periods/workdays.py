"""Working days (工作日) with the holidays and make-up days the State Council announces each year.

The table comes from the library chinesecalendar and ends with the last announced year. Beyond it the answer
would be a guess, so it is an error that says what to do.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar


class UnknownCalendarYear(ValueError):
    """The year's holidays have not been announced, or the installed table is older than the announcement."""


@cache
def is_workday(day: date) -> bool:
    """Whether offices work on a day: make-up Saturdays yes, holidays no. Kept for each day, as pages ask for whole years.

    Raises:
        UnknownCalendarYear: the day lies outside the table of announced holidays.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise UnknownCalendarYear(
            f"{day.year} 年的节假日安排不在日历表内，请升级 chinesecalendar / "
            f"the holidays of {day.year} are not in the calendar; update the package chinesecalendar"
        ) from error


def add_workdays(start: date, count: int) -> date:
    """The day that is `count` working days after a day; the day itself is not counted (民法典 第二百零一条).

    >>> add_workdays(date(2022, 9, 30), 1)
    datetime.date(2022, 10, 8)
    """
    if count < 0:
        raise ValueError("count must not be negative")
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def next_workday(day: date) -> date:
    """The day itself if offices work, else the first working day after it."""
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + timedelta(days=step)) for step in range(1, (end - start).days + 1))


def weekday_served(day: date) -> int | None:
    """Whose weekday's hours hold on a day; None on a public holiday. A make-up Saturday has Monday's.

    >>> weekday_served(date(2022, 10, 3)), weekday_served(date(2022, 10, 8)), weekday_served(date(2022, 7, 2))
    (None, 0, 5)
    """
    works = is_workday(day)
    if day.weekday() < 5:
        return day.weekday() if works else None
    if works:
        return 0
    # A Saturday inside a holiday week is a holiday too: the working days around it are off.
    neighbour = day - timedelta(days=day.weekday() - 4)
    return day.weekday() if is_workday(neighbour) else None
