"""What every act begins with: the permission, the place, the lock.

Locks are taken in this order and no other: booking, slot; then the numbers of the parties, in their order.
"""

from __future__ import annotations

from minzheng.kernel.access import NotPermitted, current_actor, require
from minzheng.kernel.access.actor import RESIDENT, Actor
from minzheng.kernel.bookings.errors import NoSuchBooking
from minzheng.kernel.bookings.models import Booking, BookingState, Calendar


def calendar_to(calendar: Calendar | int, permission: str) -> Calendar:
    """The calendar, which the acting post may serve or manage.

    Raises:
        NoSuchBooking, NotPermitted.
    """
    require(permission)
    number = calendar if isinstance(calendar, int) else calendar.pk
    found = Calendar.objects.select_related("facility").filter(pk=number).first()
    if found is None:
        raise NoSuchBooking(f"没有编号 {number} 的号源日历 / there is no calendar {number}")
    actor = current_actor()
    if actor is None or not actor.reaches(found.division_code):
        raise NotPermitted(
            f"{found.facility.name}不在本岗位范围内。{found.facility.name} lies outside your post's place."
        )
    return found


def resident() -> Actor | None:
    """The resident who acts; None where a post acts."""
    actor = current_actor()
    return actor if actor is not None and actor.kind == RESIDENT else None


def found(booking: Booking | int) -> Booking:
    """A booking that the actor may see.

    Raises:
        NoSuchBooking.
    """
    number = booking if isinstance(booking, int) else booking.pk
    seen = Booking.objects.filter(pk=number).first()
    if seen is None:
        raise NoSuchBooking(f"没有编号 {number} 的预约 / there is no booking {number}")
    return seen


def locked(booking: Booking | int) -> Booking:
    """A booking, locked, that the actor may change: a party's own, or one of the acting post's office.

    Raises:
        NoSuchBooking, NotPermitted.
    """
    return _lock(booking) if resident() is not None else locked_by_post(booking)


def locked_by_post(booking: Booking | int) -> Booking:
    """A booking of the acting post's office, locked; residents have no such act.

    Raises:
        NoSuchBooking, NotPermitted.
    """
    require("bookings.serve")
    calendar_to(found(booking).calendar_id, "bookings.serve")
    return _lock(booking)


def _lock(booking: Booking | int) -> Booking:
    return Booking.objects.select_for_update(of=("self",)).get(pk=found(booking).pk)


def state_word(booking: Booking) -> str:
    return str(BookingState(booking.state).label)
