"""The working rules of payments: how much may be set off, how long a family may answer; dated, with their papers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("payments", load_folder(Path(__file__).parent / "parameters"))
