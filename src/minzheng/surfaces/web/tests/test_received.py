"""Received cells on screen: numbers masked, codes in words, names of files harmless."""

import pytest

from minzheng.kernel.sources.contract import contracts
from minzheng.surfaces.web.jobs import safe_name
from minzheng.surfaces.web.work import received


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("310199198005230010", "310***********0010"),
        ("31019919800523001X", "310***********001X"),
        ("310199 19800523 0010", "310***********0010"),
        ("号码 310199198005230010 有误", "号码 310***********0010 有误"),
        ("310107014015", "310107014015"),
        ("2022-06-30", "2022-06-30"),
        ("", ""),
        (None, ""),
    ],
)
def test_identity_numbers_are_masked_and_codes_of_places_stay_readable(sent, shown):
    assert received.masked_text(sent) == shown


def test_a_bank_account_is_masked_however_short():
    contract = contracts()["awards_roster"]
    row = {"raw": ["6222021001", "某某"], "headings": ["账号", "姓名"]}
    shown = received.cells(row, contract, {"account": [0, ""], "name": [1, ""]})
    assert shown == [{"heading": "账号", "text": "622***1001"}, {"heading": "姓名", "text": "某某"}]


def test_a_cell_beyond_the_headings_is_shown_under_its_place():
    shown = received.cells({"raw": ["甲", "乙"], "headings": ["姓名"]}, None, {})
    assert [one["heading"] for one in shown] == ["姓名", "第 2 列"]


def test_a_code_is_shown_as_the_office_says_it():
    fields = contracts()["social_security"].fields
    assert received.value_in_words(fields["employment"], 1) == "在职"
    assert received.value_in_words(fields["wage"], 766800) == "¥7,668.00"
    assert received.value_in_words(fields["wage"], None) == "—"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("..", "file"),
        ("公安\x00<b>.csv", "公安__b_.csv"),
        ("~$名册.xlsx", "$名册.xlsx"),
        ("长" * 300 + ".csv", "长" * 60 + ".csv"),
    ],
)
def test_a_files_name_holds_no_folder_and_no_control(given, kept):
    assert safe_name(given) == kept
