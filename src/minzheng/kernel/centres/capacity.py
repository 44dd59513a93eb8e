"""How many may be booked: the counters' capacity, the share of it that may be booked, spread over a day's half hours.

Appointments and walk-ins are served by the same counters out of one queue. What is not booked, or booked by somebody
who does not come, falls to the walk-ins at once; nothing has to be given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from minzheng.kernel.centres.catalogue import item_groups


def rate_per_slot(
    counters: Iterable[list[str]], *, slot_minutes: int, reserved_percent: int
) -> dict[str, Fraction]:
    """Places a slot and group, as a fraction: a counter divides its minutes evenly among its groups.

    >>> rate_per_slot([["eldercare"], ["eldercare", "housing"]], slot_minutes=30, reserved_percent=50)
    {'eldercare': Fraction(15, 8), 'housing': Fraction(15, 28)}
    """
    minutes: dict[str, Fraction] = {}
    for groups in counters:
        for code in groups:
            minutes[code] = minutes.get(code, Fraction(0)) + Fraction(slot_minutes, len(groups))
    known = item_groups()
    return {
        code: minutes[code] * reserved_percent / (100 * known[code].minutes)
        for code in known
        if code in minutes
    }


def places_by_slot(rate: Fraction, slots: int) -> list[int]:
    """Whole places in each slot of a day, so that no run from the morning on exceeds the rate.

    A rate below one gives a place every few slots instead of none at all.

    >>> places_by_slot(Fraction(3, 5), 5), places_by_slot(Fraction(5, 2), 2)
    ([0, 1, 0, 1, 1], [2, 3])
    """
    return [int(rate * (at + 1)) - int(rate * at) for at in range(slots)]
