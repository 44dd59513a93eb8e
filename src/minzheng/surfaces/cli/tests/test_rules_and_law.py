"""`minzheng rules` and `minzheng law` as somebody types them, over a snapshot on disk."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit.queries import looks_at
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.people.tests.world import person, register, register_one
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import HouseholdInputs, write_snapshot
from minzheng.kernel.rules.cases import frames_of
from minzheng.surfaces.cli import law, rules

runner = CliRunner()
JULY = Month(2022, 7)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    people = [
        {"person_id": 11, "household_id": 1, "birth_month": Month(1940, 3).index, "hukou_is_local": True,
         "relation": 1, "pension_fen": 200_000},
        {"person_id": 12, "household_id": 1, "birth_month": Month(1990, 3).index, "hukou_is_local": True,
         "relation": 3, "wage_fen": 84_000},
    ]  # fmt: skip
    frames = frames_of([HouseholdInputs({"household_id": 1, "division_code": 310107014001}, people)])
    write_snapshot(*frames, tmp_path / "snapshot", month=JULY, as_of=date(2022, 7, 1))
    return tmp_path / "snapshot"


def test_somebody_refused_is_told_the_figures_and_the_article(snapshot: Path) -> None:
    arguments = [
        "explain",
        "--snapshot",
        str(snapshot),
        "--household",
        "1",
        "-m",
        "2022-07",
        "-b",
        "subsistence_allowance",
    ]
    told = runner.invoke(rules.app, arguments)
    assert told.exit_code == 0
    # (2000 + 840) / 2 = 1420, which is not below 1420.
    assert "不符合" in told.output and "1,420.00元，须低于1,420.00元" in told.output
    assert "上海市社会救助条例 第十条" in told.output
    english = runner.invoke(rules.app, [*arguments, "--english"])
    assert "does not qualify" in english.output
    machine = json.loads(runner.invoke(rules.app, [*arguments, "--json"]).output)
    assert [a["status"] for a in machine] == ["not_eligible"]


def test_a_person_is_explained_every_benefit_of_their_own_and_the_household_s(snapshot: Path) -> None:
    told = runner.invoke(
        rules.app, ["explain", "--snapshot", str(snapshot), "--person", "11", "-m", "2022-07", "--json"]
    )
    answers = json.loads(told.output)
    assert [(a["benefit"], a["person_id"], a["amount_fen"]) for a in answers] == [
        ("subsistence_allowance", None, 0),
        ("old_age_allowance", 11, 18_000),
        ("disability_living", 11, 0),
        ("disability_nursing", 11, 0),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--person", "99"], 1, "the snapshot holds no person 99"),
        (["--household", "99"], 1, "no household 99"),
        (["--person", "11", "-b", "moon_allowance"], 1, "moon_allowance"),
        ([], 2, "name one of them"),
        (["--person", "11", "--household", "1"], 2, "name one of them"),
        (["--identifier", "310199194002010011"], 2, "a snapshot holds no"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_ends_with_its_code(
    snapshot: Path, arguments: list[str], code: int, said: str
) -> None:
    told = runner.invoke(rules.app, ["explain", "--snapshot", str(snapshot), "-m", "2022-07", *arguments])
    assert told.exit_code == code
    assert said in " ".join(told.output.replace("│", " ").split())


def test_a_population_is_evaluated_to_a_file_with_its_record_by_any_engine(
    snapshot: Path, tmp_path: Path
) -> None:
    out = tmp_path / "found" / "july.parquet"
    arguments = ["evaluate", "--population", str(snapshot), "--out", str(out), "--json"]
    run = json.loads(runner.invoke(rules.app, arguments).stdout)
    assert (run["month"], run["population"], run["rows"]) == ("2022-07", "2022-07", 1)
    assert json.loads(out.with_suffix(".json").read_text(encoding="utf-8")) == run
    for engine in ("polars", "kernel"):
        told = runner.invoke(rules.app, [*arguments, "--engine", engine, "--month", "2022-07"])
        assert json.loads(told.stdout) == run


def test_another_month_s_law_takes_the_facts_as_they_are_and_says_so(snapshot: Path, tmp_path: Path) -> None:
    arguments = ["evaluate", "-p", str(snapshot), "-o", str(tmp_path / "f.parquet"), "-m", "2022-02"]
    run = json.loads(runner.invoke(rules.app, [*arguments, "--json"]).stdout)
    assert (run["month"], run["population"]) == ("2022-02", "2022-07")
    # Born in March 1940: 81 in February 2022, so still paid as from 80.
    assert [t["amount_fen"] for t in run["totals"] if t["benefit"] == "old_age_allowance"] == [18_000]
    assert "人口为 2022-07" in runner.invoke(rules.app, arguments).output


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"--population": "nowhere"}, 1, "not a snapshot"),
        ({"--engine": "steam"}, 2, "choose one of"),
        ({"--out": "findings.csv"}, 2, "must end in .parquet"),
        ({"--month": "2022-13"}, 2, "--month"),
    ],
)
def test_an_evaluation_that_cannot_be_is_refused(
    snapshot: Path, tmp_path: Path, changed: dict[str, str], code: int, said: str
) -> None:
    options = {"--population": str(snapshot), "--out": str(tmp_path / "f.parquet"), **changed}
    told = runner.invoke(rules.app, ["evaluate", *(word for pair in options.items() for word in pair)])
    assert told.exit_code == code and said in told.output
    assert not (tmp_path / "f.parquet").exists()


def test_residents_for_measuring_are_written_and_evaluated(tmp_path: Path) -> None:
    people = str(tmp_path / "people")
    told = runner.invoke(rules.app, ["residents", people, "--count", "2k", "-m", "2022-05", "--json"])
    record = json.loads(told.stdout)
    assert (record["persons"], record["month"]) == (2_000, "2022-05")
    run = runner.invoke(rules.app, ["evaluate", "-p", people, "-o", str(tmp_path / "f.parquet")])
    assert run.exit_code == 0 and "2,000 人" in run.output
    refused = runner.invoke(rules.app, ["residents", people, "--count", "many"])
    assert refused.exit_code == 2 and "250k" in refused.output


def test_the_rules_of_a_month_are_listed_with_their_articles() -> None:
    listed = json.loads(runner.invoke(rules.app, ["list", "-m", "2022年7月", "--json"]).output)
    assert listed["month"] == "2022-07"
    sources = {r["name"]: r["source"] for r in listed["rules"]}
    assert sources["subsistence_allowance.meets_income_test"] == "上海市社会救助条例 第十条"
    # Before 2021 the disability subsidies followed another scheme, which is not written here.
    older = json.loads(runner.invoke(rules.app, ["list", "-m", "2020-12", "--json"]).output)
    assert not [r for r in older["rules"] if r["name"].startswith("disability_subsidies")]
    assert runner.invoke(rules.app, ["list", "-m", "2022-13"]).exit_code == 2
    assert runner.invoke(rules.app, ["list", "-m", "2022-07", "--programme", "nothing"]).exit_code == 1


def test_the_law_s_standing_names_assumed_and_stale_values() -> None:
    rows = json.loads(runner.invoke(law.app, ["status", "--on", "2026-12-01", "--json"]).output)
    assumed = {(r["programme"], r["parameter"]) for r in rows if "illustrative" in r["problems"]}
    assert ("old_age_allowance", "objection_days") in assumed
    assert not [r for r in rows if "unsourced" in r["problems"] or "stale" in r["problems"]]
    later = json.loads(runner.invoke(law.app, ["status", "--on", "2028-01-01", "--json"]).output)
    assert any("stale" in r["problems"] for r in later)
    assert runner.invoke(law.app, ["status", "--on", "2026-12-01", "--strict"]).exit_code == 1


@pytest.mark.django_db
def test_the_register_explains_somebody_by_identifier_and_leaves_a_trace_they_can_see() -> None:
    with acting_as_service("test"):
        told = register_one()
        whose = Identifier.objects.get(person_id=told["person_id"]).value
    arguments = ["explain", "--identifier", f" {whose} ", "-m", "2022-07", "-b", "old_age_allowance"]
    answer = runner.invoke(rules.app, [*arguments, "--json"])
    assert answer.exit_code == 0, answer.output
    (found,) = json.loads(answer.stdout)
    # Born in January 1970: fifty-two in July 2022.
    age = next(c for c in found["conditions"] if c["rule"] == "old_age_allowance.is_old_enough")
    assert (found["status"], age["value"], age["threshold"]) == ("not_eligible", 52, 65)
    birth = next(i for i in age["inputs"] if i["name"] == "birth_month")
    assert birth["source"] and birth["on"], "the office that told us stands beside the fact"
    with acting_as_service("test"):
        assert looks_at(told["person_id"]).count() == 1
    unknown = runner.invoke(rules.app, ["explain", "--identifier", "310199190001010000", "-m", "2022-07"])
    assert unknown.exit_code == 1 and "no record of this identifier" in unknown.output


@pytest.mark.django_db
def test_a_household_is_found_by_its_number_and_two_of_one_number_are_told_apart() -> None:
    with acting_as_service("test"):
        register(person(1), register="310107014")
    arguments = [
        "explain",
        "--household",
        "H000001",
        "-m",
        "2022-07",
        "-b",
        "subsistence_allowance",
        "--json",
    ]
    (found,) = json.loads(runner.invoke(rules.app, arguments).stdout)
    assert found["status"] == "may_qualify"
    with acting_as_service("test"):
        register(person(2), register="310106006")
    asked = runner.invoke(rules.app, arguments)
    assert asked.exit_code == 1 and "several registers use this number" in asked.output
    assert str(found["household_id"]) in asked.output
    unknown = runner.invoke(rules.app, ["explain", "--household", "H999999", "-m", "2022-07"])
    assert unknown.exit_code == 1 and "no household of this number" in unknown.output


def test_spark_is_asked_for_by_name_and_says_what_it_wants(
    snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    arguments = ["evaluate", "-p", str(snapshot), "-o", str(tmp_path / "found.parquet"), "-e"]
    refused = runner.invoke(rules.app, [*arguments, "spark"])
    assert refused.exit_code == 1 and "apt-get install openjdk-17-jre-headless" in refused.output
    assert not (tmp_path / "found.parquet").exists()
    for engine, more in (("polars", ["-m", "2022-07"]), ("spark", [])):
        any_order = runner.invoke(rules.app, [*arguments, engine, "--layout", "any", *more])
        assert any_order.exit_code == 2 and "--engine spark and" in any_order.output
    assert runner.invoke(rules.app, [*arguments, "polars", "--layout", "columns"]).exit_code == 2
