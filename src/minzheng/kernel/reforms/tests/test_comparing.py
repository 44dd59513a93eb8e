"""Who gains and who loses: nobody is lost between two laws, and every fen of the cost belongs to somebody."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms.changes import Change, reformed_law
from minzheng.kernel.reforms.comparing import AMOUNTS, COUNTS, DIMENSIONS, Figure
from minzheng.kernel.reforms.computing import WhatIf, what_if
from minzheng.kernel.reforms.small_figures import masked
from minzheng.kernel.reforms.tests import made_city
from minzheng.kernel.reforms.tests.made_city import CHECKED, JULY
from minzheng.kernel.rules import HouseholdInputs, read_findings

STANDARD, MINORS = "subsistence_allowance.standard", "subsistence_allowance.minor_standard"
PROGRAMMES = load_programmes(DOMAINS)


def run(folder: Path, changes: list[Change], homes: list[HouseholdInputs] | None = None) -> WhatIf:
    snapshot = made_city.snapshot(folder / "s", homes)
    law = compile_law(PROGRAMMES, JULY)
    return what_if(law, reformed_law(PROGRAMMES, changes, JULY), snapshot, folder / "out", JULY)


def one(number: int, wage_fen: int | None, **more: object) -> HouseholdInputs:
    """A single person of forty in 普陀 with so much wage."""
    person = {"person_id": number * 10, "household_id": number, "birth_month": JULY.index - 480, "relation": 1,
              "hukou_is_local": True, "wage_fen": wage_fen}  # fmt: skip
    return HouseholdInputs({"household_id": number, "division_code": 310107014001} | CHECKED, [person | more])


def test_at_1500_yuan_whoever_had_up_to_1419_99_gains_80_and_up_to_1499_99_is_newly_covered(
    tmp_path: Path,
) -> None:
    wages = (0, 141_999, 142_000, 149_999, 150_000)
    done = run(tmp_path, [Change(STANDARD, 150_000)], [one(n, w) for n, w in enumerate(wages, 1)])
    rows = done.comparison.changed.select("household_id", "before_fen", "after_fen").rows()
    assert rows == [(1, 142_000, 150_000), (2, 1, 8_001), (3, 0, 8_000), (4, 0, 1)]
    total = done.comparison.total.values
    assert (total["gainers"], total["started"], total["losers"], total["same"]) == (4, 2, 0, 1)
    assert done.comparison.total.change_fen == 8_000 + 8_000 + 8_000 + 1


def test_at_1330_yuan_whoever_had_1330_to_1419_99_is_no_longer_covered(tmp_path: Path) -> None:
    wages = (0, 132_999, 133_000, 141_999, 142_000)
    done = run(tmp_path, [Change(STANDARD, 133_000)], [one(n, w) for n, w in enumerate(wages, 1)])
    total = done.comparison.total.values
    assert (total["losers"], total["ended"], total["gainers"], total["same"]) == (4, 2, 0, 1)
    assert done.comparison.total.change_fen == -(9_000 + 9_000 + 9_000 + 1)


def test_tenths_begin_where_as_many_live_on_less_and_equal_incomes_stay_together(tmp_path: Path) -> None:
    homes = [one(n, 0 if n <= 4 else n * 100_000) for n in range(1, 11)]
    done = run(tmp_path, [Change(STANDARD, 150_000)], homes)
    people = {f.key: f.values["people"] for f in done.comparison.of("tenth")}
    assert people == {"1": 4, "5": 1, "6": 1, "7": 1, "8": 1, "9": 1, "10": 1}


def test_a_reform_that_changes_nothing_changes_nobody(tmp_path: Path) -> None:
    done = run(tmp_path, [Change(STANDARD, 142_000)])
    assert done.comparison.changed.is_empty()
    assert done.before.findings_sha256 == done.after.findings_sha256
    for figure in done.comparison.figures:
        assert figure.change_fen == 0
        assert [figure.values[n] for n in ("gainers", "losers", "started", "ended")] == [0, 0, 0, 0]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    standard=st.integers(0, 300_000),
    minors=st.integers(0, 300_000),
    seed=st.integers(0, 1_000),
)
def test_everybody_is_counted_once_and_the_cost_is_the_sum_over_persons(
    tmp_path_factory: pytest.TempPathFactory, standard: int, minors: int, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("city")
    changes = [Change(STANDARD, standard), Change(MINORS, minors)]
    done = run(folder, changes, made_city.households(60, seed))
    before, after = (
        read_findings(folder / "out" / name).filter(pl.col("status") == 2) for name in ("before", "after")
    )
    cost = int(after["amount_fen"].sum()) - int(before["amount_fen"].sum())
    total = done.comparison.total
    assert total.change_fen == cost == total.values["gains_fen"] - total.values["losses_fen"]
    assert total.values["households"] == done.before.households
    for figure in done.comparison.figures:
        v = figure.values
        assert v["gainers"] + v["losers"] + v["same"] == v["households"]
        assert v["covered_before"] + v["started"] - v["ended"] == v["covered_after"]
        assert v["gains_fen"] - v["losses_fen"] == figure.change_fen
    for dimension in ("programme", "benefit", "district", "size", "tenth"):
        assert sum(f.change_fen for f in done.comparison.of(dimension)) == cost, dimension
    for dimension in ("district", "size", "tenth"):
        for name in (*COUNTS, *AMOUNTS):
            assert sum(f.values[name] for f in done.comparison.of(dimension)) == total.values[name], (
                dimension,
                name,
            )
    assert {f.dimension for f in done.comparison.figures} == set(DIMENSIONS)


def figure(key: str, gainers: int, households: int = 1000) -> Figure:
    values = dict.fromkeys((*COUNTS, *AMOUNTS), 0) | {
        "households": households, "people": 2 * households, "gainers": gainers, "covered_after": gainers,
        "covered_before": 0, "same": households - gainers, "after_fen": gainers * 100,
    }  # fmt: skip
    return Figure("district", key, values)


@pytest.mark.parametrize(("gainers", "is_hidden"), [(0, False), (9, True), (10, False)])
def test_a_line_of_one_to_nine_is_hidden_of_none_or_ten_it_is_not(gainers: int, is_hidden: bool) -> None:
    shown = masked([figure("a", gainers), figure("b", 500), figure("c", 400)], 10)
    assert (shown[0][2]["gainers"] is None) == is_hidden
    assert (shown[0][2]["after_fen"] is None) == is_hidden and shown[0][2]["households"] == 1000


def test_a_hidden_line_cannot_be_had_from_the_total_because_a_second_one_is_hidden_with_it() -> None:
    shown = {
        key: values for _d, key, values in masked([figure("a", 3), figure("b", 500), figure("c", 400)], 10)
    }
    assert shown["a"]["gainers"] is None and shown["c"]["gainers"] is None and shown["b"]["gainers"] == 500
