"""Holding figures against each other (勾稽核对): every identity in every kept period and place, by one set query over totals."""

from __future__ import annotations

import json
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
# Every identity at once: `sides` has one row for each figure on each side of each. A period counts where all its figures do.
_BROKEN = """
    WITH sides AS (SELECT * FROM jsonb_to_recordset(%(sides)s::jsonb) AS s(n int, relation text, side text, indicator text)),
    wanted AS (SELECT n, count(DISTINCT indicator) AS figures FROM sides GROUP BY n),
    asked AS (
      SELECT s.n, t.span, t.first FROM (SELECT DISTINCT n, indicator FROM sides) AS s
      JOIN indicators_state t ON t.indicator = s.indicator JOIN wanted USING (n)
      WHERE %(year)s::int IS NULL OR extract(year FROM t.first) = %(year)s
      GROUP BY s.n, t.span, t.first, figures HAVING count(*) = figures
    ),
    summed AS (
      SELECT s.n, s.relation, t.span, t.first, t.place,
             coalesce(sum(value) FILTER (WHERE side = 'left'), 0) AS one,
             coalesce(sum(value) FILTER (WHERE side = 'right'), 0) AS other
      FROM asked a JOIN sides s ON s.n = a.n
      JOIN indicators_total t ON t.indicator = s.indicator AND t.span = a.span AND t.first = a.first
      WHERE t.basis = 'current' AND t.dimension = '' AND length(t.place) = 6
      GROUP BY s.n, s.relation, t.span, t.first, t.place
    ),
    broken AS (
      SELECT *, row_number() OVER (PARTITION BY n ORDER BY first DESC, span DESC, place) AS at FROM summed
      WHERE NOT CASE relation WHEN '==' THEN one = other ELSE one <= other END
    )
    SELECT n, span, first, place, one, other FROM broken WHERE at <= %(most)s ORDER BY n, at
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
    """Every identity all of whose figures are there, as far as the acting post sees totals.

    Those between figures counted from records are checked in every kept period, district and the city, by one query; those with
    a standard or a listing in every kept year of the city. A district's post checks its own place. Sides are as they were last
    counted.
    """
    require("statistics.look")
    found = registry()
    sides: dict[tuple[object, ...], tuple[Identity, list[Figure], list[Figure]]] = {}
    for identity in (*found.identities, *summary().identities):
        if all(found.knows(name) for name in names_of(identity)):
            left, right = ([found.figure(name) for name in side] for side in (identity.left, identity.right))
            key = (frozenset(one.id for one in left), identity.relation, frozenset(one.id for one in right))
            sides.setdefault(key, (identity, left, right))
    known = list(sides.values())
    broken = _by_totals([one for one in known if _of_records(one[1], one[2])], year)
    checked = []
    for identity, left, right in known:
        ids = tuple(one.id for one in left), tuple(one.id for one in right)
        lines = (
            broken.get(id(identity), [])
            if _of_records(left, right)
            else _by_answers(identity, left, right, year)
        )
        checked.append(Checked(identity, left[0].unit, *ids, lines))
    return checked


def _of_records(left: list[Figure], right: list[Figure]) -> bool:
    return all(isinstance(one, Indicator) for one in (*left, *right))


def _by_totals(
    known: list[tuple[Identity, list[Figure], list[Figure]]], year: int | None
) -> dict[int, list[Broken]]:
    sides = [
        {"n": n, "relation": identity.relation, "side": side, "indicator": figure.id}
        for n, (identity, left, right) in enumerate(known)
        for side, figures in (("left", left), ("right", right))
        for figure in figures
    ]
    found: dict[int, list[Broken]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, {"sides": json.dumps(sides), "year": year, "most": MOST})
        for n, span, first, place, one, other in cursor.fetchall():
            found.setdefault(id(known[n][0]), []).append(Broken(span, first, place, int(one), int(other)))
    return found


def _by_answers(
    identity: Identity, left: list[Figure], right: list[Figure], year: int | None
) -> list[Broken]:
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
