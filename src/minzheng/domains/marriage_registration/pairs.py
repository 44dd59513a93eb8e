"""Pairs registered in a year by office, month, kind and cross-district (婚姻登记统计): counted from the entries themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.places.queries import scope

KINDS = ("marriage", "divorce")
# The same columns from the entries that the reader may see, and from the view that gives totals alone.
_ROWS = """
    SELECT office_id, extract(month FROM "on")::int, kind, is_cross_district, count(*)
    FROM marriage_registration_registration
    WHERE "on" >= %(first)s AND "on" <= %(last)s AND kind IN ('marriage', 'divorce')
      AND division_code >= %(low)s AND division_code < %(high)s
    GROUP BY 1, 2, 3, 4
"""
_TOTALS = """
    SELECT office_id, month, kind, is_cross_district, pairs FROM statistics_marriage_pairs
    WHERE year = %(year)s AND division_code >= %(low)s AND division_code < %(high)s
"""


@dataclass(frozen=True)
class Pairs:
    """Counts of one year; a key is (office, month, kind, whether registered across districts)."""

    year: int
    counts: Counter[tuple[int, int, str, bool]] = field(default_factory=Counter)

    def count(
        self, *, office: int | None = None, month: int | None = None, kind: str = "", cross: bool = False
    ) -> int:
        """Pairs that fit; `cross` counts only those registered across districts.

        Marriages and divorces add up to the total, because every key has one of the two kinds.
        """
        fits: Callable[[tuple[int, int, str, bool]], bool] = lambda key: (  # noqa: E731
            (office is None or key[0] == office)
            and (month is None or key[1] == month)
            and (not kind or key[2] == kind)
            and (not cross or key[3])
        )
        return sum(number for key, number in self.counts.items() if fits(key))

    @property
    def offices(self) -> list[int]:
        return sorted({key[0] for key in self.counts})


def pairs_of_year(year: int, division_code: str, *, totals_only: bool = False) -> Pairs:
    """Pairs registered by the offices of a place in a year; one query.

    Args:
        totals_only: read the view of totals, for whoever may see no entry (统计人员).
    """
    low, high = scope(division_code)
    told: dict[str, Any] = {
        "year": year,
        "first": date(year, 1, 1),
        "last": date(year, 12, 31),
        "low": low,
        "high": high,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS if totals_only else _ROWS, told)
        return Pairs(year, Counter({tuple(row[:4]): row[4] for row in cursor.fetchall()}))
