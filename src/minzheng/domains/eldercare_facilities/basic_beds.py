"""Basic beds (保基本床位): who has one without a right to it, how long the others stand empty, and the city's pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Func, Q, QuerySet, Value

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.models import BedRelease
from minzheng.domains.eldercare_facilities.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.places.queries import scope
from minzheng.kernel.stays.models import Stay, StayState


def used_without_right(*, on: date, within: str = "", facility_id: int | None = None) -> QuerySet[Stay]:
    """Residents of a basic bed who show no right to it, or one by a grade below the least (不符合资格占用)."""
    least = int(rules_on(on).basic_least_grade)
    unproven = (
        Q(occupant__isnull=True)
        | Q(occupant__entitlement=kinds.NOT_ENTITLED)
        | Q(occupant__entitlement="grade", occupant__grade__lt=least)
        | Q(occupant__entitlement="grade", occupant__grade__isnull=True)
    )
    found = Stay.objects.filter(
        unproven, bed__kind=kinds.BASIC, during__contains=on, state__in=(StayState.PRESENT, StayState.AWAY)
    )
    return (
        _inside(found, within, facility_id)
        .select_related("bed", "facility", "occupant")
        .order_by("division_code", "pk")
    )


@dataclass(frozen=True, slots=True)
class EmptyBed:
    """A basic bed nobody has or has reserved; `days` since the last one left, or since the bed exists."""

    bed_id: int
    facility_id: int
    facility: str
    division_code: str
    label: str
    since: date
    days: int
    is_released: bool


_EMPTY = """
    SELECT b.id, b.facility_id, f.name, b.division_code, b.room || '-' || b.label,
           coalesce(last.day, lower(b.during)) AS since, %(on)s::date - coalesce(last.day, lower(b.during)) AS days,
           r.id IS NOT NULL AS is_released
    FROM stays_bed b JOIN facilities_facility f ON f.id = b.facility_id
    LEFT JOIN LATERAL (
      SELECT max(upper(s.during)) AS day FROM stays_stay s
      WHERE s.bed_id = b.id AND s.state <> 'cancelled' AND s.during << daterange(%(on)s::date, NULL)) last ON true
    LEFT JOIN eldercare_facilities_bedrelease r ON r.bed_id = b.id AND r.during @> %(on)s::date
    WHERE b.kind = 'basic' AND b.during @> %(on)s::date
      AND b.division_code >= %(low)s AND b.division_code < %(high)s
      AND (%(facility)s::bigint IS NULL OR b.facility_id = %(facility)s)
      AND NOT EXISTS (SELECT 1 FROM stays_stay s WHERE s.bed_id = b.id AND s.state <> 'cancelled'
                      AND s.during && daterange(%(on)s::date, NULL))
"""


def empty_beds(
    *, on: date, within: str = "310000", facility_id: int | None = None, most: int = 1000
) -> list[EmptyBed]:
    """Empty basic beds, the longest empty first; as far as the reader sees stays (officials of the place, the home)."""
    low, high = scope(within)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_EMPTY} ORDER BY days DESC, b.id LIMIT %(most)s",
            {"on": on, "low": low, "high": high, "facility": facility_id, "most": most},
        )
        return [EmptyBed(*row) for row in cursor.fetchall()]


@transaction.atomic
def release_empty(*, on: date, within: str = "310000") -> int:
    """Gives basic beds empty past the limit to the city's pool, and takes back those that somebody has (释放空置床位).

    Set-based and repeatable. Returns how many were released now.
    """
    require("stays.allocate")
    low, high = scope(within)
    later = Q(during__endswith__isnull=True) | Q(during__endswith__gt=on)
    taken = Stay.objects.filter(later).exclude(state=StayState.CANCELLED)
    BedRelease.objects.filter(
        during__endswith__isnull=True, division_code__gte=low, division_code__lt=high, during__startswith__lt=on,
        bed__in=taken.values("bed"),
    ).update(during=Func(Func(F("during"), function="lower"), Value(on), function="daterange"))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO eldercare_facilities_bedrelease (bed_id, facility_id, division_code, during, empty_days)
                SELECT e.id, e.facility_id, e.division_code, daterange(%(on)s::date, NULL), e.days FROM ({_EMPTY}) e
                WHERE NOT e.is_released AND e.days > %(limit)s""",
            {"on": on, "low": low, "high": high, "facility": None, "limit": int(rules_on(on).empty_bed_days)},
        )
        released = cursor.rowcount
    if released:
        record(
            "facilities.release_beds",
            subject=f"beds:{released}",
            division_code=within,
            detail={"on": on, "count": released},
        )
    return released


def _inside(found: QuerySet[Any], within: str, facility_id: int | None) -> QuerySet[Any]:
    if facility_id is not None:
        found = found.filter(facility=facility_id)
    if within:
        low, high = scope(within)
        found = found.filter(division_code__gte=low, division_code__lt=high)
    return found
