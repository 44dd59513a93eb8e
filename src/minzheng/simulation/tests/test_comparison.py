"""The simulated year beside the printed one: what is divided by the scale, how far off a figure is, what chance explains."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators.model import Listing
from minzheng.kernel.indicators.reading import Answer
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.summary import Derived, Stated, summary
from minzheng.simulation.comparison import (
    Judgement,
    Line,
    NothingPrinted,
    Printed,
    compare,
    is_decided,
    is_scaled,
    printed,
)
from minzheng.simulation.models import LivedStep, SimulatedCity

FIGURE = Listing("x", "数", "Number", "persons", lambda on: [], "测试")


def stated(name: str) -> Stated:
    return next(one for one in summary().figures if one.id == name)


def line(
    value, *, expected=1000.0, noise=None, qualifier="exact", precision=1, whole=None, unit="persons"
) -> Line:
    said = Stated("x", "数", unit, "flow", "2022", "cases")
    own = Printed("x", "…", whole or expected, precision, qualifier)
    return Line(Derived(said, Answer(FIGURE, value)), own, noise is not None, expected, noise)


@pytest.mark.parametrize(
    "value, judgement",
    [
        (1000, Judgement.SAME),
        (1001, Judgement.NEAR), (1010, Judgement.NEAR), (990, Judgement.NEAR),
        (1011, Judgement.CLOSE), (1050, Judgement.CLOSE), (950, Judgement.CLOSE),
        (1051, Judgement.FAR), (949, Judgement.FAR), (0, Judgement.FAR),
        (None, Judgement.UNCOUNTED),
    ],
)  # fmt: skip
def test_a_figure_is_near_within_one_percent_and_close_within_five(value, judgement):
    assert line(value).judgement == judgement


def test_what_chance_explains_is_said_to_be_chance():
    below, at, above = (line(value, noise=6.25) for value in (1062, 1062.5, 1063))
    assert below.judgement == at.judgement == Judgement.NOISE and at.is_within_noise
    assert above.judgement == Judgement.FAR and above.is_within_noise is False
    assert line(1040, noise=1.0).judgement == Judgement.CLOSE, (
        "within five percent, though chance alone does not explain it"
    )
    assert line(1040).is_within_noise is None


def test_of_more_than_a_number_everything_the_words_allow_is_the_same():
    def more(value):
        return line(value, expected=1300.0, whole=13_000_000, qualifier="more_than", precision=1_000_000)

    assert more(1300).deviation == more(1399).deviation == 0
    assert more(1287).deviation == pytest.approx(-1) and more(1414).deviation == pytest.approx(1)


def test_a_day_is_the_same_or_it_is_not():
    for value, judgement in ((date(2022, 7, 1), Judgement.SAME), (date(2022, 7, 2), Judgement.FAR)):
        assert line(value, expected="2022-07-01", whole="2022-07-01", unit="date").judgement == judgement


def test_nothing_expected_and_nothing_counted_is_the_same():
    assert line(0, expected=0).judgement == Judgement.SAME and line(1, expected=0).judgement == Judgement.FAR


@settings(max_examples=60)
@given(st.integers(0, 10**7), st.integers(1, 10**7), st.floats(0.1, 400))
def test_the_judgement_follows_from_the_deviation_alone(value, expected, noise):
    one = line(value, expected=float(expected), noise=noise)
    assert one.deviation == pytest.approx((value - expected) / expected * 100)
    assert (one.judgement == Judgement.FAR) == (abs(one.deviation) > 5 and abs(one.deviation) > noise)
    assert replace(one, noise=None).is_within_noise is None


@pytest.mark.parametrize(
    "name, scaled",
    [
        ("old_age.allowance_people", True), ("old_age.allowance_paid", True), ("marriage.pairs_total", True),
        ("service_centre.cases", True), ("elder_care.beds_added", True),
        ("service_centre.total", False), ("service_centre.items", False), ("admin.streets", False),
        ("dibao.standard_new", False), ("dibao.growth", False), ("price_link.activations", False),
        ("dibao.adjusted_on", False), ("elder_care.dementia_friendly_streets", False),
    ],
)  # fmt: skip
def test_people_money_and_cases_shrink_with_the_city_and_places_and_law_do_not(name, scaled):
    assert is_scaled(stated(name)) == scaled


def test_of_every_derived_figure_it_is_decided_whether_it_shrinks():
    undecided = [
        one.id for one in summary().figures if one.id in registry().by_seed_id and not is_decided(one)
    ]
    assert undecided == [], "name its unit in simulation/data/comparison.yaml"


def test_every_figure_of_the_list_is_printed_once_and_no_other():
    assert set(printed(2022)) == {one.id for one in summary().figures}


def test_a_year_without_a_printed_summary_is_told_with_those_there_are():
    with pytest.raises(NothingPrinted, match="2022"):
        printed(2019)


def test_without_a_simulated_city_there_is_nothing_to_compare(db):
    with acting_as_service("test"):
        assert compare(2022) is None


def test_every_figure_is_compared_or_named_as_missing(db):
    with acting_as_service("test"):
        SimulatedCity.objects.create(scale=1000, seed=1, on=date(2021, 12, 31))
        LivedStep.objects.create(month=date(2022, 3, 1), step="people")
        found = compare(2022)
    assert found is not None and len(found.lines) + len(found.missing) == len(summary().figures)
    assert found.lived == date(2022, 3, 1) and not found.is_whole
    by_name = {one.stated.id: one for one in found.lines}
    people = by_name["old_age.allowance_people"]
    assert people.expected == pytest.approx(4309.9) and people.noise == pytest.approx(200 / 4309.9**0.5)
    assert by_name["old_age.allowance_paid"].noise == people.noise, (
        "money varies as the people who receive it"
    )
    assert by_name["dibao.standard_new"].judgement == Judgement.SAME
    assert by_name["admin.streets"].noise is None and sum(found.counts.values()) == len(found.lines)
