"""The basic service list (基本养老服务清单): what there is, by which paper, and what one person may have of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.domains.eldercare_facilities.errors import FacilityRefused

#: Income class or group of a person; several may hold.
CLASSES = ("subsistence", "low_income", "extreme_poverty", "dementia", "preferential", "special_family")


@dataclass(frozen=True, slots=True)
class BasicService:
    """One item: whom it is for, what it is, how much, who answers for it, how to claim it."""

    code: str
    name: str
    name_en: str
    target: str
    content: str
    level: str
    body: str
    claim: str
    source: str
    provenance: str
    min_age: int = 60
    local: bool = False
    """Only for those with a hukou of the city."""
    min_grade: int | None = None
    classes: tuple[str, ...] = ()
    """One of these must hold."""
    or_classes: tuple[str, ...] = ()
    """One of these stands in for the grade."""

    def reaches(self, *, age: int, is_local: bool, grade: int | None, classes: frozenset[str]) -> bool:
        """Whether the item is due to such a person; an unknown grade counts as not assessed."""
        if age < self.min_age or (self.local and not is_local):
            return False
        if self.classes and not classes & set(self.classes):
            return False
        return (
            self.min_grade is None
            or (grade is not None and grade >= self.min_grade)
            or bool(classes & set(self.or_classes))
        )


@dataclass(frozen=True, slots=True)
class Edition:
    """The list of a time."""

    name: str
    start: date
    until: date | None
    items: tuple[BasicService, ...]


@cache
def editions() -> tuple[Edition, ...]:
    """Every edition, the earliest first."""
    rows = yaml.safe_load((Path(__file__).parent / "basic_services.yaml").read_text(encoding="utf-8"))[
        "editions"
    ]
    return tuple(
        Edition(row["edition"], row["from"], row["until"], tuple(_item(item) for item in row["items"]))
        for row in sorted(rows, key=lambda row: row["from"])
    )


def _item(row: dict[str, Any]) -> BasicService:
    tuples = {name: tuple(row.get(name, ())) for name in ("classes", "or_classes")}
    return BasicService(**(row | tuples))


def edition_on(on: date) -> Edition:
    """The list in force on a day.

    Raises:
        FacilityRefused: there was none yet.
    """
    for edition in reversed(editions()):
        if edition.start <= on and (edition.until is None or on <= edition.until):
            return edition
    raise FacilityRefused(f"{on} 尚无基本养老服务清单 / no basic service list is in force on {on}")


def services_for(
    *,
    age: int,
    on: date,
    is_local: bool = True,
    grade: int | None = None,
    classes: frozenset[str] = frozenset(),
) -> list[BasicService]:
    """What a person of this age, hukou, care grade and classes gets, in the list's order."""
    return [
        item
        for item in edition_on(on).items
        if item.reaches(age=age, is_local=is_local, grade=grade, classes=classes)
    ]
