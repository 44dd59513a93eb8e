"""The two periods of thirty days of a divorce by agreement (离婚冷静期、领证期), counted as the law counts.

Each begins the day after: the first after the day of receipt, the second after the first has run out. A last day on which
offices are closed moves to the next working day (民法典 第二百零一条、第二百零三条、第一千零七十七条).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from minzheng.domains.marriage_registration.working_rules import rule_at
from minzheng.kernel.periods.workdays import next_workday


@dataclass(frozen=True, slots=True)
class DivorcePeriods:
    """First and last day of both periods, each included."""

    cooling_first: date
    cooling_last: date
    collect_first: date
    collect_last: date


def divorce_periods(received_on: date) -> DivorcePeriods:
    """Both periods of an application received on a day.

    >>> divorce_periods(date(2022, 9, 1))  # the thirtieth day is 1 October; offices open again on 8 October
    DivorcePeriods(cooling_first=datetime.date(2022, 9, 2), cooling_last=datetime.date(2022, 10, 8), \
collect_first=datetime.date(2022, 10, 9), collect_last=datetime.date(2022, 11, 7))
    """
    cooling_last = next_workday(received_on + timedelta(days=rule_at("cooling_days", received_on)))
    collect_last = next_workday(cooling_last + timedelta(days=rule_at("collecting_days", received_on)))
    day = timedelta(days=1)
    return DivorcePeriods(received_on + day, cooling_last, cooling_last + day, collect_last)
