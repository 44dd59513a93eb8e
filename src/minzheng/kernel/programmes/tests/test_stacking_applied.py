"""The matrix applied to made-up benefits: every kind of line, between persons, households and across."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from minzheng.kernel.parameters import ParameterSet
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import (
    Benefit,
    Condition,
    Pair,
    Programme,
    StackingError,
    StackingMatrix,
    Unit,
    compile_law,
)
from minzheng.kernel.programmes.stacking import check_order
from minzheng.kernel.rules import (
    ELIGIBLE,
    Household,
    HouseholdInputs,
    HouseholdTrace,
    Law,
    Person,
    evaluate_frames,
    evaluate_household,
    rule,
    rules_in,
    total,
)
from minzheng.kernel.rules.cases import frames_of

PAPER: dict[str, Any] = {"source": "某法 第一条", "unit": "fen/month"}
JULY = Month(2022, 7)


@rule(entity=Person, label="在世", source="某法 第一条")
def is_living(person: Person, m: Any) -> Any:
    return person.is_alive


@rule(entity=Household, label="有户", source="某法 第一条")
def is_home(household: Household, m: Any) -> Any:
    return household.homes.or_(0) >= 0


@rule(entity=Person, label="甲", **PAPER)
def amount_a(person: Person, m: Any) -> Any:
    return person.wage_fen


@rule(entity=Person, label="乙", **PAPER)
def amount_b(person: Person, m: Any) -> Any:
    return person.pension_fen


@rule(entity=Person, label="丙的份额", **PAPER)
def share_c(person: Person, m: Any) -> Any:
    return person.medical_spending_fen


@rule(entity=Household, label="丙", **PAPER)
def amount_c(household: Household, m: Any) -> Any:
    return total(household.person.share_c)


@rule(entity=Person, label="丁的份额", **PAPER)
def share_d(person: Person, m: Any) -> Any:
    return person.relation * 100


@rule(entity=Household, label="丁", **PAPER)
def amount_d(household: Household, m: Any) -> Any:
    return total(household.person.share_d)


def _person(code: str, amount: str) -> Benefit:
    return Benefit(code, code, code, Unit.PERSON, amount, (Condition("is_living"),))


def _household(code: str, amount: str, share: str) -> Benefit:
    return Benefit(code, code, code, Unit.HOUSEHOLD, amount, (Condition("is_home"),), share=share)


MADE_UP = Programme(
    code="made_up",
    name="某项目",
    name_en="Made up",
    authority="某局",
    statute="某法",
    since=Month(2000, 1),
    benefits=(
        _person("a", "amount_a"),
        _person("b", "amount_b"),
        _household("c", "amount_c", "share_c"),
        _household("d", "amount_d", "share_d"),
    ),
    package=__name__,
    parameters=ParameterSet("made_up", {}),
    rules=tuple(rules_in(__name__)),
)
PARTIES = ["a", "b", "c", "d", "input: work_injury_care_fen"]
SHARES = {"c": "made_up.share_c", "d": "made_up.share_d"}


def law_with(*pairs: Pair) -> Law:
    return compile_law([MADE_UP], JULY, stacking=StackingMatrix(pairs))


@st.composite
def matrices(draw: st.DrawFn) -> tuple[Pair, ...]:
    chosen = draw(st.permutations(list(combinations(PARTIES, 2))))
    pairs = []
    for one, other in chosen[: draw(st.integers(1, 6))]:
        kind = draw(st.sampled_from(["exclusive", "choose_higher", "allowed"]))
        first, second = draw(st.sampled_from([(one, other), (other, one)]))
        if kind == "exclusive" and second.startswith("input:"):
            first, second = second, first
        pairs.append(Pair(first, second, kind, "某文", "public"))
    try:
        check_order(pairs)
    except StackingError:
        assume(False)
    return tuple(pairs)


AMOUNT = st.sampled_from([0, 100, 200, 300, 400, 900])
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "wage_fen": AMOUNT,
            "pension_fen": AMOUNT,
            "medical_spending_fen": AMOUNT,
            "relation": st.sampled_from([1, 2, 3, 4, 9]),
            "work_injury_care_fen": AMOUNT,
            "is_alive": st.booleans(),
        }
    ),
    min_size=1,
    max_size=4,
)


def paid(trace: HouseholdTrace, party: str, place: int) -> int:
    """What a person surely receives of a party, read off the law's own nodes."""
    if party.startswith("input:"):
        return int(trace.inputs.persons[place]["work_injury_care_fen"])
    benefit = trace.law.benefits[party]
    at = place if benefit.unit == "person" else None
    if trace.value(benefit.status, at) != ELIGIBLE:
        return 0
    if benefit.unit == "person":
        return int(trace.value(benefit.net, at))
    return (
        0
        if any(trace.value(r.excluded, place) for r in benefit.rivals)
        else int(trace.rule(SHARES[party])[place])
    )


