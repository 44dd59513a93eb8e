"""Gradual exit (渐退): a household on the allowance whose member takes a job keeps it for a time.

上海市社会救助条例 第二十七条 says that it may; no paper that we know says how much and how long. So this is an assumption to
look at beside the law: while the exit lasts, only part of the members' wages counts as income.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.programmes import Programme
from minzheng.kernel.rules import Person, floor_div, rule, where

PROGRAMME = "subsistence_allowance"
_PARAMETERS = Path(__file__).parent / "parameters"


@rule(
    entity=Person,
    source="上海市社会救助条例 第二十七条（渐退的比例与期限为示例，正式文件待查）",
    provenance="illustrative",
    label="本人可支配收入（渐退期内）",
    label_en="Own countable income while exiting gradually",
    unit="fen/month",
)
def own_income_fen(person: Person, m: Any) -> Any:
    """Pension and the part of the wage that counts during the exit; nothing for people who do not count."""
    counted = floor_div(person.wage_fen * m.gradual_exit_counted_percent, 100)
    return where(person.is_member, counted + person.pension_fen, 0)


def with_gradual_exit(programmes: Sequence[Programme]) -> list[Programme]:
    """The programmes as they would be for a household within its exit: one rule replaced, all others as they are."""
    return [_replaced(p) if p.code == PROGRAMME else p for p in programmes]


def _replaced(programme: Programme) -> Programme:
    rules = tuple(own_income_fen if r.name == own_income_fen.name else r for r in programme.rules)
    values = programme.parameters.parameters | load_folder(_PARAMETERS)
    return replace(programme, rules=rules, parameters=ParameterSet(programme.parameters.programme, values))
