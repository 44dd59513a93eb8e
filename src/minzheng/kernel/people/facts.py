"""The catalogue of kinds of facts, read from `facts.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml


@dataclass(frozen=True, slots=True)
class FactKind:
    """One kind of fact: whose it is, how it is written, what stands where nobody told us."""

    name: str
    entity: Literal["person", "household"]
    type: Literal["money", "code", "count", "flag"]
    label: str
    label_en: str
    sender: str
    missing: int | None
    """What a rule sees where nobody told us; None is unknown."""
    fresh_months: int | None = None
    """How many months a value serves after its own period; None is only within the period it names."""
    unit: str = ""
    codes: dict[int, str] = field(default_factory=dict)

    def show(self, value: int) -> str:
        """A value in words; money stays in fen for the surface to format."""
        if self.type == "flag":
            return "是" if value else "否"
        return self.codes.get(value, str(value))


@cache
def catalogue() -> dict[str, FactKind]:
    """Every kind by its name, in the order of the file."""
    text = (Path(__file__).parent / "facts.yaml").read_text(encoding="utf-8")
    return {row["name"]: _kind(row) for row in yaml.safe_load(text)["facts"]}


def kinds_of(entity: str) -> list[FactKind]:
    """The kinds of a person or of a household, in the order of the file."""
    return [kind for kind in catalogue().values() if kind.entity == entity]


def _kind(row: dict[str, Any]) -> FactKind:
    missing = row["missing"]
    return FactKind(**{**row, "missing": None if missing == "unknown" else int(missing)})
