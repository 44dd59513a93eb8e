"""Every operation means the same for plain numbers and for columns."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.rules.operations import OPERATIONS

NUMBERS = st.integers(-(10**12), 10**12) | st.integers(-5, 5)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.booleans(), st.booleans()), min_size=1, max_size=30)
TWO_NUMBERS = ["add", "sub", "lt", "le", "gt", "ge", "eq", "ne", "most", "least"]
TWO_YES = ["and", "or"]


def columns(rows: list[tuple[Any, ...]]) -> tuple[pl.Series, ...]:
    kinds = [pl.Int64, pl.Int64, pl.Boolean, pl.Boolean]
    return tuple(pl.Series([r[i] for r in rows], dtype=kinds[i]) for i in range(4))


@given(rows=ROWS, constant=NUMBERS)
def test_operations_agree_also_with_a_constant_on_either_side(rows: list[Any], constant: int) -> None:
    a, b, c, d = columns(rows)
    for name in TWO_NUMBERS:
        operation = OPERATIONS[name]
        assert operation.columns(a, b).to_list() == [operation.python(r[0], r[1]) for r in rows], name
        assert operation.columns(a, constant).to_list() == [operation.python(r[0], constant) for r in rows], (
            name
        )
        assert operation.columns(constant, b).to_list() == [operation.python(constant, r[1]) for r in rows], (
            name
        )
    for name in TWO_YES:
        operation = OPERATIONS[name]
        assert operation.columns(c, d).to_list() == [operation.python(r[2], r[3]) for r in rows], name
    assert OPERATIONS["not"].columns(c).to_list() == [not r[2] for r in rows]
    assert OPERATIONS["neg"].columns(a).to_list() == [-r[0] for r in rows]
    choose = OPERATIONS["where"]
    for x, y in ((a, b), (a, constant), (constant, b), (constant, 0)):
        xs = x.to_list() if isinstance(x, pl.Series) else [x] * len(rows)
        ys = y.to_list() if isinstance(y, pl.Series) else [y] * len(rows)
        expected = [p if r[2] else q for p, q, r in zip(xs, ys, rows, strict=True)]
        assert choose.columns(c, x, y).to_list() == expected


@given(rows=ROWS, divisor=NUMBERS.filter(bool), if_zero=st.integers(-3, 3))
def test_division_agrees_for_negatives_and_for_zero(rows: list[Any], divisor: int, if_zero: int) -> None:
    a, b, _, _ = columns(rows)
    for name in ("floor_div", "floor_mod"):
        operation = OPERATIONS[name]
        assert operation.columns(a, b, if_zero).to_list() == [
            operation.python(r[0], r[1], if_zero) for r in rows
        ]
        assert operation.columns(a, divisor, None).to_list() == [
            operation.python(r[0], divisor, None) for r in rows
        ]
        assert operation.columns(divisor, b, if_zero).to_list() == [
            operation.python(divisor, r[1], if_zero) for r in rows
        ]


@given(rows=ROWS, small=st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True), below=NUMBERS)
def test_membership_and_bands_agree(rows: list[Any], small: list[int], below: int) -> None:
    a, _, _, _ = columns([(r[0] % 12 - 6, *r[1:]) for r in rows])
    one_of, bands = OPERATIONS["one_of"], OPERATIONS["bands"]
    table = tuple((start, start * 100 - 7) for start in sorted(small))
    assert one_of.columns(a, tuple(small)).to_list() == [one_of.python(x, tuple(small)) for x in a]
    assert bands.columns(a, (table, below)).to_list() == [bands.python(x, (table, below)) for x in a]


def test_minus_seven_by_two_is_minus_four() -> None:
    assert OPERATIONS["floor_div"].python(-7, 2, None) == -4
    assert OPERATIONS["floor_div"].columns(pl.Series([-7]), 2, None).to_list() == [-4]
    with pytest.raises(ZeroDivisionError):
        OPERATIONS["floor_div"].python(1, 0, None)
