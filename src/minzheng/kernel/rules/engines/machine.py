"""What each operation of the graph is for the compiler; `rules.operations` says what it means.

Numbers are 64 bits, yes and no one bit. Both sides of a choice are computed: a choice without a jump is faster than a
wrong guess, and no operation here can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from llvmlite import ir

I1, I8, I64 = ir.IntType(1), ir.IntType(8), ir.IntType(64)


def number(value: int) -> ir.Constant:
    return ir.Constant(I64, value)


def _safe(b: ir.IRBuilder, divisor: Any) -> tuple[Any, Any, Any]:
    """A divisor that never traps, and whether it stood for 0 or for -1."""
    zero, minus = b.icmp_signed("==", divisor, number(0)), b.icmp_signed("==", divisor, number(-1))
    return b.select(b.or_(zero, minus), number(1), divisor), zero, minus


def _divide(b: ir.IRBuilder, x: Any, divisor: Any, if_zero: int | None, *, remainder: bool) -> Any:
    """Rounding down, which the machine does not: its quotient is one too high where signs differ and something is left."""
    by, zero, minus = _safe(b, divisor)
    quotient, left = b.sdiv(x, by), b.srem(x, by)
    lower = b.and_(b.icmp_signed("!=", left, number(0)), b.icmp_signed("<", b.xor(left, by), number(0)))
    if remainder:
        value, at_minus = b.select(lower, b.add(left, by), left), number(0)
    else:
        value, at_minus = b.select(lower, b.sub(quotient, number(1)), quotient), b.neg(x)
    value = b.select(minus, at_minus, value)
    return value if if_zero is None else b.select(zero, number(if_zero), value)


def _bands(b: ir.IRBuilder, x: Any, table: Iterable[tuple[int, int]], below: int) -> Any:
    found: Any = number(below)
    for start, value in table:
        found = b.select(b.icmp_signed(">=", x, number(start)), number(value), found)
    return found


def _one_of(b: ir.IRBuilder, x: Any, values: tuple[int, ...]) -> Any:
    found: Any = I1(0)
    for value in values:
        found = b.or_(found, b.icmp_signed("==", x, number(value)))
    return found


def _compare(sign: str) -> Callable[..., Any]:
    return lambda b, x, y: b.icmp_signed(sign, x, y)


PLAIN: dict[str, Callable[..., Any]] = {
    "add": lambda b, x, y: b.add(x, y),
    "sub": lambda b, x, y: b.sub(x, y),
    "mul": lambda b, x, y: b.mul(x, y),
    "neg": lambda b, x: b.neg(x),
    "lt": _compare("<"),
    "le": _compare("<="),
    "gt": _compare(">"),
    "ge": _compare(">="),
    "eq": _compare("=="),
    "ne": _compare("!="),
    "and": lambda b, x, y: b.and_(x, y),
    "or": lambda b, x, y: b.or_(x, y),
    "not": lambda b, x: b.not_(x),
    "where": lambda b, c, x, y: b.select(c, x, y),
    "most": lambda b, x, y: b.select(b.icmp_signed(">=", x, y), x, y),
    "least": lambda b, x, y: b.select(b.icmp_signed("<=", x, y), x, y),
    "rule": lambda b, x: x,
    "project": lambda b, x: x,
}
WITH_VALUE: dict[str, Callable[..., Any]] = {
    "floor_div": lambda b, x, y, if_zero: _divide(b, x, y, if_zero, remainder=False),
    "floor_mod": lambda b, x, y, if_zero: _divide(b, x, y, if_zero, remainder=True),
    "one_of": _one_of,
    "bands": lambda b, x, value: _bands(b, x, *value),
}
