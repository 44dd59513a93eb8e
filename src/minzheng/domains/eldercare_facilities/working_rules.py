"""The numbers elder care works by, with their papers: days to file, hours to report, days a bed may stand empty."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("eldercare_facilities", load_folder(Path(__file__).parent / "parameters"))


def rules_on(on: date) -> MonthParameters:
    """The values in force on a day."""
    return working_rules().at(Month.of(on))
