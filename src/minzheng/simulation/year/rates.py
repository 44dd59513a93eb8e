"""The rates at which the city lives, serves and pays, and how a year's number is shared out over months and ages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import DATA, figure, load

FILES = ("life", "services", "money")


@cache
def rates() -> dict[str, Any]:
    """The parts of all files, each with its rates by name."""
    return {part: told for name in FILES for part, told in load(DATA / f"{name}.yaml").items()}


def rate(path: str) -> Any:
    """One value by its path, such as `casework.online`; a list or mapping where it is one."""
    return figure(path, rates())


def season(path: str, month: Month) -> float:
    """A month's share of its year in twelve values that need not add up: they are taken against their sum."""
    values = rate(path)
    return float(values[month.number - 1] / sum(values))


def by_age(path: str, age: pl.Expr) -> pl.Expr:
    """The value of the band that an age lies in; 0 outside all."""
    found: pl.Expr = pl.lit(0.0)
    for low, high, value in rate(path):
        found = pl.when((age >= low) & (age < high)).then(float(value)).otherwise(found)
    return found


def in_month(whole: float, weights: Sequence[float], month: Month) -> int:
    """A month's whole part of a year's number; the parts add up to the year's number, rounded.

    >>> [in_month(5.4, [1] * 12, Month(2022, number)) for number in range(1, 13)]
    [0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0]
    """

    def until(number: int) -> int:
        return int(round(whole) * sum(weights[:number]) / sum(weights) + 0.5)

    return until(month.number) - until(month.number - 1)
