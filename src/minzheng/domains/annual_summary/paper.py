"""The summary as an official document (公文): GB/T 9704 as PDF and DOCX, broken identities at its end, then what could not be derived."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from minzheng.domains.annual_summary.freezing import figures_of, text_of
from minzheng.kernel.documents import Heading, OfficialDocument, numeral
from minzheng.kernel.documents.fonts import choose_fonts, font_folder
from minzheng.kernel.places.resolution import CITY

UNNUMBERED = "（草稿，未编文号）"
_FONTS = {
    "title": "小标宋体（标题）",
    "body": "仿宋体（正文）",
    "heading": "黑体（一级标题）",
    "kai": "楷体（二级标题）",
}


def document(content: dict[str, Any], *, on: date, number: str = "") -> OfficialDocument:
    """The official document of a frozen text; without a number it is a draft.

    Args:
        on: the day it bears (成文日期).
    """
    body: list[str | Heading] = []
    for number_of_section, section in enumerate(content["sections"], 1):
        body.append(Heading(text=f"{numeral(number_of_section)}、{section['heading']}"))
        body += [text_of(one) for one in section["paragraphs"]]
    body.append(Heading(text=f"{numeral(len(content['sections']) + 1)}、勾稽核对"))
    body += content["identities"]
    body.append(Heading(text="附　未能推得的指标"))
    body += annex_lines(content)
    return OfficialDocument(
        office=content["office"],
        number=number or UNNUMBERED,
        title=content["title"],
        addressee=content["addressee"],
        date=on,
        body=tuple(body),
        signed_by=content["office"],
        printed_by=f"{content['office']}办公室",
        printed_on=on,
        illustrative=tuple(notes(content)),
        is_synthetic=os.environ.get("MINZHENG_DEMO") == "1",
    )


def annex_lines(content: dict[str, Any]) -> list[str]:
    """Figures that could not be derived, by name, under the domain that will bring them; the sentences on them are left out."""
    refused = content["refused"]
    if not refused:
        return ["本文所列指标均由记录推得。"]
    left_out = sum(one["is_bound"] for one in refused)
    lines = [f"下列{len(refused)}项指标不能由记录推得，一律不填写；涉及其中{left_out}项的语句已略去。"]
    named: dict[tuple[str, str], list[str]] = {}
    for one in refused:
        named.setdefault((one["domain"], one["reason"]), []).append(one["name"])
    lines += [f"{domain}（{reason}）：{'、'.join(names)}。" for (domain, reason), names in named.items()]
    return lines


def notes(content: dict[str, Any]) -> list[str]:
    """What in the document is declared or substituted: forms of numbers, and fonts that stand in for the standard's."""
    told = ["数字的单位、小数位和舍入方式逐项声明，见网页版与统计表"]
    if content["counted_to"]:
        told.insert(0, content["counted_to"])
    assumed = dict.fromkeys(one["name"] for one in figures_of(content) if one["is_assumed"])
    if assumed:
        told.append(f"下列数字依据的标准为示例值：{'、'.join(assumed)}")
    missing = [words for part, words in _FONTS.items() if len(choose_fonts(font_folder())[part]) == 1]
    if missing:
        told.append(f"本机没有{'、'.join(missing)}，PDF以思源宋体、思源黑体代替；Word文件仍按标准写明字体名")
    if content["division_code"] != CITY:
        told.append("现行标准与全市性清单各区相同，其余数字按所列区划统计")
    return told
