"""Who sits at which counter (坐席): opening a counter, closing it, which groups it serves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from minzheng.kernel.audit import record
from minzheng.kernel.centres.catalogue import item_groups
from minzheng.kernel.centres.errors import CentreRefused, CounterBusy, NoSuchCentre
from minzheng.kernel.centres.models import AT_COUNTER, IN_QUEUE, Counter, Sitting, Ticket, TicketState
from minzheng.kernel.centres.scope import centre_to_work_at, move, official, open_day_locked, sitting_locked


@transaction.atomic
def open_counter(*, counter: Counter | int, on: date, at: datetime) -> Sitting:
    """Sits down at a counter (开窗); the first of a day opens the queue. Sitting there already changes nothing.

    Raises:
        CounterBusy: somebody else sits there, or this post sits at another counter.
        QueueClosed: the day has been closed.
    """
    number = counter if isinstance(counter, int) else counter.pk
    place = Counter.objects.select_related("centre").select_for_update(of=("self",)).filter(pk=number).first()
    if place is None:
        raise NoSuchCentre(f"没有编号 {number} 的窗口 / there is no counter {number}")
    centre = centre_to_work_at(place.centre_id, "centres.serve")
    if not place.is_in_use:
        raise CounterBusy(f"{place.number} 号窗口已停用 / counter {place.number} is out of use")
    actor = official()
    begin_day(centre_id=centre.pk, on=on, at=at)
    open_day_locked(centre, on)
    near = Q(counter=place) | Q(post_id=actor.post_id)
    for sitting in Sitting.objects.filter(near, day=on, closed_at=None).select_related("counter"):
        if sitting.counter_id == place.pk and sitting.post_id == actor.post_id:
            return sitting
        if sitting.counter_id == place.pk:
            raise CounterBusy(
                f"{place.number} 号窗口由{sitting.official}办理 / {sitting.official} sits at counter {place.number}"
            )
        if sitting.post_id == actor.post_id:
            raise CounterBusy(
                f"您正在 {sitting.counter.number} 号窗口，请先关窗 / you sit at counter {sitting.counter.number}; close it first"
            )
    assert actor.post_id is not None
    return Sitting.objects.create(
        centre=centre, counter=place, day=on, post_id=actor.post_id, official=actor.label, opened_at=at
    )


def begin_day(*, centre_id: int, on: date, at: datetime) -> None:
    """Opens the queue of a day if it is not open (开始取号); two counters at once open it once."""
    centre_to_work_at(centre_id, "centres.serve")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO centres_centreday (centre_id, division_code, day, opened_at) VALUES (%s, '', %s, %s)
               ON CONFLICT (centre_id, day) DO NOTHING""",
            [centre_id, on, at],
        )


@transaction.atomic
def close_counter(*, sitting: Sitting | int, at: datetime) -> Sitting:
    """Leaves a counter (关窗). Who was called to it and has not come waits on with the same place in line.

    A clerk closes their own counter, the manager anybody's.

    Raises:
        CounterBusy: somebody is being served there: finish, hold or transfer first.
    """
    found = sitting_locked(sitting if isinstance(sitting, int) else sitting.pk)
    own = found.post_id == official().post_id
    centre_to_work_at(found.centre_id, "centres.serve" if own else "centres.manage")
    present = (
        Ticket.objects.select_for_update()
        .filter(counter=found.counter_id, day=found.day, state__in=AT_COUNTER)
        .first()
    )
    if present is not None and present.state == TicketState.SERVING:
        raise CounterBusy(
            f"{present.label} 号正在办理，请先办结、暂挂或转窗 / {present.label} is being served; finish, hold or transfer first"
        )
    if present is not None:
        present.counter = None
        present.called_at = None
        move(present, TicketState.WAITING, act="put_back", at=at, counter_id=found.counter_id, note="关窗")
    # Who was sent to this very counter is taken by any other that serves the group.
    Ticket.objects.filter(for_counter=found.counter_id, day=found.day, state__in=IN_QUEUE).update(
        for_counter=None
    )
    found.closed_at = at
    found.save(update_fields=["closed_at"])
    return found


@transaction.atomic
def set_counter(*, counter: Counter | int, groups: Sequence[str], is_in_use: bool, on: date) -> Counter:
    """Changes what a counter serves (调整窗口).

    Raises:
        CentreRefused: no or unknown groups; or a counter where somebody sits would be put out of use.
    """
    number = counter if isinstance(counter, int) else counter.pk
    found = Counter.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NoSuchCentre(f"没有编号 {number} 的窗口 / there is no counter {number}")
    centre = centre_to_work_at(found.centre_id, "centres.manage")
    unknown = set(groups) - set(item_groups())
    if unknown or not groups:
        raise CentreRefused(
            f"{found.number} 号窗口的事项组不对：{'、'.join(sorted(unknown)) or '无'} / choose at least one known item group"
        )
    if not is_in_use and Sitting.objects.filter(counter=found, day=on, closed_at=None).exists():
        raise CounterBusy(
            f"{found.number} 号窗口正在办理，请先关窗 / counter {found.number} is at work; close it first"
        )
    before = {"groups": found.groups, "in_use": found.is_in_use}
    found.groups, found.is_in_use = [code for code in item_groups() if code in set(groups)], is_in_use
    found.save(update_fields=["groups", "is_in_use"])
    record(
        "centres.set_counter",
        subject=f"counter:{found.pk}",
        detail={"before": before, "after": {"groups": found.groups, "in_use": is_in_use}},
        division_code=centre.division_code,
    )
    return found
