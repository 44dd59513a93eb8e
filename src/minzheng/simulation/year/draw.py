"""Chance that is the same every time: drawn from the seed, a purpose, the month and a key that does not depend on order."""

from __future__ import annotations

import polars as pl

from minzheng.kernel.periods import Month

_SCATTER, _AGAIN = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
_FRACTION = 2**40


def salt(seed: int, month: Month, purpose: str) -> int:
    """A number for one purpose in one month of one city.

    >>> salt(1, Month(2022, 3), "deaths") == salt(1, Month(2022, 3), "deaths")
    True
    """
    found = 0xCBF29CE484222325
    for byte in f"{seed}|{month}|{purpose}".encode():
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return found


def chance(key: pl.Expr, *, seed: int, month: Month, purpose: str) -> pl.Expr:
    """A number from 0 up to, not including, 1 for each key (an integer, such as a person's id), whatever the order of rows."""
    bits = (key.cast(pl.UInt64) + pl.lit(salt(seed, month, purpose), dtype=pl.UInt64)) * pl.lit(
        _SCATTER, dtype=pl.UInt64
    )
    bits = (bits ^ (bits // 2**32)) * pl.lit(_AGAIN, dtype=pl.UInt64)
    bits = bits ^ (bits // 2**32)
    return ((bits // 2**24) % _FRACTION).cast(pl.Float64) / _FRACTION


def pick(
    frame: pl.DataFrame,
    *,
    expected: float,
    seed: int,
    month: Month,
    purpose: str,
    key: str = "key",
    weight: str = "weight",
) -> pl.DataFrame:
    """Draws `expected` rows, up or down to a whole number, each with a chance in proportion to its weight; sorted by key.

    Systematic sampling along an order that the seed alone decides: a small city keeps the volume of the whole one, and which
    rows are drawn does not depend on how they came. A chance is at most one, so where weights are few fewer are drawn.
    """
    if expected <= 0:
        return frame.clear()
    # Of a frame as long as the city only what decides is copied.
    ordered = (
        frame.lazy()
        .select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_at"), pl.col(key), pl.col(weight))
        .filter(pl.col(weight) > 0)
        .with_columns(chance(pl.col(key), seed=seed, month=month, purpose=purpose).alias("_luck"))
        .sort("_luck", key)
        .select("_at", weight)
        .collect()
    )
    total = ordered[weight].sum()
    if not total:
        return frame.clear()
    start = (salt(seed, month, f"{purpose}|start") >> 24) / 2**40
    reached = (pl.col(weight) / total * expected).clip(0, 1).cum_sum() + start
    taken = ordered.filter(reached.floor() > reached.floor().shift(1, fill_value=0))
    return frame[taken["_at"]].sort(key)
