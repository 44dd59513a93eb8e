"""The scoring model, the classes of the queue, tasks of a care plan and the rules in force, read from this domain's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month

HERE = Path(__file__).parent


@cache
def parameters() -> ParameterSet:
    return ParameterSet("eldercare_beds", load_folder(HERE / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The values in force in a day's month, as `rules_on(day).basic_bed_grade`."""
    return parameters().at(Month.of(day))


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the form; options are (points, 中文, English)."""

    code: str
    group: str
    name: str
    name_en: str
    options: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Scoring:
    """The scoring model (评分模型): items, points, and from how many points each grade begins."""

    version: str
    source: str
    provenance: str
    items: tuple[Item, ...]
    thresholds: tuple[tuple[int, int], ...]

    def score(self, answers: Mapping[str, Any]) -> tuple[int, int]:
        """Points and grade of a filled form; each answer is the points of one of the item's options.

        Raises:
            BedsRefused: an item is missing or an answer is none of its options; the message names the item.
        """
        total = 0
        for item in self.items:
            value = answers.get(item.code)
            if value not in {points for points, _, _ in item.options}:
                raise BedsRefused(f"请选择“{item.name}” / choose an answer for “{item.name_en}”")
            total += int(value)
        return total, self.grade_of(total)

    def grade_of(self, points: int) -> int:
        """The grade of so many points."""
        return max(grade for start, grade in self.thresholds if points >= start)


@cache
def scoring() -> Scoring:
    raw = _read("scoring.yaml")
    items = tuple(
        Item(one["code"], one["group"], one["name"], one["name_en"], tuple(map(tuple, one["options"])))
        for one in raw["items"]
    )
    thresholds = tuple((band["from"], band["value"]) for band in raw["thresholds"])
    return Scoring(raw["version"], raw["source"], raw["provenance"], items, thresholds)


@dataclass(frozen=True, slots=True)
class EntitlementClass:
    """A class of the queue (轮候类别); `needs` says what shows it: fact, paper, diagnosis, grade, or nothing."""

    code: str
    rank: int
    name: str
    name_en: str
    needs: str
    reason: str
    reason_en: str
    source: str
    provenance: str


@cache
def classes() -> dict[str, EntitlementClass]:
    """Every class by its code, the first to be served first."""
    return {row["code"]: EntitlementClass(**row) for row in _read("classes.yaml")["classes"]}


@cache
def care_tasks() -> dict[str, tuple[str, str]]:
    """Tasks of a care plan: code → (中文, English)."""
    return {row["code"]: (row["name"], row["name_en"]) for row in _read("care_tasks.yaml")["tasks"]}


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / "data" / name).read_text(encoding="utf-8"))
    return found
