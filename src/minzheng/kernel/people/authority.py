"""Who decides which field: ranks from `authorities.yaml`, higher is stronger."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.people.facts import catalogue

_TOP = 100
_STEP = 5
UNLISTED = 1
"""The rank of an office with no say in a field: it may fill an empty one."""


@cache
def _data() -> dict[str, Any]:
    text = (Path(__file__).parent / "authorities.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def offices() -> dict[str, dict[str, str]]:
    """Every office by its short name, with its labels."""
    found: dict[str, dict[str, str]] = _data()["offices"]
    return found


@cache
def rank(field: str, office: str) -> int:
    """How strong an office's word is on a field of a person, 1 where it has none.

    >>> rank("death_date", "卫健") > rank("death_date", "公安") > rank("death_date", "教育")
    True
    """
    order: list[str] = _data()["fields"][field]
    return _TOP - _STEP * order.index(office) if office in order else UNLISTED


def has_say(field: str, office: str) -> bool:
    """Whether an office's word may stand in a field at all, be it empty or not.

    >>> has_say("deregistered_on", "居委"), has_say("death_date", "居委"), has_say("ethnicity", "教育")
    (False, True, True)
    """
    return field not in _data()["reserved"] or rank(field, office) > UNLISTED


@cache
def fact_rank(kind: str, office: str) -> int:
    """How strong an office's word is on a kind of fact: its sender first."""
    if catalogue()[kind].sender == office:
        return _TOP
    order: list[str] = _data()["fields"]["fact"]
    return _TOP - _STEP * (1 + order.index(office)) if office in order else UNLISTED


def overwrites(*, new_rank: int, new_day: Any, old_rank: int, old_day: Any) -> bool:
    """Whether new information takes the place of old: a stronger office always, an equal one if not older."""
    if new_rank != old_rank:
        return bool(new_rank > old_rank)
    return old_day is None or bool(new_day >= old_day)
