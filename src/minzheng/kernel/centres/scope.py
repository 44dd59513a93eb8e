"""What every act at a centre begins with: the permission, the place, the lock.

Locks are taken in this order and no other: day, sitting, ticket or appointment, slot. Acts on two slots take both by an
advisory lock first, in the order of their numbers.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from minzheng.kernel.access import NotPermitted, current_actor, require
from minzheng.kernel.access.actor import Actor
from minzheng.kernel.centres.errors import NoSuchCentre, QueueClosed, TicketMoveRefused
from minzheng.kernel.centres.models import MOVES, Centre, CentreDay, Sitting, Ticket, TicketEvent, TicketState


def centre_to_work_at(centre_id: int, permission: str) -> Centre:
    """The centre, which the acting post may serve or manage.

    Raises:
        NoSuchCentre, NotPermitted.
    """
    require(permission)
    actor = current_actor()
    centre = Centre.objects.filter(pk=centre_id).first()
    if centre is None:
        raise NoSuchCentre(f"没有编号 {centre_id} 的受理中心 / there is no centre {centre_id}")
    if actor is None or not actor.reaches(centre.division_code):
        raise NotPermitted(f"{centre.name}不在本岗位范围内。{centre.name} lies outside your post's place.")
    return centre


def official() -> Actor:
    """The official who acts; called after the permission was checked."""
    actor = current_actor()
    if actor is None or actor.post_id is None:
        raise NotPermitted("需以岗位身份办理。An official's post must act.")
    return actor


def open_day_locked(centre: Centre, on: date, *, for_closing: bool = False) -> CentreDay:
    """The day's row, locked: closing it waits for numbers being given, and no number is given after it.

    Raises:
        QueueClosed: the centre has not begun the day, or has closed it.
    """
    with connection.cursor() as cursor:
        lock = "FOR UPDATE" if for_closing else "FOR SHARE"
        cursor.execute(
            f"SELECT id, closed_at FROM centres_centreday WHERE centre_id = %s AND day = %s {lock}",
            [centre.pk, on],
        )
        row = cursor.fetchone()
    if row is None:
        raise QueueClosed(
            f"{centre.name} {on} 尚未开始取号，请先开窗 / {on}: no counter has opened yet; open one first"
        )
    if row[1] is not None:
        raise QueueClosed(f"{centre.name} {on} 已停止取号 / {on}: the queue is closed")
    return CentreDay.objects.get(pk=row[0])


def sitting_locked(sitting_id: int) -> Sitting:
    """An open sitting, locked, so that two presses at one counter come one after the other.

    Raises:
        NoSuchCentre: there is none, it has ended, or it lies elsewhere.
    """
    found = (
        Sitting.objects.select_for_update(of=("self",))
        .select_related("counter", "centre")
        .filter(pk=sitting_id, closed_at=None)
        .first()
    )
    if found is None:
        raise NoSuchCentre("该窗口未开，请先开窗 / this counter is not open; open it first")
    return found


def ticket_locked(ticket_id: int) -> Ticket:
    """A ticket of the acting post's place, locked.

    Raises:
        NoSuchCentre.
    """
    found = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket_id).first()
    if found is None:
        raise NoSuchCentre(f"没有编号 {ticket_id} 的排队号 / there is no ticket {ticket_id}")
    return found


def move(
    ticket: Ticket,
    state: TicketState,
    *,
    act: str,
    at: datetime,
    counter_id: int | None = None,
    note: str = "",
    key: str = "",
) -> Ticket:
    """Moves a locked ticket along the table of permitted moves and writes its event.

    Raises:
        TicketMoveRefused: its present state does not permit it.
    """
    before = ticket.state
    if state not in MOVES[before]:
        raise TicketMoveRefused(
            f"{ticket.label} 号现为“{TicketState(before).label}”，不能转为“{state.label}” / "
            f"ticket {ticket.label} is {before} and cannot become {state}"
        )
    ticket.state = state
    ticket.save()
    note_event(ticket, before, act=act, at=at, counter_id=counter_id or ticket.counter_id, note=note, key=key)
    return ticket


def note_event(
    ticket: Ticket,
    before: str,
    *,
    act: str,
    at: datetime,
    counter_id: int | None = None,
    note: str = "",
    key: str = "",
) -> None:
    """Writes one act on a ticket into its record."""
    actor = official()
    TicketEvent.objects.create(
        centre_id=ticket.centre_id,
        ticket=ticket,
        act=act,
        from_state=before,
        to_state=ticket.state,
        at=at,
        counter_id=counter_id,
        note=note,
        actor_label=actor.label,
        actor_post_id=actor.post_id,
        client_key=key,
    )


def pressed_before(centre_id: int, key: str) -> Ticket | None:
    """The ticket that this very press of a button moved already, when it arrives twice."""
    if not key:
        return None
    event = TicketEvent.objects.select_related("ticket").filter(centre_id=centre_id, client_key=key).first()
    return event.ticket if event else None
