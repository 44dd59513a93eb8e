"""Numbers are given here: to who walks in, to who was booked, to who was not reached when the centre closed."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from minzheng.kernel.centres.catalogue import CARRIED, item_groups, priorities, rules_on
from minzheng.kernel.centres.errors import BookingRefused, CentreRefused, NoSuchCentre
from minzheng.kernel.centres.models import (
    Appointment,
    AppointmentState,
    Centre,
    Counter,
    Ticket,
    TicketState,
)
from minzheng.kernel.centres.opening import moment
from minzheng.kernel.centres.scope import centre_to_work_at, note_event, open_day_locked


@transaction.atomic
def take_ticket(
    *,
    centre: Centre | int,
    group_code: str,
    on: date,
    at: datetime,
    priority: str = "",
    item_code: str = "",
    key: str = "",
) -> Ticket:
    """Gives the next number of an item group (取号). Nobody's name is asked for or kept.

    Args:
        priority: the class of precedence, checked by the clerk who calls the number; "" for none.
        key: names this press of the button; pressed twice, it gives one number.

    Raises:
        QueueClosed: no counter has opened yet, or the day is closed.
        CentreRefused: no counter of the centre serves the group, or there is no such class of precedence.
        NoSuchCentre, NotPermitted.
    """
    place = centre_to_work_at(_pk(centre), "centres.serve")
    if priority == CARRIED or (priority and priority not in priorities()):
        raise CentreRefused(f"没有优先类别 {priority} / there is no such class of precedence: {priority}")
    return _give(
        place,
        group_code,
        on,
        at,
        key=key,
        priority=priority,
        item_code=item_code,
        channel=Ticket.Channel.WALK_IN,
    )


@transaction.atomic
def claim_carried(
    *, centre: Centre | int, label: str, code: str, on: date, at: datetime, key: str = ""
) -> Ticket:
    """Gives who was not reached before the centre closed a number with precedence (上次未办结优先取号), once.

    The slip of that day proves it; it holds from the next opening day on.

    Raises:
        CentreRefused: no such slip, claimed already, or not yet to be claimed.
    """
    place = centre_to_work_at(_pk(centre), "centres.serve")
    repeated = _given_before(place, key)
    if repeated is not None:
        return repeated
    old = (
        Ticket.objects.select_for_update(of=("self",))
        .filter(centre=place, label=label.strip().upper(), code=code.strip(), state=TicketState.CLOSED_OUT)
        .order_by("-day")
        .first()
    )
    if old is None:
        raise CentreRefused(
            f"没有可优先的号单 {label}，请核对号码和校验码 / no slip {label} with this code; check the number and the code"
        )
    if Ticket.objects.filter(carried_from=old).exists():
        raise CentreRefused(f"号单 {old.label} 已优先取号 / slip {old.label} was claimed already")
    if old.claim_on is None or on < old.claim_on:
        raise CentreRefused(
            f"号单 {old.label} 自 {old.claim_on} 起可用 / slip {old.label} holds from {old.claim_on} on"
        )
    return _give(
        place,
        old.group_code,
        on,
        at,
        key=key,
        priority=CARRIED,
        item_code=old.item_code,
        channel=Ticket.Channel.WALK_IN,
        carried_from=old,
    )


@transaction.atomic
def check_in(*, appointment: Appointment | int, on: date, at: datetime, key: str = "") -> Ticket:
    """Turns an appointment into a number when its person arrives (预约到场).

    In time, from `early_minutes` before the slot to `late_minutes` after its end, the number is called at the booked time
    before others. Later it is an ordinary number of now: the reserved place has been used for who waited.

    Raises:
        BookingRefused: another day, too early, or no longer booked.
    """
    number = appointment if isinstance(appointment, int) else appointment.pk
    seen = Appointment.objects.filter(pk=number).first()
    if seen is None:
        raise NoSuchCentre(f"没有编号 {number} 的预约 / there is no appointment {number}")
    place = centre_to_work_at(seen.centre_id, "centres.serve")
    repeated = _given_before(place, key)
    if repeated is not None:
        return repeated
    open_day_locked(place, on)
    found = Appointment.objects.select_for_update(of=("self",)).get(pk=number)
    if found.day != on:
        raise BookingRefused(f"预约日期是 {found.day}，不是今天 / the appointment is for {found.day}")
    if found.state not in (AppointmentState.BOOKED, AppointmentState.ARRIVED):
        raise BookingRefused(
            f"预约{AppointmentState(found.state).label}，请现场取号 / the appointment is {found.state}; take a number"
        )
    if found.state == AppointmentState.ARRIVED:
        given = Ticket.objects.filter(appointment=found).first()
        if given is not None:
            return given
    rules = rules_on(on)
    due = moment(at, found.starts)
    if at < due - timedelta(minutes=rules.early_minutes):
        raise BookingRefused(
            f"预约时间 {found.starts:%H:%M}，最早提前 {rules.early_minutes} 分钟到场 / "
            f"booked for {found.starts:%H:%M}; come at most {rules.early_minutes} minutes before"
        )
    in_time = at <= due + timedelta(minutes=rules.slot_minutes + rules.late_minutes)
    found.state = AppointmentState.ARRIVED
    found.ended_at = at
    found.save(update_fields=["state", "ended_at"])
    return _give(
        place,
        found.group_code,
        on,
        at,
        key=key,
        item_code=found.item_code,
        channel=Ticket.Channel.APPOINTMENT,
        appointment=found,
        due_at=due if in_time else None,
    )


def _give(place: Centre, group_code: str, on: date, at: datetime, *, key: str, **fields: object) -> Ticket:
    group = item_groups().get(group_code)
    if group is None:
        raise CentreRefused(f"没有事项组 {group_code} / there is no item group {group_code}")
    repeated = _given_before(place, key)
    if repeated is not None:
        return repeated
    open_day_locked(place, on)
    if not Counter.objects.filter(centre=place, is_in_use=True, groups__contains=[group_code]).exists():
        raise CentreRefused(f"{place.name}不受理{group.name} / this centre does not handle {group.name_en}")
    ticket = Ticket(
        centre=place,
        day=on,
        series=group.series,
        number=_next_number(place, on, group.series),
        code=f"{secrets.randbelow(10_000):04d}",
        group_code=group_code,
        taken_at=at,
        client_key=key,
        **fields,
    )
    ticket.label = f"{group.series}{ticket.number:03d}"
    ticket.save(force_insert=True)
    note_event(ticket, "", act="take", at=at)
    return ticket


def _given_before(place: Centre, key: str) -> Ticket | None:
    """The number that this very press gave already; the same press at the same moment waits for it."""
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"centres take {place.pk} {key}"]
        )
    return Ticket.objects.filter(centre=place, client_key=key).first()


def _next_number(place: Centre, on: date, series: str) -> int:
    with connection.cursor() as cursor:
        # Numbers of a series are given one after the other; those who ask at once wait for each other's commit.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"centres number {place.pk} {on} {series}"],
        )
        cursor.execute(
            "SELECT coalesce(max(number), 0) + 1 FROM centres_ticket WHERE centre_id = %s AND day = %s AND series = %s",
            [place.pk, on, series],
        )
        return int(cursor.fetchone()[0])


def _pk(centre: Centre | int) -> int:
    return centre if isinstance(centre, int) else centre.pk
