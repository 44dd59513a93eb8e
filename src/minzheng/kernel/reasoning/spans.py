"""How far a value can move while one input moves over a stretch of whole numbers.

Every node of the law's graph gets four bounds over the stretch: its least and greatest value, and the least
and greatest change that one more unit of the input can make. They are safe (the truth lies within) and over a
single point they are exact, so halving a stretch often enough settles any question about single steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from minzheng.kernel.rules import HouseholdInputs, Law, Node
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import band_value


@dataclass(frozen=True, slots=True)
class Span:
    """Least and greatest value; `down` and `up`: least and greatest change by one more unit. Yes is 1, no
    is 0."""

    low: int
    high: int
    down: int = 0
    up: int = 0

    @property
    def is_settled(self) -> bool:
        return self.low == self.high


NO, YES, EITHER = Span(0, 0), Span(1, 1), Span(0, 1, -1, 1)


def _bounded(low: int, high: int, down: int | None = None, up: int | None = None) -> Span:
    """No step is longer than the whole range."""
    reach = high - low
    return Span(low, high, max(-reach, -reach if down is None else down),
                min(reach, reach if up is None else up))  # fmt: skip


def _truth(always: bool, never: bool) -> Span:
    return YES if always else NO if never else EITHER


def _corners(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    values = [x * y for x, y in product(a, b)]
    return min(values), max(values)


def _add(a: Span, b: Span, _: Any) -> Span:
    return _bounded(a.low + b.low, a.high + b.high, a.down + b.down, a.up + b.up)


def _neg(a: Span, _: Any) -> Span:
    return Span(-a.high, -a.low, -a.up, -a.down)


def _mul(a: Span, b: Span, _: Any) -> Span:
    # (a + da)(b + db) - ab = (a + da)·db + b·da, and a + da is a value of the stretch as well.
    left = _corners((a.low, a.high), (b.down, b.up))
    right = _corners((b.low, b.high), (a.down, a.up))
    return _bounded(*_corners((a.low, a.high), (b.low, b.high)), left[0] + right[0], left[1] + right[1])


def _floor_div(a: Span, b: Span, if_zero: int | None) -> Span:
    if not b.is_settled:
        reach = max(abs(a.low), abs(a.high), abs(if_zero or 0))
        return _bounded(-reach - 1, reach)
    if b.low == 0:
        return Span(if_zero or 0, if_zero or 0)
    if b.low < 0:
        a, b = _neg(a, None), _neg(b, None)
    by = b.low
    return _bounded(a.low // by, a.high // by, a.down // by, -(-a.up // by))


def _floor_mod(a: Span, b: Span, if_zero: int | None) -> Span:
    if not b.is_settled:
        reach = max(abs(b.low), abs(b.high), abs(if_zero or 0))
        return _bounded(-reach, reach)
    by = b.low
    if by == 0:
        return Span(if_zero or 0, if_zero or 0)
    if a.low // by == a.high // by:
        low, high = sorted((a.low % by, a.high % by))
        return _bounded(low, high, a.down, a.up)
    return _bounded(min(0, by + 1), max(0, by - 1))


def _where(condition: Span, a: Span, b: Span, _: Any) -> Span:
    if condition.is_settled:
        return a if condition.low else b
    return _bounded(min(a.low, b.low), max(a.high, b.high))


def _most(a: Span, b: Span, _: Any) -> Span:
    return _bounded(max(a.low, b.low), max(a.high, b.high), min(a.down, b.down), max(a.up, b.up))


def _least(a: Span, b: Span, _: Any) -> Span:
    return _bounded(min(a.low, b.low), min(a.high, b.high), min(a.down, b.down), max(a.up, b.up))


def _one_of(a: Span, values: tuple[int, ...]) -> Span:
    return _truth(a.is_settled and a.low in values, not any(a.low <= v <= a.high for v in values))


def _bands(x: Span, value: Any) -> Span:
    table, below = value
    reached = [band_value(x.low, table, below), *(v for start, v in table if x.low < start <= x.high)]
    return _bounded(min(reached), max(reached))


_MEANING: dict[str, Callable[..., Span]] = {
    "add": _add,
    "sub": lambda a, b, _: _add(a, _neg(b, None), None),
    "neg": _neg,
    "mul": _mul,
    "floor_div": _floor_div,
    "floor_mod": _floor_mod,
    "lt": lambda a, b, _: _truth(a.high < b.low, a.low >= b.high),
    "le": lambda a, b, _: _truth(a.high <= b.low, a.low > b.high),
    "gt": lambda a, b, _: _truth(a.low > b.high, a.high <= b.low),
    "ge": lambda a, b, _: _truth(a.low >= b.high, a.high < b.low),
    "eq": lambda a, b, _: _truth(a.is_settled and a == b, a.high < b.low or b.high < a.low),
    "ne": lambda a, b, _: _truth(a.high < b.low or b.high < a.low, a.is_settled and a == b),
    "and": lambda a, b, _: _truth(a.low + b.low == 2, a.high == 0 or b.high == 0),
    "or": lambda a, b, _: _truth(a.low == 1 or b.low == 1, a.high + b.high == 0),
    "not": lambda a, _: _truth(a.high == 0, a.low == 1),
    "where": _where,
    "most": _most,
    "least": _least,
    "one_of": _one_of,
    "bands": _bands,
    "rule": lambda a, _: a,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One household along one input of one of its people; everything else stands still."""

    law: Law
    inputs: HouseholdInputs
    input: str
    place: int = 0

    def over(self, low: int, high: int) -> Spans:
        """The bounds of every node while the input runs from `low` to `high`, both included."""
        moving = Span(low, high, 1, 1) if high > low else Span(low, low)
        made: list[Any] = []
        for node in self.law.graph.nodes:
            made.append(self._node(node, made, moving))
        return Spans(self.law, made, len(self.inputs.persons))

    def _node(self, node: Node, made: list[Any], moving: Span) -> Any:
        people = len(self.inputs.persons)
        if node.op == "const":
            return Span(int(node.value), int(node.value))
        if node.op in ("input", "known", "input_or"):
            if node.entity == HOUSEHOLD:
                return self._still(node, self.inputs.household)
            return [
                moving
                if place == self.place and node.name == self.input and node.op != "known"
                else self._still(node, row)
                for place, row in enumerate(self.inputs.persons)
            ]

        def for_each(number: int) -> list[Span]:
            held = made[number]
            return held if self.law.graph.nodes[number].entity == PERSON else [held] * people

        if node.op == "project":
            return for_each(node.args[0])
        if node.op in ("sum", "any", "all"):
            return _gather(node.op, for_each(node.args[0]))
        meaning = _MEANING[node.op]
        if node.entity == PERSON:
            return [meaning(*row, node.value) for row in zip(*map(for_each, node.args), strict=True)]
        return meaning(*(made[a] for a in node.args), node.value)

    def _still(self, node: Node, row: Any) -> Span:
        raw = row.get(node.name)
        if node.op == "known":
            return YES if raw is not None else NO
        value = int(node.value if raw is None else raw)
        return Span(value, value)


