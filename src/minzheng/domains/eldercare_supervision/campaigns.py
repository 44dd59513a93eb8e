"""A campaign over every institution (养老机构监管“1+6”专项行动): a result in each area for each, until all faults are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.models import Campaign
from minzheng.kernel.access import require, scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.inspections.checklists import checklists
from minzheng.kernel.inspections.errors import InspectionRefused


@transaction.atomic
def open_campaign(
    *, code: str, title: str, division_code: str, first_day: date, last_day: date, areas: Sequence[str], source: str,
    provenance: str,
) -> Campaign:  # fmt: skip
    """Opens a campaign with one check list an area (启动专项行动); the same code again gives the one there is.

    Raises:
        NotPermitted, InspectionRefused: an area without a check list, days the wrong way round, a place not the post's.
    """
    actor = require("inspections.plan")
    known = checklists(KIND)
    if not areas or any(area not in known for area in areas):
        raise InspectionRefused(
            f"领域须有检查表，可选：{'、'.join(known)} / areas need check lists; there are {', '.join(known)}"
        )
    if last_day < first_day or not actor.reaches(division_code):
        raise InspectionRefused(
            "日期或区划不符 / the days are the wrong way round, or the place is not your post's"
        )
    made, is_new = Campaign.objects.get_or_create(
        code=code,
        defaults={
            "title": title, "division_code": division_code, "areas": list(areas), "first_day": first_day,
            "last_day": last_day, "source": source, "provenance": provenance,
        },
    )  # fmt: skip
    if is_new:
        record(
            "supervision.open_campaign",
            subject=f"supervision.campaign:{made.pk}",
            division_code=division_code,
        )
    return made


@dataclass(frozen=True, slots=True)
class Coverage:
    """One area in one district: institutions, those with a result, faults found and cleared."""

    district: str
    area: str
    institutions: int
    covered: int
    found: int
    cleared: int

    @property
    def missing(self) -> int:
        return self.institutions - self.covered

    @property
    def open(self) -> int:
        return self.found - self.cleared


# The institutions of the campaign are those in business on the day, or on its last day once that is past.
_COVERAGE = """
    WITH homes AS (
      SELECT id, left(division_code, 6) AS district FROM facilities_facility
      WHERE kind = %(kind)s AND during @> %(on)s::date AND division_code >= %(low)s AND division_code < %(high)s
    ), areas AS (SELECT unnest(%(areas)s::text[]) AS area),
    covered AS (
      SELECT h.district, r.area, count(DISTINCT h.id) AS n
      FROM inspections_arearesult r JOIN homes h ON h.id = r.facility_id WHERE r.kind = %(code)s GROUP BY 1, 2
    ), faults AS (
      SELECT h.district, f.area, count(*) AS found, count(*) FILTER (WHERE f.state = 'closed') AS cleared
      FROM inspections_finding f JOIN homes h ON h.id = f.facility_id WHERE f.kind = %(code)s GROUP BY 1, 2
    ), totals AS (SELECT district, count(*) AS n FROM homes GROUP BY 1)
    SELECT t.district, a.area, t.n, coalesce(c.n, 0), coalesce(f.found, 0), coalesce(f.cleared, 0)
    FROM totals t CROSS JOIN areas a
      LEFT JOIN covered c ON c.district = t.district AND c.area = a.area
      LEFT JOIN faults f ON f.district = t.district AND f.area = a.area
    ORDER BY 1, array_position(%(areas)s::text[], a.area)
"""


def coverage(campaign: Campaign, *, on: date, within: str = "") -> list[Coverage]:
    """By district and area, under the reader's own rights; `within` narrows it to a place."""
    low, high = scope_of(within or campaign.division_code)
    told = {
        "kind": KIND, "on": min(on, campaign.closed_on or on), "low": low, "high": high, "areas": campaign.areas,
        "code": campaign.code,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COVERAGE, told)
        return [Coverage(*row) for row in cursor.fetchall()]


def missing_areas(
    campaign: Campaign, *, on: date, within: str = "", most: int = 500
) -> list[tuple[int, str, str, list[str]]]:
    """Institutions that lack a result: (facility, code, name, areas), at most so many."""
    low, high = scope_of(within or campaign.division_code)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT f.id, f.code, f.name, array_agg(a.area ORDER BY array_position(%(areas)s::text[], a.area))
            FROM facilities_facility f CROSS JOIN unnest(%(areas)s::text[]) AS a(area)
            WHERE f.kind = %(kind)s AND f.during @> %(on)s::date AND f.division_code >= %(low)s AND f.division_code < %(high)s
              AND NOT EXISTS (SELECT 1 FROM inspections_arearesult r
                              WHERE r.facility_id = f.id AND r.kind = %(code)s AND r.area = a.area)
            GROUP BY f.id, f.code, f.name ORDER BY f.code LIMIT %(most)s
            """,
            {"areas": campaign.areas, "kind": KIND, "on": on, "low": low, "high": high, "code": campaign.code, "most": most},
        )  # fmt: skip
        return cursor.fetchall()


@transaction.atomic
def close_campaign(*, campaign: Campaign, on: date) -> Campaign:
    """Closes it (办结), when every institution has a result in each area and every fault is closed.

    Raises:
        NotPermitted, InspectionRefused: what is still missing, in figures.
    """
    actor = require("inspections.decide")
    # Everybody reads a campaign; the lock shows it only to the level that may change it.
    found = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
    if found is None or not actor.reaches(found.division_code):
        raise InspectionRefused("专项行动由启动它的一级办结 / the level that opened it closes it")
    if found.closed_on is not None:
        return found
    rows = coverage(found, on=on)
    missing, still_open = sum(one.missing for one in rows), sum(one.open for one in rows)
    if not rows or missing or still_open:
        raise InspectionRefused(
            f"尚缺 {missing} 项领域结果、{still_open} 个问题未销号，不能办结 / {missing} results are missing and {still_open} faults are open"
        )
    found.closed_on = on
    found.save(update_fields=["closed_on"])
    record(
        "supervision.close_campaign",
        subject=f"supervision.campaign:{found.pk}",
        division_code=found.division_code,
    )
    return found
