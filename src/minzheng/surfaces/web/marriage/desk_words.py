"""Words of the marriage register in the reader's language: kinds, states, parties, places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.ui import formats
from minzheng.surfaces.web.work.words import place_names

SIDES = ("man", "woman")
SIDE_WORDS = {"man": gettext_lazy("男方"), "woman": gettext_lazy("女方")}
KINDS = {
    "marriage": gettext_lazy("结婚登记"),
    "divorce": gettext_lazy("离婚登记"),
    "reissue": gettext_lazy("补领婚姻登记证"),
    "correction": gettext_lazy("更正"),
    "revocation": gettext_lazy("撤销婚姻"),
    "no_record": gettext_lazy("无婚姻登记记录证明"),
    "archive": gettext_lazy("历史结婚档案"),
    "archive_divorce": gettext_lazy("历史离婚档案"),
}
ACT_WORDS = {
    "marriage": gettext_lazy("结婚登记"),
    "divorce_application": gettext_lazy("申请离婚"),
    "divorce": gettext_lazy("离婚登记"),
    "no_record": gettext_lazy("无婚姻登记记录证明"),
}
DIVORCE_STATES = {
    "pending": (gettext_lazy("冷静期或待领证"), "info"),
    "withdrawn": (gettext_lazy("已撤回"), "neutral"),
    "lapsed": (gettext_lazy("逾期视为撤回"), "neutral"),
    "registered": (gettext_lazy("已登记"), "good"),
}
NATIONALITIES = {
    "mainland": gettext_lazy("内地居民"),
    "hk": gettext_lazy("香港居民"),
    "macau": gettext_lazy("澳门居民"),
    "taiwan": gettext_lazy("台湾居民"),
    "overseas": gettext_lazy("华侨"),
    "foreign": gettext_lazy("外国人"),
}
IDENTIFIER_KINDS = {
    "citizen": gettext_lazy("居民身份证"),
    "passport": gettext_lazy("护照"),
    "hk_macao": gettext_lazy("港澳居民居住证"),
    "taiwan": gettext_lazy("台湾居民居住证"),
    "foreign": gettext_lazy("外国人永久居留身份证"),
    "other": gettext_lazy("其他证件"),
}
PAPERS = {"marriage": gettext_lazy("结婚证"), "divorce": gettext_lazy("离婚证")}


def parties(row: Any) -> str:
    """Both names of a row with the columns of a `Pair`: 张三、李四."""
    return "、".join(name for name in (row.man_name, row.woman_name) if name)


def party_rows(row: Any, side: str, places: dict[str, str]) -> list[dict[str, Any]]:
    """One party as the entry has them, for a summary card."""
    hukou = getattr(row, f"{side}_hukou")
    kind = getattr(row, f"{side}_identifier_kind")
    return [
        {"label": _("姓名"), "value": getattr(row, f"{side}_name") or "—"},
        {"label": IDENTIFIER_KINDS.get(kind, kind), "value": formats.masked(getattr(row, f"{side}_identifier"))},
        {"label": _("出生日期"), "value": formats.day(getattr(row, f"{side}_birth_date"))},
        {"label": _("身份"), "value": NATIONALITIES.get(getattr(row, f"{side}_nationality"), "—")},
        {"label": _("户籍所在区"), "value": places.get(hukou, hukou) or _("外省市或境外")},
    ]  # fmt: skip


def districts(rows: Iterable[Any]) -> dict[str, str]:
    """Names of every district that rows with the columns of a `Pair` speak of."""
    return place_names(
        code for row in rows for code in (row.division_code, row.man_hukou, row.woman_hukou) if code
    )


_FIELDS = {
    "name": gettext_lazy("姓名"),
    "identifier": gettext_lazy("证件号码"),
    "identifier_kind": gettext_lazy("证件种类"),
    "birth_date": gettext_lazy("出生日期"),
    "nationality": gettext_lazy("身份"),
}


def field_word(column: str) -> str:
    """A column of a `Pair` in words: man_name is 男方 姓名."""
    side, _mark, name = column.partition("_")
    return f"{SIDE_WORDS.get(side, side)} {_FIELDS.get(name, name)}"
