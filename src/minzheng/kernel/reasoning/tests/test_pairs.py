"""Benefits that exclude each other: proved for every household, or refuted by one in words."""

from functools import cache

import pytest
import z3
from hypothesis import given, settings

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Pair, StackingError, StackingMatrix, compile_law, load_programmes
from minzheng.kernel.programmes.compilation import matrix_of
from minzheng.kernel.reasoning.formulas import Formulas
from minzheng.kernel.reasoning.pairs import check_pairs
from minzheng.kernel.rules import HouseholdInputs, Law, catalogue, evaluate_household
from minzheng.kernel.rules.tests.households import households

JULY = Month(2022, 7)
FIGURES = (142_000, 2 * 142_000, 185_000)


@cache
def law_of(month: Month, stacked: bool = True) -> Law:
    return compile_law(load_programmes(DOMAINS), month, stacking=None if stacked else StackingMatrix())


def pair(first: str, second: str, rule: str = "exclusive") -> Pair:
    return Pair(first, second, rule, "示例", "illustrative")


@pytest.mark.parametrize("month", [Month(2021, 12), JULY], ids=str)
def test_every_exclusive_pair_of_the_matrix_is_proved_for_households_of_any_size(month: Month) -> None:
    answers = check_pairs(law_of(month), matrix_of(load_programmes(DOMAINS)).pairs)
    assert len(answers) == 6
    assert {a.result for a in answers} == {"proved"}


def test_a_pair_declared_exclusive_that_the_law_pays_together_is_refuted_by_a_household() -> None:
    (answer,) = check_pairs(law_of(JULY), [pair("subsistence_allowance", "disability_living")])
    assert answer.result == "refuted"
    assert answer.household is not None
    paid = {f.benefit for f in evaluate_household(law_of(JULY), answer.household).findings() if f.status == 2}
    assert paid >= {"subsistence_allowance", "disability_living"}
    told = "\n".join(answer.words)
    assert "残疾等级" in told and "最低生活保障金" in told and "困难残疾人生活补贴" in told
    # Nothing stands in the example that need not: nobody's wage, no spending.
    assert "工资" not in told and "医疗" not in told


def test_without_the_matrix_its_own_lines_are_refuted() -> None:
    """The proofs rest on the matrix being applied, not on something that could never happen anyway."""
    lines = matrix_of(load_programmes(DOMAINS)).pairs
    results = [a.result for a in check_pairs(law_of(JULY, stacked=False), lines)]
    assert results == ["refuted"] * 6


def test_pairs_that_may_stand_together_are_not_asked_about() -> None:
    assert check_pairs(law_of(JULY), [pair("old_age_allowance", "disability_nursing", "allowed")]) == []


def test_a_pair_of_a_benefit_not_in_force_is_left_out() -> None:
    assert check_pairs(law_of(Month(2020, 1)), [pair("old_age_allowance", "disability_nursing")]) == []


def test_an_input_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(StackingError, match="no such input: input: moon"):
        check_pairs(law_of(JULY), [pair("input: moon", "disability_nursing")])


@settings(max_examples=12, deadline=None)
@given(home=households(JULY, FIGURES))
def test_the_formulas_say_what_the_counter_s_evaluator_says(home: HouseholdInputs) -> None:
    law, people = law_of(JULY), len(home.persons)
    formulas = Formulas(law, people)
    replaced = []
    for (entity, name, place), (value, known) in formulas.inputs.items():
        raw = (home.household if entity == "household" else home.persons[place]).get(name)
        column = catalogue()[entity, name]
        said = column.missing if raw is None else raw
        plain = (bool(said) if column.dtype == "bool" else int(said)) if said is not None else 0
        replaced.append((value, formulas.constant(bool(plain) if column.dtype == "bool" else plain)))
        if column.may_be_unknown:
            replaced.append((known, z3.BoolVal(raw is not None)))
    trace = evaluate_household(law, home)
    for benefit in law.benefits.values():
        for place in range(people if benefit.unit == "person" else 1):
            for number in (benefit.status, benefit.net):
                found = z3.simplify(z3.substitute(formulas.term(number, place), *replaced))
                assert found.as_long() == trace.value(number, place), benefit.code
