"""The working rules of inspections, as dated parameters with their papers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("inspections", load_folder(Path(__file__).parent / "parameters"))
