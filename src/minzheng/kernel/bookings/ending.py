"""Giving a place back, and to whom it goes (取消、候补、失效)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, connection, transaction

from minzheng.kernel.audit import record
from minzheng.kernel.bookings.errors import BookingRefused, OneBookingOnly
from minzheng.kernel.bookings.models import HOPES, MOVES, Booking, BookingState, Slot
from minzheng.kernel.bookings.rules import local_day, moment, rules_on
from minzheng.kernel.bookings.scope import locked, state_word

_S = BookingState


@transaction.atomic
def cancel(*, booking: Booking | int, at: datetime) -> Booking:
    """Gives a place, an offer or a place in line back (取消); either party may. Cancelling twice changes nothing.

    The place goes to the first in line at once.

    Raises:
        BookingRefused: somebody has arrived, or the day has passed.
        NoSuchBooking.
    """
    found = locked(booking)
    if found.state == _S.CANCELLED:
        return found
    if _S.CANCELLED not in MOVES[found.state]:
        raise BookingRefused(
            f"预约{state_word(found)}，不能取消 / the booking is {found.state} and cannot be cancelled"
        )
    held = found.state in (_S.BOOKED, _S.OFFERED)
    found.state, found.ended_at = _S.CANCELLED, at
    found.save(update_fields=["state", "ended_at"])
    _note(found, "cancel")
    if held:
        offer_places([found.slot_id], at=at)
    return found


@transaction.atomic
def accept_offer(*, booking: Booking | int, at: datetime) -> Booking:
    """Takes the place that was offered (确认候补名额), before its deadline; either party may.

    Raises:
        BookingRefused: nothing is offered, or the deadline has passed.
    """
    found = locked(booking)
    if found.state == _S.BOOKED:
        return found
    if found.state != _S.OFFERED or found.offered_until is None:
        raise BookingRefused(
            f"预约{state_word(found)}，没有待确认的名额 / no place is offered to this booking"
        )
    if at >= found.offered_until:
        raise BookingRefused("确认时限已过 / the time for confirming has passed")
    found.state = _S.BOOKED
    found.save(update_fields=["state"])
    _note(found, "accept")
    return found


def offer_places(slots: list[int], *, at: datetime) -> int:
    """Offers what is free of these slots to the first in line, each with a deadline; returns how many.

    Whoever is offered a place has `reply_hours`, and never longer than until the day begins; with less than one hour left
    nobody is asked and the place is anybody's.
    """
    given = 0
    on = local_day(at)
    reply = timedelta(hours=int(rules_on(on).reply_hours))
    # Always in the order of their numbers: two who offer at once never wait for each other.
    for pk, day in Slot.objects.filter(pk__in=slots).order_by("pk").values_list("pk", "day"):
        until = min(at + reply, moment(day, time(0)))
        if until - at < timedelta(hours=1):
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT bookings_offer(%s, %s)", [pk, until])
            given += int(cursor.fetchone()[0])
    return given


@transaction.atomic
def lapse(*, at: datetime) -> int:
    """Ends offers that nobody confirmed and hopes for days that have come (失效), as a service; returns how many ended.

    The places go on to the next in line.
    """
    on = local_day(at)
    offers = Booking.objects.select_for_update(skip_locked=True).filter(
        state=_S.OFFERED, offered_until__lte=at
    )
    # Slots are locked by the counting, one statement after the other, in the order of their numbers.
    ended = list(offers.order_by("slot_id", "pk").values_list("pk", "slot_id"))
    for pk, _slot in ended:
        Booking.objects.filter(pk=pk).update(state=_S.LAPSED, ended_at=at)
    passed = Booking.objects.filter(state__in=HOPES, day__lte=on).update(state=_S.LAPSED, ended_at=at)
    offer_places(sorted({slot for _pk, slot in ended}), at=at)
    return len(ended) + passed


@transaction.atomic
def withdraw_day(*, calendar_id: int, day: date, at: datetime) -> int:
    """Takes back everything of a day that does not take place (机构取消); returns how many. The calendar's managers only."""
    open_ = (_S.ENTERED, _S.WAITING, _S.OFFERED, _S.BOOKED)
    standing = Booking.objects.filter(calendar=calendar_id, day=day, state__in=open_)
    # The bookings first, then their slots: whoever cancels one at this moment has done so before, or waits.
    numbers = list(standing.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return Booking.objects.filter(pk__in=numbers).update(state=_S.WITHDRAWN, ended_at=at)


def _note(booking: Booking, act: str) -> None:
    record(
        f"bookings.{act}",
        subject=f"booking:{booking.pk}",
        person_id=booking.persons[0] if booking.persons else None,
        division_code=booking.division_code,
    )


def reopened(booking: Booking) -> None:
    """Saves a state that makes a booking open again.

    Raises:
        OneBookingOnly: one of the parties holds another one since.
    """
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as refusal:
        raise OneBookingOnly(
            "当事人已另有有效预约 / one of the people holds another open booking since"
        ) from refusal
