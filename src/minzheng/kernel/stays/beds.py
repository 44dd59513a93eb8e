"""Verbs of beds: put into use, take out of use, change the kind; each row is one bed of one kind for a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Q, Value

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed, Stay, StayState


@dataclass(frozen=True, slots=True)
class NewBed:
    """A bed to be put into use; `sex` 1 男, 2 女, None for either."""

    room: str
    label: str
    kind: str
    sex: int | None = None


@transaction.atomic
def put_into_use(*, facility: Facility, beds: Iterable[NewBed], on: date, document: str) -> list[Bed]:
    """Beds that exist from a day on (启用床位).

    Args:
        document: the paper by which they were approved (批准文件).

    Raises:
        StayRefused: a room has a bed of the same label on that day.
    """
    require("facilities.edit")
    wanted = list(beds)
    try:
        with transaction.atomic():
            made = Bed.objects.bulk_create(
                [
                    Bed(
                        facility=facility, division_code=facility.division_code, room=bed.room, label=bed.label,
                        kind=bed.kind, sex=bed.sex, during=DateRange(on, None),
                    )
                    for bed in wanted
                ],
                batch_size=2000,
            )  # fmt: skip
    except IntegrityError as fault:
        raise StayRefused(
            f"{facility.name}：有床位与现有床位同房同号，请核对房号和床号 / a room has a bed of this label already; "
            "check rooms and labels"
        ) from fault
    _trace("stays.put_into_use", facility, made, on, document)
    return made


@transaction.atomic
def take_out_of_use(*, facility: Facility, beds: Iterable[Bed], on: date, document: str) -> int:
    """The beds' last day was the day before `on` (停用床位); nobody may lie in them any more.

    Raises:
        StayRefused: somebody has one of them on that day or later.
    """
    require("facilities.edit")
    keys = [bed.pk for bed in beds]
    chosen = list(Bed.objects.select_for_update().filter(pk__in=keys, facility=facility, during__contains=on))
    later = Q(during__endswith__isnull=True) | Q(during__endswith__gt=on)
    taken = (
        Stay.objects.filter(later, bed__in=chosen).exclude(state=StayState.CANCELLED).select_related("bed")
    )
    first = taken.first()
    if first is not None:
        raise StayRefused(
            f"床位 {first.bed} 在 {on} 以后仍有人入住或预留，请先换床或离院 / bed {first.bed} is taken on or after {on}; "
            "move its resident first"
        )
    Bed.objects.filter(pk__in=[bed.pk for bed in chosen]).update(
        during=Func(Func(F("during"), function="lower"), Value(on), function="daterange")
    )
    _trace("stays.take_out_of_use", facility, chosen, on, document)
    return len(chosen)


def _trace(act: str, facility: Facility, beds: list[Bed], on: date, document: str) -> None:
    record(
        act,
        subject=f"facility:{facility.pk}",
        division_code=facility.division_code,
        detail={"on": on, "document": document, "count": len(beds), "beds": [str(bed) for bed in beds[:200]]},
    )
