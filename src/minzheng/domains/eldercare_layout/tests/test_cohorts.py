"""Today's people as many years older: nobody comes, nobody is lost but by death."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.eldercare_layout.cohorts import OLDEST, aged, yearly_survival

EVERYBODY_LIVES = yearly_survival([(0, 0)])


def one_area(**numbers: int) -> np.ndarray:
    people = np.zeros((1, OLDEST + 1))
    for age, number in numbers.items():
        people[0, int(age[1:])] = number
    return people


@pytest.mark.parametrize(("age", "elders"), [(56, 0), (57, 1), (58, 1)])
def test_who_is_57_in_2022_is_an_elder_in_2025(age: int, elders: int) -> None:
    then = aged(one_area(**{f"a{age}": 1}), EVERYBODY_LIVES, 3)
    assert then[0, 60:].sum() == elders


def test_ten_percent_a_year_leave_729_of_a_thousand_after_three() -> None:
    then = aged(one_area(a70=1000), yearly_survival([(0, 10_000)]), 3)
    assert then[0, 73] == pytest.approx(729)


def test_the_oldest_stay_together_and_go_on_dying() -> None:
    then = aged(one_area(a99=10, a100=10), yearly_survival([(0, 0), (100, 50_000)]), 1)
    assert then[0, 100] == pytest.approx(15)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 500), min_size=101, max_size=101), st.integers(0, 15), st.integers(0, 20_000))
def test_people_only_become_fewer_and_steps_add_up(ages: list[int], years: int, deaths: int) -> None:
    people, survival = np.array([ages], dtype=float), yearly_survival([(0, deaths)])
    then = aged(people, survival, years)
    assert then.sum() <= people.sum() + 1e-6
    assert np.allclose(aged(aged(people, survival, years), survival, 2), aged(people, survival, years + 2))


def test_the_past_is_not_reckoned() -> None:
    with pytest.raises(ValueError):
        aged(one_area(a60=1), EVERYBODY_LIVES, -1)
