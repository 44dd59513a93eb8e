"""The ways to run one law must never differ by a fen."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import (
    ENGINES,
    HouseholdInputs,
    Law,
    evaluate_frames,
    evaluate_household,
    rule_values,
)
from minzheng.kernel.rules.cases import frames_of
from minzheng.kernel.rules.tests.households import households, renumbered

MONTHS = [Month(2021, 12), Month(2022, 5), Month(2022, 7)]
FIGURES = (133_000, 142_000, 2 * 142_000, 3 * 133_000, 30_000, 15_000, 3_300_000, 6_600_000, 9_000_000)


@cache
def law_of(month: Month) -> Law:
    return compile_law(load_programmes(DOMAINS), month)


@pytest.mark.parametrize("month", MONTHS, ids=str)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_rule_and_finding_agrees_between_columns_and_one_household(
    month: Month, data: st.DataObject
) -> None:
    law = law_of(month)
    batch = renumbered(data.draw(st.lists(households(month, FIGURES), min_size=1, max_size=12)))
    persons, homes = frames_of(batch)
    columns = rule_values(law, persons, homes)
    found = evaluate_frames(law, persons, homes)
    for engine in ENGINES:
        assert evaluate_frames(law, persons, homes, engine=engine).equals(found), engine
    traces = [evaluate_household(law, household) for household in batch]
    for name, rule in law.rules.items():
        expected: list[int] = []
        for trace in traces:
            value = trace.rule(name)
            expected += value if rule.entity == "person" else [value]
        assert columns[name].to_list() == expected, name
    expected_findings = [
        (f.programme, f.benefit, f.household_id, f.person_id, f.status, f.amount_fen)
        for trace in traces
        for f in trace.findings()
    ]
    assert sorted(found.rows(), key=str) == sorted(expected_findings, key=str)


def test_people_born_after_the_month_have_negative_ages_that_round_down_in_both_ways() -> None:
    law = law_of(Month(2022, 7))
    born_next_month = HouseholdInputs(
        {"household_id": 1}, [{"person_id": 1, "household_id": 1, "birth_month": Month(2022, 8).index}]
    )
    assert evaluate_household(law, born_next_month).rule("old_age_allowance.age") == [-1]
    columns = rule_values(law, *frames_of([born_next_month]))
    assert columns["old_age_allowance.age"].to_list() == [-1]


def test_a_household_of_one_and_a_household_of_many_are_summed_alike() -> None:
    law = law_of(Month(2022, 7))
    one = [{"person_id": 1, "household_id": 1, "hukou_is_local": True, "relation": 1, "wage_fen": 7}]
    many = [{"person_id": n, "household_id": 2, "hukou_is_local": True, "wage_fen": n} for n in range(2, 9)]
    persons, homes = frames_of(
        [HouseholdInputs({"household_id": 1}, one), HouseholdInputs({"household_id": 2}, many)]
    )
    columns = rule_values(law, persons, homes)
    assert columns["subsistence_allowance.household_income_fen"].to_list() == [7, sum(range(2, 9))]
    assert columns["subsistence_allowance.members"].to_list() == [1, 7]
    alone = rule_values(law, persons.head(1), homes.head(1))
    assert alone["subsistence_allowance.household_income_fen"].to_list() == [7]
