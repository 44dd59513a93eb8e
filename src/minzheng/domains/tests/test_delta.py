"""What changed, judged beside a snapshot: the same findings as a run over everybody, the same bytes once merged."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains import DOMAINS
from minzheng.domains.tests.test_snapshot_run import JULY, TAKEN, city, snapshot_of
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import (
    HouseholdInputs,
    combine_findings,
    evaluate_delta,
    evaluate_snapshot,
    find_household_now,
    merge_delta,
    read_findings,
    read_household_now,
    read_replaced,
    write_delta,
)
from minzheng.kernel.rules.cases import frames_of

LAW = compile_law(load_programmes(DOMAINS), JULY)
City = dict[int, HouseholdInputs]


def changed(town: City, seed: int) -> set[int]:
    """Changes a few households in place: income, a move into another household, a birth, an end, a new home."""
    chance, touched = random.Random(seed), set()
    for _ in range(chance.randint(1, 6)):
        number = chance.choice(sorted(town))
        home = town[number]
        touched.add(number)
        match chance.randrange(5):
            case 0:
                home.persons[0]["pension_fen"] = chance.choice([None, 0, 142_000, 500_000])
            case 1 if len(home.persons) > 1:
                other = chance.choice(sorted(town))
                moved = home.persons.pop()
                town[other].persons.append(moved | {"household_id": other})
                touched.add(other)
            case 2:
                fresh = max(p["person_id"] for h in town.values() for p in h.persons) + 10_000
                born = {"person_id": fresh, "household_id": number, "birth_month": JULY.index - 3}
                home.persons.append(born)
            case 3 if len(town) > 1:
                del town[number]
            case _:
                home.household["vehicles"] = chance.choice([None, 0, 3])
    return touched


def rows(town: City, numbers: set[int] | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    chosen = [town[n] for n in sorted(town if numbers is None else numbers & set(town))]
    if not chosen:
        persons, homes = frames_of(list(town.values()))
        return persons.clear(), homes.clear()
    return frames_of(chosen)


def full(town: City, folder: Path) -> tuple[Path, pl.DataFrame]:
    snapshot = snapshot_of(folder / "full", list(town.values()))
    evaluate_snapshot(LAW, snapshot, folder / "full-found")
    return snapshot, read_findings(folder / "full-found").sort("benefit", "household_id", "person_id")


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=4))
def test_any_history_of_changes_is_judged_as_a_run_over_everybody_would(seed, rounds):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        town = {h.household["household_id"]: h for h in city(30, seed)}
        base = snapshot_of(folder / "base", list(town.values()))
        evaluate_snapshot(LAW, base, folder / "base-found")
        delta = None
        for step, history in enumerate(rounds):
            touched = changed(town, history)
            target = folder / f"delta-{step}"
            write_delta(*rows(town, touched), sorted(touched), target, month=JULY, as_of=TAKEN, earlier=delta)
            delta = target
        evaluate_delta(LAW, delta, folder / "delta-found")
        found = combine_findings(
            read_findings(folder / "base-found"), read_findings(folder / "delta-found"), read_replaced(delta)
        )
        whole, expected = full(town, folder)
        assert found.equals(expected)
        # The default size of a part leaves so small a town in one piece.
        merge_delta(base, delta, folder / "merged", month=JULY, as_of=TAKEN)
        persons, homes = rows(town)
        for file, frame in (("persons", persons), ("households", homes)):
            merged = pl.read_parquet(folder / "merged" / f"{file}.parquet")
            assert merged.equals(pl.read_parquet(whole / f"{file}.parquet")) and merged.height == frame.height


def test_a_merged_snapshot_is_the_one_that_a_full_export_writes(tmp_path):
    town = {h.household["household_id"]: h for h in city(20)}
    base = snapshot_of(tmp_path / "base", list(town.values()))
    touched = changed(town, 3)
    write_delta(*rows(town, touched), sorted(touched), tmp_path / "d", month=JULY, as_of=TAKEN)
    merged = merge_delta(base, tmp_path / "d", tmp_path / "m", month=JULY, as_of=TAKEN)
    snapshot_of(tmp_path / "f", list(town.values()), part=100_000)
    for file in ("persons.parquet", "households.parquet"):
        assert (tmp_path / "m" / file).read_bytes() == (tmp_path / "f" / file).read_bytes()
    assert merged.identity


def test_a_changed_household_is_read_from_the_delta_and_one_that_is_gone_from_neither(tmp_path):
    town = {h.household["household_id"]: h for h in city(5)}
    base = snapshot_of(tmp_path / "base", list(town.values()))
    first = town[1].persons[0]["person_id"]
    town[1].persons[0]["pension_fen"] = 7
    gone = town.pop(2).persons[0]["person_id"]
    write_delta(*rows(town, {1, 2}), [1, 2], tmp_path / "d", month=JULY, as_of=TAKEN)
    delta = tmp_path / "d"
    assert read_household_now(base, delta, 1).persons[0]["pension_fen"] == 7
    assert read_household_now(base, delta, 3).persons == read_household_now(base, None, 3).persons
    with pytest.raises(KeyError):
        read_household_now(base, delta, 2)
    assert find_household_now(base, delta, first) == 1
    assert find_household_now(base, delta, gone) is None and find_household_now(base, None, gone) == 2
    assert find_household_now(None, delta, town[3].persons[0]["person_id"]) is None


def test_a_delta_that_only_takes_households_away_leaves_the_findings_of_the_others(tmp_path):
    town = {h.household["household_id"]: h for h in city(10)}
    base = snapshot_of(tmp_path / "base", list(town.values()))
    del town[4]
    record = write_delta(*rows(town, {4}), [4], tmp_path / "d", month=JULY, as_of=TAKEN)
    assert (record.replaced, record.persons) == (1, 0)
    assert evaluate_delta(LAW, tmp_path / "d", tmp_path / "df").rows == 0
    evaluate_snapshot(LAW, base, tmp_path / "bf")
    found = combine_findings(
        read_findings(tmp_path / "bf"), read_findings(tmp_path / "df"), read_replaced(tmp_path / "d")
    )
    assert found.equals(full(town, tmp_path)[1])
