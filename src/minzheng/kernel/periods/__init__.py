"""Months, ages and working days.

Law is dated by day and benefits are paid by calendar month, so the month is the unit of nearly every rule.
This block gives the month one type that orders, counts and prints the same everywhere, and keeps the
reading of the wall clock out of everything but the surfaces.
"""

from minzheng.kernel.periods.ages import age_in_months, age_in_years, month_of_birth, month_reaching_age
from minzheng.kernel.periods.clock import SHANGHAI, now_utc, today
from minzheng.kernel.periods.month import Month, iter_months
from minzheng.kernel.periods.workdays import (
    UnknownCalendarYear,
    add_workdays,
    is_workday,
    next_workday,
    weekday_served,
    workdays_between,
)

__all__ = [
    "SHANGHAI",
    "Month",
    "UnknownCalendarYear",
    "add_workdays",
    "age_in_months",
    "age_in_years",
    "is_workday",
    "iter_months",
    "month_of_birth",
    "month_reaching_age",
    "next_workday",
    "now_utc",
    "today",
    "weekday_served",
    "workdays_between",
]
