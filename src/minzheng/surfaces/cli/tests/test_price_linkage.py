"""`minzheng price-linkage` as officials type it, from the readings to the batch."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minzheng.domains.price_linkage.importing import permille
from minzheng.domains.price_linkage.tests.town import Town
from minzheng.kernel.periods import Month
from minzheng.surfaces.cli import price_linkage

runner = CliRunner()


def said(*arguments: str, code: int = 0) -> str:
    done = runner.invoke(price_linkage.app, list(arguments))
    assert done.exit_code == code, done.output + done.stderr
    return " ".join((done.output + done.stderr).split())


@pytest.fixture
def town(db: None) -> Town:
    town = Town()
    person = town.person()
    town.allowance(town.household(person), person, Month(2022, 1))
    return town


def test_from_the_readings_of_a_year_to_a_batch(town: Town) -> None:
    proposer, approver, preparer = (
        ["--as", p.official.user.username, "--on", "2022-11-20"]
        for p in (town.proposer, town.approver, town.preparer)
    )
    assert "added 24" in said("import", *proposer[:2], "--on", "2023-02-01")
    assert "added 0" in said("import", *proposer[:2], "--on", "2023-02-01")
    numbers = []
    for month in ("2022-07", "2022-08", "2022-09", "2022-10"):
        numbers.append(said("propose", month, *proposer).split()[0])
        assert "无权办理" in said("approve", numbers[-1], *preparer, code=1)
        assert "another must approve" in said("approve", numbers[-1], *proposer, code=1)
        assert "须于 2022-11-30 前发放" in said("approve", numbers[-1], *approver)
    assert "does not reach a threshold" in said(
        "propose", "2022-11", *proposer[:2], "--on", "2022-12-20", code=1
    )
    assert "4 笔 400.00 元" in said("pay", numbers[0], "-m", "2022-11", *preparer)
    told = json.loads(said("status", "--json"))
    assert told["figures"]["activations"] == 4
    assert [a["list"] for a in told["activations"]] == [1] * 4
    assert (told["sum_by"]["reading"], told["sum_by"]["provenance"]) == (1, "illustrative")
    assert "示例" in said("status")


def test_a_file_is_refused_with_the_row_and_field(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(
        "month,cpi_percent,food_percent,source,provenance\n2022-01,0.9,much,x,public\n", encoding="utf-8"
    )
    told = said("import", str(file), "--as", town.proposer.official.user.username, code=1)
    assert "第 2 行 food_percent" in told and "such as 2.8" in told


@pytest.mark.parametrize(("text", "expected"), [("2.8", 28), ("-3.9%", -39), ("-0.5", -5), ("6", 60)])
def test_percent_is_read_to_the_tenth(text: str, expected: int) -> None:
    assert permille(text) == expected


@pytest.mark.parametrize("text", ["", "2.85", "280", "1e1", "二"])
def test_what_is_no_percent_with_a_tenth_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at most one decimal"):
        permille(text)
