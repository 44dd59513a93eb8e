"""What a credit level is and what follows from it: visits a year, access to subsidies (信用等级的运用)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.working_rules import working_rules
from minzheng.kernel.access import scope_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.planning import TargetIn
from minzheng.kernel.periods import Month

LEVELS = ("A", "B", "C", "D")
UNRATED = "B"


def level_of_score(score: int, *, on: date) -> str:
    """The level of a score: the first whose floor it reaches, else the last."""
    floors = working_rules().at(Month.of(on)).level_floors
    return next((level for level, floor in zip(LEVELS, floors, strict=False) if score >= floor), LEVELS[-1])


_LEVELS = """
    SELECT DISTINCT ON (s.facility_id) s.facility_id,
           CASE WHEN r.is_granted AND r.decided_on <= %(on)s THEN r.level_after ELSE s.level END
    FROM eldercare_supervision_scoresheet s LEFT JOIN eldercare_supervision_repair r ON r.sheet_id = s.id
    WHERE s.facility_id = ANY(%(ids)s) AND s.state = 'decided' AND s.decided_on <= %(on)s
    ORDER BY s.facility_id, s.year DESC
"""


def credit_levels(facilities: Iterable[int], *, on: date) -> dict[int, str]:
    """The decided level in force on a day, repairs counted; institutions without one are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS, {"ids": list(facilities), "on": on})
        return dict(cursor.fetchall())


def credit_level(facility: int, *, on: date) -> str:
    """The level of one institution; B where it has none yet."""
    return credit_levels([facility], on=on).get(facility, UNRATED)


def subsidy_percent(level: str, *, on: date) -> int:
    """The share of operating subsidies open to a level, in percent."""
    return int(working_rules().at(Month.of(on)).subsidy_by_level[LEVELS.index(level)])


@dataclass(frozen=True, slots=True)
class Effect:
    """What a level means, with the paper that says so."""

    level: str
    share: int
    visits: int
    subsidy: int
    source: str
    provenance: str


def effects(*, on: date) -> list[Effect]:
    """The visible rule: each level with visits a year, share drawn, share of subsidies."""
    rules = working_rules().at(Month.of(on))
    entry = rules.entry("visits_by_level")
    return [
        Effect(level, rules.share_by_level[at], rules.visits_by_level[at], rules.subsidy_by_level[at], entry.source,
               entry.provenance)
        for at, level in enumerate(LEVELS)
    ]  # fmt: skip


def plan_rule(*, on: date) -> list[dict[str, object]]:
    """The effects as a plan takes them."""
    return [
        {
            "risk": one.level,
            "share": one.share,
            "visits": one.visits,
            "source": one.source,
            "provenance": one.provenance,
        }
        for one in effects(on=on)
    ]


def everybody_once(*, on: date) -> list[dict[str, object]]:
    """A campaign's rule: each institution once, whatever its level."""
    return [row | {"share": 100, "visits": 1} for row in plan_rule(on=on)]


def targets(*, within: str, on: date) -> list[TargetIn]:
    """Every institution open in a place with its class of risk: its level, one worse with a major fault overdue (风险等级)."""
    low, high = scope_of(within)
    homes = list(
        Facility.objects.filter(
            kind=KIND, during__contains=on, division_code__gte=low, division_code__lt=high
        ).order_by("code")
    )
    found = credit_levels([one.pk for one in homes], on=on)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT facility_id FROM inspections_finding WHERE state <> 'closed' AND severity = 'major'"
            " AND deadline < %s AND facility_id = ANY(%s)",
            [on, [one.pk for one in homes]],
        )
        overdue = {row[0] for row in cursor.fetchall()}
    made = []
    for home in homes:
        level = found.get(home.pk, UNRATED)
        reason = f"信用等级 {level}" if home.pk in found else "尚无信用等级，按 B 级"
        if home.pk in overdue:
            level = LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]
            reason += "；有重大问题逾期未改，加重一级"
        made.append(TargetIn(home, level, reason))
    return made
