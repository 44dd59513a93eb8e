"""The working rules of the month end: how far back a late fact reaches; dated, with their papers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("monthend", load_folder(Path(__file__).parent / "parameters"))
