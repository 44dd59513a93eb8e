"""What offices sent, as screens show it: fields in words, numbers masked, states in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.sources.contract import Contract, Field, contracts
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work import fields
from minzheng.surfaces.web.work.words import is_english, place_names

OUTCOMES = {
    "taken": (gettext_lazy("已采用"), "good"),
    "taken_with_warning": (gettext_lazy("已采用，有提示"), "warn"),
    "unchanged": (gettext_lazy("无变化"), "neutral"),
    "review": (gettext_lazy("待核处"), "special"),
    "refused": (gettext_lazy("未采用"), "bad"),
    "not_data": (gettext_lazy("非数据行"), "neutral"),
    "waiting": (gettext_lazy("待处理"), "info"),
}
FILE_STATES = {
    "staged": (gettext_lazy("已暂存"), "info"),
    "checked": (gettext_lazy("已核查，待写入"), "warn"),
    "applied": (gettext_lazy("已写入"), "good"),
    "unrecognised": (gettext_lazy("未识别"), "bad"),
    "unreadable": (gettext_lazy("无法读取"), "bad"),
}
REVIEW_STATES = {
    "open": (gettext_lazy("待核处"), "special"),
    "linked": (gettext_lazy("已关联"), "good"),
    "new": (gettext_lazy("已新建"), "good"),
    "accepted": (gettext_lazy("已采用"), "good"),
    "refused": (gettext_lazy("未采用"), "bad"),
}
LEVELS = {
    "note": (gettext_lazy("说明"), "neutral"),
    "warning": (gettext_lazy("提示"), "warn"),
    "review": (gettext_lazy("待核处"), "special"),
    "refused": (gettext_lazy("未采用"), "bad"),
}
ACTIONS = {
    "link": gettext_lazy("关联到已登记的人"),
    "new": gettext_lazy("作为新的人员登记"),
    "accept": gettext_lazy("核实无误，照此采用"),
    "refuse": gettext_lazy("不采用这一行"),
}
GROUNDS = {
    "number": gettext_lazy("证件号码相同"),
    "name": gettext_lazy("姓名相同"),
    "birth_date": gettext_lazy("出生日期相同"),
    "household": gettext_lazy("同一户"),
    "household_number": gettext_lazy("同一户"),
    "linkage": gettext_lazy("比对相近"),
}
ROW_KINDS = {
    "data": gettext_lazy("数据"),
    "title": gettext_lazy("标题"),
    "header": gettext_lazy("表头"),
    "total": gettext_lazy("合计"),
    "blank": gettext_lazy("空行"),
    "note": gettext_lazy("附注"),
    "other_sheet": gettext_lazy("未采用的工作表"),
}
_SENSITIVE = ("citizen_number", "account", "disability_number")
_LONG_NUMBER = re.compile(r"\d(?:[\s\-–]?\d){14,}(?:[\s\-–]?[XxＸｘ])?")

for _prefix, _table in (
    ("feedrow", OUTCOMES),
    ("feedfile", FILE_STATES),
    ("review", REVIEW_STATES),
    ("level", LEVELS),
):
    register_statuses({f"{_prefix}_{code}": Status(label, tone) for code, (label, tone) in _table.items()})


def contract_title(name: str) -> str:
    """A contract's title; what no contract fits is said so."""
    found = contracts().get(name)
    if found is None:
        return _("未识别")
    return found.title_en if is_english() else found.title


def field_label(contract: Contract | None, name: str) -> str:
    """A field in the reader's words."""
    found = contract.fields.get(name) if contract else None
    return name if found is None else found.label_en if is_english() else found.label


def in_english(contract: Contract | None, label: str) -> str:
    """A field's stored Chinese label in the reader's language."""
    if contract and is_english():
        return next((field.label_en for field in contract.fields.values() if field.label == label), label)
    return label


def masked_text(text: Any) -> str:
    """Any cell with its long numbers masked: what is no identifier stays readable."""
    shown = "" if text is None else str(text)
    return _LONG_NUMBER.sub(lambda found: mask(re.sub(r"[\s\-–]", "", found[0])), shown)


def cells(row: dict[str, Any], contract: Contract | None, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells of a row as sent, under their headings; identifiers and accounts are masked."""
    kinds = {
        place[0]: contract.fields[name].kind
        for name, place in columns.items()
        if contract is not None and name in contract.fields and isinstance(place, list)
    }
    shown = []
    for at, cell in enumerate(row["raw"] if isinstance(row["raw"], list) else []):
        heading = row["headings"][at] if at < len(row["headings"]) else _("第 %(n)s 列") % {"n": at + 1}
        text = masked_text(cell)
        if any(word in kinds.get(at, "") for word in _SENSITIVE) and text and "*" not in text:
            text = mask(text)
        shown.append({"heading": heading, "text": text})
    return shown


def messages(
    told: list[dict[str, str]], contract: Contract | None, *, is_masked: bool = True
) -> list[dict[str, str]]:
    """What was said of a row: the field, what was wrong, what was found and expected, what was done."""
    write = masked_text if is_masked else str
    return [
        {
            **one,
            "field": in_english(contract, one["field"]),
            "found": write(one["found"]),
            "expected": write(one["expected"]),
            "level_status": f"level_{one['level']}",
        }
        for one in told
    ]


def value_in_words(field: Field, value: Any) -> str:
    """A value as read from a row, as people write it."""
    if value in (None, ""):
        return "—"
    if field.kind == "money":
        return formats.fen(int(value))
    if any(word in field.kind for word in _SENSITIVE) or "number" in field.kind:
        return masked_text(value)
    if "division" in field.kind or field.name.endswith("division"):
        return place_names([str(value)]).get(str(value), str(value))
    if field.name == "sex":
        return str(fields.SEXES.get(value, value))
    if field.name == "relation":
        return str(fields.ROLES.get(value, value))
    kind = catalogue().get(field.name)
    if kind and isinstance(value, int):
        return kind.show(value)
    if field.settings.codes:
        # A contract lists the usual way of writing a code first; the code itself is for programs.
        ways = [way for way, code in field.settings.codes.items() if code == value and not way.isascii()]
        return ways[0] if ways else str(value)
    return masked_text(value)
