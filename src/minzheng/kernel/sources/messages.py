"""The sentences of a report, in Chinese and English, from `messages.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LEVELS = ("note", "warning", "review", "refused")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One kind of message: what was found and what is expected, in both languages."""

    level: str
    what: str
    expected: str
    what_en: str
    expected_en: str


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8")
    )
    return loaded


@cache
def sentences() -> dict[str, Sentence]:
    return {code: Sentence(*map(str, parts)) for code, parts in _data()["messages"].items()}


def level_of(code: str) -> str:
    known = sentences().get(code)
    return known.level if known else "warning"


def explain(message: dict[str, str], *, english: bool = False) -> dict[str, str]:
    """A stored message in words: field, level, what was found wrong, the cell, what was expected, what was done."""
    known = sentences().get(message["code"])
    done = _data()["done"]
    act = message.get("done") or message.get("level") or "note"
    return {
        "field": message.get("field", ""),
        "code": message["code"],
        "level": message.get("level", "note"),
        "what": (known.what_en if english else known.what) if known else message["code"],
        "found": message.get("found", ""),
        "expected": message.get("expected")
        or ((known.expected_en if english else known.expected) if known else ""),
        "done": done[act][1 if english else 0] if act in done else act,
    }
