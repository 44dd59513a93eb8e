"""Contracts: what each office sends, how its columns may be named, and what it may change (数据交换约定).

A contract is a YAML file in `contracts/`. A file is recognised by the columns it has; its name is only a hint. Adding a
feed is adding a contract and, where its rows do something new, a module in `feeds/`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.sources.normalise import Settings
from minzheng.kernel.sources.normalise.amounts import FEN_PER

FOLDER = Path(__file__).parent / "contracts"
_UNIT = re.compile(r"[((\[【〔]([^))\]】〕]*)[))\]】〕]|[::/]?单位[::]?(\S+)$")
# What is longer is prose or no text at all, and searching it for units would take long.
_LONGEST_HEADING = 120
_UNIT_WORDS = re.compile(r"^(?:金额)?(?:单位)?[为::]*(?:人民币)?(?=.)")
_UNIT_OF_TABLE = re.compile(
    r"单位\s*[为是]?\s*[::]\s*(?:人民币)?\s*(亿元|万元|千元|百元|元|角|分)(?=$|[\s)\]】,,;。])"
)
_UNITS = {
    "万": "万元",
    **{unit: unit for unit in FEN_PER},
    "人民币元": "元",
    "元/月": "元",
    "元每月": "元",
    "元/年": "元",
}


# 2022年5月工资, 5月养老金, 工资(202205): the month stands in the heading of a column instead of in a column.
_MONTH = re.compile(
    r"(?:(?P<year>20\d{2})[年\-./])?(?<!\d)(?P<month>0?[1-9]|1[0-2])月(?:份)?|(?<!\d)(?P<packed>20\d{2}-?(?:0[1-9]|1[0-2]))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading without its decoration, and the unit it names."""

    key: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a contract.

    `if_bad` and `if_missing` say what becomes of a row whose cell cannot be understood or is empty: `leave_out` the
    field with a warning, send the row to `review`, or `refuse` it; `accept` takes an empty cell without a word.
    """

    name: str
    label: str
    label_en: str
    kind: str
    synonyms: tuple[str, ...]
    if_bad: str
    if_missing: str
    settings: Settings
    ceiling_fen: int | None = None
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    name: str
    title: str
    title_en: str
    sender: str
    source: str
    order: int
    feed: str
    law: str
    hints: tuple[str, ...]
    needs: tuple[str, ...]
    needs_one: tuple[tuple[str, ...], ...]
    key: tuple[str, ...]
    changes: tuple[str, ...]
    fields: dict[str, Field]
    period_field: str = ""
    sheet_field: str = ""
    heading_month: str = ""
    writer: str = ""
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    def columns(self, cells: Sequence[Any]) -> dict[str, tuple[int, str]]:
        """Field → position and unit, for the cells of a heading line; the first of equal headings counts."""
        known = _headings(self.name)
        found: dict[str, tuple[int, str]] = {}
        for position, cell in enumerate(cells):
            heading = read_heading(cell)
            name = known.get(heading.key)
            if name and name not in found:
                found[name] = (position, heading.unit)
        return found

    def repeated(self, cells: Sequence[Any]) -> dict[str, tuple[int, str]]:
        """Field → position and unit of a later column under the very same heading."""
        first = {position: name for name, (position, _) in self.columns(cells).items()}
        keys = {read_heading(cells[position]).key: name for position, name in first.items()}
        found: dict[str, tuple[int, str]] = {}
        for position, cell in enumerate(cells):
            heading = read_heading(cell)
            if heading.key in keys and position not in first:
                found.setdefault(keys[heading.key], (position, heading.unit))
        return found

    def months(self, cells: Sequence[Any]) -> dict[str, dict[str, tuple[int, str]]]:
        """Month → field → position and unit, where the headings name months: 2022-05, or -05 where the year is not told."""
        if not self.heading_month or self.heading_month in self.columns(cells):
            return {}
        known, found = _headings(self.name), dict[str, dict[str, tuple[int, str]]]()
        for position, cell in enumerate(cells):
            heading = read_heading(cell)
            month, measure = month_in(str(cell or ""))
            name = known.get(read_heading(measure).key) if month and read_heading(measure).key else None
            if month and name:
                unit = heading.unit or read_heading(measure).unit
                found.setdefault(month, {}).setdefault(name, (position, unit))
        return dict(sorted(found.items()))

    def fit(self, cells: Sequence[Any]) -> float:
        """How well a heading line fits: the share of this contract's columns; 0 where one it needs is missing."""
        found = set(self.columns(cells))
        for told in self.months(cells).values():
            found |= {self.heading_month, *told}
        has_needed = all(name in found for name in self.needs)
        has_one = all(found.intersection(group) for group in self.needs_one)
        return len(found) / len(self.fields) if has_needed and has_one else 0.0


