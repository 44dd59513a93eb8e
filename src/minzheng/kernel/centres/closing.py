"""Closing a day (停止取号): nobody who waits is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from minzheng.kernel.audit import record
from minzheng.kernel.centres.errors import CounterBusy
from minzheng.kernel.centres.models import (
    Appointment,
    AppointmentState,
    Centre,
    CentreDay,
    Sitting,
    Ticket,
    TicketState,
)
from minzheng.kernel.centres.opening import next_open_day
from minzheng.kernel.centres.scope import centre_to_work_at, move, open_day_locked

_STILL_HERE = (TicketState.WAITING, TicketState.TRANSFERRED, TicketState.CALLED, TicketState.HELD)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a day came to: who was told to come again, from which day on, who was booked and did not come."""

    carried: list[Ticket]
    claim_on: date
    no_shows: int


@transaction.atomic
def close_day(*, centre: Centre | int, on: date, at: datetime) -> Closed:
    """Closes the queue of a day (闭门). Who still waits keeps the slip, and with it the first place of the next open day.

    Booked people who did not come are noted as such, and every counter is left.

    Raises:
        CounterBusy: somebody is being served: finish, hold or transfer first.
        QueueClosed: the day was not begun, or is closed already.
    """
    place = centre_to_work_at(centre if isinstance(centre, int) else centre.pk, "centres.manage")
    day = open_day_locked(place, on, for_closing=True)
    # Sittings before tickets, as calling does: a counter that calls at this moment finishes first, or finds itself closed.
    list(Sitting.objects.select_for_update().filter(centre=place, day=on, closed_at=None).order_by("id"))
    tickets = Ticket.objects.select_for_update(of=("self",)).filter(centre=place, day=on)
    serving = list(tickets.filter(state=TicketState.SERVING).select_related("counter"))
    if serving:
        names = "、".join(f"{t.counter.number if t.counter else ''} 号窗口 {t.label}" for t in serving)
        raise CounterBusy(f"还在办理：{names}，办结后再停止取号 / still being served: {names}")
    claim_on = next_open_day(place, on)
    carried = []
    for ticket in tickets.filter(state__in=_STILL_HERE).order_by("taken_at", "id"):
        ticket.ended_at, ticket.claim_on = at, claim_on
        carried.append(move(ticket, TicketState.CLOSED_OUT, act="close_out", at=at))
    no_shows = Appointment.objects.filter(centre=place, day=on, state=AppointmentState.BOOKED).update(
        state=AppointmentState.NO_SHOW, ended_at=at
    )
    Sitting.objects.filter(centre=place, day=on, closed_at=None).update(closed_at=at)
    CentreDay.objects.filter(pk=day.pk).update(closed_at=at)
    record(
        "centres.close_day",
        subject=f"centre:{place.pk}",
        detail={"day": str(on), "carried": len(carried), "claim_on": str(claim_on), "no_shows": no_shows},
        division_code=place.division_code,
    )
    return Closed(carried, claim_on, no_shows)
