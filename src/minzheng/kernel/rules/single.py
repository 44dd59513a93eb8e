"""One household at the counter: plain Python over the same graph, keeping every value on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from minzheng.kernel.rules.errors import LawError
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON, Node
from minzheng.kernel.rules.inputs import catalogue
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.operations import OPERATIONS


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an input came from: which office's paper or file, and the day it speaks of."""

    source: str
    authority: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdInputs:
    """One household's columns and its people's; absent or None means nobody told us.

    `provenance` is keyed by (entity, id, input): ("person", 12, "wage_fen").
    """

    household: Mapping[str, Any]
    persons: Sequence[Mapping[str, Any]]
    provenance: Mapping[tuple[str, int, str], Provenance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the law says of one household or person, as the roll of findings holds it."""

    programme: str
    benefit: str
    household_id: int
    person_id: int | None
    status: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class HouseholdTrace:
    """Every node's value: one for a household's node, one for each person for a person's."""

    law: Law
    inputs: HouseholdInputs
    values: list[Any]

    def person_at(self, person_id: int) -> int:
        """The place of a person in the household's list.

        Raises:
            KeyError: the person does not belong to the household.
        """
        for place, person in enumerate(self.inputs.persons):
            if person["person_id"] == person_id:
                return place
        raise KeyError(f"此人不在该家庭 / person {person_id} does not belong to the household")

    def value(self, number: int, place: int | None = None) -> Any:
        """A node's value for the household, or for the person at a place."""
        node = self.law.graph.nodes[number]
        if node.entity != PERSON:
            return self.values[number]
        if place is None:
            raise LawError(f"node {number} holds a value for each person; say for whom")
        return self.values[number][place]

    def rule(self, name: str) -> Any:
        """A rule's value by "programme.rule": one value, or a list over the people in the inputs' order."""
        return self.values[self.law.rules[name].node]

    def findings(self, *, everything: bool = False) -> list[Finding]:
        """The household's rows of the roll; with `everything` also those who qualify for nothing."""
        found = []
        household_id = int(self.inputs.household["household_id"])
        for benefit in self.law.benefits.values():
            places: list[int | None] = [None]
            if benefit.unit == PERSON:
                places = list(range(len(self.inputs.persons)))
            for place in places:
                status, amount = self.value(benefit.status, place), self.value(benefit.net, place)
                if status or everything:
                    person_id = None if place is None else int(self.inputs.persons[place]["person_id"])
                    found.append(
                        Finding(benefit.programme, benefit.code, household_id, person_id, status, amount)
                    )
        return found


def _input(node: Node, row: Mapping[str, Any]) -> Any:
    raw = row.get(node.name)
    if node.op == "known":
        return raw is not None
    value = node.value if raw is None else raw
    return bool(value) if node.dtype == "bool" else int(value)


def _reduce(op: str, values: list[Any]) -> Any:
    if op == "sum":
        return sum(values)
    return any(values) if op == "any" else all(values)


def evaluate_household(law: Law, inputs: HouseholdInputs) -> HouseholdTrace:
    """Evaluate every rule for one household.

    Raises:
        LawError: the household has nobody in it, or an input of the wrong name is given.
    """
    persons = inputs.persons
    if not persons:
        raise LawError("家庭没有成员 / the household has nobody in it")
    known = catalogue()
    for entity, rows in ((PERSON, persons), (HOUSEHOLD, [inputs.household])):
        for row in rows:
            for name in row:
                if name not in ("person_id", "household_id") and (entity, name) not in known:
                    raise LawError(f"{entity} 没有输入 {name} / no such input: {name}")
    values: list[Any] = []
    for node in law.graph.nodes:
        values.append(_evaluate(node, law, values, inputs))
    return HouseholdTrace(law, inputs, values)


def _evaluate(node: Node, law: Law, values: list[Any], inputs: HouseholdInputs) -> Any:
    persons = inputs.persons
    if node.op == "const":
        return node.value
    if node.op in ("input", "known", "input_or"):
        if node.entity == HOUSEHOLD:
            return _input(node, inputs.household)
        return [_input(node, person) for person in persons]

    def for_each(number: int) -> list[Any]:
        held = values[number]
        return held if law.graph.nodes[number].entity == PERSON else [held] * len(persons)

    if node.op in ("sum", "any", "all"):
        return _reduce(node.op, for_each(node.args[0]))
    if node.op == "project":
        return for_each(node.args[0])
    operation = OPERATIONS[node.op]
    extra = (node.value,) if operation.extra else ()
    if node.entity == PERSON:
        return [operation.python(*row, *extra) for row in zip(*map(for_each, node.args), strict=True)]
    return operation.python(*(values[a] for a in node.args), *extra)
