"""Residents for measuring: the same people whatever the parts, whole households, the shape of a city."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import ENGINES, evaluate_population
from minzheng.simulation.residents import parse_count, residents, write_residents

JULY = Month(2022, 7)


def everybody(count: int, part: int, month: Month = JULY) -> tuple[pl.DataFrame, pl.DataFrame]:
    parts = list(residents(count, month, part))
    return pl.concat(p for p, _ in parts), pl.concat(h for _, h in parts)


@settings(max_examples=12, deadline=None)
@given(count=st.integers(1, 700), part=st.integers(1, 300))
def test_the_same_people_however_they_are_cut_and_no_household_is_cut(count: int, part: int) -> None:
    whole, cut = everybody(count, 10_000), everybody(count, part)
    assert cut[0].equals(whole[0]) and cut[1].equals(whole[1])
    assert whole[0]["person_id"].to_list() == list(range(1, count + 1))
    for persons, homes in residents(count, JULY, part):
        assert persons["household_id"].unique(maintain_order=True).equals(homes["household_id"])
        assert persons["household_id"].is_sorted()


def test_more_people_begin_with_the_same_people() -> None:
    few, many = everybody(500, 200)[0], everybody(900, 200)[0]
    assert many.head(490).equals(few.head(490))


def test_the_shape_is_a_city_s() -> None:
    persons, homes = everybody(20_000, 5_000)
    assert 2.2 < persons.height / homes.height < 2.45
    ages = (JULY.index - persons["birth_month"].drop_nulls()) // 12
    assert 0.2 < (ages >= 60).mean() < 0.45 and (ages < 0).any() and persons["birth_month"].null_count() > 0
    assert persons.group_by("household_id").agg((pl.col("relation") == 1).sum())[
        "relation"
    ].unique().to_list() == [1]
    assert 0.55 < persons["hukou_is_local"].mean() < 0.7
    assert 0.3 < homes["vehicles"].is_not_null().mean() < 0.5
    assert set(persons["disability_grade"].drop_nulls().unique()) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("text", "count"), [("25m", 25_000_000), ("250K", 250_000), ("1_000", 1_000), (" 7 ", 7)]
)
def test_a_count_is_read_as_one_writes_it(text: str, count: int) -> None:
    assert parse_count(text) == count


@pytest.mark.parametrize("text", ["", "m", "-1", "0", "1.5m", "viele"])
def test_what_is_no_count_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="write a number of people"):
        parse_count(text)


def test_a_population_gives_the_same_bytes_by_every_engine_under_the_law_of_three_months(
    tmp_path: Path,
) -> None:
    programmes = load_programmes(DOMAINS)
    told: list[tuple[int, int]] = []
    record = write_residents(
        3_000, tmp_path / "p", JULY, part_persons=500, progress=lambda done, count: told.append((done, count))
    )
    assert (record.persons, record.parts, record.month) == (3_000, len(told), "2022-07")
    assert told[-1] == (3_000, 3_000) and len(told) > 4
    amounts = set()
    for month in (Month(2021, 12), Month(2022, 5), JULY):
        runs = []
        for engine in ENGINES:
            file = tmp_path / f"{engine}.parquet"
            run = evaluate_population(
                compile_law(programmes, month), tmp_path / "p", file, tmp_path / "run.json", engine=engine,
                another_month=True,
            )  # fmt: skip
            runs.append((run, file.read_bytes()))
        assert all(run == runs[0] for run in runs), month
        assert (runs[0][0].month, runs[0][0].population) == (str(month), "2022-07")
        amounts.add(sum(t.amount_fen for t in runs[0][0].totals))
    assert len(amounts) == 3, "ages and standards differ between the months, so do the totals"
