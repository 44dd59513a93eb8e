"""A service is found by what people say, and the better match comes first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from minzheng.kernel.items import Matched, catalogue, search, search_joined
from minzheng.kernel.items.search import plain

ITEMS = catalogue()
CODES = st.sampled_from(sorted(ITEMS))
EVERYDAY = [
    ("低保", "subsistence_allowance_apply"),
    ("吃低保", "subsistence_allowance_apply"),
    ("没钱了", "subsistence_allowance_apply"),
    ("结婚证", "marriage_registration"),
    ("领证", "marriage_registration"),
    ("老人补贴", "old_age_allowance"),
    ("养老钱", "old_age_allowance"),
    ("敬老卡", "old_age_allowance"),
    ("尊老金", "old_age_allowance"),
    ("残疾证补贴", "disability_living"),
    ("居住证", "residence_permit"),
    ("我想办居住证", "residence_permit"),
    ("局住证", "residence_permit"),
    ("医保卡", "social_card_first"),
    ("社保卡", "social_card_first"),
    ("失业金", "unemployment_benefit"),
    ("狗", "dog_licence"),
    ("dibao", "subsistence_allowance_apply"),
    ("di bao", "subsistence_allowance_apply"),
    ("DIBAO", "subsistence_allowance_apply"),
    ("ｄｉｂａｏ", "subsistence_allowance_apply"),
    ("低bao", "subsistence_allowance_apply"),
    ("juzhuzheng", "residence_permit"),
    ("changhuxian", "long_term_care_insurance"),
    ("sbk", "social_card_first"),
    ("old-age allowance", "old_age_allowance"),
    ("residence permit", "residence_permit"),
    ("heating", None),
    ("xyz", None),
    ("", None),
    ("。！", None),
]


@pytest.mark.parametrize(("words", "code"), EVERYDAY)
def test_everyday_words_lead_to_the_item_first(words: str, code: str | None) -> None:
    hits = search(words, limit=5)
    assert (hits[0].item.code if hits else None) == code


@settings(deadline=None)
@given(code=CODES)
def test_every_item_is_found_first_by_its_own_name(code: str) -> None:
    item = ITEMS[code]
    hit = search(item.name)[0]
    assert hit.item == item and hit.matched is Matched.NAME


@settings(deadline=None)
@given(code=CODES)
def test_every_item_is_found_by_the_pinyin_of_its_name(code: str) -> None:
    item = ITEMS[code]
    hits = search("".join(lazy_pinyin(plain(item.name))))
    assert item in [h.item for h in hits] and hits[0].score == max(h.score for h in hits)
    assert next(h for h in hits if h.item == item).matched in (Matched.PINYIN, Matched.NAME)


@settings(deadline=None)
@given(code=CODES)
def test_every_item_is_found_by_the_initials_of_its_name(code: str) -> None:
    item = ITEMS[code]
    hits = search("".join(s[0] for s in lazy_pinyin(plain(item.name))))
    assert item in [h.item for h in hits]


@settings(deadline=None)
@given(code=CODES, data=st.data())
def test_every_item_is_found_by_each_of_its_words(code: str, data: st.DataObject) -> None:
    item = ITEMS[code]
    word = data.draw(st.sampled_from(item.words))
    assert item in [h.item for h in search(word, limit=len(ITEMS))]


@settings(deadline=None)
@given(code=CODES, data=st.data())
def test_every_item_is_found_by_the_beginning_of_its_name(code: str, data: st.DataObject) -> None:
    item = ITEMS[code]
    name = plain(item.name)
    size = data.draw(st.integers(2, len(name)))
    assert item in [h.item for h in search(name[:size], limit=len(ITEMS))]


@settings(deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_may_be_searched_and_hits_come_in_order(text: str) -> None:
    hits = search(text, limit=7)
    assert len(hits) <= 7 and all(a.score >= b.score for a, b in pairwise(hits))
    assert len({h.item.code for h in hits}) == len(hits)
    assert all(h.text for h in hits)


def test_the_better_kind_of_match_comes_first(load) -> None:
    names = {
        "exact": ("煤炭", "[某词]"),
        "word": ("木柴补助", "[煤炭]"),
        "prefix": ("煤炭补助", "[某词]"),
        "inside": ("冬季煤炭补助", "[某词]"),
        "summary": ("取暖", "[某词]"),
        "nothing": ("游泳", "[某词]"),
    }
    text = "items:\n" + "".join(
        f"  - {{code: {code}, since: 2022-01-01, name: {name} / {code}, words: {words}, like: street_decides,\n"
        f"     department: 民政, group: 社会救助, summary: {'买煤炭' if code == 'summary' else '略'} / x,\n"
        "     basis: [{text: 某条例, source: 某条例, provenance: public}], result: {answer: 答 / Answer}}\n"
        for code, (name, words) in reversed(names.items())
    )
    hits = load(text).search("煤炭")
    assert [h.item.code for h in hits] == ["exact", "word", "prefix", "inside", "summary"]
    assert [h.matched for h in hits][:2] == [Matched.NAME, Matched.WORD]
    assert load(text).search("冬天煤炭补助在哪里领")[0].item.code == "prefix"


def test_a_joined_item_is_found_by_what_people_say() -> None:
    assert search_joined("结婚生孩子")[0].item.code == "marriage_and_birth"
    assert search_joined("免税和税前扣除")[0].item.code == "organisation_tax_qualifications"


def test_a_synonym_that_leads_nowhere_is_a_fault(write_items, tmp_path) -> None:
    from minzheng.kernel.items.loading import check_items

    package = write_items("items: []\n")
    (tmp_path / package / "synonyms.yaml").write_text(
        "synonyms:\n  - {mean: 登月, say: [上月亮]}\n", encoding="utf-8"
    )
    (fault,) = check_items([package])
    assert fault.line == 2 and fault.file == f"{package}/synonyms.yaml" and "登月" in fault.text