def _gather(op: str, parts: Sequence[Span]) -> Span:
    found = parts[0]
    for part in parts[1:]:
        found = _MEANING[{"sum": "add", "any": "or", "all": "and"}[op]](found, part, None)
    return found


@dataclass(frozen=True, slots=True)
class Spans:
    """Every node's bounds over one stretch: one for a household's node, a list for a person's."""

    law: Law
    values: list[Any]
    people: int

    def of(self, number: int) -> Any:
        return self.values[number]

    def benefit(self, code: str) -> Span:
        """What the household and its people are surely paid of one benefit, after stacking, in fen."""
        benefit = self.law.benefits[code]
        status, net = self.values[benefit.status], self.values[benefit.net]
        if benefit.unit == HOUSEHOLD:
            return self._paid(status, net)
        pairs = zip(self._each(status), self._each(net), strict=True)
        return _gather("sum", [self._paid(s, n) for s, n in pairs])

    def _each(self, held: Any) -> list[Span]:
        return held if isinstance(held, list) else [held] * self.people

    @staticmethod
    def _paid(status: Span, net: Span) -> Span:
        return _where(_truth(status.low == 2, not status.low <= 2 <= status.high), net, Span(0, 0), None)

    def benefits(self) -> Span:
        """All benefits together."""
        parts = [self.benefit(code) for code in self.law.benefits]
        return _gather("sum", parts) if parts else Span(0, 0)
