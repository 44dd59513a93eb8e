"""Booking a place in time (预约). The database counts a slot's places under its lock: none is sold twice, by any path."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from minzheng.kernel.access import NotPermitted, current_actor
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.audit import record
from minzheng.kernel.centres.catalogue import rules_on
from minzheng.kernel.centres.errors import BookingRefused, NoSuchCentre, SlotFull
from minzheng.kernel.centres.models import Appointment, AppointmentState, Centre, Slot
from minzheng.kernel.centres.opening import moment
from minzheng.kernel.centres.scope import centre_to_work_at

_BOOKED = AppointmentState.BOOKED


def bookable_slots(centre: Centre | int, group_code: str, *, on: date) -> QuerySet[Slot]:
    """The coming times at which a place is free, by day and time (可约时段)."""
    last = on + timedelta(days=rules_on(on).booking_days)
    return Slot.objects.filter(
        centre=centre, group_code=group_code, day__gt=on, day__lte=last, taken__lt=F("places")
    ).order_by("day", "starts")


@transaction.atomic
def book(
    *, slot: Slot | int, person_id: int, on: date, at: datetime, item_code: str = "", key: str = ""
) -> Appointment:
    """Books a place for a person (预约): residents for themselves, a clerk for somebody at the counter or on the phone.

    Raises:
        SlotFull: somebody else took the last place.
        BookingRefused: the day has come or is too far, or the person holds as many appointments as one may.
        NotPermitted: a resident would book for somebody else.
    """
    found = (
        Slot.objects.select_related("centre").filter(pk=slot if isinstance(slot, int) else slot.pk).first()
    )
    if found is None:
        raise NoSuchCentre("没有该时段，请重新选择 / there is no such time; choose again")
    channel = _who_books(found.centre_id, person_id)
    if key:
        before = Appointment.objects.filter(person_id=person_id, client_key=key).first()
        if before is not None:
            return before
    rules = rules_on(on)
    if not on < found.day <= on + timedelta(days=rules.booking_days):
        raise BookingRefused(
            f"只能预约明天起 {rules.booking_days} 天内的时段，不能约 {found.day} / "
            f"book from tomorrow up to {rules.booking_days} days ahead, not {found.day}"
        )
    held = Appointment.objects.filter(person_id=person_id, state=_BOOKED, day__gte=on).count()
    if held >= rules.open_bookings:
        raise BookingRefused(
            f"您已有 {held} 个预约，请先取消一个 / you hold {held} appointments already; cancel one first"
        )
    made = _insert(found, person_id, channel, at, item_code, key)
    record(
        "centres.book",
        subject=f"appointment:{made.pk}",
        person_id=person_id,
        division_code=made.division_code,
        detail={"day": str(made.day), "starts": f"{made.starts:%H:%M}"},
    )
    return made


def _who_books(centre_id: int, person_id: int) -> str:
    actor = current_actor()
    if actor is not None and actor.kind == RESIDENT:
        if actor.person_id != person_id:
            raise NotPermitted("只能为本人预约。You can book for yourself only.")
        return "online"
    centre_to_work_at(centre_id, "centres.serve")
    return "counter"


def _insert(slot: Slot, person_id: int, channel: str, at: datetime, item_code: str, key: str) -> Appointment:
    for _attempt in range(6):
        made = Appointment(
            centre_id=slot.centre_id,
            slot=slot,
            day=slot.day,
            starts=slot.starts,
            group_code=slot.group_code,
            division_code=slot.division_code,
            person_id=person_id,
            item_code=item_code,
            channel=channel,
            code=f"{secrets.randbelow(1_000_000):06d}",
            booked_at=at,
            client_key=key,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            return made
        except IntegrityError as refusal:
            text = str(refusal)
            if "centres_appointment_code_once" in text:
                continue
            if "centres_appointment_key_once" in text:
                return Appointment.objects.get(person_id=person_id, client_key=key)
            if "centres_appointment_one_place_at_a_time" in text:
                raise BookingRefused(
                    f"您在 {slot.day} {slot.starts:%H:%M} 已有预约 / you are booked at {slot.day} {slot.starts:%H:%M} already"
                ) from refusal
            if "约满" in text:
                raise SlotFull(
                    f"{slot.day} {slot.starts:%H:%M} 刚刚约满，请另选时间 / {slot.day} {slot.starts:%H:%M} has just been "
                    "taken; choose another time"
                ) from refusal
            raise
    raise BookingRefused("暂时无法预约，请再试一次 / could not book; please try again")


@transaction.atomic
def cancel(*, appointment: Appointment | int, at: datetime) -> Appointment:
    """Gives a place back (取消预约); cancelling twice changes nothing.

    Raises:
        BookingRefused: the person has arrived, or the time has passed.
    """
    found = _locked(appointment)
    if found.state == AppointmentState.CANCELLED:
        return found
    if found.state != _BOOKED:
        raise BookingRefused(
            f"预约{AppointmentState(found.state).label}，不能取消 / the appointment is {found.state} and cannot be cancelled"
        )
    found.state, found.ended_at = AppointmentState.CANCELLED, at
    found.save(update_fields=["state", "ended_at"])
    record(
        "centres.cancel",
        subject=f"appointment:{found.pk}",
        person_id=found.person_id,
        division_code=found.division_code,
    )
    return found


@transaction.atomic
def change(
    *, appointment: Appointment | int, slot: Slot | int, on: date, at: datetime, key: str = ""
) -> Appointment:
    """Moves an appointment to another time (改约): the new place is taken and the old one given back, or neither."""
    number = slot if isinstance(slot, int) else slot.pk
    seen = _found(appointment)
    with connection.cursor() as cursor:
        for one in sorted({number, seen.slot_id}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"centres slot {one}"])
    old = _locked(appointment)
    cancel(appointment=old, at=at)
    return book(slot=number, person_id=old.person_id, on=on, at=at, item_code=old.item_code, key=key)


@transaction.atomic
def note_no_shows(*, centre: Centre | int, on: date, at: datetime) -> int:
    """Notes who was booked today and did not come in time (预约未到); returns how many."""
    place = centre_to_work_at(centre if isinstance(centre, int) else centre.pk, "centres.serve")
    rules = rules_on(on)
    wait = timedelta(minutes=rules.slot_minutes + rules.late_minutes)
    late = [
        found.pk
        for found in Appointment.objects.filter(centre=place, day=on, state=_BOOKED)
        if moment(at, found.starts) + wait < at
    ]
    return Appointment.objects.filter(pk__in=late, state=_BOOKED).update(
        state=AppointmentState.NO_SHOW, ended_at=at
    )


def reminders(centre: Centre | int, *, day: date) -> QuerySet[Appointment]:
    """Who is booked on a day and is to be reminded, by time (预约提醒名单).

    The people are not joined: whoever lives elsewhere may be booked here without this post seeing their record.
    """
    return Appointment.objects.filter(centre=centre, day=day, state=_BOOKED).order_by("starts", "id")


def _found(appointment: Appointment | int) -> Appointment:
    number = appointment if isinstance(appointment, int) else appointment.pk
    found = Appointment.objects.filter(pk=number).first()
    if found is None:
        raise NoSuchCentre(f"没有编号 {number} 的预约 / there is no appointment {number}")
    return found


def _locked(appointment: Appointment | int) -> Appointment:
    found = Appointment.objects.select_for_update(of=("self",)).get(pk=_found(appointment).pk)
    actor = current_actor()
    if actor is None or actor.kind != RESIDENT:
        centre_to_work_at(found.centre_id, "centres.serve")
    return found
