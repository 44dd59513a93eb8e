"""Holding figures against each other (勾稽核对): every identity in every kept period and place, by set queries over totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.kernel.access import require
from minzheng.kernel.indicators.model import Identity, Indicator
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Asked, answers, kept_years
from minzheng.kernel.indicators.registry import Figure, names_of, registry
from minzheng.kernel.indicators.summary import summary
from minzheng.kernel.places.resolution import CITY

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
    """Every identity all of whose figures are there, as far as the acting post sees totals; one query each.

    Those between figures counted from records are checked in every kept period, district and the city; those with a standard or
    a listing in every kept year of the city. A district's post checks its own place. Sides are as they were last counted.
    """
    require("statistics.look")
    found = registry()
    checked: dict[tuple[object, ...], Checked] = {}
    for identity in (*found.identities, *summary().identities):
        if not all(found.knows(name) for name in names_of(identity)):
            continue
        left, right = ([found.figure(name) for name in side] for side in (identity.left, identity.right))
        key = (frozenset(one.id for one in left), identity.relation, frozenset(one.id for one in right))
        if key not in checked:
            checked[key] = _check(identity, left, right, year)
    return list(checked.values())


def _check(identity: Identity, left: list[Figure], right: list[Figure], year: int | None) -> Checked:
    names = tuple(one.id for one in left), tuple(one.id for one in right)
    of_records = all(isinstance(one, Indicator) for one in (*left, *right))
    broken = _by_totals(identity, *names, year) if of_records else _by_answers(identity, left, right, year)
    unit = left[0].unit
    return Checked(identity, unit, *names, broken)


def _by_totals(identity: Identity, left: tuple[str, ...], right: tuple[str, ...], year: int | None) -> list[Broken]:
    every = list(dict.fromkeys((*left, *right)))
    relation = "=" if identity.relation == "==" else "<="
    values = {"every": every, "count": len(every), "left": list(left), "right": list(right), "year": year, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN.format(relation=relation), values)
        return [Broken(*row[:3], int(row[3]), int(row[4])) for row in cursor.fetchall()]


def _by_answers(identity: Identity, left: list[Figure], right: list[Figure], year: int | None) -> list[Broken]:
    broken = []
    for one_year in [year] if year else kept_years():
        asked = Asked.year(one_year)
        found = answers(asked, [*left, *right])
        sides = [[found[one.id].value for one in side] for side in (left, right)]
        if any(not isinstance(value, int) for side in sides for value in side):
            continue  # Not counted, or nothing in force: there is nothing to hold against each other.
        one, other = (sum(value for value in side if isinstance(value, int)) for side in sides)
        if not (one == other if identity.relation == "==" else one <= other):
            broken.append(Broken(Span.YEAR, asked.first, CITY, one, other))
    return broken
