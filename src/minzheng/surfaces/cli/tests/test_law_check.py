"""`minzheng law check` as somebody types it."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minzheng.surfaces.cli import law

runner = CliRunner()


def test_the_law_in_force_passes_and_its_cliffs_are_told_to_the_fen() -> None:
    told = runner.invoke(law.app, ["check", "-m", "2022-07", "--json"])
    assert told.exit_code == 0
    found = json.loads(told.output)
    assert {p["result"] for p in found["pairs"]} == {"proved"}
    cliffs = {c["shape"]: [(x["at_fen"], x["loss_fen"]) for x in c["cliffs"]] for c in found["cliffs"]}
    assert cliffs["single"] == []
    assert cliffs["couple_child"] == [(425_999, 43_002)]


def test_gaps_are_told_beside_the_proofs() -> None:
    told = runner.invoke(law.app, ["check", "-m", "2022-07", "--rules"])
    assert "家庭人均月收入" in told.output and "Rules without a paper" in told.output
    found = json.loads(runner.invoke(law.app, ["check", "-m", "2022-07", "--json"]).output)
    assert found["unread_parameters"] == [] and found["unreached"] == []
    bare = {g["rule"] for g in found["rules"] if not g["has_paper"]}
    assert "subsistence_allowance.income_per_member_fen" in bare


def test_in_a_gradual_exit_the_cliff_lies_further_up_and_is_still_there() -> None:
    """Half the wage counts (illustrative): 4,260.00 is reached at twice the wage."""
    told = runner.invoke(law.app, ["check", "-m", "2022-07", "--gradual-exit", "--json"])
    cliffs = {c["shape"]: [x["at_fen"] for x in c["cliffs"]] for c in json.loads(told.output)["cliffs"]}
    assert cliffs["couple_child"] == [851_999]


def test_a_wrong_pair_fails_the_check_and_shows_the_household(tmp_path: Path) -> None:
    wrong = tmp_path / "stacking.yaml"
    wrong.write_text(
        "pairs:\n  - {first: subsistence_allowance, second: disability_living, rule: exclusive,"
        ' source: "示例", provenance: illustrative}\n',
        encoding="utf-8",
    )
    told = runner.invoke(law.app, ["check", "-m", "2022-07", "--stacking", str(wrong)])
    assert told.exit_code == 1
    # Any household that refutes the pair will do, and a terminal may break its lines anywhere.
    said = re.sub(r"\s", "", told.output)
    assert "最低生活保障金×困难残疾人生活补贴：存在同时领取的家庭" in said
    assert re.search(r"残疾等级：[一二三四]级", said) and "本市户籍：是" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "July"], "July"),
        (["--up-to", "much"], "not an amount"),
        (["--stacking", "/nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_option(arguments: list[str], said: str) -> None:
    told = runner.invoke(law.app, ["check", *arguments])
    assert told.exit_code == 2
    assert said in told.output + told.stderr


def test_what_changed_between_two_days_is_told_and_can_be_read_by_a_program() -> None:
    told = runner.invoke(law.app, ["diff", "2022-06-30", "2022-07-01"])
    assert told.exit_code == 0 and "142000" in told.output and "133000" in told.output
    found = json.loads(runner.invoke(law.app, ["diff", "2022-06-30", "2022-07-01", "--json"]).output)
    assert "subsistence_allowance.standard" in {v["name"] for v in found["values"]}
    assert runner.invoke(law.app, ["diff", "2022-07-01", "2022-06-30"]).exit_code == 2


def test_the_standing_lists_assumed_and_stale_values_of_every_block() -> None:
    rows = json.loads(runner.invoke(law.app, ["status", "--json", "--on", "2028-01-01"]).output)
    problems = {p for r in rows for p in r["problems"]}
    assert {"illustrative", "stale"} <= problems
    assert {"cases", "awards", "price_linkage", "subsistence_allowance"} <= {r["programme"] for r in rows}
