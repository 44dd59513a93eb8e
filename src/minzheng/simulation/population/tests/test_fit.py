"""The drawn city is the one that public statistics describe, as nearly as chance allows, and the same seed draws it again."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.periods import Month
from minzheng.simulation.population import drawing
from minzheng.simulation.population.drawing import Population, draw, draw_shares
from minzheng.simulation.population.families import nearest_free
from minzheng.simulation.population.fit import fit_of
from minzheng.simulation.population.identities import births
from minzheng.simulation.population.ipf import CannotFit, Margin, fit, whole_numbers
from minzheng.simulation.population.rosters import LIVING, SUBSISTENCE, amounts

ON = date(2021, 12, 31)


@pytest.fixture(scope="module")
def city() -> Population:
    return draw(scale=100, seed=1, on=ON)


@pytest.fixture(scope="module")
def living(city: Population) -> pl.DataFrame:
    return city.persons.filter(pl.col("died").is_null())


# Fitting ---------------------------------------------------------------------------------------------------------------


@given(st.integers(2, 6), st.integers(2, 6), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_fitting_meets_every_margin_and_leaves_zeros_zero(rows: int, columns: int, chance: object) -> None:
    rng = np.random.default_rng(chance.randrange(2**32))  # type: ignore[attr-defined]
    shape = (rows, columns)
    table, truth = rng.random(shape) + 0.05, rng.random(shape) + 0.05
    holes = rng.random(shape) < 0.2
    table[holes], truth[holes] = 0, 0
    row, column = np.indices(shape)
    margins = [Margin("行", row, truth.sum(1)), Margin("列", column, truth.sum(0))]
    fitted = fit(table, margins, tolerance=1e-6, rounds=50_000)
    assert np.allclose(fitted.sum(1), truth.sum(1), rtol=1e-5)
    assert np.allclose(fitted.sum(0), truth.sum(0), rtol=1e-5)
    assert (fitted[holes] == 0).all()
    assert (fitted >= 0).all()


def test_a_table_that_fits_already_stays_as_it_is() -> None:
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    row, column = np.indices((2, 2))
    assert np.allclose(
        fit(table, [Margin("行", row, table.sum(1)), Margin("列", column, table.sum(0))]), table
    )


def test_totals_that_contradict_one_another_are_refused() -> None:
    row, column = np.indices((2, 2))
    with pytest.raises(CannotFit, match="矛盾"):
        fit(
            np.ones((2, 2)),
            [Margin("行", row, np.array([1.0, 1.0])), Margin("列", column, np.array([2.0, 1.0]))],
            rounds=50,
        )


def test_a_total_of_cells_that_are_all_zero_is_refused() -> None:
    row, _ = np.indices((2, 2))
    with pytest.raises(CannotFit, match="行"):
        fit(np.array([[0.0, 0.0], [1.0, 1.0]]), [Margin("行", row, np.array([1.0, 1.0]))])


def test_whole_numbers_keep_every_run_of_cells_to_within_one() -> None:
    expected = np.random.default_rng(1).random(500) * 3
    whole = whole_numbers(expected, 0.4)
    for low, high in ((0, 500), (17, 230), (400, 401)):
        assert abs(whole[low:high].sum() - expected[low:high].sum()) <= 1 + 1e-9


@given(st.lists(st.floats(0, 100), max_size=30), st.lists(st.floats(0, 100), max_size=30))
@settings(max_examples=30)
def test_nobody_is_given_to_two_and_none_is_left_while_another_is_free(
    wanted: list[float], there: list[float]
) -> None:
    found = nearest_free(np.array(wanted), np.array(there))
    given_away = found[found >= 0]
    assert len(set(given_away.tolist())) == given_away.size == min(len(wanted), len(there))


# The city --------------------------------------------------------------------------------------------------------------


def test_every_statistic_comes_out_within_the_noise_of_drawing(city: Population) -> None:
    told = fit_of([city])
    assert len(told) > 45
    assert [(one.name, one.target, one.drawn) for one in told if not one.is_within_noise] == []
    assert all(one.source and one.provenance in {"seed", "public", "illustrative"} for one in told)
    # A share of one in twenty more or fewer would be seen in the great numbers.
    assert all(abs(one.deviation) < 0.01 for one in told if one.target > 1_000_000)


def test_a_city_too_large_to_be_drawn_at_once_comes_in_shares_that_fit_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = list(draw_shares(scale=2_000, seed=5, on=ON))
    assert [(one.share, one.shares) for one in whole] == [(0, 1)]
    monkeypatch.setattr(drawing, "LARGEST", 7_000)
    shares = list(draw_shares(scale=2_000, seed=5, on=ON))
    assert [(one.share, one.shares, one.sample) for one in shares] == [(n, 4, 8_000) for n in range(4)]
    people = pl.concat([one.persons for one in shares])
    assert people["number"].n_unique() == people.height == pytest.approx(whole[0].persons.height, abs=4)
    homes = pl.concat([one.households for one in shares])
    assert homes["household_number"].n_unique() == homes.height
    assert people["account"].drop_nulls().is_unique().all()
    # Each share is drawn by a chance of its own.
    assert not shares[0].persons["born"].head(100).equals(shares[1].persons["born"].head(100))
    told = fit_of(shares)
    assert [(one.name, one.target, one.drawn) for one in told if not one.is_within_noise] == []
    assert told[0].drawn == pytest.approx(people.filter(pl.col("died").is_null()).height * 2_000)


def test_the_same_seed_draws_the_same_city_and_another_seed_another() -> None:
    first, again, other = (draw(scale=20_000, seed=seed, on=ON) for seed in (1, 1, 2))
    for name in ("persons", "households", "roster"):
        assert getattr(first, name).equals(getattr(again, name))
    assert not first.persons.equals(other.persons)


def test_everybody_has_a_number_of_their_own_that_says_birth_and_sex(city: Population) -> None:
    people = city.persons
    assert people["number"].n_unique() == people.height
    assert (people["number"].str.slice(6, 8) == people["born"].dt.strftime("%Y%m%d")).all()
    assert ((people["number"].str.slice(16, 1).cast(pl.Int64) % 2 == 1) == people["is_man"]).all()


def test_a_household_has_one_head_of_age_who_comes_first_and_at_most_one_spouse(city: Population) -> None:
    homes = city.persons.group_by("household").agg(
        heads=(pl.col("relation") == 1).sum(), first=pl.col("relation").first(), spouses=(pl.col("relation") == 2).sum(),
        age=pl.col("age").first(),
    )  # fmt: skip
    assert homes.filter((pl.col("heads") != 1) | (pl.col("first") != 1) | (pl.col("spouses") > 1)).height == 0
    assert homes["age"].min() >= 18  # type: ignore[operator]


def test_nobody_comes_before_the_birth_or_after_the_death(city: Population) -> None:
    assert (
        city.persons.filter(
            (pl.col("moved_in") < pl.col("born")) | (pl.col("moved_in") > pl.col("died"))
        ).height
        == 0
    )
    assert city.persons.filter(pl.col("died") < pl.col("born")).height == 0


def test_parents_are_older_than_their_children_and_couples_are_man_and_woman(city: Population) -> None:
    heads = city.persons.filter(pl.col("relation") == 1).select(
        "household", head_age="age", head_is_man="is_man"
    )
    others = city.persons.join(heads, on="household")
    assert others.filter((pl.col("relation") == 2) & (pl.col("is_man") == pl.col("head_is_man"))).height == 0
    children = others.filter(pl.col("relation") == 3).select(gap=pl.col("head_age") - pl.col("age"))["gap"]
    assert children.min() >= 14  # type: ignore[operator]
    assert 25 < children.mean() < 35  # type: ignore[operator]


@pytest.mark.parametrize(("within", "born"), [(0.0, date(1956, 12, 31)), (0.999999, date(1956, 1, 1))])
def test_somebody_of_65_was_born_from_the_day_after_the_66th_birthday_on(within: float, born: date) -> None:
    assert births(np.array([65]), np.array([within]), ON).astype(object).tolist() == [born]


def test_households_in_need_are_below_the_standard_and_all_others_well_above_it(living: pl.DataFrame) -> None:
    standard = int(amounts(Month.of(ON))["subsistence_allowance"].standard)
    homes = living.filter(pl.col("is_local").any().over("household")).group_by("household").agg(
        income=(pl.col("pension") + pl.col("wage")).sum() * 100 // pl.len(),
        needy=pl.col("is_in_hardship").first(), low=pl.col("is_low_income").first(),
    )  # fmt: skip
    assert homes.filter("needy")["income"].max() < standard  # type: ignore[operator]
    assert homes.filter(~pl.col("needy"))["income"].min() > standard * 1.07  # type: ignore[operator]
    assert homes.filter("low")["income"].max() < standard * 2  # type: ignore[operator]


def test_the_living_subsidy_rests_on_the_allowance_or_on_recognition(city: Population) -> None:
    relief = city.roster.filter(pl.col("sheet") == SUBSISTENCE)["household"].implode()
    listed = city.roster.filter(pl.col("sheet") == LIVING).join(
        city.persons.select("person", "is_low_income", "disability_grade"), on="person"
    )
    assert listed.filter(~pl.col("is_low_income") & ~pl.col("household").is_in(relief)).height == 0
    assert listed["disability_grade"].min() > 0  # type: ignore[operator]
    assert listed.filter("is_low_income").height / listed.height == pytest.approx(0.18, abs=0.03)
