"""The screening form, the tasks of a friendly community, the items of a unit's acceptance, and the values in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month

HERE = Path(__file__).parent


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("dementia_care", load_folder(HERE / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The values in force in a day's month."""
    return working_rules().at(Month.of(day))


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: a task of a community, an item of an acceptance."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; options are (points, 中文, English), the best first."""

    code: str
    name: str
    name_en: str
    options: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The screening form (筛查表): the more points, the better the memory."""

    version: str
    source: str
    provenance: str
    questions: tuple[Question, ...]

    @property
    def most(self) -> int:
        return sum(max(points for points, _zh, _en in one.options) for one in self.questions)

    def score(self, answers: Mapping[str, Any]) -> int:
        """The sum of the answers' points; each answer is the points of one of the question's options.

        Raises:
            DementiaRefused: a question is not answered, or not by one of its options; the message names it.
        """
        total = 0
        for one in self.questions:
            allowed = [points for points, _zh, _en in one.options]
            value = answers.get(one.code)
            if value not in allowed:
                raise DementiaRefused(
                    f"“{one.name}”须选一项（{'、'.join(map(str, allowed))} 分） / answer “{one.name_en}” by one of its options"
                )
            total += int(value)
        return total


@cache
def screening_form() -> Form:
    told = _read("screening.yaml")
    questions = tuple(
        Question(one["code"], one["name"], one["name_en"], tuple((int(p), zh, en) for p, zh, en in one["options"]))
        for one in told["questions"]
    )  # fmt: skip
    return Form(told["version"], told["source"], told["provenance"], questions)


@cache
def community_tasks() -> tuple[Entry, ...]:
    return tuple(Entry(**one) for one in _read("community_tasks.yaml")["tasks"])


@cache
def unit_standard() -> tuple[Entry, ...]:
    return tuple(Entry(**one) for one in _read("unit_standard.yaml")["items"])


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / "data" / name).read_text(encoding="utf-8"))
