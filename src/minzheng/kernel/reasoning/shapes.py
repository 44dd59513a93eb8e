"""Shapes of households (家庭样例) along whose income the law is looked at.

They stand as `household_shapes.yaml` beside the programmes' packages. Ages are given instead of birth months,
so a shape serves any month.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.reasoning.spans import Line
from minzheng.kernel.rules import HouseholdInputs, Law, LawError, catalogue
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON

_KEYS = {"code", "name", "name_en", "earner", "household", "persons"}


@dataclass(frozen=True, slots=True)
class Shape:
    """One household; `earner` is the person (1, 2, …) whose wage moves."""

    code: str
    name: str
    name_en: str
    earner: int
    household: dict[str, Any]
    persons: tuple[dict[str, Any], ...]

    def inputs(self, month: Month) -> HouseholdInputs:
        """The household as it stands in a month."""
        people = []
        for number, person in enumerate(self.persons, 1):
            row = {"person_id": number, "household_id": 1, **person}
            if "age" in row:
                row["birth_month"] = month.index - 12 * int(row.pop("age"))
            people.append(row)
        return HouseholdInputs({"household_id": 1, **self.household}, people)

    def line(self, law: Law) -> Line:
        """The household along the earner's wage."""
        return Line(law, self.inputs(law.month), "wage_fen", self.earner - 1)


def _shape(raw: Any, where: str) -> Shape:
    if not isinstance(raw, dict) or set(raw) != _KEYS:
        raise LawError(f"{where}: 须写明 / write exactly {sorted(_KEYS)}")
    if not raw["persons"] or not 1 <= int(raw["earner"]) <= len(raw["persons"]):
        raise LawError(f"{where}: earner 须为成员序号 / earner is a person's number, from 1")
    for entity, rows in ((HOUSEHOLD, [raw["household"]]), (PERSON, raw["persons"])):
        for name in {n for row in rows for n in row} - ({"age"} if entity == PERSON else set()):
            if (entity, name) not in catalogue():
                raise LawError(f"{where}: {entity} 没有输入 {name} / no such input: {name}")
    return Shape(str(raw["code"]), str(raw["name"]), str(raw["name_en"]), int(raw["earner"]),
                 dict(raw["household"]), tuple(map(dict, raw["persons"])))  # fmt: skip


def load_shapes(path: Path) -> list[Shape]:
    """Read a file of shapes.

    Raises:
        LawError: names the shape and what is wrong.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    shapes = [_shape(item, f"{path}, shape {n}") for n, item in enumerate(raw["shapes"], 1)]
    if len({s.code for s in shapes}) != len(shapes):
        raise LawError(f"{path}: 样例代码重复 / two shapes have the same code")
    return shapes


def shapes_of(programmes: Iterable[Programme]) -> list[Shape]:
    """The shapes beside the programmes' packages."""
    found: list[Shape] = []
    for parent in dict.fromkeys(p.package.rpartition(".")[0] for p in programmes):
        for folder in map(Path, importlib.import_module(parent).__path__):
            if (folder / "household_shapes.yaml").is_file():
                found += load_shapes(folder / "household_shapes.yaml")
    return found
