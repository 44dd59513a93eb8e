"""What each operation of the graph means, once, for one household and for columns.

Both evaluators take their arithmetic from this one table, so a rule cannot mean two things. Division is the
trap: SQL truncates, Python floors; here it floors everywhere, towards minus infinity, and says what a
division by zero gives. Operands of the column form are Polars series of Int64 or Boolean without nulls, or
plain constants.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

Bands = tuple[tuple[int, int], ...]
INT, BOOL = "int", "bool"


def floor_div(a: int, b: int, if_zero: int | None) -> int:
    """Division rounding down; -7 by 2 is -4. A zero divisor gives `if_zero`."""
    if b == 0:
        if if_zero is None:
            raise ZeroDivisionError("division by zero without if_zero")
        return if_zero
    return a // b


def floor_mod(a: int, b: int, if_zero: int | None) -> int:
    """What floor_div leaves; it has the sign of the divisor."""
    if b == 0:
        if if_zero is None:
            raise ZeroDivisionError("remainder by zero without if_zero")
        return if_zero
    return a % b


def band_value(x: int, table: Bands, below: int) -> int:
    """The value of the last band that begins at or under x."""
    found = below
    for start, value in table:
        if x >= start:
            found = value
    return found


def _series(value: Any, like: pl.Series) -> pl.Series:
    """A constant as a series that the kernels broadcast."""
    if isinstance(value, pl.Series):
        return value
    return pl.Series([value], dtype=pl.Boolean if isinstance(value, bool) else pl.Int64)


def _choose(condition: pl.Series, a: Any, b: Any) -> pl.Series:
    return _series(a, condition).zip_with(condition, _series(b, condition))


def _divide_columns(a: Any, b: Any, if_zero: int | None) -> pl.Series:
    result: pl.Series = a // b
    # Polars leaves null where the divisor is zero; nothing else can be null here.
    return result if if_zero is None else result.fill_null(if_zero)


def _modulo_columns(a: Any, b: Any, if_zero: int | None) -> pl.Series:
    result: pl.Series = a % b
    return result if if_zero is None else result.fill_null(if_zero)


def _most_columns(a: Any, b: Any) -> pl.Series:
    if not isinstance(b, pl.Series):
        return a.clip(lower_bound=b)
    if not isinstance(a, pl.Series):
        return b.clip(lower_bound=a)
    return a.zip_with(a >= b, b)


def _least_columns(a: Any, b: Any) -> pl.Series:
    if not isinstance(b, pl.Series):
        return a.clip(upper_bound=b)
    if not isinstance(a, pl.Series):
        return b.clip(upper_bound=a)
    return a.zip_with(a <= b, b)


def _one_of_columns(a: pl.Series, values: tuple[int, ...]) -> pl.Series:
    found = a == values[0]
    for value in values[1:]:
        found = found | (a == value)
    return found


def _bands_columns(x: pl.Series, table: Bands, below: int) -> pl.Series:
    # A sum of steps needs one comparison and one addition a band, and no look-up.
    result: Any = below
    held = below
    for start, value in table:
        result = (x >= start).cast(pl.Int64) * (value - held) + result
        held = value
    return result


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its meaning for plain values and for columns; `extra` says it takes the node's value
    too."""

    python: Callable[..., Any]
    columns: Callable[..., Any]
    extra: bool = False


OPERATIONS: dict[str, Operation] = {
    "add": Operation(operator.add, operator.add),
    "sub": Operation(operator.sub, operator.sub),
    "mul": Operation(operator.mul, operator.mul),
    "neg": Operation(operator.neg, operator.neg),
    "floor_div": Operation(floor_div, _divide_columns, extra=True),
    "floor_mod": Operation(floor_mod, _modulo_columns, extra=True),
    "lt": Operation(operator.lt, operator.lt),
    "le": Operation(operator.le, operator.le),
    "gt": Operation(operator.gt, operator.gt),
    "ge": Operation(operator.ge, operator.ge),
    "eq": Operation(operator.eq, operator.eq),
    "ne": Operation(operator.ne, operator.ne),
    "and": Operation(lambda a, b: a and b, operator.and_),
    "or": Operation(lambda a, b: a or b, operator.or_),
    "not": Operation(operator.not_, operator.invert),
    "where": Operation(lambda c, a, b: a if c else b, _choose),
    "most": Operation(max, _most_columns),
    "least": Operation(min, _least_columns),
    "one_of": Operation(lambda a, values: a in values, _one_of_columns, extra=True),
    "bands": Operation(
        lambda x, value: band_value(x, *value), lambda x, value: _bands_columns(x, *value), extra=True
    ),
    "rule": Operation(lambda a: a, lambda a: a),
}
