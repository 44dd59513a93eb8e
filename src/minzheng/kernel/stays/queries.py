"""Readings of beds: how many are taken, which are free, who is in them as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from minzheng.kernel.stays.models import Bed, Stay, StayState


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A day's beds of one kind in one facility."""

    facility_id: int
    kind: str
    beds: int
    present: int
    away: int
    planned: int

    @property
    def free(self) -> int:
        """Neither taken nor kept nor reserved."""
        return self.beds - self.present - self.away - self.planned


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody of a facility, as the reader may know them: by name in their own home, masked elsewhere."""

    person_id: int
    name: str
    number: str
    sex: int
    birth_date: date | None


def occupancy(*, on: date, facilities: Sequence[int] | None = None) -> list[Occupancy]:
    """Counts by facility and kind on a day; they name nobody and are public. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facility_id, kind, beds, present, away, planned FROM stays_occupancy(%s, %s::bigint[])",
            [on, None if facilities is None else list(facilities)],
        )
        return [Occupancy(*row) for row in cursor.fetchall()]


def beds_in_use(facility_id: int, *, on: date) -> QuerySet[Bed]:
    """The facility's beds on a day, by room."""
    return Bed.objects.filter(facility_id=facility_id, during__contains=on).order_by("room", "label")


def stays_on(facility_id: int, *, on: date) -> QuerySet[Stay]:
    """Who is in a bed of the facility or has one reserved on a day."""
    return Stay.objects.filter(facility_id=facility_id, during__contains=on).exclude(
        state=StayState.CANCELLED
    )


def free_beds(*, on: date, facilities: Sequence[int] | None = None, kind: str = "") -> QuerySet[Bed]:
    """Beds with nobody in them and nobody coming, as far as the reader sees stays (officials and the home itself)."""
    taken = Stay.objects.filter(bed=OuterRef("pk"), during__endswith__isnull=True).exclude(
        state=StayState.CANCELLED
    )
    today = Stay.objects.filter(bed=OuterRef("pk"), during__contains=on).exclude(state=StayState.CANCELLED)
    found = Bed.objects.filter(~Exists(taken), ~Exists(today), during__contains=on)
    if facilities is not None:
        found = found.filter(facility__in=facilities)
    return found.filter(kind=kind) if kind else found


def residents_of(facility_id: int, person_ids: Iterable[int]) -> dict[int, Resident]:
    """The people among these who have or had a stay in the facility, by their id; empty for who may not know them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, name, number, sex, birth_date FROM stays_people(%s, %s)",
            [facility_id, sorted(set(person_ids))],
        )
        return {row[0]: Resident(*row) for row in cursor.fetchall()}


def find_person(*, number: str, name: str) -> int | None:
    """The person whose identity card shows this number and this name (凭证件入住); None where they do not agree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stays_find_person(%s, %s)", [number, name])
        return cursor.fetchone()[0]
