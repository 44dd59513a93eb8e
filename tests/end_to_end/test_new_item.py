"""A service item added by one entry of YAML, in a package of its own, runs from the first question to its result."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Letter
from minzheng.kernel.cases.tests import world
from minzheng.kernel.items import search
from minzheng.kernel.people.attendance import attend

ENTRY = """
defaults: {department: 民政, group: 老年人, provenance: illustrative, source: 测试用事项}
items:
  - code: piano_room
    since: 2022-01-01
    name: 社区琴房预约 / Booking of the community's piano room
    summary: 居民可以预约社区琴房。 / Residents may book the community's piano room.
    words: [弹琴, 琴房]
    like: street_of_residence_decides
    basis: [{text: 社区琴房管理办法, source: 测试, provenance: illustrative}]
    who: [本市居民 / Residents of the city]
    fields: [name, phone, {name: hours, label: 每周几小时 / Hours a week, type: number}]
    materials: [identity_card]
    result: {status: 琴房使用资格 / Use of the piano room}
"""


@pytest.fixture
def piano_room(tmp_path: Path, settings, monkeypatch) -> None:
    package = tmp_path / "piano_town"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "service_items.yaml").write_text(ENTRY, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MINZHENG_ITEMS = [*settings.MINZHENG_ITEMS, "piano_town"]
    yield
    sys.modules.pop("piano_town", None)


def test_one_entry_makes_an_item_that_is_found_applied_for_decided_and_told(piano_room, db):
    assert "piano_room" in [hit.item.code for hit in search("弹琴")]
    world.poor_household()
    on = date(2022, 7, 4)
    with acting(make_post("centre_clerk", world.XUHUI)):
        client = attend(identifier=world.NUMBER, name=world.NAME, purpose="琴房")
        case = actions.open_draft(item="piano_room", person=client, on=on)
        assert case.answers["name"]["origin"] == "registry"
        actions.save_answers(case=case, values={"phone": "13800000000", "hours": 2}, on=on)
        case = actions.submit(case=case, on=on)
        assert case.papers_saved == 1
        case = actions.accept(case=case, on=on)
        assert case.deciding_division == world.CHONGMING
    with acting(make_post("street_officer", world.CHONGMING)):
        actions.decide(case=case, outcome="granted", reason="符合条件", on=date(2022, 7, 6))
        letters = Letter.objects.filter(case=case).order_by("id")
        assert [letter.kind for letter in letters] == ["receipt", "accepted", "decision", "certificate"]
        assert letters[3].title == "琴房使用资格"
