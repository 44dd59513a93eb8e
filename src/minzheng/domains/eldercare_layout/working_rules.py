"""The working values of the layout plan: ratio, reach, detour, mortality, costs, the solver's time."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("eldercare_layout", load_folder(Path(__file__).parent / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The values in force in a day's month."""
    return working_rules().at(Month.of(day))
