"""Who gets which bed (床位分配): deferred acceptance over a common order of the queue, with a home's own order where it has one.

Pure: plain sequences in, a list out; nothing is read and nothing is written. The result is stable: nobody would rather have
a bed that is free or that somebody lower in that home's order holds. Ties do not exist, since the order ends with the
application's number, so the same people and beds give the same result in whatever order they are handed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappush, heappushpop
from itertools import accumulate

#: A bed on which either sex may lie.
EITHER = 0

Unit = tuple[int, str, int]
"""What beds are interchangeable: (home, kind, sex); sex 0 where either may lie there."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One person in the queue (轮候人), as far as sharing out needs to know them.

    `rank` is the class's place (0 first), `grade` the assessed grade (a higher one first), `since` the day waiting began,
    `number` the application's own; `goes_before_all` puts people who lost their bed before a home's own order too.
    """

    number: int
    rank: int
    grade: int
    since: date
    sex: int
    kind: str
    homes: tuple[int, ...]
    district: str = ""
    goes_before_all: bool = False

    @property
    def order(self) -> tuple[int, int, int, date, int]:
        """The strict order of the queue; the smaller comes first."""
        return (0 if self.goes_before_all else 1, self.rank, -self.grade, self.since, self.number)


@dataclass(frozen=True, slots=True)
class Place:
    """What a person was given: their `choice` counts from 0."""

    unit: Unit
    choice: int


def allocate(
    waiters: Sequence[Waiter],
    capacity: Mapping[Unit, int],
    own_district_first: Mapping[int, str] | None = None,
) -> list[Place | None]:
    """Shares out beds (分配床位), one result for each person in the order given; None who gets none.

    Args:
        capacity: free beds of each unit.
        own_district_first: homes that take the people of a district before others, with that district.

    Raises:
        ValueError: two people have the same number, a capacity is negative, or somebody names a home twice.
    """
    _require_sound(waiters, capacity)
    orders = [waiter.order for waiter in waiters]
    places = sorted(range(len(waiters)), key=orders.__getitem__)
    # Seen in the order of the queue, the first proposer of a unit without an order of its own is never displaced.
    position = [0] * len(waiters)
    for at, index in enumerate(places):
        position[index] = at
    if own_district_first:
        return _deferred(waiters, capacity, own_district_first, places, position)
    return _in_turn(waiters, capacity, places)


def units_of(waiter: Waiter, home: int) -> tuple[Unit, Unit]:
    """The beds of a home this person may lie in; the one of their own sex first, so that others stay free for both."""
    return (home, waiter.kind, waiter.sex), (home, waiter.kind, EITHER)


def _in_turn(
    waiters: Sequence[Waiter], capacity: Mapping[Unit, int], places: Sequence[int]
) -> list[Place | None]:
    """With one order for all homes deferred acceptance is each in turn taking their best."""
    left = dict(capacity)
    result: list[Place | None] = [None] * len(waiters)
    for index in places:
        waiter = waiters[index]
        result[index] = _best(waiter, left)
    return result


def _best(waiter: Waiter, left: dict[Unit, int]) -> Place | None:
    for choice, home in enumerate(waiter.homes):
        for unit in units_of(waiter, home):
            if left.get(unit, 0) > 0:
                left[unit] -= 1
                return Place(unit, choice)
    return None


def _deferred(
    waiters: Sequence[Waiter],
    capacity: Mapping[Unit, int],
    own: Mapping[int, str],
    places: Sequence[int],
    position: Sequence[int],
) -> list[Place | None]:
    """People propose down their list; a full unit keeps those who stand first in its order and turns away the last."""
    many = len(waiters)
    held: dict[Unit, list[tuple[int, int]]] = {unit: [] for unit, beds in capacity.items() if beds}
    asked = [0] * many  # the next (home, own sex or either) of each person, two for each home
    for first in places:
        index = first
        while True:
            waiter = waiters[index]
            step = asked[index]
            if step >= 2 * len(waiter.homes):
                break
            asked[index] = step + 1
            unit = units_of(waiter, waiter.homes[step // 2])[step % 2]
            holders = held.get(unit)
            if holders is None or (step % 2 == 1 and waiter.sex == EITHER):
                continue
            # Negative, since Python's heap keeps the smallest on top and the last in order is the one to go.
            entry = (-_place_at(waiter, position[index], own.get(unit[0]), many), index)
            if len(holders) < capacity[unit]:
                heappush(holders, entry)
                break
            turned_away = heappushpop(holders, entry)
            index = turned_away[1]
    result: list[Place | None] = [None] * many
    for unit, holders in held.items():
        for _, index in holders:
            result[index] = Place(unit, waiters[index].homes.index(unit[0]))
    return result


def _place_at(waiter: Waiter, position: int, district: str | None, many: int) -> int:
    """A person's place in one home's order: those who lost a bed, the home's own district, then everybody else."""
    if waiter.goes_before_all or district is None or waiter.district == district:
        return position
    return position + many


def _require_sound(waiters: Sequence[Waiter], capacity: Mapping[Unit, int]) -> None:
    if len({waiter.number for waiter in waiters}) < len(waiters):
        raise ValueError("申请编号重复 / two people bear the same application number")
    if any(beds < 0 for beds in capacity.values()):
        raise ValueError("床位数不能为负 / a number of beds is negative")
    for waiter in waiters:
        if len(set(waiter.homes)) < len(waiter.homes):
            raise ValueError(
                f"申请 {waiter.number} 重复填报同一机构 / application {waiter.number} names a home twice"
            )


def beds_for(
    waiters: Sequence[Waiter], result: Sequence[Place | None], beds: Mapping[Unit, Sequence[int]]
) -> dict[int, int]:
    """Which bed exactly (配到床): person's number → bed's, the first in the queue taking the first bed of its unit."""
    left = {unit: iter(sorted(ids)) for unit, ids in beds.items()}
    given = sorted((w.order, w.number, p.unit) for w, p in zip(waiters, result, strict=True) if p is not None)
    return {number: next(left[unit]) for _, number, unit in given}


def choices_met(result: Sequence[Place | None], most: int) -> list[int]:
    """How many got their first choice, one of the first two, and so on, up to `most`; cumulative."""
    counts = [0] * most
    for place in result:
        if place is not None and place.choice < most:
            counts[place.choice] += 1
    return list(accumulate(counts))