def read_heading(cell: Any) -> Heading:
    """A heading as written → its key and unit: 「 养 老 金\\n（元） 」 → 养老金 in 元.

    >>> read_heading(" 月标准（万元）"), read_heading("近12个月自付(元)").key
    (Heading(key='月标准', unit='万元'), '近12个月自付')
    """
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)[: _LONGEST_HEADING + 1])
    if len(text) > _LONGEST_HEADING:
        return Heading("")
    text = re.sub(r"[\s​﻿*#'\"]", "", text)
    unit = ""
    for match in _UNIT.finditer(text):
        told = _UNIT_WORDS.sub("", match[1] or match[2] or "")
        unit = _UNITS.get(told, unit)
    bare = _UNIT.sub("", text)
    return Heading((bare or text).strip(":,、。_-").lower(), unit)


def unit_in(text: str) -> str:
    """The unit that a title or a note gives to all amounts of a table.

    >>> unit_in("工资明细（单位：万元）"), unit_in("金额单位：分"), unit_in("填报单位：分局")
    ('万元', '分', '')
    """
    found = _UNIT_OF_TABLE.search(unicodedata.normalize("NFKC", text))
    return found[1] if found else ""


def month_in(text: str) -> tuple[str, str]:
    """The month a heading names, and the heading without it.

    >>> month_in("2022年5月工资"), month_in("养老金(5月)"), month_in("近12个月自付")
    (('2022-05', '工资'), ('-05', '养老金()'), ('', '近12个月自付'))
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:_LONGEST_HEADING]))
    found = _MONTH.search(plain)
    if not found:
        return "", text
    rest = plain[: found.start()] + plain[found.end() :]
    if found["packed"]:
        digits = found["packed"].replace("-", "")
        return f"{digits[:4]}-{digits[4:]}", rest
    return f"{found['year'] or ''}-{int(found['month']):02d}", rest


def _groups(names: Sequence[str | list[str]]) -> tuple[tuple[str, ...], ...]:
    """Of each group of columns a file has at least one; a plain list is one group."""
    if names and isinstance(names[0], str):
        return (tuple(map(str, names)),)
    return tuple(tuple(group) for group in names)


def _field(name: str, data: dict[str, Any]) -> Field:
    codes: dict[str, Any] = {}
    for value, ways in (data.get("codes") or {}).items():
        for way in [value, *ways] if isinstance(ways, list) else [value, ways]:
            codes[unicodedata.normalize("NFKC", str(way)).replace(" ", "").upper()] = value
    return Field(
        name=name,
        label=data["label"],
        label_en=data["label_en"],
        kind=data["type"],
        synonyms=tuple(data.get("synonyms", ())),
        if_bad=data.get("if_bad", "leave_out"),
        if_missing=data.get("if_missing", "accept"),
        settings=Settings(
            unit=data.get("unit", ""),
            codes=codes,
            is_open_allowed=bool(data.get("open_end")),
            is_negative_allowed=bool(data.get("negative")),
        ),
        ceiling_fen=data["ceiling_yuan"] * 100 if "ceiling_yuan" in data else None,
        is_past=bool(data.get("past")),
    )


@cache
def contracts() -> dict[str, Contract]:
    """All contracts in the order in which their files are to be loaded: people before what is said about them."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.append(
            Contract(
                name=path.stem,
                title=data["title"],
                title_en=data["title_en"],
                sender=data["sender"],
                source=data["source"],
                order=data["order"],
                feed=data["feed"],
                law=data.get("law", ""),
                hints=tuple(data.get("hints", ())),
                needs=tuple(data["needs"]),
                needs_one=_groups(data.get("needs_one", ())),
                key=tuple(data["key"]),
                changes=tuple(data["changes"]),
                fields={name: _field(name, one) for name, one in data["fields"].items()},
                period_field=data.get("period_field", ""),
                sheet_field=data.get("sheet_field", ""),
                heading_month=data.get("heading_month", ""),
                writer=data.get("writer", ""),
                options=data.get("options", {}),
            )
        )
    return {contract.name: contract for contract in sorted(found, key=lambda one: (one.order, one.name))}


@cache
def _headings(name: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in contracts()[name].fields.values():
        for way in (column.label, *column.synonyms):
            known.setdefault(read_heading(way).key, column.name)
    return known


def count_known(cells: Sequence[Any]) -> int:
    """How many cells are headings of the contract that knows most of them."""
    return max((len(contract.columns(cells)) for contract in contracts().values()), default=0)
