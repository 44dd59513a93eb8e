"""Pairs, answers and states in the reader's language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.linkage.queries import open_pairs
from minzheng.kernel.sources.queries import open_reviews
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.statuses import Status, register_statuses

STATES = {
    "open": (gettext_lazy("待判断"), "special"),
    "visit": (gettext_lazy("待走访核实"), "warn"),
    "same": (gettext_lazy("同一人"), "good"),
    "different": (gettext_lazy("不是同一人"), "neutral"),
    "automatic": (gettext_lazy("自动关联"), "info"),
    "passed": (gettext_lazy("已关联他人"), "neutral"),
    "undone": (gettext_lazy("已撤销"), "bad"),
    "standing": (gettext_lazy("有效"), "good"),
}
register_statuses({f"linkage_{code}": Status(label, tone) for code, (label, tone) in STATES.items()})
COMPARISONS = {
    "name": gettext_lazy("姓名"),
    "birth": gettext_lazy("出生日期"),
    "place": gettext_lazy("居住地"),
    "number": gettext_lazy("证件号码"),
    "sex": gettext_lazy("性别"),
    "phone": gettext_lazy("电话"),
}
LEVELS = {
    ("name", "same"): gettext_lazy("完全相同"),
    ("name", "variant"): gettext_lazy("异体字或繁体字"),
    ("name", "sound"): gettext_lazy("读音相同"),
    ("name", "order"): gettext_lazy("用字相同，次序不同"),
    ("name", "one_sign"): gettext_lazy("同姓，差一个字"),
    ("name", "part"): gettext_lazy("一方少写了字"),
    ("name", "surname"): gettext_lazy("只有姓相同"),
    ("birth", "same"): gettext_lazy("完全相同"),
    ("birth", "swapped"): gettext_lazy("月和日写反"),
    ("birth", "one_digit"): gettext_lazy("差一位数字"),
    ("birth", "year_off"): gettext_lazy("月日相同，年份不同"),
    ("birth", "year"): gettext_lazy("只有年份相同"),
    ("place", "household"): gettext_lazy("同一户"),
    ("place", "committee"): gettext_lazy("同一居（村）委"),
    ("place", "neighbour"): gettext_lazy("相邻居（村）委"),
    ("place", "street"): gettext_lazy("同一街镇"),
    ("place", "district"): gettext_lazy("同一区"),
    ("number", "same"): gettext_lazy("完全相同"),
    ("number", "one_digit"): gettext_lazy("差一位"),
    ("number", "two_digits"): gettext_lazy("差两位"),
    ("number", "tail"): gettext_lazy("后四位相同"),
    ("sex", "same"): gettext_lazy("相同"),
    ("phone", "same"): gettext_lazy("相同"),
    ("phone", "one_digit"): gettext_lazy("差一位"),
}
DIFFERS = gettext_lazy("不同")


def level_word(comparison: str, level: str) -> str:
    return str(LEVELS.get((comparison, level), DIFFERS))


def strength(weight: float) -> str:
    """A weight in words: three bits are eight to one, seven more than a hundred to one."""
    size = abs(weight)
    if size < 0.5:
        return _("几乎不说明问题")
    if weight > 0:
        return _("强烈支持") if size >= 7 else _("支持") if size >= 3 else _("略微支持")
    return _("强烈反对") if size >= 7 else _("反对") if size >= 3 else _("略微反对")


def certainty(probability: float) -> str:
    """A probability as a share of a hundred, never quite none or all."""
    if probability > 0.9999:
        return "> 99.99%"
    return f"{probability * 100:.2f}%" if probability > 0.99 else f"{probability * 100:.1f}%"


def tabs(current: str) -> list[NavItem]:
    """Linkage stands beside what it serves: the files received and their review queue."""
    entries = (
        ("work_feeds", _("收到的文件"), 0),
        ("work_review", _("待核处"), open_reviews() if current == "linkage" else 0),
        ("linkage", _("疑似同一人"), open_pairs()),
        ("linkage_done", _("比对处理记录"), 0),
        ("linkage_merges", _("档案合并记录"), 0),
        ("linkage_model", _("比对模型"), 0),
    )
    return [NavItem(label, reverse(name), name == current, count) for name, label, count in entries]