@settings(max_examples=250, deadline=None)
@given(pairs=matrices(), people=PEOPLE)
def test_any_matrix_holds_for_any_household_and_both_evaluators_agree(
    pairs: tuple[Pair, ...], people: list[dict[str, Any]]
) -> None:
    law = law_with(*pairs)
    household = HouseholdInputs(
        {"household_id": 1}, [{"person_id": n, "household_id": 1, **p} for n, p in enumerate(people, 1)]
    )
    trace, gross = evaluate_household(law, household), evaluate_household(law_with(), household)
    both_households = {"c", "d"}
    for place in range(len(people)):
        for pair in pairs:
            if pair.rule != "allowed" and pair.key != both_households:
                assert not (paid(trace, pair.first, place) and paid(trace, pair.second, place)) or (
                    # Support paid by others stays beside a higher benefit of ours: only they could end it.
                    pair.rule == "choose_higher" and "input" in pair.first + pair.second
                )
        for code in law.benefits:
            if paid(gross, code, place) and not paid(trace, code, place):
                winners = [w for p in pairs if p.rule != "allowed" and code in p.key for w in p.key - {code}]
                received = [w for w in winners if any(paid(trace, w, at) for at in range(len(people)))]
                assert received, f"{code} was lost to nothing"
    for benefit in law.benefits.values():
        if benefit.unit == "household":
            net, status = trace.value(benefit.net), trace.value(benefit.status)
            assert (status == ELIGIBLE) == (net > 0)
            assert net == sum(paid(trace, benefit.code, place) for place in range(len(people)))
    expected = [(f.benefit, f.person_id, f.status, f.amount_fen) for f in trace.findings()]
    roll = evaluate_frames(law, *frames_of([household])).select(
        "benefit", "person_id", "status", "amount_fen"
    )
    assert sorted(roll.rows(), key=str) == sorted(expected, key=str)


def outcome(rule_: str, first: str, second: str, **person: int) -> dict[str, int]:
    law = law_with(Pair(first, second, rule_, "某文", "public"))
    people = [{"person_id": 1, "household_id": 1, "relation": 1, **person}]
    trace = evaluate_household(law, HouseholdInputs({"household_id": 1}, people))
    return {f.benefit: f.amount_fen for f in trace.findings()}


def test_the_first_of_an_exclusive_pair_stays_however_low() -> None:
    assert outcome("exclusive", "a", "b", wage_fen=1, pension_fen=900) == {"a": 1, "d": 100}
    assert outcome("exclusive", "a", "b", wage_fen=0, pension_fen=900) == {"b": 900, "d": 100}


def test_of_two_to_choose_from_the_higher_stays_and_the_first_where_equal() -> None:
    assert outcome("choose_higher", "a", "b", wage_fen=1, pension_fen=2) == {"b": 2, "d": 100}
    assert outcome("choose_higher", "a", "b", wage_fen=2, pension_fen=2) == {"a": 2, "d": 100}
    assert outcome("choose_higher", "a", "b", wage_fen=3, pension_fen=2) == {"a": 3, "d": 100}


def test_a_person_s_benefit_takes_that_person_s_share_of_a_household_s() -> None:
    assert outcome("exclusive", "a", "d", wage_fen=5) == {"a": 5}
    assert outcome("exclusive", "d", "a", wage_fen=5) == {"d": 100}
    assert outcome("choose_higher", "a", "d", wage_fen=101) == {"a": 101}
    assert outcome("choose_higher", "a", "d", wage_fen=99) == {"d": 100}


def test_support_already_paid_by_another_office_stays_where_equal_wherever_it_is_named() -> None:
    outside = "input: work_injury_care_fen"
    for first, second in (("a", outside), (outside, "a")):
        assert outcome("choose_higher", first, second, wage_fen=2, work_injury_care_fen=2) == {"d": 100}
        assert outcome("choose_higher", first, second, wage_fen=3, work_injury_care_fen=2) == {
            "a": 3,
            "d": 100,
        }
        assert outcome("choose_higher", first, second, wage_fen=3) == {"a": 3, "d": 100}
