"""Units (照护单元): accepted with their beds, staffed, and told apart where too few care for too many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.domains.dementia_care.catalogue import rules_on, unit_standard
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import StaffCount, Unit, UnitBed
from minzheng.domains.eldercare_facilities import HOME
from minzheng.domains.eldercare_facilities.actions import convert_beds
from minzheng.domains.eldercare_facilities.kinds import DEMENTIA
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import scope
from minzheng.kernel.stays.models import Bed


@transaction.atomic
def accept_unit(
    *, facility: Facility, name: str, beds: Iterable[int], met: Collection[str], document: str, on: date
) -> Unit:
    """A unit is accepted with its beds (验收照护单元): beds of another kind leave their stock and become dementia beds.

    Args:
        beds: keys of beds in use in this home, in no unit yet.
        met: codes of the standard's items that were met.

    Raises:
        NotPermitted
        DementiaRefused: an item is not met, there is no bed, a bed is not the home's or is in a unit, the name is taken.
        StayRefused: somebody lies in a bed that would be rebuilt.
    """
    actor = require("dementia.decide")
    lacking = [one.name for one in unit_standard() if one.code not in met]
    if lacking:
        raise DementiaRefused(
            f"未达到验收项目：{'、'.join(lacking)}；整改后再验收 / items of the standard are not met; put them right first"
        )
    if facility.kind != HOME:
        raise DementiaRefused("照护单元设在养老院 / a unit belongs to a home")
    if Unit.objects.filter(facility=facility, name=name).exists():
        raise DementiaRefused(
            f"本机构已有单元“{name}”，请换名称 / the home has a unit of this name; choose another"
        )
    keys = set(beds)
    chosen = list(
        Bed.objects.filter(pk__in=keys, facility=facility, during__contains=on, dementia_bed=None).order_by(
            "pk"
        )
    )
    if not keys or len(chosen) != len(keys):
        raise DementiaRefused(
            "请选择本机构在用、未编入其他单元的床位 / choose beds that are in use in this home and in no unit"
        )
    unit = Unit.objects.create(
        facility=facility, division_code=facility.division_code, name=name, accepted_on=on, document=document,
        met=sorted(met), accepted_by_id=actor.official,
    )  # fmt: skip
    standing = [(None, bed) for bed in chosen if bed.kind == DEMENTIA]
    rebuilt = convert_beds(
        facility=facility, beds=[bed for bed in chosen if bed.kind != DEMENTIA], kind=DEMENTIA, on=on, document=document
    )  # fmt: skip
    UnitBed.objects.bulk_create(
        UnitBed(unit=unit, facility=facility, division_code=facility.division_code, was=was, bed=bed)
        for was, bed in [*standing, *rebuilt]
    )
    _trace("accept_unit", unit, beds=len(chosen), rebuilt=len(rebuilt), document=document, on=on)
    return unit


@transaction.atomic
def report_staff(*, unit: Unit, workers: int, on: date) -> StaffCount:
    """How many care workers a unit has from a day on (登记护理员人数); telling the same day again corrects it.

    Raises:
        NotPermitted
        DementiaRefused: a negative number, or a day before the unit was accepted.
    """
    require("dementia.report")
    if workers < 0 or on < unit.accepted_on:
        raise DementiaRefused(
            "护理员人数不能为负，日期不能早于验收日 / the number is not negative and the day not before the acceptance"
        )
    made, _is_new = StaffCount.objects.update_or_create(
        unit=unit, on=on,
        defaults={"workers": workers, "facility_id": unit.facility_id, "division_code": unit.division_code},
    )  # fmt: skip
    _trace("report_staff", unit, workers=workers, on=on)
    return made


def _trace(act: str, unit: Unit, **detail: object) -> None:
    record(
        f"dementia.{act}",
        subject=f"dementia.unit:{unit.pk}",
        division_code=unit.division_code,
        detail={"facility": unit.facility_id, **detail},
    )


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """A unit as it stands on a day; `workers` is None where nobody reported them yet."""

    pk: int
    facility_id: int
    facility: str
    division_code: str
    name: str
    accepted_on: date
    beds: int
    rebuilt: int
    workers: int | None
    most: int
    """Beds that this many workers may care for."""

    @property
    def is_short(self) -> bool:
        return self.beds > self.most


_UNITS = """
    SELECT u.id, u.facility_id, f.name, u.division_code, u.name, u.accepted_on,
           count(b.id), count(b.id) FILTER (WHERE x.was_id IS NOT NULL), s.workers,
           coalesce(s.workers, 0) * %(each)s
    FROM dementia_care_unit u JOIN facilities_facility f ON f.id = u.facility_id
      LEFT JOIN dementia_care_unitbed x ON x.unit_id = u.id
      LEFT JOIN stays_bed b ON b.id = x.bed_id AND b.during @> %(on)s::date
      LEFT JOIN LATERAL (SELECT workers FROM dementia_care_staffcount
                         WHERE unit_id = u.id AND on_day <= %(on)s ORDER BY on_day DESC LIMIT 1) s ON true
    WHERE u.accepted_on <= %(on)s AND u.division_code >= %(low)s AND u.division_code < %(high)s
      AND (%(facility)s::bigint IS NULL OR u.facility_id = %(facility)s)
    GROUP BY u.id, f.name, s.workers
    ORDER BY u.division_code, f.name, u.name LIMIT 2000
"""


def units_on(on: date, *, within: str = "310000", facility: int | None = None) -> list[UnitOnDay]:
    """The units of a place or of one home as they stood on a day, at most 2,000, under the reader's own rights."""
    low, high = scope(within)
    told: dict[str, Any] = {
        "on": on,
        "low": low,
        "high": high,
        "facility": facility,
        "each": int(rules_on(on).beds_per_worker),
    }
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, told)
        return [UnitOnDay(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Stock:
    """Dementia-care beds of homes on a day, and those rebuilt from other kinds since the year began."""

    beds: int
    in_units: int
    rebuilt: int


_STOCK = """
    SELECT count(*), count(u.id),
           count(x.was_id) FILTER (WHERE lower(b.during) >= date_trunc('year', %(on)s::date)::date)
    FROM stays_bed b JOIN facilities_facility f ON f.id = b.facility_id AND f.kind = %(home)s
      LEFT JOIN dementia_care_unitbed x ON x.bed_id = b.id
      LEFT JOIN dementia_care_unit u ON u.id = x.unit_id AND u.accepted_on <= %(on)s
    WHERE b.kind = %(kind)s AND b.during @> %(on)s::date AND b.division_code >= %(low)s AND b.division_code < %(high)s
"""


def stock_on(on: date, *, within: str = "310000") -> Stock:
    """The stock of a day, counted from the beds themselves."""
    low, high = scope(within)
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, {"on": on, "home": HOME, "kind": DEMENTIA, "low": low, "high": high})
        return Stock(*cursor.fetchone())


def beds_to_choose(facility: Facility, *, on: date) -> list[Bed]:
    """Beds of a home that may go into a new unit: dementia beds in no unit, and empty beds of other kinds."""
    found = Bed.objects.filter(facility=facility, during__contains=on, dementia_bed=None)
    taken = set(
        found.filter(stays__during__contains=on)
        .exclude(stays__state="cancelled")
        .values_list("pk", flat=True)
    )
    return [
        bed for bed in found.order_by("room", "label")[:1000] if bed.kind == DEMENTIA or bed.pk not in taken
    ]
