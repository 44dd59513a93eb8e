"""`minzheng marriage` as it is typed: the night's work, and a month's draw."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from minzheng.domains.marriage_registration.sampling import sample_of
from minzheng.domains.marriage_registration.tests.conftest import new_person, open_office
from minzheng.domains.marriage_registration.tests.test_divorce import RECEIVED, apply
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.surfaces.cli import marriage


def said(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(marriage.app, list(arguments))
    assert done.exit_code == code, done.output + done.stderr
    return done.output + done.stderr


@pytest.mark.django_db
def test_the_nights_work_and_a_months_draw() -> None:
    office, couple = open_office("310107", first=1), (new_person(1), new_person(2))
    with acting(office.post):
        entry = marry(office, *couple)
        assert apply(office, couple, entry).received_on == RECEIVED
    assert json.loads(said("lapse", "--on", "2022-11-07", "--json")) == {
        "lapsed": 0,
        "ended_by_death": 0,
        "told": 1,
    }
    assert json.loads(said("lapse", "--on", "2022-11-08", "--json")) == {
        "lapsed": 1,
        "ended_by_death": 0,
        "told": 0,
    }
    assert "逾期视为撤回 0 件" in said("lapse", "--on", "2022-11-08")
    reviewer = make_post("district_reviewer", "310107").official.user.username
    month = ("sample", "2022-08", "--on", "2022-09-01", "--as")
    assert "无权办理" in said(*month, office.post.official.user.username, code=1)
    assert "没有登记处" in said(*month, reviewer, "--office", "HY-310104", code=1)
    [drawn] = json.loads(said(*month, reviewer, "--seed", "种子", "--json"))
    assert drawn["files"] == sample_of([entry.number], seed="种子", size=10)
    assert "不能重抽" in said(*month, reviewer, code=1)
