"""The working rules of what surrounds a case: time limits of reviews, follow-ups and help, dated and with their papers."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("cases", load_folder(Path(__file__).parent / "parameters"))


def rule_at(name: str, on: date) -> int:
    """The whole number in force in the month of a day."""
    return int(getattr(working_rules().at(Month.of(on)), name))
