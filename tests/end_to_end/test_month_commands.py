"""`minzheng month` as an operator meets it: what it prints, and exit codes that mean something."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from minzheng.kernel.monthend.lock import only_run
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.surfaces.cli.month import app

runner = CliRunner()


@pytest.fixture
def town(fresh_database):
    return build_town()


def test_a_run_shows_its_steps_and_totals_in_words(town):
    result = runner.invoke(app, ["run", "2022-07"])
    assert result.exit_code == 0, result.output
    for words in ("人口快照", "生成发放清单", "老年综合津贴", "2022年7月 第 1 次 已完成"):
        assert words in result.output
    assert "2022年7月 第 1 次 已完成" in runner.invoke(app, ["status"]).output


def test_a_run_for_a_program_prints_nothing_but_json(town):
    result = runner.invoke(app, ["run", "2022-07", "--on", "2022-07-25", "--json"])
    report = json.loads(result.stdout)
    assert (report["month"], report["on"], report["state"]) == ("2022-07", "2022-07-25", "done")
    assert json.loads(runner.invoke(app, ["status", "2022-07", "--json"]).stdout) == report


def test_a_run_may_stop_after_a_step_and_go_on_later(town):
    assert runner.invoke(app, ["run", "2022-07", "--stop-after", "evaluate", "--json"]).exit_code == 0
    report = json.loads(runner.invoke(app, ["run", "2022-07", "--json"]).stdout)
    assert (report["attempt"], report["state"]) == (1, "done")


@pytest.mark.parametrize(
    "arguments",
    [["run", "2022-13"], ["run", "七月"], ["run", "2022-07", "--stop-after", "lunch"], ["close", "x"]],
)
def test_a_call_that_means_nothing_exits_with_2(fresh_database, arguments):
    assert runner.invoke(app, arguments).exit_code == 2


def test_a_refused_run_exits_with_1_and_says_what_to_do_first(fresh_database):
    result = runner.invoke(app, ["run", "2022-07"])
    assert result.exit_code == 1 and "请先接收各部门数据" in result.output


def test_a_run_beside_another_exits_with_3(town):
    with only_run(wait=False):
        result = runner.invoke(app, ["run", "2022-07"])
    assert result.exit_code == 3 and "正在进行" in result.output


def test_a_status_without_any_run_exits_with_1(fresh_database):
    assert runner.invoke(app, ["status"]).exit_code == 1


def test_closing_a_month_twice_is_the_same_as_once(town):
    runner.invoke(app, ["run", "2022-07", "--json"])
    first = runner.invoke(app, ["close", "2022-07", "--on", "2022-07-31", "--json"])
    again = runner.invoke(app, ["close", "2022-07", "--on", "2022-08-01", "--json"])
    assert first.exit_code == again.exit_code == 0, first.output
    assert json.loads(first.stdout) == json.loads(again.stdout)


@pytest.mark.parametrize("command", [[], ["run"], ["status"], ["close"]])
def test_help_teaches(command):
    result = runner.invoke(app, [*command, "--help"])
    assert result.exit_code == 0 and len(result.output) > 300
