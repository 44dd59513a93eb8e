"""The days that many couples want (热门登记日): fixed dates, and 七夕 from a small table of lunar dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class PopularDay:
    """A day and its name."""

    day: date
    name: str
    name_en: str


@cache
def _table() -> dict[str, Any]:
    path = Path(__file__).parent / "data/popular_days.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def popular_days(year: int) -> list[PopularDay]:
    """The popular days of a year, by date; a year outside the lunar table has the fixed ones alone.

    >>> [str(one.day) for one in popular_days(2022)]
    ['2022-02-14', '2022-05-20', '2022-08-04', '2022-09-09']
    """
    table = _table()
    found = [
        PopularDay(date(year, row["month"], row["day"]), row["name"], row["name_en"])
        for row in table["fixed"]
    ]
    lunar = table["lunar"]
    found += [PopularDay(day, lunar["name"], lunar["name_en"]) for day in lunar["days"] if day.year == year]
    return sorted(found, key=lambda one: one.day)


def popular_name(day: date, *, english: bool = False) -> str:
    """The name of a popular day, empty for any other.

    >>> popular_name(date(2022, 8, 4)), popular_name(date(2022, 8, 5))
    ('七夕', '')
    """
    for one in popular_days(day.year):
        if one.day == day:
            return one.name_en if english else one.name
    return ""
