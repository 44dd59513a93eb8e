"""Need and supply of beds by street (床位需求与缺口): elders of a year times a ratio, against beds that stand or are planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connection, transaction

from minzheng.domains.eldercare_layout.cohorts import OLDEST, aged, yearly_survival
from minzheng.domains.eldercare_layout.models import AreaElders
from minzheng.domains.eldercare_layout.working_rules import plan_years, rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.places.queries import names, scope

_PEOPLE = """
    SELECT division_code, least(extract(year FROM age(%(on)s::date, birth_date))::int, %(oldest)s), count(*)
    FROM people_person
    WHERE birth_date <= %(on)s AND (death_date IS NULL OR death_date > %(on)s) AND merged_into_id IS NULL
      AND (deregistered_on IS NULL OR deregistered_on > %(on)s)
    GROUP BY 1, 2"""


@transaction.atomic
def reckon_elders(*, on: date) -> int:
    """Counts elders by area from the register and ages them to the plan's years (测算老年人口).

    It replaces the earlier reckoning within the acting post's place and repeats without harm. Returns the number of areas.
    """
    require("layout.plan")
    require("people.look")
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"on": on, "oldest": OLDEST})
        counted = cursor.fetchall()
    areas = sorted({code for code, _age, _number in counted})
    row = {code: at for at, code in enumerate(areas)}
    people = np.zeros((len(areas), OLDEST + 1))
    for code, age, number in counted:
        people[row[code], age] = number
    rules = rules_on(on)
    survival, elder = yearly_survival(rules.deaths_per_hundred_thousand), int(rules.elder_age)
    made = []
    for year in (on.year, *(year for year in plan_years(on) if year > on.year)):
        then = aged(people, survival, year - on.year)
        elders, old = then[:, elder:].sum(axis=1), then[:, 80:].sum(axis=1)
        made += [
            AreaElders(
                division_code=code, year=year, elders=elders[at], elders_80=min(old[at], elders[at]), counted_on=on,
                residents=int(people[at].sum()) if year == on.year else None,
            )
            for code, at in row.items()
        ]  # fmt: skip
    AreaElders.objects.all().delete()
    AreaElders.objects.bulk_create(made, batch_size=2000)
    record(
        "layout.reckon", detail={"on": str(on), "areas": len(areas), "elders": float(people[:, elder:].sum())}
    )
    return len(areas)


@dataclass(frozen=True, slots=True)
class StreetNeed:
    """One street in one year: people and beds are whole numbers, people rounded."""

    code: str
    name: str
    elders: int
    elders_80: int
    required: int
    beds: int
    planned: int

    @property
    def shortage(self) -> int:
        """Beds that are missing; negative where there are more than needed."""
        return self.required - self.beds - self.planned


_NEEDS = """
    WITH elders AS (
      SELECT left(division_code, 9) AS street, sum(elders) AS elders, sum(elders_80) AS old
      FROM eldercare_layout_areaelders
      WHERE year = %(year)s AND length(division_code) >= 9 AND division_code >= %(low)s AND division_code < %(high)s
      GROUP BY 1),
    beds AS (
      SELECT left(division_code, 9) AS street, count(*) AS beds FROM stays_bed
      WHERE during @> %(on)s::date AND length(division_code) >= 9 AND division_code >= %(low)s AND division_code < %(high)s
      GROUP BY 1),
    planned AS (
      SELECT left(s.division_code, 9) AS street, sum(p.beds_per_site) AS planned
      FROM eldercare_layout_plansite s JOIN eldercare_layout_plan p ON p.id = s.plan_id
      WHERE p.adopted_on IS NOT NULL AND NOT s.is_standing AND s.division_code >= %(low)s AND s.division_code < %(high)s
      GROUP BY 1)
    SELECT street, round(coalesce(elders, 0))::int, round(coalesce(old, 0))::int,
           ceil(round((coalesce(elders, 0) * %(ratio)s / 1000)::numeric, 6))::int, coalesce(beds, 0), coalesce(planned, 0)
    FROM elders FULL JOIN beds USING (street) FULL JOIN planned USING (street)
    WHERE street IS NOT NULL ORDER BY street"""


def street_needs(*, year: int, ratio: int, within: str, on: date) -> list[StreetNeed]:
    """Every street of a place, the greatest shortage first.

    Args:
        ratio: beds for a thousand elders; the need of a street is rounded up to a whole bed.
        on: the day of the beds that stand.
    """
    low, high = scope(within)
    with connection.cursor() as cursor:
        cursor.execute(_NEEDS, {"year": year, "ratio": ratio, "low": low, "high": high, "on": on})
        rows = cursor.fetchall()
    known = names({code for code, *_ in rows})
    found = [StreetNeed(code, known.get(code, code), *map(int, numbers)) for code, *numbers in rows]
    return sorted(found, key=lambda one: (-one.shortage, one.code))


def years_known() -> list[int]:
    """The years that were reckoned, rising."""
    return sorted(AreaElders.objects.values_list("year", flat=True).distinct())


def without_street(*, year: int, within: str) -> int:
    """Elders of a place whom the register knows in no street (住址未到街镇)."""
    low, high = scope(within)
    rows = AreaElders.objects.filter(year=year, division_code__gte=low, division_code__lt=high)
    return round(sum(rows.extra(where=["length(division_code) < 9"]).values_list("elders", flat=True)))
