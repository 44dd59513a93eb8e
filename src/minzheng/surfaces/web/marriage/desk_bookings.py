"""Today's bookings of an office, as the desk needs them: in their order, the next one, done when the act is (预约)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import may
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.errors import BookingRefused
from minzheng.kernel.bookings.models import Booking, BookingState, Party
from minzheng.kernel.bookings.purposes import purpose_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import SHANGHAI, now_utc
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.marriage.desk_words import SIDES
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

SHOWN = 200
STATES = {
    "booked": (gettext_lazy("已预约"), "info"),
    "arrived": (gettext_lazy("已到场"), "good"),
    "done": (gettext_lazy("已办结"), "neutral"),
    "no_show": (gettext_lazy("未到场"), "bad"),
}
_AWAITED = (BookingState.BOOKED, BookingState.ARRIVED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One booking of today."""

    pk: int
    clock: str
    names: str
    item_code: str
    item: str
    state: str
    queue_number: int | None
    may_call: bool
    is_next: bool = False


def today(office: Facility, on: date) -> list[Waiting]:
    """The office's bookings of a day: who has come by number, then who is still to come by time, then the rest."""
    if not may("bookings.look"):
        return []
    rows = list(
        Booking.objects.filter(facility=office, day=on, state__in=STATES)
        .order_by(F("queue_number").asc(nulls_last=True), "starts", "id")[:SHOWN]
    )  # fmt: skip
    names: dict[int, list[str]] = {}
    told = Party.objects.filter(booking__in=[row.pk for row in rows]).order_by("booking_id", "position")
    for booking, name in told.values_list("booking_id", "name"):
        names.setdefault(booking, []).append(formats.masked_name(name))
    order = {BookingState.ARRIVED: 0, BookingState.BOOKED: 1}
    rows.sort(key=lambda row: order.get(BookingState(row.state), 2))
    found = [
        Waiting(
            row.pk, f"{row.starts:%H:%M}", "、".join(names.get(row.pk, ())), row.item, _item(row),
            f"marriage_booking_{row.state}", row.queue_number, row.state in _AWAITED,
        )
        for row in rows
    ]  # fmt: skip
    first = next((at for at, row in enumerate(rows) if row.state in _AWAITED), None)
    if first is not None:
        found[first] = replace(found[first], is_next=True)
    return found


def _item(row: Booking) -> str:
    try:
        item = purpose_of(row.purpose).item(row.item)
    except BookingRefused:
        return row.item
    return item.name_en if is_english() else item.name


def call_next(office: Facility, on: date) -> Waiting | None:
    """The next booking: whoever has come, by number; else whoever is due first."""
    return next((one for one in today(office, on) if one.is_next), None)


def prefilled(asked: str, waiting: list[Waiting], acts: tuple[str, ...]) -> dict[str, Any]:
    """What the cards' form begins with for a booking of today: what they come for and their names.

    The numbers are on the cards: a booking keeps none.
    """
    one = next((row for row in waiting if str(row.pk) == asked and row.may_call), None)
    if one is None:
        return {}
    told: dict[str, Any] = {}
    for party in Party.objects.filter(booking=one.pk).order_by("position")[: len(SIDES)]:
        free = [side for side in SIDES if f"{side}_name" not in told]
        side = _side(party.number_shown)
        told[f"{side if side in free else free[0]}_name"] = party.name
    act = {"marry": "marriage", "divorce_apply": "divorce_application"}.get(one.item_code, one.item_code)
    return told | {"booking": one.pk, "act": act if act in acts else acts[0]}


def _side(number_shown: str) -> str:
    """The side that the digit of sex among the last four of a citizen's number tells; a booking names nobody's sex.

    >>> _side("310***********0013"), _side("310***********0021")
    ('man', 'woman')
    """
    digit = number_shown[-2:-1]
    return "man" if digit.isdigit() and int(digit) % 2 else "woman"


def done(pk: int) -> None:
    """The couple of a booking was served; a booking that is not of today, or was closed otherwise, stays as it is."""
    booking = Booking.objects.filter(pk=pk).first()
    if booking is None:
        return
    at = datetime.combine(working_day(), now_utc().astimezone(SHANGHAI).timetz())
    try:
        if booking.state == BookingState.BOOKED:
            actions.arrive(booking=booking, at=at)
        actions.finish(booking=booking, at=at)
    except BookingRefused:
        # The act is what counts; the night's settling notes what the day left open.
        return
