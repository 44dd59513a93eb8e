"""Holding figures against each other (勾稽核对): every identity in every kept period and place, by set queries over totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.kernel.access import require
from minzheng.kernel.indicators.model import Identity
from minzheng.kernel.indicators.registry import checkable

from minzheng.kernel.indicators.registry import registry  # isort: skip

MOST = 200
_BROKEN = """
    WITH asked AS (
      SELECT span, first FROM indicators_state WHERE indicator = ANY(%(every)s)
      GROUP BY span, first HAVING count(*) = %(count)s
    ), summed AS (
      SELECT t.span, t.first, t.place, coalesce(sum(value) FILTER (WHERE indicator = ANY(%(left)s)), 0) AS one,
             coalesce(sum(value) FILTER (WHERE indicator = ANY(%(right)s)), 0) AS other
      FROM indicators_total t JOIN asked USING (span, first)
      WHERE basis = 'current' AND dimension = '' AND length(place) = 6 AND indicator = ANY(%(every)s)
        AND (%(year)s::int IS NULL OR extract(year FROM t.first) = %(year)s)
      GROUP BY t.span, t.first, t.place
    )
    SELECT span, first, place, one, other FROM summed WHERE NOT (one {relation} other)
    ORDER BY first DESC, span DESC, place LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """An identity that does not hold in one period and place, with both sides in the figures' unit."""

    span: str
    first: date
    place: str
    left: int
    right: int

    @property
    def difference(self) -> int:
        return self.left - self.right


@dataclass(frozen=True, slots=True)
class Checked:
    """One identity with the places and periods where it is broken; at most two hundred of them."""

    identity: Identity
    unit: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    broken: list[Broken]


def check(*, year: int | None = None) -> list[Checked]:
    """Every identity that can be checked, as far as the acting post sees totals; one query each.

    A district's post checks its own place. Sides are read as they were last counted.
    """
    require("statistics.look")
    return [_check(identity, left, right, year) for identity, left, right in checkable(registry())]


def _check(identity: Identity, left: list, right: list, year: int | None) -> Checked:  # type: ignore[type-arg]
    names = tuple(one.id for one in left), tuple(one.id for one in right)
    every = list(dict.fromkeys((*names[0], *names[1])))
    relation = "=" if identity.relation == "==" else "<="
    with connection.cursor() as cursor:
        cursor.execute(
            _BROKEN.format(relation=relation),
            {"every": every, "count": len(every), "left": list(names[0]), "right": list(names[1]), "year": year,
             "most": MOST},
        )  # fmt: skip
        broken = [Broken(*row[:3], int(row[3]), int(row[4])) for row in cursor.fetchall()]
    return Checked(identity, left[0].unit, *names, broken)
