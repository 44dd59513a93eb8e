"""The solver: against every choice there is, its bound, its refusals, and what it may not be fooled by."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.eldercare_layout import siting
from minzheng.domains.eldercare_layout.distances import nearest_metres, walking_metres
from minzheng.domains.eldercare_layout.errors import SitingRefused
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.siting import Question, greedy, solve, value_of

NOWHERE = np.inf


def question(
    seed: int, places: int, candidates: int, sites: int, *, standing: int = 0, reach: float = 900.0
) -> Question:
    draw = np.random.default_rng(seed)
    here, there = (
        np.c_[121.4 + draw.random(n) / 10, 31.2 + draw.random(n) / 10] for n in (places, candidates)
    )
    open_ = np.c_[121.4 + draw.random(standing) / 10, 31.2 + draw.random(standing) / 10]
    weights = draw.integers(0, 60, places).astype(float)
    weights[0] = 1
    return Question(walking_metres(here, there), weights, sites, nearest_metres(here, open_), reach)


def best_of_all(asked: Question, model: Model) -> float:
    """Every choice tried."""
    values = [
        value_of(asked, model, np.array(chosen))
        for chosen in combinations(range(asked.distances.shape[1]), asked.sites)
    ]
    return min(values) if model == Model.P_MEDIAN else max(values)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10_000), sites=st.integers(1, 3), standing=st.sampled_from([0, 2]), first=st.sampled_from([1, 3, 24]),
    model=st.sampled_from(list(Model)),
)  # fmt: skip
def test_the_answer_is_the_best_of_all_choices_however_few_candidates_are_kept_at_first(
    seed: int, sites: int, standing: int, first: int, model: Model
) -> None:
    asked = question(seed, 14, 8, sites, standing=standing)
    kept, siting.FIRST_NEAREST = siting.FIRST_NEAREST, first
    try:
        answer = solve(asked, model)
    finally:
        siting.FIRST_NEAREST = kept
    assert answer.objective == pytest.approx(best_of_all(asked, model), rel=1e-6)
    assert answer.is_proved and len(answer.chosen) == sites


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), model=st.sampled_from(list(Model)))
def test_no_answer_beats_its_bound_and_a_further_site_never_makes_it_worse(seed: int, model: Model) -> None:
    fewer, more = (solve(question(seed, 20, 10, sites), model) for sites in (2, 3))
    if model == Model.P_MEDIAN:
        assert more.objective <= fewer.objective + 1e-6
        assert fewer.bound <= fewer.objective + 1e-6
    else:
        assert more.objective >= fewer.objective - 1e-6
        assert fewer.bound >= fewer.objective - 1e-6


def test_a_place_exactly_at_the_reach_is_covered_and_one_a_metre_beyond_is_not() -> None:
    asked = Question(np.array([[999.0], [1000.0], [1001.0]]), np.ones(3), 1, np.full(3, NOWHERE), 1000.0)
    assert solve(asked, Model.COVERAGE).covered == 2


def test_what_a_standing_centre_covers_counts_and_draws_no_new_site() -> None:
    distances = np.array([[10.0, 5000.0], [5000.0, 10.0]])
    asked = Question(distances, np.array([100.0, 1.0]), 1, np.array([0.0, NOWHERE]), 500.0)
    answer = solve(asked, Model.COVERAGE)
    assert answer.chosen.tolist() == [1] and answer.covered == 101


def test_a_place_nearer_to_the_standing_centre_keeps_it() -> None:
    asked = Question(np.array([[300.0], [300.0]]), np.ones(2), 1, np.array([100.0, 900.0]), 500.0)
    assert solve(asked, Model.P_MEDIAN).objective == 400.0


def test_with_no_time_the_first_choice_stands_and_its_bound_is_still_true() -> None:
    asked = question(3, 120, 120, 4)
    answer = solve(asked, Model.P_MEDIAN, seconds=0.01)
    assert answer.objective <= value_of(asked, Model.P_MEDIAN, greedy(asked, Model.P_MEDIAN)) + 1e-6
    assert 0 <= answer.bound <= answer.objective and answer.gap == pytest.approx(
        (answer.objective - answer.bound) / answer.objective, abs=1e-6
    )


@pytest.mark.parametrize(("sites", "words"), [(0, "1 至 8"), (9, "1 至 8")])
def test_more_sites_than_candidates_are_refused(sites: int, words: str) -> None:
    with pytest.raises(SitingRefused, match=words):
        question(1, 5, 8, sites)


def test_a_place_where_nobody_lives_is_refused() -> None:
    with pytest.raises(SitingRefused, match="没有老年人口"):
        Question(np.ones((2, 2)), np.zeros(2), 1, np.full(2, NOWHERE), 500.0)


def test_a_walk_is_the_great_circle_times_the_detour() -> None:
    # A quarter of the meridian, and a point from itself.
    quarter = walking_metres(np.array([[0.0, 0.0]]), np.array([[0.0, 90.0], [0.0, 0.0]]), detour_percent=130)
    assert quarter[0, 0] == pytest.approx(1.3 * np.pi / 2 * 6_371_008.8)
    assert quarter[0, 1] == 0
