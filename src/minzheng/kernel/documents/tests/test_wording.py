"""The words a layout adds, and a letter's text as an official document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from minzheng.kernel.documents import Condition, Heading
from minzheng.kernel.documents.labels import LABELS
from minzheng.kernel.documents.tests.samples import BARE, LETTER
from minzheng.kernel.documents.wording import official_document_of, words_of


def test_every_heading_is_there_in_both_languages():
    assert LABELS["zh"].keys() == LABELS["en"].keys()
    assert not any("\u4e00" <= sign <= "\u9fff" for text in LABELS["en"].values() for sign in text)


def test_a_letter_as_official_document_numbers_what_it_lists():
    body = [part.text if isinstance(part, Heading) else part for part in official_document_of(LETTER).body]
    assert body[2] == "一、审核情况"
    assert body[3] == (
        "1．家庭月人均收入低于最低生活保障标准：实际为每人每月860.00元，规定为1,420.00元，符合（沪民规〔2022〕8号）。"
    )
    assert (
        "2．货币财产不超过规定限额：实际为62,000.00元，规定为50,000.00元，不符合（《示例认定标准》第九条；示例值）。"
        in body
    )
    assert "3．每月合计：1,120.01元。" in body
    assert body[-1] == LETTER.closing[-1]


def test_parts_that_are_not_there_take_no_number():
    paper = replace(BARE["letter"], conditions=(), objections=LETTER.objections)
    body = official_document_of(paper).body
    assert [part.text for part in body if isinstance(part, Heading)] == ["一、救济途径"]


@pytest.mark.parametrize(("met", "word"), [(True, "符合"), (False, "不符合"), (None, "待核实")])
def test_a_result_is_a_word(met, word):
    words = words_of(replace(LETTER, conditions=(Condition(label="甲", met=met),)))
    assert words["conditions"][0]["result"] == word


def test_marks_that_turn_the_direction_of_the_text_are_left_out():
    words = words_of(replace(LETTER, addressee="\ufeff王\u202e国\u2066建"))
    assert words["addressee"] == "王国建"


def test_one_attachment_is_not_numbered_and_two_are():
    assert words_of(replace(LETTER, attachments=("甲",)))["attachments"] == ["甲"]
    assert words_of(replace(LETTER, attachments=("甲", "乙")))["attachments"] == ["1. 甲", "2. 乙"]


def test_something_that_is_no_document_is_refused_by_its_type():
    with pytest.raises(TypeError, match="dict"):
        words_of({"title": "甲"})
