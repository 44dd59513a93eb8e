"""A home shuts for a time: it leaves the pool, its residents are placed before everybody else (机构暂停服务转移安置)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Value

from minzheng.domains.eldercare_beds.catalogue import classes
from minzheng.domains.eldercare_beds.queries import homes_of_the_pool
from minzheng.domains.eldercare_facilities.models import Closure
from minzheng.domains.eldercare_facilities.running import close_for_a_time
from minzheng.kernel.access import require
from minzheng.kernel.access.actor import scope_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays import waiting
from minzheng.kernel.stays.actions import move_stay
from minzheng.kernel.stays.models import Bed, Stay, StayState
from minzheng.kernel.stays.models_waiting import PoolHome, Waiting, WaitingState
from minzheng.kernel.stays.offers import lock_sharing, share_out

REPLACEMENT = "replacement"
LYING = (StayState.PRESENT, StayState.AWAY)


@dataclass(frozen=True, slots=True)
class Move:
    """One resident of the closed home and the bed they would move to; None where none is free."""

    waiting: Waiting
    stay: Stay
    bed: Bed | None


@transaction.atomic
def close_home(*, facility: Facility, reason: str, on: date) -> list[Waiting]:
    """Shuts a home for a time and enters its residents in pooled beds before all others (暂停服务并登记安置).

    Their waiting counts from the day they moved in; the homes are those of their district with free beds, most free first.
    """
    close_for_a_time(facility=facility, reason=reason, on=on)
    return enter_residents(facility=facility, on=on)


@transaction.atomic
def enter_residents(*, facility: Facility, on: date) -> list[Waiting]:
    """Takes a closed home out of the pool and enters its residents; repeating it adds nobody twice."""
    require("stays.allocate")
    PoolHome.objects.filter(facility=facility, during__contains=on, during__startswith__lt=on).update(
        during=Func(Func(F("during"), function="lower"), Value(on), function="daterange")
    )
    PoolHome.objects.filter(facility=facility, during__contains=on).update(during=DateRange(empty=True))
    one = classes()[REPLACEMENT]
    made = []
    lying = Stay.objects.filter(facility=facility, state__in=LYING).select_related("person", "bed")
    homes = {kind: _homes(facility, kind, on) for kind in set(lying.values_list("bed__kind", flat=True))}
    for stay in lying.order_by("pk"):
        if stay.bed.kind == "market" or not homes[stay.bed.kind]:
            continue
        entered = waiting.apply_for_bed(
            person=stay.person, kind=stay.bed.kind, homes=homes[stay.bed.kind], on=on, since=stay.during.lower,
            from_facility=facility,
        )  # fmt: skip
        made.append(
            waiting.confirm(waiting=entered, class_code=one.code, rank=one.rank, grade=entered.grade, on=on)
        )
    return made


def _homes(facility: Facility, kind: str, on: date) -> list[int]:
    """Where residents may go: the pooled homes of the same district by free beds, as many as one may name."""
    near = [one for one in homes_of_the_pool(on=on, kind=kind) if one.facility_id != facility.pk]
    near.sort(
        key=lambda one: (one.division_code[:6] != facility.division_code[:6], -one.free, one.facility_id)
    )
    return [one.facility_id for one in near[: int(waiting.rules_on(on).choices_allowed)]]


def proposal(*, facility: Facility, on: date) -> list[Move]:
    """Where each resident would go now (安置方案), as far as the acting post's place reaches; writes nothing."""
    actor = require("stays.allocate")
    shares = share_out(on=on, scope=scope_of(actor.division_code), moved_only=True)
    given = {number: bed for number, bed, _ in shares.lines}
    beds = Bed.objects.select_related("facility").in_bulk(list(given.values()))
    waiters = Waiting.objects.filter(from_facility=facility, state=WaitingState.WAITING).select_related(
        "person"
    )
    stays = {
        stay.person_id: stay
        for stay in Stay.objects.filter(facility=facility, state__in=LYING).select_related("bed")
    }
    return [
        Move(one, stays[one.person_id], beds.get(given.get(one.pk, 0)))
        for one in waiters.order_by("since", "pk")
        if one.person_id in stays
    ]


@transaction.atomic
def replace_residents(*, facility: Facility, on: date) -> list[Stay]:
    """Moves everybody for whom a bed is free (实施转移安置); whoever stays behind keeps standing first in the queue."""
    require("stays.allocate")
    lock_sharing()
    return [
        move_stay(stay=one.stay, bed=one.bed, on=on, because="closed")
        for one in proposal(facility=facility, on=on)
        if one.bed is not None
    ]


def follow_closures(*, on: date) -> int:
    """Homes that were shut by any path leave the pool, and those that serve again come back; returns how many were shut."""
    shut = PoolHome.objects.filter(
        during__contains=on, facility__in=Closure.objects.filter(during__contains=on).values("facility")
    ).select_related("facility")
    homes = [one.facility for one in shut]
    for facility in homes:
        enter_residents(facility=facility, on=on)
    _bring_back(on)
    return len(homes)


def _bring_back(on: date) -> None:
    reopened = Closure.objects.filter(during__endswith__lte=on)
    left = PoolHome.objects.filter(facility__in=reopened.values("facility")).order_by("facility", "-during")
    ended = {one.facility_id: one for one in left.distinct("facility")}
    for closure in reopened.order_by("during"):
        before = ended.get(closure.facility_id)
        if before is not None and before.during.upper == closure.during.lower:
            before.pk, before.during = None, DateRange(closure.during.upper, None)
            before.save(force_insert=True)
