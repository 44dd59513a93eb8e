"""Reading what a mapping says, key by key; whatever is missing, unknown or of the wrong kind becomes a fault.

A reader never stops at a fault: it puts a harmless value in its place and goes on, so that all faults are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from minzheng.kernel.items.faults import Fault
from minzheng.kernel.items.marked import Series, Table
from minzheng.kernel.items.vocabulary import split_languages

Choice = TypeVar("Choice", bound=StrEnum)
NO_DAY = date(1, 1, 1)
_DAYS = re.compile(r"(-?\d+) (working|calendar) days?")


@dataclass(slots=True)
class Place:
    """Where faults are told: the file, the item being read, and the list they are added to."""

    file: str
    faults: list[Fault]
    item: str = ""

    def fault(self, line: int, text: str) -> None:
        """Tell one fault."""
        self.faults.append(Fault(self.file, line, self.item, text))


class Reader:
    """One mapping being read; `what` names it in faults, such as 材料 / material."""

    def __init__(self, table: Any, line: int, place: Place, what: str) -> None:
        self.place, self.what = place, what
        if not isinstance(table, Table):
            place.fault(line, f"{what} 须写成映射 / must be a mapping, got {table!r}")
            table = Table(line)
        self.table: Table = table
        for key, where in table.twice:
            place.fault(where, f"{what} 中 {key} 写了两次 / {key} is written twice")

    @property
    def line(self) -> int:
        return self.table.line

    def fault(self, key: str, text: str) -> None:
        """Tell a fault on the line of a key, or of the mapping where it lacks the key."""
        self.place.fault(self.table.line_of(key), text)

    def only(self, keys: Iterable[str]) -> None:
        """Refuse keys that nobody reads: a slip must not pass as a default."""
        known = set(keys)
        for key in self.table:
            if key not in known:
                self.fault(key, f"{self.what} 没有 {key} 这一项 / unknown key {key}")

    def _wrong(self, key: str, expected: str) -> None:
        self.fault(key, f"{self.what} 的 {key} 应为{expected}，现为 {self.table[key]!r}")

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text without the spaces around it; numbers of papers are texts too."""
        value = self.table.get(key)
        if value is None:
            if needed:
                self.fault(key, f"{self.what} 缺少 {key} / {key} is missing")
            return ""
        if not isinstance(value, str):
            self._wrong(key, "文字 / must be text")
            return ""
        if needed and not value.strip():
            self.fault(key, f"{self.what} 的 {key} 为空 / {key} is empty")
        return value.strip()

    def both(self, key: str, *, needed: bool = False) -> tuple[str, str]:
        """A text in both languages, written 中文 / English."""
        text = self.text(key, needed=needed)
        chinese, english = split_languages(text)
        if text and not english:
            self.fault(
                key,
                f"{self.what} 的 {key} 缺少英文，写作“中文 / English” / {key} lacks its English, write “中文 / English”",
            )
        return chinese, english

    def flag(self, key: str, default: bool) -> bool:
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            self._wrong(key, " yes 或 no / must be yes or no")
            return default
        return value

    def whole(self, key: str, default: int) -> int:
        """A whole number of zero or more."""
        value = self.table.get(key, default)
        if type(value) is not int:
            self._wrong(key, "整数 / must be a whole number")
            return default
        if value < 0:
            self.fault(key, f"{self.what} 的 {key} 不能小于零 / {key} must not be below zero, got {value}")
            return default
        return value

    def day(self, key: str, *, needed: bool = False) -> date | None:
        value = self.table.get(key)
        if value is None:
            if needed:
                self.fault(key, f"{self.what} 缺少 {key} / {key} is missing")
            return None
        if type(value) is not date:
            self._wrong(key, "日期，如 2022-07-01 / must be a day such as 2022-07-01")
            return None
        return value

    def days(self, key: str) -> tuple[int, bool]:
        """A clock: `20 working days`, `7 calendar days`, `on the spot`; the days and whether they are working days."""
        value = self.table.get(key)
        if value is None:
            self.fault(key, f"{self.what} 缺少期限 {key} / {key} is missing, write `20 working days`")
            return 0, True
        found = read_days(value)
        if found is None:
            self._wrong(
                key,
                "期限，如 20 working days、7 calendar days、on the spot / must be a clock",
            )
            return 0, True
        if found[0] < 0:
            self.fault(key, f"{self.what} 的期限不能小于零 / a clock must not be below zero, got {value}")
            return 0, True
        return found

    def choice(self, key: str, kind: type[Choice], default: Choice | None = None) -> Choice | None:
        """One word of a list."""
        value = self.table.get(key)
        if value is None:
            if default is None:
                self.fault(key, f"{self.what} 缺少 {key} / {key} is missing; one of {words(kind)}")
            return default
        if not isinstance(value, str) or value not in {str(k) for k in kind}:
            self._wrong(key, f"下列之一 / must be one of {words(kind)}")
            return default
        return kind(value)

    def entries(self, key: str) -> list[tuple[Any, int]]:
        """The entries of a list with their lines."""
        value = self.table.get(key)
        if value is None:
            return []
        if not isinstance(value, Series):
            self._wrong(key, "列表 / must be a list")
            return []
        return list(zip(value, value.lines, strict=True))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        found = []
        for value, line in self.entries(key):
            if isinstance(value, str) and value.strip():
                found.append(value.strip())
            else:
                self.place.fault(
                    line, f"{self.what} 的 {key} 须为文字 / {key} must hold texts, got {value!r}"
                )
        return tuple(found)


def words(kind: type[StrEnum]) -> str:
    """The words of a list as a fault tells them."""
    return ", ".join(str(k) for k in kind)


def read_days(value: Any) -> tuple[int, bool] | None:
    """A clock's days and whether they are working days; None where it is no clock.

    >>> read_days("20 working days"), read_days("7 calendar days"), read_days("on the spot"), read_days("soon")
    ((20, True), (7, False), (0, True), None)
    """
    if value == "on the spot":
        return 0, True
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    return (int(found[1]), found[2] == "working") if found else None
