"""What a rule may say, what it may not, and what it is told instead."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from minzheng.kernel.periods import Month
from minzheng.kernel.rules import (
    CycleError,
    Household,
    Person,
    RuleError,
    all_,
    all_of,
    any_,
    any_of,
    bands,
    count,
    floor_div,
    least,
    most,
    one_of,
    rule,
    total,
    where,
)
from minzheng.kernel.rules.tests.made_up import law_of, value_of


def of_person(function: Callable[..., Any]) -> Any:
    return rule(entity=Person, source="某法 第一条", label="某事")(function)


def of_household(function: Callable[..., Any]) -> Any:
    return rule(entity=Household, source="某法 第一条", label="某事")(function)


# Things that would need the value now. Each is one rule; the comment says what the message must name.
@of_person
def uses_if(person: Any, m: Any) -> Any:
    if person.wage_fen > 0:
        return 1
    return 0


@of_person
def uses_inline_if(person: Any, m: Any) -> Any:
    return 1 if person.wage_fen > 0 else 0


@of_person
def uses_and(person: Any, m: Any) -> Any:
    return where(person.wage_fen > 0 and person.pension_fen > 0, 1, 0)


@of_person
def uses_or(person: Any, m: Any) -> Any:
    return where(person.wage_fen > 0 or person.pension_fen > 0, 1, 0)


@of_person
def uses_not(person: Any, m: Any) -> Any:
    return where(not person.is_alive, 1, 0)


@of_person
def uses_in(person: Any, m: Any) -> Any:
    return where(person.relation in (1, 2), 1, 0)


@of_person
def uses_in_a_set(person: Any, m: Any) -> Any:
    return where(person.relation in {1, 2}, 1, 0)


@of_person
def uses_chain(person: Any, m: Any) -> Any:
    return where(0 < person.wage_fen < 100, 1, 0)


@of_person
def uses_min(person: Any, m: Any) -> Any:
    return min(person.wage_fen, 100)


@of_person
def uses_max(person: Any, m: Any) -> Any:
    return max(person.wage_fen, person.pension_fen)


@of_person
def uses_float(person: Any, m: Any) -> Any:
    return person.wage_fen * 0.5


@of_person
def uses_slash(person: Any, m: Any) -> Any:
    return person.wage_fen / 2


@of_person
def uses_int(person: Any, m: Any) -> Any:
    return int(person.wage_fen)


@of_person
def uses_dictionary(person: Any, m: Any) -> Any:
    return {1: 100}[person.relation]


@of_person
def uses_index(person: Any, m: Any) -> Any:
    return [0, 100][person.relation]


@of_person
def uses_is(person: Any, m: Any) -> Any:
    return where(person.wage_fen is None, 1, 0)


@of_person
def uses_abs(person: Any, m: Any) -> Any:
    return abs(person.wage_fen - 100)


@of_household
def uses_sum(household: Any, m: Any) -> Any:
    return sum(household.person.wage_fen)


@of_household
def uses_unknown_bare(household: Any, m: Any) -> Any:
    return household.money_assets_fen + 1


@of_household
def uses_unknown_in_comparison(household: Any, m: Any) -> Any:
    return where(household.vehicles > 0, 1, 0)


@of_household
def uses_person_bare(household: Any, m: Any) -> Any:
    return household.person.wage_fen + household.homes.or_(0)


@of_person
def uses_unguarded_division(person: Any, m: Any) -> Any:
    return person.wage_fen // person.pension_fen


@of_person
def uses_yes_as_number(person: Any, m: Any) -> Any:
    return person.is_alive + 1


@of_person
def uses_wrong_name(person: Any, m: Any) -> Any:
    return person.wages_fen


@of_person
def uses_f_string(person: Any, m: Any) -> Any:
    return f"{person.wage_fen}"


REFUSED = [
    (uses_if, "where(condition, then, otherwise)"),
    (uses_inline_if, "where(condition, then, otherwise)"),
    (uses_and, "all_of"),
    (uses_or, "any_of"),
    (uses_not, "~condition"),
    (uses_in, "one_of"),
    (uses_in_a_set, "one_of"),
    (uses_chain, "all_of(a < b, b < c)"),
    (uses_min, "least(a, b)"),
    (uses_max, "most(a, b)"),
    (uses_float, "whole fen"),
    (uses_slash, "floor_div"),
    (uses_int, "whole numbers"),
    (uses_dictionary, "bands"),
    (uses_index, "bands"),
    (uses_is, "=="),
    (uses_abs, "most(x, -x)"),
    (uses_sum, "total"),
    (uses_unknown_bare, ".is_known"),
    (uses_unknown_in_comparison, ".or_(value)"),
    (uses_person_bare, "total(h.person.x)"),
    (uses_unguarded_division, "if_zero"),
    (uses_yes_as_number, "where(condition, 1, 0)"),
    (uses_wrong_name, "wage_fen"),
    (uses_f_string, "text"),
]


@pytest.mark.parametrize(("wrong", "advice"), REFUSED, ids=lambda x: getattr(x, "name", None))
def test_what_cannot_be_traced_is_refused_with_its_line_and_what_to_write(wrong: Any, advice: str) -> None:
    with pytest.raises(RuleError) as refusal:
        law_of(wrong)
    assert advice in str(refusal.value)
    assert refusal.value.file == __file__
    lines, first = inspect.getsourcelines(wrong.function)
    # The line named is the one that asks, not the one that declares.
    assert first + 2 <= refusal.value.line < first + len(lines)
    assert f"{__file__}:{refusal.value.line}" in str(refusal.value)
    assert any("\u4e00" <= c <= "\u9fff" for c in str(refusal.value)), "the message speaks Chinese too"


@of_person
def first_of_circle(person: Any, m: Any) -> Any:
    return person.second_of_circle + 1


@of_person
def second_of_circle(person: Any, m: Any) -> Any:
    return person.household.third_of_circle


@of_household
def third_of_circle(household: Any, m: Any) -> Any:
    return total(household.person.first_of_circle)


def test_a_circle_of_rules_is_reported_with_its_path() -> None:
    with pytest.raises(CycleError) as refusal:
        law_of(first_of_circle, second_of_circle, third_of_circle)
    assert refusal.value.path == [
        "made_up.first_of_circle",
        "made_up.second_of_circle",
        "made_up.third_of_circle",
        "made_up.first_of_circle",
    ]
    assert "first_of_circle → made_up.second_of_circle" in str(refusal.value)


@of_household
def adults(household: Any, m: Any) -> Any:
    return count(household.person.age_years.or_(0) >= m.adult_age)


@of_household
def wages(household: Any, m: Any) -> Any:
    return total(where(household.person.is_alive, household.person.wage_fen, 0))


@of_person
def share(person: Any, m: Any) -> Any:
    return floor_div(person.household.wages, person.household.adults, if_zero=-1)


def test_a_person_reads_the_household_and_the_household_sums_its_people() -> None:
    people = [
        {"birth_month": Month(1990, 1).index, "wage_fen": 700},
        {"birth_month": Month(1992, 1).index, "wage_fen": 301},
        {"birth_month": Month(2015, 1).index},
        {"birth_month": Month(1950, 1).index, "wage_fen": 5_000, "is_alive": False},
    ]
    assert value_of(adults, wages, share, persons=people, adult_age=18) == [333, 333, 333, 333]
    assert value_of(adults, wages, share, persons=[{"wage_fen": 5}], adult_age=18) == [-1]


@of_person
def halves(person: Any, m: Any) -> Any:
    return (person.wage_fen - m.taken) // 2


@of_person
def rests(person: Any, m: Any) -> Any:
    return (person.wage_fen - m.taken) % 3


@pytest.mark.parametrize(("wage", "half", "rest"), [(0, -4, 2), (1, -3, 0), (7, 0, 0), (8, 0, 1), (10, 1, 0)])
def test_division_rounds_down_below_zero_too(wage: int, half: int, rest: int) -> None:
    assert value_of(halves, persons=[{"wage_fen": wage}], taken=7) == [half]
    assert value_of(rests, persons=[{"wage_fen": wage}], taken=7) == [rest]


@of_person
def banded(person: Any, m: Any) -> Any:
    return bands(person.wage_fen, m.table, below=-5)


@pytest.mark.parametrize(("wage", "paid"), [(0, -5), (9, -5), (10, 100), (19, 100), (20, 70), (999, 70)])
def test_bands_begin_at_their_line(wage: int, paid: int) -> None:
    assert value_of(banded, persons=[{"wage_fen": wage}], table=((10, 100), (20, 70))) == [paid]


@of_household
def has_worker(household: Any, m: Any) -> Any:
    return any_(household.person.wage_fen > 0)


@of_household
def has_only_workers(household: Any, m: Any) -> Any:
    return all_(household.person.wage_fen > 0)


@of_person
def is_near(person: Any, m: Any) -> Any:
    return all_of(any_of(person.wage_fen >= 10, one_of(person.relation, (1, 2))), ~(person.wage_fen > 20))


@of_person
def bounded(person: Any, m: Any) -> Any:
    return least(most(person.wage_fen, person.pension_fen, 5), 50)


def test_words_for_households_and_choices() -> None:
    people = [
        {"wage_fen": 0, "relation": 1},
        {"wage_fen": 15},
        {"wage_fen": 21, "relation": 2},
        {"wage_fen": 9},
    ]
    assert value_of(has_worker, persons=people) is True
    assert value_of(has_only_workers, persons=people) is False
    assert value_of(has_only_workers, persons=people[1:]) is True
    assert value_of(has_worker, persons=people[:1]) is False
    assert value_of(is_near, persons=people) == [True, True, False, False]
    assert value_of(bounded, persons=[{"wage_fen": 60}, {}, {"pension_fen": 7}]) == [50, 5, 7]


@of_household
def has_checked_homes(household: Any, m: Any) -> Any:
    return household.homes.is_known


@of_household
def homes_or_members(household: Any, m: Any) -> Any:
    return household.homes.or_(count(household.person.is_alive))


@of_person
def homes_seen(person: Any, m: Any) -> Any:
    return person.household.homes.or_(9) + person.household.homes.or_(person.wage_fen)


def test_the_unknown_is_asked_for_by_name() -> None:
    people = [{"wage_fen": 1}, {"wage_fen": 2}]
    assert value_of(has_checked_homes, persons=people, household={"homes": 0}) is True
    assert value_of(has_checked_homes, persons=people) is False
    assert value_of(homes_or_members, persons=people, household={"homes": 5}) == 5
    assert value_of(homes_or_members, persons=people) == 2
    assert value_of(homes_seen, persons=people) == [10, 11]
    assert value_of(homes_seen, persons=people, household={"homes": 3}) == [6, 6]


@of_person
def constant(person: Any, m: Any) -> Any:
    return where(m.switch > 0, 7, 8)


@of_household
def sum_of_constants(household: Any, m: Any) -> Any:
    return total(constant(household.person))


def test_a_rule_that_parameters_settle_is_a_constant_for_everybody() -> None:
    law = law_of(constant, sum_of_constants, switch=1)
    assert "where" not in {n.op for n in law.graph.nodes}
    assert value_of(constant, sum_of_constants, persons=[{}, {}, {}], switch=0) == 24


def test_the_same_rules_and_month_give_the_same_identity_and_another_value_another() -> None:
    first, again, other = (law_of(halves, taken=t).identity for t in (7, 7, 8))
    assert first == again != other


def test_a_rule_needs_its_paper_and_two_arguments() -> None:
    with pytest.raises(RuleError, match="source"):
        rule(entity=Person, source="", label="某事")(lambda person, m: 1)
    with pytest.raises(RuleError, match="two arguments"):
        rule(entity=Person, source="某法", label="某事")(lambda person: 1)
    with pytest.raises(RuleError, match="Person or Household"):
        rule(entity=int, source="某法", label="某事")(lambda person, m: 1)


def test_the_words_of_rules_mean_nothing_outside_of_one() -> None:
    with pytest.raises(RuleError, match="outside"):
        where(True, 1, 2)
    with pytest.raises(RuleError, match="inside another rule"):
        adults(object())
