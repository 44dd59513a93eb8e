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
