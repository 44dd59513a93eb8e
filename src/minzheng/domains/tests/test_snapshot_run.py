"""From a snapshot to findings: layout, same bytes, whole households in every part, nothing lost at the seams."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import (
    ENGINES,
    HouseholdInputs,
    Provenance,
    SnapshotDamaged,
    SnapshotWriter,
    engine_for,
    evaluate_household,
    evaluate_snapshot,
    explain,
    find_household_of,
    read_findings,
    read_household,
    write_snapshot,
)
from minzheng.kernel.rules.cases import frames_of

JULY = Month(2022, 7)
TAKEN = date(2022, 7, 1)


def city(households: int = 120, seed: int = 7) -> list[HouseholdInputs]:
    """A small made-up city with every kind of household."""
    chance = random.Random(seed)
    made = []
    for number in range(1, households + 1):
        people: list[dict[str, Any]] = [
            {
                "person_id": number * 10 + at,
                "household_id": number,
                "birth_month": JULY.index - chance.randrange(100 * 12),
                "hukou_is_local": chance.random() < 0.8,
                "relation": (1, 2, 3, 4)[at % 4],
                "pension_fen": chance.choice([None, 0, 120_000, 300_000]),
                "disability_grade": chance.choice([None, None, 1, 2, 3]),
                "disability_kind": chance.choice([None, 1, 5, 6]),
            }
            for at in range(chance.randint(1, 5))
        ]
        checked = chance.random() < 0.6
        home: dict[str, Any] = {"household_id": number, "division_code": 310107014001}
        if checked:
            home |= {"money_assets_fen": 0, "homes": 1, "non_residential_properties": 0, "vehicles": 0}
        made.append(HouseholdInputs(home, people))
    return made


def snapshot_of(folder: Path, households: list[HouseholdInputs], part: int = 40) -> Path:
    persons, homes = frames_of(households)
    write_snapshot(persons, homes, folder, month=JULY, as_of=TAKEN, row_group_persons=part)
    return folder


def test_parts_hold_whole_households_and_stand_alike_in_both_files(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path / "s", city())
    persons, homes = (pq.ParquetFile(snapshot / f"{n}.parquet") for n in ("persons", "households"))
    assert persons.num_row_groups == homes.num_row_groups > 3
    seen: list[int] = []
    for part in range(persons.num_row_groups):
        here = persons.read_row_group(part).column("household_id").to_pylist()
        assert sorted(set(here)) == homes.read_row_group(part).column("household_id").to_pylist()
        assert len(here) >= 40 or part == persons.num_row_groups - 1
        seen += sorted(set(here))
    assert seen == sorted(set(seen)) and len(seen) == 120


def test_the_same_people_in_any_order_give_the_same_bytes_and_the_same_findings(tmp_path: Path) -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    persons, homes = frames_of(city())
    records = []
    for name, seed, threads in (("a", 1, 1), ("b", 2, 4)):
        shuffled = (
            persons.sample(fraction=1, shuffle=True, seed=seed),
            homes.sample(fraction=1, shuffle=True, seed=seed),
        )
        record = write_snapshot(*shuffled, tmp_path / name, month=JULY, as_of=TAKEN, row_group_persons=40)
        run = evaluate_snapshot(law, tmp_path / name, tmp_path / f"{name}-found", threads=threads)
        files = [tmp_path / name / f for f in ("persons.parquet", "households.parquet", "snapshot.json")]
        files += [tmp_path / f"{name}-found" / f for f in ("findings.parquet", "run.json")]
        records.append((record, run, [f.read_bytes() for f in files]))
    assert records[0] == records[1]
    run = records[0][1]
    assert run.snapshot == records[0][0].identity and run.law == law.identity


def test_the_roll_equals_each_household_evaluated_by_itself_and_leaves_out_who_gets_nothing(
    tmp_path: Path,
) -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    households = city()
    run = evaluate_snapshot(law, snapshot_of(tmp_path / "s", households), tmp_path / "f")
    expected = [
        (f.programme, f.benefit, f.household_id, f.person_id, f.status, f.amount_fen)
        for h in households
        for f in evaluate_household(law, h).findings()
    ]
    roll = read_findings(tmp_path / "f")
    assert sorted(roll.rows(), key=str) == sorted(expected, key=str) and len(expected) > 50
    assert run.rows == roll.height and roll["status"].min() == 1
    for total in run.totals:
        mine = roll.filter((pl.col("benefit") == total.benefit) & (pl.col("status") == 2))
        assert (total.eligible, total.amount_fen) == (mine.height, mine["amount_fen"].sum())


def test_a_large_city_is_compiled_and_a_small_one_is_not() -> None:
    assert [engine_for(n) for n in (0, 999_999, 1_000_000, 25_000_000)] == [
        "polars",
        "polars",
        "kernel",
        "kernel",
    ]


def test_every_engine_on_any_number_of_cores_writes_the_same_bytes(tmp_path: Path) -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    snapshot = snapshot_of(tmp_path / "s", city())
    seen = set()
    for engine in ENGINES:
        for threads in (1, 3):
            evaluate_snapshot(law, snapshot, tmp_path / "f", engine=engine, threads=threads)
            seen.add(tuple((tmp_path / "f" / name).read_bytes() for name in ("findings.parquet", "run.json")))
    assert len(seen) == 1


def test_parts_out_of_order_or_not_of_whole_households_are_not_written(tmp_path: Path) -> None:
    persons, homes = frames_of(city(4))
    halves = [(persons.filter(pl.col("household_id") <= 2), homes.head(2)),
              (persons.filter(pl.col("household_id") > 2), homes.tail(2))]  # fmt: skip
    with SnapshotWriter(tmp_path / "s", month=JULY, as_of=TAKEN) as writer:
        for part in halves:
            writer.add(*part)
        with pytest.raises(SnapshotDamaged, match="in order of household_id"):
            writer.add(*halves[0])
        with pytest.raises(SnapshotDamaged, match="two frames differ"):
            writer.add(persons, homes.head(3))
    assert (writer.record.households, writer.record.parts) == (4, 2)


def test_progress_is_told_part_by_part(tmp_path: Path) -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    told: list[tuple[int, int]] = []
    evaluate_snapshot(
        law,
        snapshot_of(tmp_path / "s", city()),
        tmp_path / "f",
        progress=lambda done, parts: told.append((done, parts)),
    )
    assert told == [(n, len(told)) for n in range(1, len(told) + 1)] and len(told) > 3


def test_one_household_is_read_back_as_it_was_written_and_found_by_person(tmp_path: Path) -> None:
    households = city()
    snapshot = snapshot_of(tmp_path / "s", households)
    for wanted in (households[0], households[57], households[-1]):
        number = int(wanted.household["household_id"])
        paper = {("household", number, "homes"): Provenance("核对中心", "", "2022-06-15")}
        read = read_household(snapshot, number, provenance=paper)
        written = [dict(p) for p in wanted.persons]
        assert [{k: p[k] for k in w} for p, w in zip(read.persons, written, strict=True)] == written
        assert find_household_of(snapshot, int(wanted.persons[0]["person_id"])) == number
        assert read.provenance == paper
    assert find_household_of(snapshot, 999_999) is None
    with pytest.raises(KeyError, match="no household 999999"):
        read_household(snapshot, 999_999)


def test_an_altered_roll_a_foreign_month_and_misfit_files_are_refused(tmp_path: Path) -> None:
    programmes = load_programmes(DOMAINS)
    snapshot = snapshot_of(tmp_path / "s", city())
    evaluate_snapshot(compile_law(programmes, JULY), snapshot, tmp_path / "f")
    read_findings(tmp_path / "f").with_columns(amount_fen=pl.col("amount_fen") + 1).write_parquet(
        tmp_path / "f" / "findings.parquet"
    )
    with pytest.raises(SnapshotDamaged, match=r"run\.json"):
        read_findings(tmp_path / "f")
    with pytest.raises(SnapshotDamaged, match="another month"):
        evaluate_snapshot(compile_law(programmes, JULY + 1), snapshot, tmp_path / "g")
    other = snapshot_of(tmp_path / "t", city()[1:])
    (snapshot / "households.parquet").write_bytes((other / "households.parquet").read_bytes())
    with pytest.raises(SnapshotDamaged, match="parts"):
        evaluate_snapshot(compile_law(programmes, JULY), snapshot, tmp_path / "g")
    with pytest.raises(SnapshotDamaged, match="not a snapshot"):
        evaluate_snapshot(compile_law(programmes, JULY), tmp_path / "nowhere", tmp_path / "g")
    assert not (tmp_path / "g" / "findings.parquet").exists()


def test_people_twice_people_without_household_and_unknown_columns_are_refused(tmp_path: Path) -> None:
    persons, homes = frames_of(city(5))

    def attempt(people: pl.DataFrame, places: pl.DataFrame) -> None:
        write_snapshot(people, places, tmp_path / "s", month=JULY, as_of=TAKEN)

    with pytest.raises(SnapshotDamaged, match="a person stands twice"):
        attempt(pl.concat([persons, persons.head(1)]), homes)
    with pytest.raises(SnapshotDamaged, match="a household stands twice"):
        attempt(persons, pl.concat([homes, homes.head(1)]))
    with pytest.raises(SnapshotDamaged, match=r"households missing for people: \[1\]"):
        attempt(persons, homes.tail(4))
    with pytest.raises(SnapshotDamaged, match="not in the catalogue"):
        attempt(persons.with_columns(shoe_size=pl.lit(42)), homes)


def test_a_household_without_people_is_left_out_and_counted(tmp_path: Path) -> None:
    persons, homes = frames_of(city(5))
    record = write_snapshot(
        persons.filter(pl.col("household_id") != 3), homes, tmp_path / "s", month=JULY, as_of=TAKEN
    )
    assert (record.households, record.households_without_people) == (4, 1)
    run = evaluate_snapshot(compile_law(load_programmes(DOMAINS), JULY), tmp_path / "s", tmp_path / "f")
    assert run.households == 4


def test_an_empty_city_has_no_findings(tmp_path: Path) -> None:
    persons, homes = frames_of(city(1))
    write_snapshot(persons.clear(), homes.clear(), tmp_path / "s", month=JULY, as_of=TAKEN)
    run = evaluate_snapshot(compile_law(load_programmes(DOMAINS), JULY), tmp_path / "s", tmp_path / "f")
    assert run.rows == 0 and read_findings(tmp_path / "f").height == 0


def test_an_explanation_cites_article_threshold_and_who_told_us(tmp_path: Path) -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    people = [{"person_id": 1, "household_id": 1, "birth_month": JULY.index - 480, "hukou_is_local": True,
               "relation": 1, "wage_fen": 150_000}]  # fmt: skip
    paper = {("person", 1, "wage_fen"): Provenance("人社_养老金就业.csv", "人社", "2022-06-30")}
    refused = explain(
        law,
        evaluate_household(law, HouseholdInputs({"household_id": 1}, people, paper)),
        "subsistence_allowance",
    )
    income = next(c for c in refused.conditions if c.rule == "subsistence_allowance.meets_income_test")
    assert (income.met, income.value, income.comparison, income.threshold) == (False, 150_000, "<", 142_000)
    assert income.source == "上海市社会救助条例 第十条" and "1420元" in income.threshold_source
    wage = next(i for i in income.inputs if i.name == "wage_fen")
    assert (wage.value, wage.authority, wage.on) == (150_000, "人社", "2022-06-30")
    money = next(c for c in refused.conditions if c.rule == "subsistence_allowance.meets_money_test")
    assert money.met is None and not next(i for i in money.inputs if i.name == "money_assets_fen").known
    letter = refused.letter()
    assert "不符合" in letter and "1,500.00元，须低于1,420.00元" in letter and "2022-06-30" in letter
    assert "待核查：人均货币财产不超过上限" in letter and "does not qualify" in refused.letter(english=True)
    assert json.loads(json.dumps(refused.to_json()))["status"] == "not_eligible"
    assert refused.steps == () and refused.amount_fen == 0


def test_the_sum_of_an_explanation_ends_in_the_amount_of_the_finding() -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    explained = 0
    for household in city(60):
        trace = evaluate_household(law, household)
        for f in trace.findings():
            answer = explain(law, trace, f.benefit, f.person_id)
            assert answer.amount_fen == f.amount_fen and answer.sentences and answer.sentences_en
            assert all(c.met is not False for c in answer.conditions)
            if f.status == 2:
                assert answer.steps[-1].value == answer.gross_fen and all(c.met for c in answer.conditions)
                explained += 1
    assert explained > 30


def test_an_explanation_says_which_other_support_took_the_place() -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    people = [{"person_id": 5, "household_id": 1, "hukou_is_local": True, "disability_grade": 1,
               "work_injury_care_fen": 40_000}]  # fmt: skip
    answer = explain(
        law, evaluate_household(law, HouseholdInputs({"household_id": 1}, people)), "disability_nursing", 5
    )
    assert (answer.status, answer.gross_status, answer.gross_fen, answer.amount_fen) == (
        "not_eligible",
        "eligible",
        30_000,
        0,
    )
    assert [(r.rival, r.rule) for r in answer.rivals] == [("input: work_injury_care_fen", "choose_higher")]
    assert "工伤生活护理费" in answer.letter() and "择高享受" in answer.letter()


def test_of_two_grounds_the_letter_names_the_one_that_holds() -> None:
    law = compile_law(load_programmes(DOMAINS), JULY)
    home = {"household_id": 1, "is_low_income_recognised": True, "money_assets_fen": 9_999_999}
    people = [
        {"person_id": 5, "household_id": 1, "hukou_is_local": True, "relation": 1, "disability_grade": 4}
    ]
    answer = explain(law, evaluate_household(law, HouseholdInputs(home, people)), "disability_living", 5)
    assert answer.amount_fen == 29_000
    assert "低收入困难家庭的成员：是" in answer.letter() and "低保家庭的成员" not in answer.letter()
