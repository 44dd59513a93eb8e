"""Points, levels and what follows from them, as dated parameters with their papers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("eldercare_supervision", load_folder(Path(__file__).parent / "parameters"))
