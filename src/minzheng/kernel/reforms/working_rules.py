"""The working rules of what-ifs: ages that describe households, and how small a figure may be shown to those who may not
see people."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("reforms", load_folder(Path(__file__).parent / "parameters"))
