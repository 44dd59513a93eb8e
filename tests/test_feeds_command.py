"""`minzheng feeds` as an official types it: what it prints, and what its exit codes mean."""

import json

import openpyxl
import pytest
from typer.testing import CliRunner

from minzheng.kernel.sources.tests.made import POLICE, as_csv, family, folder, resident, wrong
from minzheng.surfaces.cli.feeds import app

BAD = resident("19700101", 33, name="廖银", household="H000077")
GOOD = BAD[0]
BAD[0] = wrong(GOOD)


@pytest.fixture
def run(db):
    def invoke(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return invoke


@pytest.fixture
def town(tmp_path):
    return folder(tmp_path / "town", police_csv=as_csv([POLICE, *family(4), BAD]))


def test_rows_that_wait_or_are_refused_do_not_fail_the_load(run, town):
    result = run("load", town, "--period", "2022-06")
    assert result.exit_code == 0
    assert "police.csv" in result.output
    again = run("load", town, "--json")
    assert again.exit_code == 0
    told = json.loads(again.stdout)
    assert [(one["is_new"], one["counts"]["taken"], one["counts"]["review"]) for one in told] == [
        (False, 4, 1)
    ]


def test_a_file_that_cannot_be_recognised_fails_the_load_and_the_others_are_taken(run, town):
    (town / "stray.csv").write_text("公司,颜色\n甲,红\n", encoding="utf-8")
    result = run("load", town, "--period", "2022-06")
    assert result.exit_code == 1
    assert "认不出" in result.output
    assert "公司、颜色" in result.output
    assert [one["state"] for one in json.loads(run("list", "--json").stdout)].count("applied") == 1


@pytest.mark.parametrize(
    "arguments", [("load", "/no/such/place"), ("load", ".", "--period", "June"), ("load",)]
)
def test_a_call_that_makes_no_sense_ends_with_two(run, arguments):
    assert run(*arguments).exit_code == 2


def test_a_report_is_shown_filtered_and_written_as_a_workbook(run, town, tmp_path):
    run("load", town, "--period", "2022-06")
    told = json.loads(run("report", "police.csv", "--outcome", "review", "--json").stdout)
    assert [row["line"] for row in told["rows"]] == [6]
    assert told["rows"][0]["messages"][0]["what"].startswith("校验位不符")
    target = tmp_path / "report.xlsx"
    assert run("report", "police.csv", "--excel", target).exit_code == 0
    assert openpyxl.load_workbook(target).sheetnames == ["概况", "问题", "全部行"]
    assert run("report", "unknown.csv").exit_code == 1
    assert run("report", "police.csv", "--outcome", "maybe").exit_code == 2


def test_a_row_is_decided_from_the_command_line_with_a_reason(run, town):
    run("load", town, "--period", "2022-06")
    waiting = json.loads(run("review", "list", "--json").stdout)["items"]
    assert [one["code"] for one in waiting] == ["identifier_check"]
    number = waiting[0]["id"]
    assert run("review", "decide", number, "new", "--reason", "x").exit_code == 1
    done = run(
        "review", "decide", number, "new", "--reason", "核对身份证原件", "--value", f"citizen_number={GOOD}"
    )
    assert done.exit_code == 0, done.output
    assert json.loads(run("review", "list", "--json").stdout)["items"] == []
    assert run("review", "decide", number, "refuse", "--reason", "再次处理看看").exit_code == 1


def test_the_list_of_what_waits_shows_no_whole_identity_number(run, town):
    run("load", town, "--period", "2022-06")
    assert BAD[0] not in run("review", "list").output.replace("\n", "").replace(" ", "")
