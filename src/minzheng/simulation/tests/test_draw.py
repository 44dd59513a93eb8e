"""Chance is the same whatever the order of rows, and so are the people drawn by it; the life table has its expectancy."""

from __future__ import annotations

from datetime import date
from math import exp

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import unsourced
from minzheng.simulation.identifiers import BIRTHS_AREA
from minzheng.simulation.year.births import numbered
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.rates import rate, rates
from minzheng.simulation.year.register import age_on

MONTH = Month(2022, 3)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 10**17), min_size=1, max_size=60, unique=True), st.floats(0.1, 30), st.randoms()
)
def test_whatever_the_order_of_rows_the_same_are_drawn_and_as_many_as_expected(keys, expected, rng):
    frame = pl.DataFrame({"key": keys}, schema={"key": pl.Int64}).with_columns(weight=1.0)
    rng.shuffle(keys)
    again = pl.DataFrame({"key": keys}, schema={"key": pl.Int64}).with_columns(weight=1.0)
    drawn = pick(frame, expected=expected, seed=1, month=MONTH, purpose="x")
    assert drawn.equals(pick(again, expected=expected, seed=1, month=MONTH, purpose="x"))
    assert abs(drawn.height - min(expected, len(keys))) <= 1


def test_nobody_is_drawn_where_nothing_is_expected_or_no_weight_is_there():
    frame = pl.DataFrame({"key": [1, 2], "weight": [0.0, 0.0]})
    assert pick(frame, expected=1, seed=1, month=MONTH, purpose="x").is_empty()
    assert pick(frame.with_columns(weight=1.0), expected=0, seed=1, month=MONTH, purpose="x").is_empty()


def test_somebody_born_on_29_february_is_a_year_older_on_1_march():
    born = pl.DataFrame({"born": [date(2000, 2, 29)]})
    ages = [born.select(age_on(pl.col("born"), day)).item() for day in (date(2022, 2, 28), date(2022, 3, 1))]
    assert ages == [21, 22]


def test_numbers_of_children_are_valid_and_none_is_given_twice():
    born = pl.DataFrame(
        {"key": range(40), "born": [date(2024, 2, 29)] * 40, "sex": [1, 2] * 20, "_late": [False] * 40}
    )
    made = numbered(born, BIRTHS_AREA, pl.lit(0))["identifier"].to_list()
    assert len(set(made)) == 40
    assert all(
        parse_citizen(one).is_valid and parse_citizen(one).birth_date == date(2024, 2, 29) for one in made
    )


@pytest.mark.parametrize("sex", ["male", "female"])
def test_the_hazards_give_the_published_life_expectancy(sex):
    told, alive, years = rate("deaths.hazard")[sex], 1.0, 0.0
    for age in range(111):
        dies = 1 - exp(
            -(told["infant"] if age == 0 else told["a"] + told["b"] * exp(told["c"] * (age + 0.5)))
        )
        years, alive = years + alive * (1 - dies / 2), alive * (1 - dies)
    assert years == pytest.approx(rate("deaths.expectancy")[sex], abs=0.05)


def test_every_rate_names_its_source():
    assert unsourced(rates()) == []
