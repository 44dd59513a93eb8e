"""The figures' names, and in words what stands above and below each line (指标口径)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minzheng.kernel.cases.figures import Figure
from minzheng.kernel.ui import formats


@dataclass(frozen=True, slots=True)
class Words:
    """A figure's name and its definition; `below` is empty for a count."""

    label: Promise | str
    above: Promise | str
    below: Promise | str = ""


WORDS: dict[str, Words] = {
    "submitted": Words(_("提交"), _("本期提交的办件")),
    "accepted": Words(_("受理"), _("本期受理的办件")),
    "decided": Words(_("办结"), _("本期作出决定的办件")),
    "granted": Words(_("准予"), _("本期准予的办件")),
    "refused": Words(_("不予"), _("本期不予的办件")),
    "withdrawn": Words(_("撤回"), _("本期撤回的办件")),
    "grant_rate": Words(_("准予率"), _("准予的办件"), _("本期作出决定的办件")),
    "in_time": Words(_("按期办结率"), _("各环节均未超期的办件"), _("本期作出决定的办件")),
    "departs": Words(_("偏离认定率"), _("决定与认定结果不一致的办件"), _("本期作出决定的办件")),
    "online": Words(_("全程网办率"), _("网上提交、窗口未接续也未收材料的办件"), _("本期作出决定的办件")),
    "crossed": Words(_("跨区办理率"), _("受理地与办理地不在同一区的办件"), _("本期受理的办件")),
    "handover": Words(
        _("跨区移交用时"), _("受理至办理地首次办理之间的工作日"), _("本期受理、办理地已接手的跨区办件")
    ),
    "exemption": Words(_("免交率"), _("由本市数据调取而免交的材料"), _("本期提交办件所需的材料")),
    "papers_saved": Words(_("免交材料"), _("本期提交办件中免交的材料")),
    "rating": Words(_("平均评分"), _("评分之和"), _("本期收到的评价")),
    "rated_low": Words(_("差评率"), _("须回访的评价"), _("本期收到的评价")),
}
BASIS = {
    "submitted_on": _("提交日"),
    "accepted_on": _("受理日"),
    "ended_on": _("办结日"),
    "rated_on": _("评价日"),
}
UNITS = {"count": _("件"), "percent": "%", "days": _("工作日"), "points": _("分（满分 5 分）")}
CHANNELS = {
    "counter": _("窗口"),
    "online": _("网上"),
    "phone": _("电话帮办"),
    "home": _("上门代办"),
    "automatic": _("免申即享"),
}
SIDES = {"deciding": _("按办理地"), "accepting": _("按受理地")}
STATES = {
    "submitted": _("已提交，待受理"),
    "correcting": _("待补正"),
    "accepted": _("已受理，办理中"),
    "checking": _("核对中"),
    "examined": _("已审核，待决定"),
    "publicised": _("公示中"),
    "proposed": _("待复核确认"),
    "passed_on": _("已转送主管部门"),
    "granted": _("准予"),
    "refused": _("不予"),
    "not_accepted": _("不予受理"),
    "withdrawn": _("撤回"),
    "lapsed": _("逾期未补正"),
    "ended": _("终止办理"),
}


def write(figure: Figure, value: float | int | None) -> str:
    """A figure's value in its unit, as screens show it.

    >>> from minzheng.kernel.cases.figures import FIGURES
    >>> write(FIGURES["in_time"], 97.25), write(FIGURES["granted"], 1200), write(FIGURES["rating"], None)
    ('97.2%', '1,200', '—')
    """
    if value is None:
        return formats.DASH
    if figure.unit == "percent":
        return formats.percent(value)
    if figure.unit == "count":
        return formats.count(int(value))
    return formats.decimal(value)
