"""The register's dated values (年龄、期限、跨区通办): each with its paper."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("marriage_registration", load_folder(Path(__file__).parent / "parameters"))


def rule_at(name: str, on: date) -> int:
    """The whole number in force in the month of a day."""
    return int(getattr(working_rules().at(Month.of(on)), name))


def districts_at(on: date) -> frozenset[str]:
    """The districts between which acts may be registered across (跨区通办); none before the pilot."""
    entry = working_rules().parameters["cross_district"].entry_at(Month.of(on))
    return (
        frozenset(str(code) for code in entry.value)
        if entry and isinstance(entry.value, tuple)
        else frozenset()
    )
