"""The calendar month as an ordered value."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import overload

_SEPARATED = re.compile(r"^(\d{4})\s*[-/.]\s*(\d{1,2})$")
_CHINESE = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月(?:份)?$")
_PACKED = re.compile(r"^(\d{4})(\d{2})$")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month (月份).

    >>> Month.parse("2022年7月")
    Month(2022, 7)
    >>> str(Month(2022, 12) + 1), Month(2022, 7) - Month(2021, 12)
    ('2023-01', 7)
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 12 or not 1 <= self.year <= 9999:
            raise ValueError(f"月份不存在 / no such month: year {self.year}, month {self.number}")

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.number})"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def parse(cls, text: str | Month | date) -> Month:
        """Read a month as offices write it: 2022-07, 2022/7, 202207, 2022年7月, full-width digits too.

        Raises:
            ValueError: the text names no month.
        """
        if isinstance(text, Month):
            return text
        if isinstance(text, date):
            return cls.of(text)
        plain = unicodedata.normalize("NFKC", str(text)).strip()
        for pattern in (_SEPARATED, _CHINESE, _PACKED):
            found = pattern.match(plain)
            if found:
                return cls(int(found[1]), int(found[2]))
        raise ValueError(f"不是月份：{text!r}，应写作 2022-07 / not a month, write it as 2022-07")

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that holds a day."""
        return cls(day.year, day.month)

    @classmethod
    def from_index(cls, index: int) -> Month:
        """The month with this running number (year * 12 + month - 1)."""
        return cls(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:
        """Running number: consecutive months differ by one, so differences are month counts."""
        return self.year * 12 + self.number - 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def chinese(self) -> str:
        """As a letter writes it: 2022年7月."""
        return f"{self.year}年{self.number}月"

    def __add__(self, months: int) -> Month:
        return Month.from_index(self.index + months)

    @overload
    def __sub__(self, other: Month) -> int: ...
    @overload
    def __sub__(self, other: int) -> Month: ...
    def __sub__(self, other: Month | int) -> Month | int:
        if isinstance(other, Month):
            return self.index - other.index
        return Month.from_index(self.index - other)

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def iter_months(first: Month, last: Month) -> Iterator[Month]:
    """Every month from the first to the last, both included."""
    for index in range(first.index, last.index + 1):
        yield Month.from_index(index)
