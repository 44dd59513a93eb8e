"""The law's graph as formulas for an SMT solver (z3): every household at once instead of one.

With a number of persons, a household of exactly that many people. Without, one person whom we look at and any
others: what a household's sum, any or all takes from the others is left open, so whatever is then impossible
is impossible in every household, however large. (What is then possible may still not be: ask again with a
number.)
"""

from __future__ import annotations

import operator
from typing import Any

import z3

from minzheng.kernel.periods import Month
from minzheng.kernel.reasoning.spans import Span
from minzheng.kernel.rules import ELIGIBLE, HouseholdInputs, Input, Law, LawBenefit, Node, catalogue
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL

#: Divisors and factors of so few values are written out one by one, which keeps the formulas linear.
FEW = 24
_COMPARE = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}


def bounds_of(column: Input, month: Month) -> Span:
    """The values an input can have at all: what the registers accept, and no more than anybody could have."""
    if column.dtype == BOOL:
        return Span(0, 1)
    if column.name == "birth_month":
        return Span(month.index - 130 * 12, month.index + 11)
    if column.name == "death_month":
        return Span(month.index - 1200, month.index)
    if column.codes:
        codes = [code for code, _ in column.codes]
        return Span(min(codes), max(codes))
    if column.name == "division_code":
        return Span(310_000_000_000, 310_999_999_999)
    return Span(0, 10**12) if column.unit.startswith("fen") else Span(0, 99)


