"""Readings for pages: the pool, the queue of a person with reasons, offers and runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.kernel.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class PoolHomeRow:
    """A home of the pool as anybody may see it: beds of a kind, free ones, how many wait."""

    facility_id: int
    name: str
    division_code: str
    address: str
    own_district_first: bool
    beds: int
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class PlaceInQueue:
    """Somebody's place at one chosen home; the counts of those before by why they go first."""

    facility_id: int
    choice: int
    ahead: int
    behind: int
    before_all: int
    district: int
    higher_class: int
    grade: int
    since: int
    number: int
    beds: int

    @property
    def place(self) -> int:
        """1 is the first."""
        return self.ahead + 1


@dataclass(frozen=True, slots=True)
class Ahead:
    """One who stands before, without a name."""

    class_code: str
    grade: int
    since: date
    why: str
    choice: int


@dataclass(frozen=True, slots=True)
class Given:
    """A bed of a chosen home that another was given while one waited, and why it was not oneself."""

    facility_id: int
    offered_on: date
    class_code: str
    grade: int
    since: date
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One district's pool on a day; `median_given_days` is over the year's accepted offers."""

    district: str
    homes: int
    beds: int
    occupied: int
    waiting: int
    offered: int
    median_since: date | None
    given: int
    median_given_days: float | None

    def median_wait(self, on: date) -> int | None:
        """Days that the middle person of the queue has waited."""
        return None if self.median_since is None else (on - self.median_since).days

    @property
    def occupancy_permille(self) -> int | None:
        return None if not self.beds else round(1000 * self.occupied / self.beds)


def homes_of_the_pool(*, on: date, kind: str) -> list[PoolHomeRow]:
    """Every home of the pool with beds of a kind, by place and name; names no person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays_homes(%s, %s)", [on, kind])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    found = Facility.objects.filter(pk__in=rows).order_by("division_code", "name", "pk")
    return [PoolHomeRow(one.pk, one.name, one.division_code, one.address, *rows[one.pk]) for one in found]


def places(waiting_id: int) -> list[PlaceInQueue]:
    """Somebody's place in the queue of each home, the first choice first; empty for who may not know it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays_places(%s)", [waiting_id])
        return [PlaceInQueue(*row) for row in cursor.fetchall()]


def ahead(waiting_id: int, facility_id: int, *, most: int = 20) -> list[Ahead]:
    """Who stands before at one home, the first first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays_ahead(%s, %s, %s)", [waiting_id, facility_id, most])
        return [Ahead(*row) for row in cursor.fetchall()]


def given(waiting_id: int, *, most: int = 20) -> list[Given]:
    """Beds of the chosen homes that went to others meanwhile, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays_given(%s, %s)", [waiting_id, most])
        return [Given(*row) for row in cursor.fetchall()]


def pool(*, on: date) -> list[PoolRow]:
    """Each district's pool; names nobody and is public."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stays_pool(%s)", [on])
        return [PoolRow(*row) for row in cursor.fetchall()]
