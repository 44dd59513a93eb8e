"""What a rule may read of a person or a household: the snapshot's columns.

The kernel's own columns stand here; the rest come from the catalogue of facts that offices send. Each says
what a rule sees where nobody told us: a value, or `unknown`, which the rule must then handle by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from minzheng.kernel.rules.errors import LawError
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL, INT


@dataclass(frozen=True, slots=True)
class Input:
    """One column of the snapshot. `missing` is None where the value may be unknown."""

    name: str
    entity: str
    dtype: str
    label: str
    label_en: str
    unit: str = ""
    missing: int | bool | None = None
    codes: tuple[tuple[int, str], ...] = ()
    storage: str = "Int64"
    sender: str = ""

    @property
    def may_be_unknown(self) -> bool:
        return self.missing is None

    def code_label(self, value: int) -> str:
        return dict(self.codes).get(value, str(value))


RELATIONS = ((1, "户主"), (2, "配偶"), (3, "子女"), (4, "父母"), (9, "其他"))
HEAD, SPOUSE, CHILD, PARENT, OTHER_RELATION = (code for code, _ in RELATIONS)

KERNEL_INPUTS = (
    Input("birth_month", PERSON, INT, "出生月份", "Month of birth", "month", None, storage="Int32"),
    Input("death_month", PERSON, INT, "死亡月份", "Month of death", "month", None, storage="Int32"),
    Input("sex", PERSON, INT, "性别", "Sex", "", 0, ((0, "未知"), (1, "男"), (2, "女")), "Int8"),
    Input("is_alive", PERSON, BOOL, "当月初在世", "Alive when the month began", "", True, storage="Boolean"),
    Input("hukou_is_local", PERSON, BOOL, "本市户籍", "Hukou of this city", "", False, storage="Boolean"),
    Input("relation", PERSON, INT, "与户主关系", "Relation to the head", "", 9, RELATIONS, "Int8"),
    Input("division_code", HOUSEHOLD, INT, "居住地区划代码", "Division of residence", "", 310000_000_000),
)

_STORAGE = {"money": "Int64", "count": "Int32", "code": "Int8", "flag": "Boolean"}


def _fact(entry: dict[str, Any]) -> Input:
    flag = entry["type"] == "flag"
    missing: int | bool | None
    if entry["missing"] == "unknown":
        missing = None
    else:
        missing = bool(entry["missing"]) if flag else int(entry["missing"])
    return Input(
        name=entry["name"],
        entity=entry["entity"],
        dtype=BOOL if flag else INT,
        label=entry["label"],
        label_en=entry.get("label_en", entry["label"]),
        unit=entry.get("unit", ""),
        missing=missing,
        codes=tuple(entry.get("codes", {}).items()),
        storage=_STORAGE[entry["type"]],
        sender=entry.get("sender", ""),
    )


@cache
def catalogue() -> dict[tuple[str, str], Input]:
    """Every input by (entity, name): the kernel's own and the facts that offices send."""
    text = resources.files("minzheng.kernel.people").joinpath("facts.yaml").read_text(encoding="utf-8")
    inputs = list(KERNEL_INPUTS)
    for entry in yaml.safe_load(text)["facts"]:
        try:
            inputs.append(_fact(entry))
        except (KeyError, TypeError, ValueError) as error:
            raise LawError(f"facts.yaml, entry {entry!r}: {error!r}") from error
    return {(i.entity, i.name): i for i in inputs}


def inputs_of(entity: str) -> list[Input]:
    """The inputs of one entity, in the catalogue's order."""
    return [i for (kind, _), i in catalogue().items() if kind == entity]
