"""The numbers the workforce is judged by, with their papers: terms and sums of subsidies, points of institutions."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("eldercare_workforce", load_folder(Path(__file__).parent / "parameters"))


def rules_on(on: date) -> MonthParameters:
    """The values in force on a day."""
    return working_rules().at(Month.of(on))
