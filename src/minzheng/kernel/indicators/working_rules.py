"""The working rules of publishing figures, dated and with their papers."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("indicators", load_folder(Path(__file__).parent / "parameters"))


def small_cells(on: date) -> int:
    """Cells from one up to below this many people are hidden in publications."""
    return int(working_rules().at(Month.of(on)).small_cells)
