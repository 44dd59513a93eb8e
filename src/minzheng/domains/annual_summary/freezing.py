"""A summary as it is kept (定稿): plain values that a database, a document and a page all read, and its seal."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from minzheng.domains.annual_summary.drafting import Draft, Shown, side_text
from minzheng.kernel.indicators.summary import domain_name
from minzheng.kernel.places.resolution import CITY

_MOST_BROKEN = 40


def frozen(made: Draft) -> dict[str, Any]:
    """A draft as plain values: text, every figure with value, form and printed text, identities, and what is missing."""
    is_city = made.asked.place == CITY
    return {
        "title": made.title,
        "office": made.text.office if is_city else made.text.district_office.format(place=made.place),
        "addressee": made.text.addressee if is_city else made.text.district_addressee,
        "place": made.place,
        "division_code": made.asked.place,
        "sections": [
            {
                "heading": section.heading,
                "paragraphs": [{"key": one.key, "parts": [_kept(part) for part in one.parts]} for one in paragraphs],
            }
            for section, paragraphs in made.sections
        ],
        "counted_to": _until(made),
        "is_broken": bool(made.broken),
        "identities": identity_lines(made),
        "refused": [
            {"id": one.id, "name": one.name, "domain": domain_name(one.domain), "reason": one.reason,
             "is_bound": one.is_bound}
            for one in made.refused
        ],
    }  # fmt: skip


def seal(content: dict[str, Any]) -> str:
    """SHA-256 of a frozen text."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def figures_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Every printed figure in the order of the text."""
    return [
        part
        for section in content["sections"]
        for one in section["paragraphs"]
        for part in one["parts"]
        if isinstance(part, dict)
    ]


def text_of(paragraph: dict[str, Any]) -> str:
    """A paragraph as it reads."""
    return "".join(part if isinstance(part, str) else part["text"] for part in paragraph["parts"])


def identity_lines(made: Draft) -> list[str]:
    """Every broken identity of the year with both sides, or that all hold."""
    if not made.broken:
        return [f"本年所核对的勾稽关系共{made.checked}条，均成立。"]
    lines = [f"勾稽关系不成立：{len(made.broken)}处，文中有关数字在查清之前不宜引用。"]
    for one, line in made.broken[:_MOST_BROKEN]:
        lines.append(
            f"{one.identity.name}（{line.first.year}年，{made.place_names.get(line.place, line.place)}）："
            f"左边{side_text(one.unit, line.left)}，右边{side_text(one.unit, line.right)}，"
            f"相差{side_text(one.unit, line.difference)}。"
        )
    if len(made.broken) > _MOST_BROKEN:
        lines.append(f"另有{len(made.broken) - _MOST_BROKEN}处，见统计指标的勾稽核对页。")
    return lines


def _until(made: Draft) -> str:
    """Words on how far a year that is not over was counted; empty for a whole year."""
    day = made.counted_to
    if day is None or day >= made.asked.last:
        return ""
    return f"本年尚未结束，数字统计至{day.year}年{day.month}月{day.day}日，文中“年末”指该日"


def _kept(part: str | Shown) -> Any:
    if isinstance(part, str):
        return part
    return {"figure": part.figure.id, "name": part.figure.name, "form": part.form.declared, "value": part.kept,
            "unit": part.figure.unit, "rows": part.rows, "text": part.text,
            "is_assumed": part.is_assumed}  # fmt: skip
