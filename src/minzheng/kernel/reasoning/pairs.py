"""Whether two benefits that exclude each other can ever both be paid: a proof for every household, or one
household.

The matrix is data and its order matters, so that it was written down does not yet mean that the law compiled
from it obeys. The question is put to a solver over the traced law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import z3

from minzheng.kernel.programmes import Pair, StackingError
from minzheng.kernel.programmes.stacking import input_name, is_input
from minzheng.kernel.reasoning.formulas import Formulas
from minzheng.kernel.reasoning.words import household_in_words
from minzheng.kernel.rules import (
    ELIGIBLE,
    HouseholdInputs,
    HouseholdTrace,
    Law,
    catalogue,
    evaluate_household,
)
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL

PROVED, REFUTED, OPEN = "proved", "refuted", "open"
#: Households looked through for an example where the proof for every household does not come off.
MOST_PEOPLE = 4
_MILLISECONDS = 20_000


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What was found of one line of the matrix; `household` is an example where both are paid."""

    pair: Pair
    result: str
    household: HouseholdInputs | None = None
    words: tuple[str, ...] = ()


class _Question:
    """One pair as a claim about the law's formulas: that both are paid."""

    def __init__(self, law: Law, pair: Pair, formulas: Formulas) -> None:
        self.law, self.pair, self.formulas = law, pair, formulas
        units = {self._unit(pair.first), self._unit(pair.second)}
        self.entity = HOUSEHOLD if units == {HOUSEHOLD} else PERSON

    def _unit(self, party: str) -> str:
        if not is_input(party):
            return self.law.benefits[party].unit
        return PERSON if (PERSON, input_name(party)) in catalogue() else HOUSEHOLD

    def _paid(self, party: str) -> Any:
        if not is_input(party):
            return self.formulas.paid(self.law.benefits[party], self.entity)
        value, known = self.formulas.input(self._unit(party), input_name(party), 0)
        return z3.If(known, z3.If(value, 1, 0) if z3.is_bool(value) else value, 0)

    def both(self) -> Any:
        """Both are paid; of a pair that leaves the higher, beside support of others: paid though not
        higher."""
        first, second = self._paid(self.pair.first), self._paid(self.pair.second)
        claim = z3.And(first > 0, second > 0)
        if self.pair.rule == "choose_higher":
            # What another office pays is paid in any case: ours must then be more.
            if is_input(self.pair.first):
                return z3.And(claim, second <= first)
            if is_input(self.pair.second):
                return z3.And(claim, first <= second)
        return claim


def _ask(law: Law, pair: Pair, people: int | None) -> tuple[z3.CheckSatResult, Formulas, z3.Solver]:
    formulas = Formulas(law, people)
    solver = z3.Solver()
    solver.set("timeout", _MILLISECONDS)
    solver.set("random_seed", 0)
    claim = _Question(law, pair, formulas).both()
    solver.add(*formulas.limits, claim)
    return solver.check(), formulas, solver


def _plainest(formulas: Formulas, solver: z3.Solver) -> HouseholdInputs:
    """An example that differs from an ordinary household in no more than it must."""
    model = solver.model()
    for (entity, name, _), (value, known) in formulas.inputs.items():
        column = catalogue()[entity, name]
        plain = [z3.BoolVal(False) if column.dtype == BOOL else z3.IntVal(0)]
        if column.missing is not None:
            plain.insert(0, formulas.constant(column.missing))
        for wish in [*([z3.Not(known)] if column.may_be_unknown else []), *(value == p for p in plain)]:
            solver.push()
            solver.add(wish)
            if solver.check() == z3.sat:
                model = solver.model()
                break
            solver.pop()
    return formulas.household(model)


def _is_both(law: Law, pair: Pair, trace: HouseholdTrace) -> bool:
    """Whether the counter's own evaluator agrees that the example's first person is paid both."""

    def paid(party: str) -> int:
        if is_input(party):
            name = input_name(party)
            return int(trace.inputs.persons[0].get(name) or trace.inputs.household.get(name) or 0)
        benefit = law.benefits[party]
        amount = benefit.net if benefit.share is None else benefit.share
        return int(trace.value(amount, 0)) if trace.value(benefit.status, 0) == ELIGIBLE else 0

    return paid(pair.first) > 0 and paid(pair.second) > 0


def check_pair(law: Law, pair: Pair) -> PairAnswer:
    """Prove that a pair's two benefits are never both paid, or find a household where they are."""
    if _ask(law, pair, None)[0] == z3.unsat:
        return PairAnswer(pair, PROVED)
    for people in range(1, MOST_PEOPLE + 1):
        result, formulas, solver = _ask(law, pair, people)
        if result == z3.sat:
            household = _plainest(formulas, solver)
            trace = evaluate_household(law, household)
            if _is_both(law, pair, trace):
                return PairAnswer(pair, REFUTED, household, household_in_words(trace))
    return PairAnswer(pair, OPEN)


def check_pairs(law: Law, pairs: Iterable[Pair]) -> list[PairAnswer]:
    """Every line of a matrix that lets only one of two be paid, as far as its benefits are in force.

    Raises:
        StackingError: a line names a benefit or an input that nobody knows.
    """
    answers = []
    for pair in pairs:
        parties = (pair.first, pair.second)
        unknown = [p for p in parties if is_input(p) and not any(
            (entity, input_name(p)) in catalogue() for entity in (PERSON, HOUSEHOLD))]  # fmt: skip
        if unknown:
            raise StackingError(f"叠加规则：没有输入 {unknown[0]} / no such input: {unknown[0]}")
        if pair.rule != "allowed" and all(is_input(p) or p in law.benefits for p in parties):
            answers.append(check_pair(law, pair))
    return answers