class Formulas:
    """A law's nodes as z3 terms: one for a household's node, a list for a person's."""

    def __init__(self, law: Law, people: int | None) -> None:
        self.law, self.people = law, people
        self.inputs: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self.limits: list[Any] = []
        self._ranges: list[Span | None] = []
        self._terms: list[Any] = []
        for node in law.graph.nodes:
            self._terms.append(self._term(node))

    def term(self, number: int, place: int = 0) -> Any:
        """A node's term; for a person's node that of the person at a place."""
        held = self._terms[number]
        return held[place] if isinstance(held, list) else held

    def input(self, entity: str, name: str, place: int) -> tuple[Any, Any]:
        """An input's term and whether anybody told us."""
        key = (entity, name, place)
        if key not in self.inputs:
            column = catalogue()[entity, name]
            label = f"{entity}{place}.{name}"
            known = z3.Bool(f"{label}.known") if column.may_be_unknown else z3.BoolVal(True)
            if column.dtype == BOOL:
                value = z3.Bool(label)
            else:
                value = z3.Int(label)
                span = bounds_of(column, self.law.month)
                self.limits += [value >= span.low, value <= span.high]
                if column.codes:
                    self.limits.append(z3.Or([value == code for code, _ in column.codes]))
            self.inputs[key] = (value, known)
        return self.inputs[key]

    def _read(self, node: Node, place: int) -> Any:
        value, known = self.input(node.entity, node.name, place)
        if node.op == "known":
            return known
        return value if node.op == "input" else z3.If(known, value, self.constant(node.value))

    @staticmethod
    def constant(value: Any) -> Any:
        return z3.BoolVal(value) if isinstance(value, bool) else z3.IntVal(int(value))

    # Nodes
    def _each(self, number: int) -> list[Any]:
        held = self._terms[number]
        return held if isinstance(held, list) else [held] * (self.people or 1)

    def _term(self, node: Node) -> Any:
        self._ranges.append(self._range(node))
        if node.op == "const":
            return self.constant(node.value)
        places = range(self.people or 1) if node.entity == PERSON else range(1)
        if node.op in ("input", "known", "input_or"):
            read = [self._read(node, place) for place in places]
            return read if node.entity == PERSON else read[0]
        if node.op == "project":
            return self._each(node.args[0])
        if node.op in ("sum", "any", "all"):
            return self._gather(node)
        if node.entity == PERSON:
            return [self._apply(node, row) for row in zip(*map(self._each, node.args), strict=True)]
        return self._apply(node, tuple(self._terms[a] for a in node.args))

    def _gather(self, node: Node) -> Any:
        parts = list(self._each(node.args[0]))
        if self.people is None:
            others = f"others.{len(self._terms)}"
            parts.append(z3.Int(others) if node.op == "sum" else z3.Bool(others))
        if node.op == "sum":
            return z3.Sum(parts)
        return z3.Or(parts) if node.op == "any" else z3.And(parts)

    def _apply(self, node: Node, args: tuple[Any, ...]) -> Any:
        op, a = node.op, args[0]
        if op == "rule":
            return a
        if op in ("add", "sub"):
            return a + args[1] if op == "add" else a - args[1]
        if op == "neg":
            return -a
        if op in _COMPARE:
            return _COMPARE[op](a, args[1])
        if op in ("eq", "ne"):
            return a == args[1] if op == "eq" else a != args[1]
        if op in ("and", "or", "not"):
            return z3.Not(a) if op == "not" else (z3.And(*args) if op == "and" else z3.Or(*args))
        if op == "where":
            return z3.If(*args)
        if op in ("most", "least"):
            return z3.If(a >= args[1], *(args if op == "most" else reversed(args)))
        if op == "one_of":
            return z3.Or([a == v for v in node.value])
        if op == "bands":
            (table, found) = node.value
            for start, value in table:
                found = z3.If(a >= start, z3.IntVal(value), found)
            return found
        return self._product(node, a, args[1])

    def _product(self, node: Node, a: Any, b: Any) -> Any:
        """Multiplication and division: linear where one side has few values, else left open."""
        for this, other, number in ((b, a, node.args[1]), (a, b, node.args[0])):
            span = self._ranges[number]
            if span is None or span.high - span.low >= FEW or (node.op != "mul" and this is a):
                continue
            result = self._with_constant(node, other, span.low)
            for value in range(span.low + 1, span.high + 1):
                result = z3.If(this == value, self._with_constant(node, other, value), result)
            return result
        return z3.FreshInt(node.op)

    def _with_constant(self, node: Node, a: Any, by: int) -> Any:
        if node.op == "mul":
            return a * by
        if by == 0:
            return z3.IntVal(node.value or 0)
        # z3 divides with a remainder that is never negative: for a positive divisor that is rounding down.
        quotient = a / by if by > 0 else (-a) / -by
        return quotient if node.op == "floor_div" else a - quotient * by

    def _range(self, node: Node) -> Span | None:
        """A coarse range, only to know where few values stand; None where it may be anything."""
        held = [self._ranges[a] for a in node.args]
        if node.op == "const":
            return Span(int(node.value), int(node.value))
        if node.op in ("input", "input_or"):
            return bounds_of(catalogue()[node.entity, node.name], self.law.month)
        if node.dtype == BOOL:
            return Span(0, 1)
        if any(h is None for h in held):
            return None
        spans = [h for h in held if h is not None]
        if node.op in ("rule", "project"):
            return spans[0]
        if node.op in ("where", "most", "least"):
            spans = spans[-2:]
            return Span(min(s.low for s in spans), max(s.high for s in spans))
        if node.op == "add":
            return Span(spans[0].low + spans[1].low, spans[0].high + spans[1].high)
        if node.op == "sum" and self.people is not None:
            return Span(spans[0].low * self.people, spans[0].high * self.people)
        return None

    # What the law comes to
    def paid(self, benefit: LawBenefit, entity: str, place: int = 0) -> Any:
        """What is surely paid after stacking, as a household or the person at a place sees it, in fen."""
        amount = self.term(benefit.net, place)
        if entity == PERSON and benefit.unit == HOUSEHOLD and benefit.share is not None:
            amount = self.term(benefit.share, place)
        return z3.If(self.term(benefit.status, place) == ELIGIBLE, amount, 0)

    def household(self, model: Any) -> HouseholdInputs:
        """The household of a model, with what it leaves open at the catalogue's `missing` or unknown."""
        home: dict[str, Any] = {"household_id": 1}
        persons = [{"person_id": n, "household_id": 1} for n in range(1, (self.people or 1) + 1)]
        for (entity, name, place), (value, known) in self.inputs.items():
            if not z3.is_true(model.eval(known, model_completion=True)):
                continue
            found = model.eval(value, model_completion=True)
            plain = z3.is_true(found) if z3.is_bool(found) else found.as_long()
            (home if entity == HOUSEHOLD else persons[place])[name] = plain
        return HouseholdInputs(home, persons)
