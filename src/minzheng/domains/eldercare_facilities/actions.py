"""Verbs that change what elder care keeps of its facilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import models, transaction

from minzheng.domains.eldercare_facilities.models import BedBatch, Home
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays.beds import NewBed, put_into_use, take_out_of_use
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed


@transaction.atomic
def take_over(rows: Sequence[models.Model]) -> int:
    """Writes rows of another register as they stand, all of one model or none (批量接收); one entry in the trace."""
    require("facilities.edit")
    if not rows:
        return 0
    model = type(rows[0])
    model._default_manager.bulk_create(rows, batch_size=2000)
    name = model._meta.model_name
    record(f"facilities.take_over_{name}", subject=f"{name}:{len(rows)}", detail={"count": len(rows)})
    return len(rows)


@transaction.atomic
def describe(*, facility: Facility, **told: Any) -> Home:
    """Enters or corrects a facility's details (更新设施信息); fields as in `Home`."""
    require("facilities.edit")
    home, is_new = Home.objects.update_or_create(
        facility=facility, defaults={"division_code": facility.division_code, **told}
    )
    record(
        "facilities.describe",
        subject=f"facility:{facility.pk}",
        division_code=facility.division_code,
        detail={"new": is_new, **{name: str(value) for name, value in told.items()}},
    )
    return home


@transaction.atomic
def add_beds(*, facility: Facility, beds: Iterable[NewBed], on: date, document: str) -> list[Bed]:
    """Beds put into use by one paper (新增床位): the beds themselves, and what they add to the stock by kind.

    Raises:
        StayRefused: a room has a bed of the same label on that day.
    """
    made = put_into_use(facility=facility, beds=beds, on=on, document=document)
    _book(facility, made, on=on, document=document, because="built", sign=1)
    return made


@transaction.atomic
def withdraw_beds(
    *, facility: Facility, beds: Iterable[Bed], on: date, document: str, because: str = "withdrawn"
) -> int:
    """Beds taken out of use by one paper (撤销床位); `because` is withdrawn or converted.

    Raises:
        StayRefused: somebody has one of them on that day or later.
    """
    chosen = list(Bed.objects.filter(pk__in=[bed.pk for bed in beds], facility=facility, during__contains=on))
    count = take_out_of_use(facility=facility, beds=chosen, on=on, document=document)
    _book(facility, chosen, on=on, document=document, because=because, sign=-1)
    return count


@transaction.atomic
def convert_beds(
    *, facility: Facility, beds: Sequence[Bed], kind: str, on: date, document: str
) -> list[tuple[Bed, Bed]]:
    """Beds rebuilt for another kind (改建床位): each old bed leaves the stock the day its new one begins; (old, new).

    Raises:
        StayRefused: a bed is not in use before that day, is of that kind already, or somebody has it.
    """
    keys = [bed.pk for bed in beds]
    chosen = list(
        Bed.objects.filter(pk__in=keys, facility=facility, during__contains=on, during__startswith__lt=on)
        .exclude(kind=kind).order_by("pk")
    )  # fmt: skip
    if len(chosen) != len(keys):
        raise StayRefused(
            f"改建的床位须在 {on} 之前已启用且为其他类型 / beds to be rebuilt are in use before {on} and of another kind"
        )
    if not chosen:
        return []
    withdraw_beds(facility=facility, beds=chosen, on=on, document=document, because="converted")
    new = [NewBed(bed.room, bed.label, kind, bed.sex) for bed in chosen]
    made = put_into_use(facility=facility, beds=new, on=on, document=document)
    _book(facility, made, on=on, document=document, because="converted", sign=1)
    return list(zip(chosen, made, strict=True))


def _book(
    facility: Facility, beds: list[Bed], *, on: date, document: str, because: str, sign: int
) -> None:  # fmt: skip
    counts = Counter(bed.kind for bed in beds)
    BedBatch.objects.bulk_create(
        [
            BedBatch(
                facility=facility, division_code=facility.division_code, on=on, kind=kind, change=sign * count,
                document=document, because=because,
            )
            for kind, count in sorted(counts.items())
        ]
    )  # fmt: skip
