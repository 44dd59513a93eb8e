"""Who may receive what together, held for every pair over random households."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import StackingMatrix, all_benefits, compile_law, load_programmes
from minzheng.kernel.programmes.compilation import matrix_of
from minzheng.kernel.programmes.stacking import input_name, is_input
from minzheng.kernel.rules import ELIGIBLE, HouseholdInputs, HouseholdTrace, Law, evaluate_household
from minzheng.kernel.rules.tests.households import households

JULY = Month(2022, 7)
FIGURES = (142_000, 30_000, 15_000, 41_000)


@cache
def law() -> Law:
    return compile_law(load_programmes(DOMAINS), JULY)


@cache
def matrix() -> StackingMatrix:
    return matrix_of(load_programmes(DOMAINS))


def paid(trace: HouseholdTrace, party: str, place: int) -> int:
    """What one person surely receives of a party: a benefit of their own, a share of the household's, or an input."""
    if is_input(party):
        return int(trace.inputs.persons[place].get(input_name(party)) or 0)
    benefit = trace.law.benefits[party]
    at = place if benefit.unit == "person" else None
    if trace.value(benefit.status, at) != ELIGIBLE:
        return 0
    if benefit.unit == "person":
        return int(trace.value(benefit.net, at))
    share = trace.rule(f"{benefit.programme}.share_fen")[place]
    excluded = any(trace.value(r.excluded, place) for r in benefit.rivals)
    return 0 if excluded else int(share)


def test_every_pair_of_benefits_stands_in_the_matrix() -> None:
    codes = [b.code for _, b in all_benefits(load_programmes(DOMAINS))]
    silent = [(a, b) for a, b in combinations(codes, 2) if matrix().between(a, b) is None]
    assert silent == []


@settings(max_examples=150, deadline=None)
@given(household=households(JULY, FIGURES))
def test_no_excluded_pair_is_ever_paid_together_and_the_higher_is_kept(household: HouseholdInputs) -> None:
    trace = evaluate_household(law(), household)
    gross = evaluate_household(compile_without_stacking(), household)
    # What an event grants is in no month's law; its lines say that it goes with everything.
    for pair in matrix().limited_to(law().benefits).pairs:
        for place in range(len(household.persons)):
            first, second = paid(trace, pair.first, place), paid(trace, pair.second, place)
            before = paid(gross, pair.second, place)
            if pair.rule == "exclusive":
                assert not (first and second), pair
            if pair.rule == "choose_higher":
                other = paid(gross, pair.first, place)
                assert second == (before if before > other else 0), pair


@settings(max_examples=150, deadline=None)
@given(household=households(JULY, FIGURES))
def test_nobody_loses_a_benefit_without_other_support_that_the_matrix_names(
    household: HouseholdInputs,
) -> None:
    trace, gross = (
        evaluate_household(law(), household),
        evaluate_household(compile_without_stacking(), household),
    )
    for code in law().benefits:
        acting = [p for p in matrix().pairs if p.second == code and p.rule != "allowed"]
        for place in range(len(household.persons)):
            if paid(gross, code, place) and not paid(trace, code, place):
                assert any(paid(trace, p.first, place) for p in acting), code


@cache
def compile_without_stacking() -> Law:
    return compile_law(load_programmes(DOMAINS), JULY, stacking=StackingMatrix())


def test_the_household_s_net_is_the_sum_of_the_shares_left() -> None:
    people = [
        {
            "person_id": n,
            "household_id": 1,
            "hukou_is_local": True,
            "relation": r,
            "is_extreme_poverty_supported": s,
        }
        for n, r, s in ((1, 1, False), (2, 2, True), (3, 4, False))
    ]
    home = {
        "household_id": 1,
        "money_assets_fen": 0,
        "homes": 1,
        "non_residential_properties": 0,
        "vehicles": 0,
    }
    trace = evaluate_household(law(), HouseholdInputs(home, people))
    benefit = law().benefits["subsistence_allowance"]
    shares = [paid(trace, "subsistence_allowance", place) for place in range(3)]
    assert shares == [142_000, 0, 142_000] and trace.value(benefit.net) == sum(shares)


@pytest.mark.parametrize(
    "code", ["subsistence_allowance", "old_age_allowance", "disability_living", "disability_nursing"]
)
def test_pay_months_and_covered_months_follow_the_manifest(code: str) -> None:
    programme, benefit = next((p, b) for p, b in all_benefits(load_programmes(DOMAINS)) if b.code == code)
    covered = {n: [str(m) for m in programme.covered_months(benefit, Month(2022, n))] for n in range(1, 13)}
    if code == "old_age_allowance":
        assert covered[7] == ["2022-04", "2022-05", "2022-06"] and covered[1] == [
            "2021-10",
            "2021-11",
            "2021-12",
        ]
        assert [n for n, months in covered.items() if months] == [1, 4, 7, 10]
    else:
        assert covered == {n: [f"2022-{n:02}"] for n in range(1, 13)}
