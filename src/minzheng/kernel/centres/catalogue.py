"""Item groups, classes of precedence and working rules, read from this block's files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month

HERE = Path(__file__).parent
CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """What people come for (事项组); `series` begins its numbers, `minutes` is its usual time at the counter."""

    code: str
    series: str
    name: str
    name_en: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Priority:
    """Who is served first, what shows it, and by which paper (依法优先)."""

    code: str
    name: str
    name_en: str
    proof: str
    proof_en: str
    source: str
    provenance: str


@cache
def item_groups() -> dict[str, ItemGroup]:
    """Every item group by its code, in the ticket machine's order."""
    rows = yaml.safe_load((HERE / "data/item_groups.yaml").read_text(encoding="utf-8"))["groups"]
    groups = [ItemGroup(**row) for row in rows]
    if len({group.series for group in groups}) < len(groups):
        raise ValueError("item_groups.yaml: 号段字母重复 / two groups begin their numbers with one letter")
    return {group.code: group for group in groups}


@cache
def priorities() -> dict[str, Priority]:
    """Every class of precedence by its code."""
    rows = yaml.safe_load((HERE / "data/priorities.yaml").read_text(encoding="utf-8"))["classes"]
    return {row["code"]: Priority(**row) for row in rows}


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("centres", load_folder(HERE / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The working rules in force in a day's month, as `rules_on(day).slot_minutes`."""
    return working_rules().at(Month.of(day))
