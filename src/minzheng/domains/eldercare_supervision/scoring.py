"""A year's score from dated items (信用评价计分): every point has its record, its day and its rule; nothing else counts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.levels import level_of_score
from minzheng.domains.eldercare_supervision.models import ScoreItem, ScoreSheet
from minzheng.domains.eldercare_supervision.working_rules import working_rules
from minzheng.kernel.access import require, scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.periods import Month, add_workdays

_ITEMS = """
    SELECT facility_id, 'finding' AS kind, id, found_on AS on_day, clause || ' ' || clause_text, -points::int, 'clause'
    FROM inspections_finding WHERE facility_id = ANY(%(ids)s) AND found_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT p.facility_id, 'penalty', p.id, p.decided_on, f.clause_text || '：' || p.statute,
           CASE p.kind WHEN 'fine' THEN -%(fine)s ELSE -%(warning)s END, CASE p.kind WHEN 'fine' THEN 'points_fine' ELSE 'points_warning' END
    FROM inspections_penalty p JOIN inspections_finding f ON f.id = p.finding_id
    WHERE p.facility_id = ANY(%(ids)s) AND p.state = 'decided' AND p.decided_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT facility_id, 'complaint', id, verified_on, text, -%(complaint)s, 'points_complaint'
    FROM inspections_complaint WHERE facility_id = ANY(%(ids)s) AND is_verified AND verified_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    (SELECT DISTINCT ON (facility_id) facility_id, 'grade', id, decided_on, '等级评定 ' || grade || ' 级', grade * %(grade)s, 'points_grade'
     FROM eldercare_supervision_grading WHERE facility_id = ANY(%(ids)s) AND decided_on <= %(last)s AND until >= %(last)s
     ORDER BY facility_id, decided_on DESC)
    ORDER BY 1, 4, 2, 3
"""


@transaction.atomic
def compute_sheets(*, year: int, division_code: str, on: date) -> list[ScoreSheet]:
    """The score sheets of a year for a place's institutions, told to them at once (计分并告知); those with one are left alone.

    Raises:
        NotPermitted, InspectionRefused: the year is not over, or the place is not the post's.
    """
    actor = require("ratings.decide")
    first, last = date(year, 1, 1), date(year, 12, 31)
    if on <= last:
        raise InspectionRefused(f"{year} 年尚未结束，年度终了后计分 / the year {year} is not over")
    if not actor.reaches(division_code):
        raise InspectionRefused(f"区划 {division_code} 不在本岗位范围内 / the place is not your post's")
    low, high = scope_of(division_code)
    homes = list(
        Facility.objects.filter(
            kind=KIND, during__contains=last, division_code__gte=low, division_code__lt=high
        ).exclude(score_sheets__year=year).order_by("code")
    )  # fmt: skip
    rules = working_rules().at(Month.of(on))
    items = _items([one.pk for one in homes], first, last, rules)
    base, until = int(rules.base_points), add_workdays(on, int(rules.objection_days))
    sheets = [_sheet(home, year, base, items[home.pk], on, until) for home in homes]
    made = ScoreSheet.objects.bulk_create(sheets)
    ScoreItem.objects.bulk_create(
        ScoreItem(
            sheet=sheet, facility=sheet.facility, division_code=sheet.division_code, kind=kind, record=number, on=day,
            text=text, points=points, rule=rule,
        )
        for sheet in made
        for kind, number, day, text, points, rule in items[sheet.facility_id]
    )  # fmt: skip
    record(
        "supervision.compute_sheets",
        division_code=division_code,
        detail={"year": year, "sheets": len(made), "on": on},
    )
    return made


def _sheet(
    home: Facility, year: int, base: int, items: list[tuple[Any, ...]], on: date, until: date
) -> ScoreSheet:
    score = base + sum(item[4] for item in items)
    return ScoreSheet(
        facility=home, division_code=home.division_code, year=year, base=base, score=score,
        level=level_of_score(score, on=on), told_on=on, object_until=until,
    )  # fmt: skip


def _items(ids: list[int], first: date, last: date, rules: Any) -> dict[int, list[tuple[Any, ...]]]:
    told: dict[str, Any] = {
        "ids": ids, "first": first, "last": last, "fine": int(rules.points_fine), "warning": int(rules.points_warning),
        "complaint": int(rules.points_complaint), "grade": int(rules.points_grade),
    }  # fmt: skip
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, told)
        for facility, *item in cursor.fetchall():
            found[facility].append(tuple(item))
    return found


def rescored(sheet: ScoreSheet, *, on: date) -> ScoreSheet:
    """Adds up the items that stand, and keeps score and level; called when an item was struck out."""
    points = sheet.items.filter(is_struck=False).values_list("points", flat=True)
    sheet.score = sheet.base + sum(points)
    sheet.level = level_of_score(sheet.score, on=on)
    sheet.save(update_fields=["score", "level"])
    return sheet
