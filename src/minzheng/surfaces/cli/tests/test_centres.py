"""`minzheng centres`: load, list, and a morning lived from the command line."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from minzheng.surfaces.cli.centres import app

DAY = "2022-07-29"


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_the_centres_are_loaded_once_and_a_morning_adds_up(db, monkeypatch):
    monkeypatch.setattr("minzheng.surfaces.cli.centres.console.width", 200, raising=False)
    assert "共 287 个受理中心和分中心" in run("load", "--on", DAY).output
    assert "新增 0 个" in run("load", "--on", DAY).output
    lived = run("simulate-morning", "310107014-0", "--on", DAY, "--arrivals", "10", "--seed", "5", "--close")
    assert lived.exit_code == 0, lived.output
    assert re.search(r"^08:\d\d 取号 [A-K]001", lived.output, re.M)
    taken, served, left, waiting, carried = map(
        int,
        re.search(
            r"取号 (\d+) = 办结 (\d+) \+ 过号或离开 (\d+) \+ 等候 (\d+) \+ 闭门未办 (\d+)", lived.output
        ).groups(),
    )
    assert taken == served + left + waiting + carried > 10 and waiting == 0
    shown = run("list", "--on", DAY, "--place", "310107014")
    assert "共 1 个" in shown.output and f"{served}" in shown.output


def test_a_centre_that_is_not_there_and_a_sunday_are_refused_in_words(db):
    assert run("simulate-morning", "1-0", "--on", DAY).exit_code == 1
    run("load", "--on", DAY)
    assert run("simulate-morning", "310107014-0", "--on", "2022-07-31").exit_code == 1
    assert run("list", "--on", "July").exit_code == 2
