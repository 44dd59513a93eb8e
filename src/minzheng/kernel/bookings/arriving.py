"""The day at the office: who has come gets a number, who did not is noted (到场、取号、未到)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from minzheng.kernel.audit import record
from minzheng.kernel.bookings.ending import reopened
from minzheng.kernel.bookings.errors import BookingRefused
from minzheng.kernel.bookings.models import MOVES, Booking, BookingState, Calendar
from minzheng.kernel.bookings.rules import local_day, moment, rules_on
from minzheng.kernel.bookings.scope import calendar_to, locked_by_post, state_word
from minzheng.kernel.periods import SHANGHAI

_S = BookingState


@transaction.atomic
def arrive(*, booking: Booking | int, at: datetime) -> Booking:
    """Gives somebody who has come the next number of the office's day (到场取号); a second press gives the same one.

    Somebody noted as not come who comes after all the same day is taken back.

    Raises:
        BookingRefused: another day, or no longer booked.
        OneBookingOnly: they hold another booking since.
    """
    found = locked_by_post(booking)
    if found.state == _S.ARRIVED:
        return found
    if found.day != local_day(at):
        raise BookingRefused(f"预约日期是 {found.day}，不是今天 / the booking is for {found.day}, not today")
    if _S.ARRIVED not in MOVES[found.state]:
        raise BookingRefused(
            f"预约{state_word(found)}，不能取号 / the booking is {found.state}; no number is given"
        )
    found.queue_number = _next_number(found)
    found.state, found.arrived_at, found.ended_at = _S.ARRIVED, at, None
    reopened(found)
    _note(found, "arrive", {"number": found.queue_number})
    return found


@transaction.atomic
def finish(*, booking: Booking | int, at: datetime) -> Booking:
    """The office has served them (办结); finishing twice changes nothing.

    Raises:
        BookingRefused: they have not arrived.
    """
    found = locked_by_post(booking)
    if found.state == _S.DONE:
        return found
    if _S.DONE not in MOVES[found.state]:
        raise BookingRefused(f"预约{state_word(found)}，尚未到场 / the booking is {found.state}, not arrived")
    found.state, found.ended_at = _S.DONE, at
    found.save(update_fields=["state", "ended_at"])
    _note(found, "finish", {})
    return found


@transaction.atomic
def mark_no_show(*, booking: Booking | int, at: datetime) -> Booking:
    """Notes that somebody booked did not come (未到场), once their time and the time allowed after it have passed.

    Raises:
        BookingRefused: their time has not passed yet, or they are not booked.
    """
    found = locked_by_post(booking)
    if found.state == _S.NO_SHOW:
        return found
    calendar = Calendar.objects.get(pk=found.calendar_id)
    late = _wait(calendar, at)
    if moment(found.day, found.starts) + late > at:
        raise BookingRefused(
            f"{found.starts:%H:%M} 的预约要到 {(moment(found.day, found.starts) + late).astimezone(SHANGHAI):%H:%M} 才算逾时 / "
            "the time allowed has not passed yet"
        )
    if _S.NO_SHOW not in MOVES[found.state]:
        raise BookingRefused(
            f"预约{state_word(found)}，不能记为未到 / the booking is {found.state}, not awaited"
        )
    found.state, found.ended_at = _S.NO_SHOW, at
    found.save(update_fields=["state", "ended_at"])
    _note(found, "no_show", {})
    return found


@transaction.atomic
def note_no_shows(*, calendar: Calendar | int, at: datetime) -> int:
    """Notes everybody whose time and the time allowed after it have passed (登记逾时未到); returns how many."""
    place = calendar_to(calendar, "bookings.serve")
    due = (at - _wait(place, at)).astimezone(SHANGHAI)
    passed = Q(day__lt=due.date()) | Q(day=due.date(), starts__lte=due.time())
    count = Booking.objects.filter(passed, calendar=place, state=_S.BOOKED).update(
        state=_S.NO_SHOW, ended_at=at
    )
    if count:
        record(
            "bookings.no_shows",
            subject=f"calendar:{place.pk}",
            division_code=place.division_code,
            detail={"count": count},
        )
    return count


@transaction.atomic
def settle_days(*, at: datetime) -> tuple[int, int]:
    """Ends the days before today, as a service: who was not seen did not come, who was seen is done; returns both counts."""
    on = local_day(at)
    missed = Booking.objects.filter(state=_S.BOOKED, day__lt=on).update(state=_S.NO_SHOW, ended_at=at)
    done = Booking.objects.filter(state=_S.ARRIVED, day__lt=on).update(state=_S.DONE, ended_at=at)
    return missed, done


def _wait(calendar: Calendar, at: datetime) -> timedelta:
    return timedelta(minutes=calendar.slot_minutes + int(rules_on(local_day(at)).late_minutes))


def _next_number(booking: Booking) -> int:
    with connection.cursor() as cursor:
        # Numbers of a day are given one after the other; those who ask at once wait for each other's commit.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"bookings number {booking.calendar_id} {booking.day}"],
        )
        cursor.execute(
            "SELECT coalesce(max(queue_number), 0) + 1 FROM bookings_booking WHERE calendar_id = %s AND day = %s",
            [booking.calendar_id, booking.day],
        )
        return int(cursor.fetchone()[0])


def _note(booking: Booking, act: str, detail: dict[str, object]) -> None:
    record(
        f"bookings.{act}",
        subject=f"booking:{booking.pk}",
        person_id=booking.persons[0] if booking.persons else None,
        division_code=booking.division_code,
        detail=detail,
    )
