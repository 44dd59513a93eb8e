"""A few people come a second time without their number; linkage finds who they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.linkage.actions import match_rows
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.people.names import pinyin_key
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.simulation import faults
from minzheng.simulation.city import write_city_files

ON = date(2022, 6, 30)
ROW = {
    "证件号码": "310195199003020013",
    "姓名": "郭明",
    "出生日期": "19900302",
    "户号": "H1",
    "居住区划代码": "310107014029",
}


def test_a_row_sent_again_has_no_number_and_the_same_household_and_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(faults, "figure", lambda _path: 1)
    maker = faults.SentAgain("1")
    made = [maker.row(ROW) for _ in range(60)]
    assert all(row and row["证件号码"] == "" and row["户号"] == "H1" for row in made)
    assert {row["居住区划代码"] for row in made if row} == {"310107014029"}
    assert {row["出生日期"] for row in made if row} == {"19900302", "19900203"}
    assert {row["姓名"] for row in made if row} == {"郭明", "国明"}
    again = faults.SentAgain("1")
    assert [again.row(ROW) for _ in range(60)] == made


def test_linkage_proposes_those_who_were_sent_again(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = faults.figure
    monkeypatch.setattr(faults, "figure", lambda path: 0.01 if path == "sent_again" else usual(path))
    write_city_files(tmp_path / "city", scale=20_000, seed=1, on=ON)
    load_folder(tmp_path / "city", period=Month.of(ON))
    with acting_as_service("test"):
        match_rows()
        proposed = Proposal.objects.filter(other=None, review__code="identifier_missing")
        assert 5 <= proposed.values("review_id").distinct().count() <= 30
        likeliest = {
            one.review_id: one for one in proposed.select_related("review", "person").order_by("weight")
        }
        for one in likeliest.values():
            assert pinyin_key(one.person.name) == pinyin_key(one.review.evidence["values"]["name"])
