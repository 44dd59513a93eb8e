"""`minzheng rules compare` as somebody types it, over a snapshot on disk."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from minzheng.kernel.reforms.tests import made_city
from minzheng.surfaces.cli import rules

runner = CliRunner()
SET = ["--set", "subsistence_allowance.standard=1500"]


@pytest.fixture
def population(tmp_path: Path) -> list[str]:
    return ["compare", "-m", "2022-07", "--population", str(made_city.snapshot(tmp_path / "s"))]


def test_cost_and_gainers_are_told_in_yuan_and_written_to_a_folder(population, tmp_path: Path) -> None:
    told = runner.invoke(rules.app, [*population, *SET, "--json", "--out", str(tmp_path / "o")])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert answer["changes"][0]["law"] == "1420.00" and answer["changes"][0]["reform"] == "1500.00"
    assert "1330元调整为1420元" in answer["changes"][0]["source"]
    changed = pl.read_parquet(tmp_path / "o" / "changed.parquet")
    fen = int((changed["after_fen"] - changed["before_fen"]).sum())
    assert answer["cost_yuan_month"] == f"{fen // 100}.{fen % 100:02d}" and fen > 0
    assert answer == json.loads((tmp_path / "o" / "comparison.json").read_text())
    assert answer["figures"][0]["gainers"] == changed.height


def test_the_tables_name_the_districts(db, population) -> None:
    told = runner.invoke(rules.app, [*population, *SET], env={"COLUMNS": "200"})
    assert told.exit_code == 0, told.output
    for words in ("普陀区", "按收入十等分", "增支 cost", "1420.00 → 1500.00"):
        assert words in told.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "subsistence_allowance.standrad=1500"], "no rule reads"),
        (["--set", "subsistence_allowance.standard=150000"], "not in fen"),
        (["--replace", "nothing:here"], "cannot import"),
        ([*SET, *SET], "set twice"),
    ],
)
def test_a_refused_reform_ends_with_1_and_says_why(population, arguments, words) -> None:
    told = runner.invoke(rules.app, [*population, *arguments])
    assert told.exit_code == 1 and words in told.output.replace("\n", "")


def test_a_snapshot_of_another_month_and_no_change_at_all_are_refused(population, tmp_path: Path) -> None:
    other = [*population[:2], "2022-08", *population[3:]]
    assert "another month" in runner.invoke(rules.app, [*other, *SET]).output
    assert runner.invoke(rules.app, population).exit_code == 2
