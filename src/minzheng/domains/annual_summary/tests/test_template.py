"""Sentences without a typed number: every one is a binding, a paper's title or a day, and the refusal says where and what to do."""

from __future__ import annotations

import pytest

from minzheng.domains.annual_summary.errors import TemplateRefused
from minzheng.domains.annual_summary.template import Binding, Word, bound, parse_paragraph, template


@pytest.mark.parametrize(
    "text",
    [
        "全年办理97039对。",
        "全年办理９７对。",
        "增长6.76%。",
        "覆盖十六个区。",
        "发放两项补贴。",
        "惠及三万余名老人。",
        "提高百分之六。",
        "占十分之三，翻了两番。",
        "惠及四百三十万老年人。",
        "发放八千余万。",
        "床位三百所。",
        "受理捌佰件。",
        "受理٣٤件。",
        "受理𝟖𝟎件。",
        "共Ⅷ个。",
        "受理㉚件。",
        "办理{marriage.pairs_total:对}，比上年多12对。",
    ],
)
def test_a_typed_number_is_refused_with_its_paragraph_and_what_to_do(text):
    with pytest.raises(TemplateRefused) as refused:
        parse_paragraph("test.one", text)
    assert (
        "test.one" in str(refused.value) and "手写数字" in str(refused.value) and "{=" in str(refused.value)
    )


@pytest.mark.parametrize(
    "text",
    [
        "统一受理，一件事一次办，万众一心。",
        "依据{=《上海市2022年计划》}和{=沪府〔2022〕5号}执行。",
        "自{=2022年7月1日}起实施{=“9073”}格局。",
        "按{=《养老服务规划（2021—2025年）》}和{=“十四五”}部署，落实{=“两项补贴”}，开展{=“1+6”}行动。",
        "居民千方百计帮忙，万一有难处也不落下，队伍稳定，大陆亲属可来。",
        "{year}年，{place}办理{marriage.pairs_total:对}。",
    ],
)
def test_bindings_titles_days_and_idioms_may_stand(text):
    assert parse_paragraph("test.one", text).sentences


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{nothing.here:对}。", "没有指标 nothing.here"),
        ("{marriage.pairs_total:亿元,2}。", "不能写作 亿元"),
        ("{old_age.allowance_paid:人}。", "不能写作 人"),
        ("{marriage.pairs_total:百}。", "不认识的单位"),
        ("{marriage.pairs_total}。", "不认识的单位"),
        ("{=97039对}。", "请绑定指标"),
        ("发放{=“66.98亿元”}。", "不得有数量"),
        ("受理{=“1300万件”}。", "不得有数量"),
        ("受理{=“８００余件”}。", "不得有数量"),
        ("惠及{=《430万人》}。", "不得有数量"),
        ("惠及{=“四百三十万人”}。", "不得有数量"),
        ("占{=“92%”}。", "不得有数量"),
        ("{marriage.pairs_total:对。", "花括号不成对"),
        ("   ", "没有文字"),
    ],
)
def test_a_binding_that_cannot_be_printed_is_refused(text, says):
    with pytest.raises(TemplateRefused, match=says):
        parse_paragraph("test.one", text)


def test_the_platforms_own_text_stands_and_each_of_its_sentences_is_bound_or_plain():
    text = template()
    paragraphs = [one for section in text.sections for one in section.paragraphs]
    names = {one.figure for one in bound(paragraphs)}
    assert {"marriage.pairs_total", "old_age.allowance_paid", "service_centre.cases", "npo.total"} <= names
    assert not any(
        isinstance(piece, Word) and not piece.is_asked for p in paragraphs for s in p.sentences for piece in s
    )
    assert all(any(isinstance(piece, Binding) for s in p.sentences for piece in s) for p in paragraphs)
