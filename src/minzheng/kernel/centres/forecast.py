"""How long one waits (预计等候): the queue played forward with the counters that are open now.

Service times are those of the centre's last days, once with their quicker and once with their slower third, so that the
answer is a range. Who arrives later with precedence, and who is booked and not here yet, is not foreseen.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

from django.db import connection

from minzheng.kernel.centres.catalogue import item_groups, rules_on

# Without a centre's own times: as much below and above the usual time.
_SPREAD = (0.75, 1.35)
Times = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter that is open now; `serves` is the group of who stands there since `since`, "" where nobody does."""

    number: int
    groups: frozenset[str]
    serves: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """A centre at this moment: groups of who waits, in the order of the queue, and the counters that are open."""

    centre_id: int
    is_opened: bool
    is_closed: bool
    queue: Sequence[str] = ()
    desks: Sequence[Desk] = ()
    times: Times = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        return len(self.queue)

    @property
    def takes_numbers(self) -> bool:
        return self.is_opened and not self.is_closed


def now_at(centres: Iterable[int], *, on: date, at: datetime) -> dict[int, Now]:
    """Many centres at this moment, two queries for all; at most 60 a call. Counts only, so anybody may ask."""
    wanted = list(centres)
    times = service_times(wanted, on=on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM centres_now(%s, %s::bigint[])", [on, wanted])
        rows = cursor.fetchall()
    return {
        pk: Now(pk, opened, closed, queue, [_desk(row) for row in json.loads(desks)], times[pk])
        for pk, opened, closed, queue, desks in rows
    }


def _desk(row: dict) -> Desk:
    since = datetime.fromisoformat(row["since"]) if row["since"] else None
    return Desk(row["number"], frozenset(row["groups"]), row["serves"] or "", since)


def service_times(centres: Sequence[int], *, on: date) -> dict[int, dict[str, tuple[float, float]]]:
    """Minutes a service takes, quick and slow, by centre and group: of the last days, else the usual time."""
    rules = rules_on(on)
    usual = {code: (g.minutes * _SPREAD[0], g.minutes * _SPREAD[1]) for code, g in item_groups().items()}
    found = {pk: dict(usual) for pk in centres}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT centre_id, group_code, services, low, high FROM centres_service_times(%s, %s, %s::bigint[])",
            [on - timedelta(days=rules.forecast_days), on, list(centres)],
        )
        for pk, group, services, low, high in cursor.fetchall():
            if services >= rules.forecast_least:
                found[pk][group] = (max(low, 0.5), max(high, 1.0))
    return found


def expected_wait(
    now: Now, group_code: str, *, at: datetime, ahead: int | None = None
) -> tuple[int, int] | None:
    """Minutes until somebody with a number of this group is called: from, to; None where no open counter serves it.

    Args:
        ahead: how many of the group are before them; everybody of it who waits where not given.
    """
    if not any(group_code in desk.groups for desk in now.desks):
        return None
    queue = list(now.queue)
    if ahead is not None:
        # Of their own group only those before them count; of the other groups everybody does.
        mine = count(1)
        queue = [code for code in queue if code != group_code or next(mine) <= ahead]
    low, high = (_play(now, queue, group_code, at=at, which=which) for which in (0, 1))
    return int(low), max(int(high + 0.999), int(low))


def _play(now: Now, queue: Sequence[str], group_code: str, *, at: datetime, which: int) -> float:
    """Minutes until the last of the group is called, everybody taking the quick (0) or the slow (1) time."""
    lines: dict[str, deque[int]] = {}
    for place, code in enumerate([*queue, group_code]):
        lines.setdefault(code, deque()).append(place)
    target = len(queue)
    free = []
    for desk in now.desks:
        busy = 0.0
        if desk.serves and desk.since is not None:
            gone = (at - desk.since).total_seconds() / 60
            busy = max(now.times[desk.serves][which] - gone, 0.5)
        free.append((busy, desk.number, desk))
    heapify(free)
    while free:
        minute, number, desk = heappop(free)
        heads = [(lines[code][0], code) for code in desk.groups if lines.get(code)]
        if not heads:
            continue
        place, code = min(heads)
        if place == target:
            return minute
        lines[code].popleft()
        heappush(free, (minute + now.times[code][which], number, desk))
    raise AssertionError("a counter that serves the group always comes to its last number")
