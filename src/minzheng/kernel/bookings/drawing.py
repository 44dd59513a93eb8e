"""The draw of a day (公开抽签): anybody can reckon its order again from what is published.

Before the entries, the SHA-256 of the seed is public. An entry gets the next number. After the entries, the seed is told,
and the order is by `order_of(seed, number)`. Nobody can know the order while numbers are given, nor change it after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256

from django.db import connection, transaction

from minzheng.kernel.audit import record
from minzheng.kernel.bookings.errors import CalendarRefused, NoSuchBooking
from minzheng.kernel.bookings.models import Booking, BookingState, Draw, Slot
from minzheng.kernel.bookings.scope import calendar_to

_S = BookingState


def commitment_of(seed: str) -> str:
    """What is published of a seed before the entries: its SHA-256 in hexadecimal."""
    return sha256(seed.encode()).hexdigest()


def order_of(seed: str, number: int) -> str:
    """By what the entries are ordered: the SHA-256 of `seed:number` in hexadecimal, smallest first."""
    return sha256(f"{seed}:{number}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the draw sees it: its number, the slot it wishes, whether another time of the day will do."""

    number: int
    slot: int
    any_time: bool = False


def allocate(
    seed: str, entries: Sequence[Entry], free: dict[int, int], starts: dict[int, time]
) -> list[tuple[int, int | None]]:
    """Goes through the entries in the drawn order: the wish where it is free, else the nearest free time where any will do.

    Args:
        free: places left, by slot.
        starts: the time of each slot.

    Returns (entry number, slot or None) in the drawn order.

    >>> allocate("s", [Entry(1, 7), Entry(2, 7)], {7: 1}, {7: time(9)}) in ([(1, 7), (2, None)], [(2, 7), (1, None)])
    True
    """
    left = dict(free)

    def minutes(slot: int) -> int:
        return starts[slot].hour * 60 + starts[slot].minute

    result: list[tuple[int, int | None]] = []
    for entry in sorted(entries, key=lambda one: order_of(seed, one.number)):
        given: int | None = entry.slot if left.get(entry.slot, 0) > 0 else None
        if given is None and entry.any_time:
            wish = minutes(entry.slot)
            open_ = [slot for slot, count in left.items() if count > 0]
            given = min(open_, key=lambda slot: (abs(minutes(slot) - wish), minutes(slot)), default=None)
        if given is not None:
            left[given] -= 1
        result.append((entry.number, given))
    return result


@transaction.atomic
def draw(*, draw: Draw | int, at: datetime) -> Draw:
    """Draws a day (抽签): winners are booked, the others wait in the drawn order; what is left is released to everybody.

    An entry of somebody who holds another open booking meanwhile lapses. A second call changes nothing.

    Raises:
        CalendarRefused: the entries have not ended.
        NoSuchBooking, NotPermitted.
    """
    number = draw if isinstance(draw, int) else draw.pk
    seen = Draw.objects.filter(pk=number).first()
    if seen is None:
        raise NoSuchBooking(f"没有编号 {number} 的抽签 / there is no draw {number}")
    calendar_to(seen.calendar_id, "bookings.manage")
    with connection.cursor() as cursor:
        # Locks the draw; whoever enters at this moment is in it or is told that entries have ended.
        cursor.execute("SELECT bookings_reveal(%s, %s)", [number, at])
        seed = cursor.fetchone()[0]
    if seed is None:
        raise CalendarRefused(f"{seen.day} 的报名尚未截止 / entries for {seen.day} have not ended")
    found = Draw.objects.get(pk=number)
    if found.result:
        return found
    standing = Booking.objects.filter(draw=found, state=_S.ENTERED)
    _lapse_the_booked(found, at)
    entries = [Entry(one.entry_number or 0, one.slot_id, one.any_time) for one in standing]
    slots = Slot.objects.filter(calendar=found.calendar_id, day=found.day)
    result = allocate(
        seed, entries,
        {pk: places - taken for pk, places, taken in slots.values_list("pk", "places", "taken")},
        dict(slots.values_list("pk", "starts")),
    )  # fmt: skip
    slots.update(in_draw=False)
    _write(found, result)
    Draw.objects.filter(pk=number).update(result=[list(row) for row in result])
    record(
        "bookings.draw",
        subject=f"draw:{found.pk}",
        division_code=found.division_code,
        detail={"entries": len(result), "won": sum(slot is not None for _n, slot in result)},
    )
    found.refresh_from_db()
    return found


def _lapse_the_booked(found: Draw, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE bookings_booking b SET state = 'lapsed', ended_at = %s
               WHERE b.draw_id = %s AND b.state = 'entered'
                 AND EXISTS (SELECT 1 FROM bookings_party p JOIN bookings_party o
                               ON o.purpose = p.purpose AND o.identifier_hash = p.identifier_hash AND o.is_open
                             WHERE p.booking_id = b.id)""",
            [at, found.pk],
        )


def _write(found: Draw, result: Sequence[tuple[int, int | None]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE bookings_booking b SET draw_rank = r.rank, slot_id = coalesce(r.slot, b.slot_id),
                 state = CASE WHEN r.slot IS NULL THEN 'waiting' ELSE 'booked' END
               FROM unnest(%s::int[], %s::bigint[]) WITH ORDINALITY AS r(number, slot, rank)
               WHERE b.draw_id = %s AND b.entry_number = r.number AND b.state = 'entered'""",
            [[number for number, _slot in result], [slot for _number, slot in result], found.pk],
        )


def verify(found: Draw) -> list[str]:
    """What does not agree in a published draw, in words; nothing where all does. Reads only what is public."""
    if found.drawn_at is None:
        return ["尚未抽签 / not drawn yet"]
    faults = []
    if commitment_of(found.seed) != found.commitment:
        faults.append("种子与事先公布的摘要不符 / the seed is not the one promised")
    numbers = [number for number, _slot in found.result]
    if numbers != sorted(numbers, key=lambda number: order_of(found.seed, number)):
        faults.append("顺序与种子不符 / the order does not follow from the seed")
    if len(set(numbers)) != len(numbers) or any(not 1 <= number <= found.entries for number in numbers):
        faults.append("编号重复或不在报名之列 / a number is double or was never given")
    return faults
