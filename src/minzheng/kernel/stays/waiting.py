"""Verbs of the queue: apply for a bed, confirm, change homes, withdraw; what the night finds (轮候登记).

A resident writes their own part, the database keeps class, grade and order from them (decision 0012); the office confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from minzheng.kernel.access import NotPermitted, current_actor, require
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models_waiting import Choice, PoolHome, Waiting, WaitingState


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("stays", load_folder(Path(__file__).parent / "parameters"))


def rules_on(day: date) -> MonthParameters:
    """The queue's working rules in force in a day's month, as `rules_on(day).reply_days`."""
    return working_rules().at(Month.of(day))


@transaction.atomic
def apply_for_bed(
    *,
    person: Person,
    kind: str,
    homes: Sequence[int],
    on: date,
    claimed_class: str = "",
    since: date | None = None,
    from_facility: Facility | None = None,
) -> Waiting:
    """Enters an application with its ranked homes, first choice first (登记轮候); it waits to be confirmed.

    Applying again while an application is open changes nothing and returns it.

    Args:
        since: the day waiting began, where that was earlier (a stay in a home that closed); `on` else.

    Raises:
        StayRefused: a home is not in the pool, is named twice, or there are too many or none.
        NotPermitted: a resident would apply for somebody else.
    """
    online = _own_or_allowed(person.pk)
    before = Waiting.objects.filter(person=person, state__in=_OPEN).first()
    if before is not None:
        return before
    _require_homes(homes, on)
    made = Waiting(
        person=person, division_code=person.division_code, sex=person.sex, kind=kind, class_code="",
        claimed_class=claimed_class, since=since or on, submitted_on=on, channel="online" if online else "counter",
        from_facility=from_facility, goes_before_all=from_facility is not None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        if "stays_waits_once" in str(fault):
            return Waiting.objects.get(person=person, state__in=_OPEN)
        raise
    _write_choices(made, homes)
    _trace("stays.apply", made, homes=list(homes), kind=kind)
    return made


_OPEN = [
    str(s) for s in (WaitingState.SUBMITTED, WaitingState.WAITING, WaitingState.OFFERED, WaitingState.PLACED)
]


@transaction.atomic
def confirm(*, waiting: Waiting | int, class_code: str, rank: int, grade: int, on: date) -> Waiting:
    """Puts an application into the queue with its class and grade (核定轮候类别); confirming again brings them up to date."""
    require("stays.allocate")
    found = _locked(waiting)
    if found.state not in (WaitingState.SUBMITTED, WaitingState.WAITING):
        return found
    found.class_code, found.rank, found.grade = class_code, rank, grade
    found.state = WaitingState.WAITING
    found.save(update_fields=["class_code", "rank", "grade", "state"])
    _trace("stays.confirm", found, class_code=class_code, grade=grade, on=on)
    return found


@transaction.atomic
def reject(*, waiting: Waiting | int, because: str, on: date) -> Waiting:
    """Does not enter an application (不予登记), for a reason told to the person."""
    require("stays.allocate")
    found = _locked(waiting)
    if found.state == WaitingState.SUBMITTED:
        _end(found, WaitingState.REJECTED, because, on)
    return found


@transaction.atomic
def change_homes(*, waiting: Waiting | int, homes: Sequence[int], on: date) -> Waiting:
    """Names other homes or another order (变更志愿); the day waiting began stays.

    Raises:
        StayRefused: a bed is offered at this moment, or the homes do not hold.
    """
    found = _locked(waiting)
    _own_or_allowed(found.person_id)
    if found.state not in (WaitingState.SUBMITTED, WaitingState.WAITING):
        raise StayRefused(
            f"当前状态为“{found.get_state_display()}”，不能变更志愿 / homes cannot be changed while the application is {found.state}"
        )
    _require_homes(homes, on)
    Choice.objects.filter(waiting=found).delete()
    _write_choices(found, homes)
    _trace("stays.change_homes", found, homes=list(homes))
    return found


@transaction.atomic
def withdraw(*, waiting: Waiting | int, on: date) -> Waiting:
    """Leaves the queue (撤回轮候登记); withdrawing twice changes nothing. An open offer passes on by `follow_up`."""
    found = _locked(waiting)
    _own_or_allowed(found.person_id)
    if found.state in _OPEN:
        _end(found, WaitingState.WITHDRAWN, "withdrawn", on)
    return found


def _end(found: Waiting, state: WaitingState, because: str, on: date) -> None:
    found.state, found.ended_on, found.ended_because = state, on, because
    found.save(update_fields=["state", "ended_on", "ended_because"])
    _trace(f"stays.{state}", found, because=because)


_SWEEP = (
    # Whoever died or whose record was merged into another waits no more.
    """
    UPDATE stays_waiting w SET state = 'removed', ended_on = %(on)s,
      ended_because = CASE WHEN p.death_date IS NOT NULL THEN 'deceased' ELSE 'deregistered' END
    FROM people_person p WHERE p.id = w.person_id AND w.state IN ('submitted', 'waiting', 'offered', 'placed')
      AND (p.death_date <= %(on)s OR p.merged_into_id IS NOT NULL OR p.deregistered_on <= %(on)s)
    """,
    # A move to another district keeps the day waiting began.
    """
    UPDATE stays_waiting w SET division_code = p.division_code FROM people_person p
    WHERE p.id = w.person_id AND w.state IN ('submitted', 'waiting', 'offered')
      AND w.division_code <> p.division_code
    """,
    # Offers to people who no longer wait are taken back.
    """
    UPDATE stays_offer o SET state = 'withdrawn', followed_on = %(on)s FROM stays_waiting w
    WHERE w.id = o.waiting_id AND (o.state = 'open' OR (o.state = 'accepted' AND o.stay_id IS NULL))
      AND w.state IN ('withdrawn', 'removed', 'admitted')
    """,
)


@transaction.atomic
def sweep(*, on: date) -> dict[str, int]:
    """Deaths and merged records leave the queue, movers take their new place along, idle offers end (每日清理)."""
    require("stays.allocate")
    counts = []
    with connection.cursor() as cursor:
        for statement in _SWEEP:
            cursor.execute(statement, {"on": on})
            counts.append(cursor.rowcount)
    told = dict(zip(("removed", "moved", "taken_back"), counts, strict=True))
    if any(counts):
        record("stays.sweep", detail=told)
    return told


def _require_homes(homes: Sequence[int], on: date) -> None:
    most = int(rules_on(on).choices_allowed)
    if not 1 <= len(homes) <= most:
        raise StayRefused(f"请选择 1 至 {most} 家机构 / choose between 1 and {most} homes")
    if len(set(homes)) < len(homes):
        raise StayRefused("同一机构只能填报一次 / name each home once")
    known = set(
        PoolHome.objects.filter(facility__in=homes, during__contains=on).values_list("facility_id", flat=True)
    )
    if missing := [home for home in homes if home not in known]:
        raise StayRefused(
            f"机构 {missing[0]} 不在统筹范围，请重新选择 / home {missing[0]} is not in the pool; choose another"
        )


def _write_choices(waiting: Waiting, homes: Sequence[int]) -> None:
    Choice.objects.bulk_create(
        [Choice(waiting=waiting, facility_id=home, rank=at) for at, home in enumerate(homes, 1)]
    )


def _own_or_allowed(person_id: int) -> bool:
    """Whether a resident acts for themself; officials need the permission to request in somebody's stead."""
    actor = current_actor()
    if actor is not None and actor.kind == RESIDENT:
        if actor.person_id != person_id:
            raise NotPermitted("只能为本人办理。You can act for yourself only.")
        return True
    require("assessments.request")
    return False


def _locked(waiting: Waiting | int) -> Waiting:
    number = waiting if isinstance(waiting, int) else waiting.pk
    found = Waiting.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise StayRefused("没有这个轮候登记，或不在您的管理范围 / no such application, or not in your charge")
    return found


def _trace(act: str, waiting: Waiting, **detail: Any) -> None:
    record(
        act,
        subject=f"stays.waiting:{waiting.pk}",
        person_id=waiting.person_id,
        division_code=waiting.division_code,
        detail=detail,
    )


@transaction.atomic
def take_over_queue(rows: Sequence[tuple[Waiting, Sequence[int]]]) -> int:
    """Enters a queue that was kept elsewhere, each with its ranked homes (接收原有轮候名单); one entry in the trace."""
    require("stays.allocate")
    made = Waiting.objects.bulk_create([one for one, _ in rows], batch_size=2000)
    Choice.objects.bulk_create(
        [
            Choice(waiting=one, facility_id=home, rank=at)
            for one, (_, homes) in zip(made, rows, strict=True)
            for at, home in enumerate(homes, 1)
        ],
        batch_size=5000,
    )
    record("stays.take_over_queue", detail={"count": len(made)})
    return len(made)
