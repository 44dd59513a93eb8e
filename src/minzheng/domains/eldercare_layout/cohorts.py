"""A small cohort model (队列推算): who is counted today and lives on is as many years older then.

Moves into and out of the city are not reckoned: the result says how today's residents age, not how many will live here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minzheng.domains.eldercare_layout.distances import Floats

OLDEST = 100
"""The last age stands for everybody of that age and over."""


def yearly_survival(deaths: Sequence[tuple[int, int]]) -> Floats:
    """The share of people of each age who live one more year.

    Args:
        deaths: (from age, deaths a year of 100,000 people), rising.

    Shape: (101,), one share for each age from 0 to 100 and over.

    >>> yearly_survival([(0, 100), (80, 5_000)])[[0, 79, 80, 100]].tolist()
    [0.999, 0.999, 0.95, 0.95]
    """
    shares = np.ones(OLDEST + 1)
    for age, number in deaths:
        shares[age:] = 1 - number / 100_000
    return shares


def aged(people: Floats, survival: Floats, years: int) -> Floats:
    """The same people some years later.

    Shape: (areas, 101) by age; nobody is born and nobody moves.
    """
    if years < 0:
        raise ValueError("years must not be negative")
    now = np.array(people, dtype=float)
    for _ in range(years):
        living = now * survival
        now = np.zeros_like(living)
        now[:, 1:] = living[:, :-1]
        now[:, OLDEST] += living[:, OLDEST]
    return now
