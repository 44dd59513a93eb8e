"""The working values of the layout plan: ratio, reach, detour, mortality, costs, the solver's time."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import Entry, MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("eldercare_layout", load_folder(Path(__file__).parent / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The values in force in a day's month."""
    return working_rules().at(Month.of(day))


def plan_entry(day: date) -> Entry | None:
    """The years that the layout plan is for, with its paper; none before its period."""
    return working_rules().parameters["plan_years"].entry_at(Month.of(day))


def plan_years(day: date) -> tuple[int, ...]:
    """The near and the far year of the layout plan (近期、远期); none before its period.

    >>> plan_years(date(2021, 12, 31)), plan_years(date(2022, 1, 1))
    ((), (2025, 2035))
    """
    entry = plan_entry(day)
    return tuple(int(str(year)) for year in entry.value) if entry and isinstance(entry.value, tuple) else ()
