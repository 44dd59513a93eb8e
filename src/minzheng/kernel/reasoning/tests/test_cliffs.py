"""Where one more fen of income costs a household more than the fen."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reasoning import Line, Shape, curve, find_cliffs, point, shapes_of
from minzheng.kernel.rules import HouseholdInputs, Law, LawError, evaluate_household
from minzheng.kernel.rules.tests.households import households

JULY = Month(2022, 7)
FIGURES = (142_000, 2 * 142_000, 3 * 142_000, 185_000)


@cache
def law_of(month: Month) -> Law:
    return compile_law(load_programmes(DOMAINS), month)


@cache
def shape(code: str) -> Shape:
    return next(s for s in shapes_of(load_programmes(DOMAINS)) if s.code == code)


def paid(line: Line, income_fen: int) -> int:
    """What the counter's evaluator pays the household at one income."""
    persons = [dict(p) for p in line.inputs.persons]
    persons[line.place][line.input] = income_fen
    trace = evaluate_household(line.law, HouseholdInputs(line.inputs.household, persons))
    return sum(f.amount_fen for f in trace.findings() if f.status == 2)


def test_an_adult_alone_meets_no_cliff_because_the_allowance_tapers_to_nothing() -> None:
    report = find_cliffs(shape("single").line(law_of(JULY)), 0, 1_500_000)
    assert report.cliffs == ()
    assert report.elsewhere_fen == 0


def test_a_minor_s_higher_standard_is_lost_at_once_where_income_per_member_reaches_the_standard() -> None:
    report = find_cliffs(shape("couple_child").line(law_of(JULY)), 0, 1_500_000)
    # 3 members x 1,420.00 = 4,260.00; one fen below, the child's share is still 1,850.00 - 1,419.99.
    (cliff,) = report.cliffs
    assert cliff.at_fen == 425_999
    assert cliff.lost == (("subsistence_allowance", 2 + 43_001, 0),)
    assert cliff.loss_fen == 43_003 - 1


def test_the_living_subsidy_goes_with_the_allowance_and_both_are_named() -> None:
    report = find_cliffs(shape("couple_disabled").line(law_of(JULY)), 0, 1_500_000)
    (cliff,) = report.cliffs
    assert {code: (was, now) for code, was, now in cliff.lost} == {
        "subsistence_allowance": (2, 0),
        "disability_living": (41_000, 0),
    }


def test_everywhere_else_a_fen_costs_no_more_than_rounding_does() -> None:
    """Three members each lose a fen at every third fen of income: two fen net, and never more."""
    line = shape("couple_child").line(law_of(JULY))
    report = find_cliffs(line, 0, 1_500_000)
    assert report.elsewhere_fen == 2
    losses = {paid(line, x) - paid(line, x + 1) - 1 for x in range(299_990, 300_010)}
    assert max(losses) == 2


def test_a_loss_counts_as_a_cliff_only_above_the_tolerance() -> None:
    line = shape("couple_child").line(law_of(JULY))
    assert [c.loss_fen for c in find_cliffs(line, 0, 500_000, tolerance_fen=43_001).cliffs] == [43_002]
    at = find_cliffs(line, 0, 500_000, tolerance_fen=43_002)
    assert at.cliffs == () and at.elsewhere_fen == 43_002


@pytest.mark.parametrize("around", [425_999, 0, 100_000])
def test_the_search_finds_what_looking_at_every_fen_finds(around: int) -> None:
    line = shape("couple_child").line(law_of(JULY))
    low, high = max(0, around - 150), around + 150
    every = [paid(line, x) + x for x in range(low, high + 1)]
    steps = {low + n: a - b for n, (a, b) in enumerate(pairwise(every)) if a - b > 1}
    report = find_cliffs(line, low, high, tolerance_fen=1)
    assert {c.at_fen: c.loss_fen for c in report.cliffs} == steps


@settings(max_examples=40, deadline=None)
@given(home=households(JULY, FIGURES), low=st.integers(0, 900_000), width=st.integers(1, 400), data=st.data())
def test_the_bounds_hold_every_value_and_every_step(
    home: HouseholdInputs, low: int, width: int, data: st.DataObject
) -> None:
    line = Line(law_of(JULY), home, "wage_fen", data.draw(st.integers(0, len(home.persons) - 1)))
    total = line.over(low, low + width).benefits()
    at = data.draw(st.integers(low, low + width - 1))
    here, there = paid(line, at), paid(line, at + 1)
    assert total.low <= here <= total.high
    assert total.down <= there - here <= total.up
    assert point(line, at).benefits_fen == here


def test_the_curve_shows_both_sides_of_a_cliff() -> None:
    line = shape("couple_child").line(law_of(JULY))
    points = {p.income_fen: p for p in curve(line, find_cliffs(line, 0, 800_000), step_fen=40_000)}
    assert points[425_999].together_fen - points[426_000].together_fen == 43_002
    assert len(points) == 21 + 2


def test_an_income_range_that_does_not_rise_is_refused() -> None:
    with pytest.raises(LawError, match="give an income range that rises"):
        find_cliffs(shape("single").line(law_of(JULY)), 100, 100)


def test_a_shape_s_people_have_their_age_in_any_month() -> None:
    older = replace(shape("single"), persons=({"age": 65, "hukou_is_local": True, "relation": 1},))
    for month in (JULY, Month(2023, 1)):
        trace = evaluate_household(law_of(month), older.inputs(month))
        assert trace.rule("old_age_allowance.age") == [65]
