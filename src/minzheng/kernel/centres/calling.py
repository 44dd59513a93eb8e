"""The clerk's acts: call the next, call again, start, hold, transfer, finish.

Who is next: first who was booked and whose time has come, then who has precedence by law, then everybody else, each by the
time of their number. After `preferred_run` calls with precedence in a row a counter calls one without, so that who stands
k-th among those is called there within k × (preferred_run + 1) calls, however many with precedence arrive.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from minzheng.kernel.centres.catalogue import CARRIED, item_groups, rules_on
from minzheng.kernel.centres.errors import CentreRefused, CounterBusy, TicketMoveRefused
from minzheng.kernel.centres.models import AT_COUNTER, Counter, Sitting, Ticket, TicketEvent, TicketState
from minzheng.kernel.centres.scope import (
    centre_to_work_at,
    move,
    note_event,
    official,
    pressed_before,
    sitting_locked,
    ticket_locked,
)

# SKIP LOCKED: whom another clerk is calling at this moment is not waited for and never called twice.
_NEXT = """
    SELECT id FROM centres_ticket
    WHERE centre_id = %(centre)s AND day = %(day)s AND state IN ('waiting', 'transferred')
      AND (for_counter_id = %(counter)s OR (for_counter_id IS NULL AND group_code = ANY(%(groups)s)))
    ORDER BY CASE WHEN %(ordinary_first)s AND priority = '' AND (due_at IS NULL OR due_at > %(at)s) THEN 0
                  WHEN due_at <= %(at)s THEN 1
                  WHEN priority <> '' THEN 2
                  ELSE 3 END,
             taken_at, id
    LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@transaction.atomic
