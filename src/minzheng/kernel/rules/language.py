"""The words rules are written in, beside + - * // and comparisons.

Each takes symbols and plain numbers. They stand here, and not on the symbols, so that a rule reads like a
sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL, INT
from minzheng.kernel.rules.symbols import Symbol
from minzheng.kernel.rules.tracing import Tracer, current


def where(condition: Any, then: Any, otherwise: Any) -> Symbol:
    """`then` where the condition holds, else `otherwise`."""
    tracer = current()
    parts = [tracer.lift(x) for x in (condition, then, otherwise)]
    if parts[0]._node.dtype != BOOL:
        tracer.refuse("where 的第一个参数须为是否判断", "the first argument of where must be yes or no")
    if parts[1]._node.dtype != parts[2]._node.dtype:
        tracer.refuse(
            "where 的两个结果须同为数或同为是否", "both results of where must be numbers, or both yes or no"
        )
    return tracer.apply("where", *parts, dtype=parts[1]._node.dtype)


def most(*values: Any) -> Symbol:
    """The greatest of several numbers (in place of max)."""
    return _fold("most", values)


def least(*values: Any) -> Symbol:
    """The smallest of several numbers (in place of min)."""
    return _fold("least", values)


def _fold(op: str, values: tuple[Any, ...]) -> Symbol:
    tracer = current()
    if len(values) < 2:
        tracer.refuse(f"{op} 至少需要两个值", f"{op} needs at least two values")
    result = tracer.lift(values[0])
    for value in values[1:]:
        result = tracer.arithmetic(op, result, value)
    return result


def floor_div(a: Any, b: Any, *, if_zero: int | None = None) -> Symbol:
    """a divided by b, rounded down; a divisor that may be zero needs `if_zero`."""
    return current().divide("floor_div", a, b, if_zero)


def one_of(value: Any, choices: Iterable[int]) -> Symbol:
    """Whether the value is among the choices (in place of `in`)."""
    tracer = current()
    symbol = tracer.lift(value)
    plain = tuple(int(c) for c in choices)
    if symbol._node.dtype != INT or not plain:
        tracer.refuse("one_of 须为整数与至少一个选项", "one_of needs a whole number and at least one choice")
    return tracer.apply("one_of", symbol, dtype=BOOL, value=plain)


def bands(value: Any, table: Any, *, below: int = 0) -> Symbol:
    """The value of the band that begins at or under `value`, or `below` under the first."""
    tracer = current()
    symbol = tracer.lift(value)
    rows = tuple((int(start), int(amount)) for start, amount in table)
    if symbol._node.dtype != INT or not rows or list(rows) != sorted(set(rows)):
        tracer.refuse("bands 须为整数与递增的分档", "bands needs a whole number and rising bands")
    made = tracer.apply("bands", symbol, dtype=INT, value=(rows, int(below)))
    if hasattr(table, "parameter"):
        tracer.table_names[made._number] = table.parameter
    return made


def all_of(*conditions: Any) -> Symbol:
    """Whether every condition holds (in place of `and` and of chained comparison)."""
    return _join("and", conditions)


def any_of(*conditions: Any) -> Symbol:
    """Whether at least one condition holds (in place of `or`)."""
    return _join("or", conditions)


def _join(op: str, conditions: tuple[Any, ...]) -> Symbol:
    tracer = current()
    if not conditions:
        tracer.refuse("至少需要一个条件", "at least one condition is needed")
    result = tracer.lift(conditions[0])
    for condition in conditions[1:]:
        result = tracer.logic(op, result, condition)
    return result


def total(value: Any) -> Symbol:
    """The sum over the people of a household: total(h.person.wage_fen)."""
    return current().reduce("sum", value, INT)


def count(condition: Any) -> Symbol:
    """How many people of a household fulfil a condition: count(h.person.is_alive)."""
    tracer = current()
    symbol = tracer.lift(condition)
    if symbol._node.dtype != BOOL:
        tracer.refuse("count 须为是否判断", "count needs a yes-or-no value")
    return tracer.reduce("sum", where(symbol, 1, 0), INT)


def any_(condition: Any) -> Symbol:
    """Whether anybody of a household fulfils a condition."""
    return current().reduce("any", condition, BOOL)


def all_(condition: Any) -> Symbol:
    """Whether everybody of a household fulfils a condition; yes for nobody."""
    return current().reduce("all", condition, BOOL)


__all__ = [
    "HOUSEHOLD",
    "PERSON",
    "Tracer",
    "all_",
    "all_of",
    "any_",
    "any_of",
    "bands",
    "count",
    "floor_div",
    "least",
    "most",
    "one_of",
    "total",
    "where",
]
