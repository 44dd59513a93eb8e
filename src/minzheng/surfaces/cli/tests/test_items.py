"""`minzheng items` as somebody types it."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minzheng.surfaces.cli import items

runner = CliRunner()


def test_sound_declarations_pass_the_check() -> None:
    told = runner.invoke(items.app, ["check"])
    assert told.exit_code == 0 and "200 个事项，199 个全市通办" in told.output
    assert json.loads(runner.invoke(items.app, ["check", "--json"]).output) == []


def test_every_fault_is_told_with_its_line_and_the_check_fails(
    tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faulty_items").mkdir()
    (tmp_path / "faulty_items" / "service_items.yaml").write_text(
        "items:\n  - {code: odd, since: 2022-01-01, name: 怪事 / Odd, like: nobody}\n", encoding="utf-8"
    )
    (tmp_path / "faulty_items" / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    settings.MINZHENG_ITEMS = [*settings.MINZHENG_ITEMS, "faulty_items"]
    told = runner.invoke(items.app, ["check"])
    assert told.exit_code == 1
    assert "faulty_items/service_items.yaml:2: odd: 没有样式 nobody" in told.output
    assert "basis is missing" in told.output and "no step accept" in told.output
    machine = runner.invoke(items.app, ["check", "--json"])
    assert machine.exit_code == 1 and {f["line"] for f in json.loads(machine.output)} == {2}
    assert runner.invoke(items.app, ["list"]).exit_code == 1


def test_the_list_of_a_day_and_of_some_words() -> None:
    whole = json.loads(runner.invoke(items.app, ["list", "--on", "2022-12-31", "--json"]).output)
    assert len(whole) == 200 and sum(i["is_citywide"] for i in whole) == 199
    police = json.loads(
        runner.invoke(items.app, ["list", "--on", "2022-12-31", "--department", "公安", "--json"]).output
    )
    assert {i["department"] for i in police} == {"公安"}
    found = json.loads(runner.invoke(items.app, ["list", "dibao", "--on", "2022-12-31", "--json"]).output)
    assert found[0]["code"] == "subsistence_allowance_apply"
    assert "200 个" in runner.invoke(items.app, ["list", "--on", "2022-12-31"]).output
    assert json.loads(runner.invoke(items.app, ["list", "--on", "2017-01-01", "--json"]).output) == []


def test_one_item_is_shown_in_the_version_of_the_day() -> None:
    told = runner.invoke(items.app, ["show", "subsistence_allowance_apply", "--on", "2022-12-31"])
    assert told.exit_code == 0
    for words in ("申请最低生活保障", "受理中心窗口人员", "户籍地街镇", "双人确认", "fact.wage_fen"):
        assert words in told.output.replace("\n", "")
    arguments = ["show", "marriage_registration", "--json", "--on"]
    before = json.loads(runner.invoke(items.app, [*arguments, "2022-11-30"]).output)
    after = json.loads(runner.invoke(items.app, [*arguments, "2022-12-01"]).output)
    assert (before["version"], after["version"]) == ("2021-01-01", "2022-12-01")
    assert sorted(before["channels"]) == before["channels"]


def test_an_item_that_does_not_exist_or_not_yet_is_refused_by_name() -> None:
    nothing = runner.invoke(items.app, ["show", "heating"])
    assert nothing.exit_code == 1 and "没有事项 heating" in nothing.output
    early = runner.invoke(items.app, ["show", "marriage_registration", "--on", "2020-12-31"])
    assert early.exit_code == 1 and "在 2020-12-31 未施行" in early.output
