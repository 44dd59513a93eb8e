"""The working rules that hold for awards of every programme, as dated parameters with their papers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("awards", load_folder(Path(__file__).parent / "parameters"))
