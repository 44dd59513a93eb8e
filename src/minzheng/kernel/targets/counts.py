"""Counts of registers that stand beside plan indicators (登记计数): the number of each district, from rows.

A count that no register gives yet has no SQL; its target shows no value and not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True, slots=True)
class Count:
    """One count: `rows` selects (district code, number, base) in force on %(on)s; the base divides, or is null for a plain sum."""

    name: str
    name_en: str
    rows: str
    explained: str
    per: int = 1


def _facilities(kind: str, name: str, name_en: str) -> Count:
    rows = f"""SELECT left(division_code, 6), count(*), NULL::bigint FROM facilities_facility
               WHERE kind = '{kind}' AND during @> %(on)s::date GROUP BY 1"""
    return Count(name, name_en, rows, f"设施登记中 {kind} 类、当日开放的条数")


COUNTS: dict[str, Count] = {
    "community_centres": _facilities("community_centre", "社区综合为老服务中心", "Service centres for elders"),
    "meal_sites": _facilities("meal_site", "助餐点", "Meal sites"),
    "social_work_stations": _facilities("social_work_station", "社会工作服务站", "Social-work stations"),
    "certified_social_workers": Count(
        "持证社会工作者", "Certified social workers", "", "社会工作者登记尚未接入"
    ),
    "service_area_per_100_households": Count(
        "每百户城乡社区服务设施面积", "Service area per hundred households",
        """SELECT district, coalesce(area, 0), households FROM
             (SELECT left(division_code, 6) AS district, count(*) AS households FROM people_household
              WHERE length(division_code) >= 6 AND division_code <> '310000' GROUP BY 1) h
           LEFT JOIN
             (SELECT left(a.division_code, 6) AS district, sum(a.square_metres) AS area FROM targets_facilityarea a
              JOIN facilities_facility f ON f.id = a.facility_id WHERE f.during @> %(on)s::date GROUP BY 1) s USING (district)""",
        "服务设施面积（平方米）÷ 登记户数 × 100", per=100,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of one place: `above` is the number, `below` its base where it is a ratio."""

    above: int
    below: int | None
    per: int

    @property
    def value(self) -> int | None:
        """The number itself, rounded down: a target is met when it is reached, not when it is near."""
        if self.below is None:
            return self.above
        return self.above * self.per // self.below if self.below else None


def counted(name: str, on: date) -> dict[str, Counted] | None:
    """The count of each district on a day, as far as the acting post may see rows; None where no register gives it."""
    count = COUNTS[name]
    if not count.rows:
        return None
    with connection.cursor() as cursor:
        cursor.execute(count.rows, {"on": on})
        return {
            code: Counted(int(above), None if below is None else int(below), count.per)
            for code, above, below in cursor.fetchall()
        }


def whole(name: str, parts: dict[str, Counted]) -> Counted:
    """The city's: sums of both sides, so that a ratio is not a mean of ratios; without rows a ratio is unknown."""
    per = COUNTS[name].per
    below = sum(part.below or 0 for part in parts.values()) if per > 1 else None
    return Counted(sum(part.above for part in parts.values()), below, per)