def call_next(*, sitting: Sitting | int, at: datetime, key: str = "") -> Ticket | None:
    """Calls whoever is next at this counter (叫号); None where nobody waits for it.

    Raises:
        CounterBusy: somebody was called or is served here already.
        NoSuchCentre, NotPermitted.
    """
    seat = _own_seat(sitting)
    repeated = pressed_before(seat.centre_id, key)
    if repeated is not None:
        return repeated
    _require_free(seat)
    with connection.cursor() as cursor:
        cursor.execute(
            _NEXT,
            {
                "centre": seat.centre_id,
                "day": seat.day,
                "counter": seat.counter_id,
                "groups": seat.counter.groups,
                "at": at,
                "ordinary_first": seat.streak >= rules_on(seat.day).preferred_run,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    ticket = Ticket.objects.get(pk=row[0])
    is_preferred = bool(ticket.priority) or (ticket.due_at is not None and ticket.due_at <= at)
    seat.streak = seat.streak + 1 if is_preferred else 0
    seat.save(update_fields=["streak"])
    ticket.counter = seat.counter
    ticket.called_at, ticket.recalls = at, 0
    return move(ticket, TicketState.CALLED, act="call", at=at, key=key)


@transaction.atomic
def recall(*, ticket: Ticket | int, at: datetime, key: str = "") -> Ticket:
    """Calls a number again (重呼)."""
    found = _at_own_counter(ticket)
    if pressed_before(found.centre_id, key):
        return found
    if found.state != TicketState.CALLED:
        raise TicketMoveRefused(f"{found.label} 号未在叫号 / {found.label} is not being called")
    found.recalls += 1
    found.save(update_fields=["recalls"])
    note_event(found, found.state, act="recall", at=at, counter_id=found.counter_id, key=key)
    return found


@transaction.atomic
def no_show(*, ticket: Ticket | int, at: datetime, key: str = "") -> Ticket:
    """Passes over who did not come after the set number of recalls (过号).

    Raises:
        TicketMoveRefused: called too few times yet.
    """
    found = _at_own_counter(ticket)
    if pressed_before(found.centre_id, key):
        return found
    needed = rules_on(found.day).recalls_before_no_show
    if found.state == TicketState.CALLED and found.recalls < needed:
        raise TicketMoveRefused(
            f"{found.label} 号须重呼 {needed} 次后才能过号，已重呼 {found.recalls} 次 / "
            f"recall {found.label} {needed} times before passing over; {found.recalls} so far"
        )
    found.ended_at = at
    return move(found, TicketState.LEFT, act="no_show", at=at, key=key)


@transaction.atomic
def put_back(*, ticket: Ticket | int, at: datetime, note: str = "", key: str = "") -> Ticket:
    """Lets somebody who cannot show the paper of their precedence wait without it (退回普通等候).

    The number and its time stay, so that the place is the one it would have had from the beginning.

    Raises:
        TicketMoveRefused: not being called, or called without precedence by law.
    """
    found = _at_own_counter(ticket)
    if pressed_before(found.centre_id, key):
        return found
    if not found.priority or found.priority == CARRIED:
        raise TicketMoveRefused(
            f"{found.label} 号不是依法优先的号 / {found.label} has no precedence that a paper shows"
        )
    at_counter = found.counter_id
    found.priority, found.counter, found.called_at = "", None, None
    return move(found, TicketState.WAITING, act="put_back", at=at, counter_id=at_counter, note=note, key=key)


@transaction.atomic
def start(*, ticket: Ticket | int, at: datetime, key: str = "") -> Ticket:
    """The person has come to the counter (开始办理)."""
    found = _at_own_counter(ticket)
    if pressed_before(found.centre_id, key):
        return found
    found.served_at = at
    return move(found, TicketState.SERVING, act="start", at=at, key=key)


@transaction.atomic
def hold(*, ticket: Ticket | int, at: datetime, note: str = "", key: str = "") -> Ticket:
    """Sets a person aside who fetches a paper or fills in a form (暂挂); the counter is free for the next."""
    found = _at_own_counter(ticket)
    if pressed_before(found.centre_id, key):
        return found
    return move(found, TicketState.HELD, act="hold", at=at, note=note, key=key)


@transaction.atomic
def resume(*, ticket: Ticket | int, sitting: Sitting | int, at: datetime, key: str = "") -> Ticket:
    """Takes up a held person again, at this or another counter (恢复办理), without a new number or waiting."""
    seat = _own_seat(sitting)
    found = ticket_locked(_pk(ticket))
    if pressed_before(seat.centre_id, key):
        return found
    _require_free(seat)
    if found.centre_id != seat.centre_id or found.day != seat.day:
        raise TicketMoveRefused(f"{found.label} 号不在本中心今天的队列 / {found.label} is not in this queue")
    held = TicketEvent.objects.filter(ticket=found, act="hold").order_by("-id").first()
    if found.served_at is not None and held is not None:
        found.served_at = at - max(held.at - found.served_at, timedelta(0))
    found.counter = seat.counter
    return move(found, TicketState.SERVING, act="resume", at=at, key=key)


@transaction.atomic
def leave(*, ticket: Ticket | int, at: datetime, key: str = "") -> Ticket:
    """Records that somebody who waits or is held has gone (离开)."""
    found = ticket_locked(_pk(ticket))
    centre_to_work_at(found.centre_id, "centres.serve")
    if pressed_before(found.centre_id, key):
        return found
    if found.state == TicketState.CALLED:
        raise TicketMoveRefused(
            f"{found.label} 号正在叫号，请按过号办理 / {found.label} is being called; use no-show"
        )
    found.ended_at = at
    return move(found, TicketState.LEFT, act="leave", at=at, key=key)


@transaction.atomic
def transfer(
    *,
    ticket: Ticket | int,
    at: datetime,
    group_code: str = "",
    counter: Counter | int | None = None,
    note: str = "",
    key: str = "",
) -> Ticket:
    """Sends a person on to another item group or counter (转窗), with the place in line of their first number.

    Raises:
        CentreRefused: no counter in use serves the group, or nobody sits at the counter named.
    """
    found = ticket_locked(_pk(ticket))
    centre_to_work_at(found.centre_id, "centres.serve")
    if pressed_before(found.centre_id, key):
        return found
    if found.state in AT_COUNTER:
        _require_own_counter(found)
    target = group_code or found.group_code
    if target not in item_groups() or (
        not Counter.objects.filter(centre=found.centre_id, is_in_use=True, groups__contains=[target]).exists()
    ):
        raise CentreRefused(f"本中心没有受理该事项组的窗口：{target} / no counter here serves {target}")
    to = None if counter is None else (counter if isinstance(counter, int) else counter.pk)
    if (
        to is not None
        and not Sitting.objects.filter(
            counter=to, centre=found.centre_id, day=found.day, closed_at=None
        ).exists()
    ):
        raise CentreRefused("该窗口今天未开，不能转往 / that counter is not open; choose another")
    came_from = found.counter_id
    found.group_code, found.for_counter_id = target, to
    found.counter, found.called_at, found.served_at = None, None, None
    return move(
        found, TicketState.TRANSFERRED, act="transfer", at=at, counter_id=came_from, note=note, key=key
    )


@transaction.atomic
def finish(*, ticket: Ticket | int, at: datetime, case_id: int | None = None, key: str = "") -> Ticket:
    """Ends the service (办结); `case_id` is the case it came to, where there is one. Pressed twice, it ends once."""
    found = ticket_locked(_pk(ticket))
    centre_to_work_at(found.centre_id, "centres.serve")
    if pressed_before(found.centre_id, key):
        return found
    _require_own_counter(found)
    found.ended_at, found.case_id = at, case_id
    return move(found, TicketState.DONE, act="finish", at=at, key=key)


def _own_seat(sitting: Sitting | int) -> Sitting:
    seat = sitting_locked(sitting if isinstance(sitting, int) else sitting.pk)
    centre_to_work_at(seat.centre_id, "centres.serve")
    if seat.post_id != official().post_id:
        raise CounterBusy(
            f"{seat.counter.number} 号窗口由{seat.official}办理 / {seat.official} sits at counter {seat.counter.number}"
        )
    return seat


def _require_free(seat: Sitting) -> None:
    present = Ticket.objects.filter(counter=seat.counter_id, day=seat.day, state__in=AT_COUNTER).first()
    if present is not None:
        raise CounterBusy(
            f"{seat.counter.number} 号窗口有 {present.label} 号，请先办结、暂挂、转窗或过号 / "
            f"{present.label} is at counter {seat.counter.number}; finish, hold, transfer or pass over first"
        )


def _at_own_counter(ticket: Ticket | int) -> Ticket:
    found = ticket_locked(_pk(ticket))
    centre_to_work_at(found.centre_id, "centres.serve")
    if found.state in AT_COUNTER:
        _require_own_counter(found)
    return found


def _require_own_counter(ticket: Ticket) -> None:
    seated = Sitting.objects.filter(
        counter=ticket.counter_id, day=ticket.day, closed_at=None, post_id=official().post_id or 0
    )
    if ticket.counter_id is not None and not seated.exists():
        raise CounterBusy(f"{ticket.label} 号不在您的窗口 / {ticket.label} is not at your counter")


def _pk(ticket: Ticket | int) -> int:
    return ticket if isinstance(ticket, int) else ticket.pk
