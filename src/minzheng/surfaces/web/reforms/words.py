"""Names, values and sentences of a what-if in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import require
from minzheng.kernel.parameters import Entry, Parameter
from minzheng.kernel.programmes import Programme, load_programmes
from minzheng.kernel.reforms import comparing
from minzheng.kernel.reforms.changes import Change, from_json, write_value
from minzheng.kernel.reforms.models import Reform
from minzheng.kernel.reforms.queries import Line, reforms
from minzheng.kernel.rules.wording import in_words
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.words import is_english, place_names

KINDS = {
    "started": (gettext_lazy("新增享受"), "good"),
    "gains": (gettext_lazy("增加"), "good"),
    "loses": (gettext_lazy("减少"), "special"),
    "ended": (gettext_lazy("不再享受"), "bad"),
}
MEMBERS = {
    "elder": gettext_lazy("有老年人"),
    "child": gettext_lazy("有未成年人"),
    "disabled": gettext_lazy("有残疾人"),
    "none": gettext_lazy("以上都没有"),
}
PROMOTIONS = {
    "proposed": (gettext_lazy("待复核"), "info"),
    "confirmed": (gettext_lazy("已复核，待写入"), "good"),
    "rejected": (gettext_lazy("已退回"), "bad"),
    "adopted": (gettext_lazy("已写入参数文件"), "good"),
}
for _prefix, _table in (("reform", KINDS), ("promotion", PROMOTIONS)):
    register_statuses({f"{_prefix}_{code}": Status(label, tone) for code, (label, tone) in _table.items()})


def asked_reform(number: int) -> Reform:
    """The reform of an address, where the acting post may see it.

    Raises:
        NotPermitted: the post sees no reforms.
        Http404: there is none, or it is another officer's own.
    """
    require("reforms.look")
    found = reforms().filter(pk=number).first()
    if found is None:
        raise Http404("no such reform")
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a parameter on its way: what, from when, by which paper."""

    value: str
    from_: date | None
    source: str
    provenance: str
    is_reform: bool = False


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change with the values before it: 1330 → 1420 → 1500."""

    label: str
    programme: str
    steps: tuple[Step, ...]

    @property
    def short(self) -> str:
        return f"{self.label} {self.steps[-2].value} → {self.steps[-1].value}"


def value_words(parameter: Parameter, value: object) -> str:
    """A value with its unit; bands one by one."""
    if isinstance(value, int):
        if parameter.unit == "yes or no":
            return _("是（1）") if value else _("否（0）")
        return in_words(value, parameter.unit, english=is_english())
    assert isinstance(value, tuple)
    if not parameter.banded:
        return write_value(parameter, value)
    parts = [
        _("满 %(from)s：%(value)s")
        % {"from": start, "value": in_words(one, parameter.unit, english=is_english())}
        for start, one in value
    ]
    return "；".join(parts)


def label_of(parameter: Parameter) -> str:
    return parameter.name_en if is_english() else parameter.name


def name_of(programme: Programme) -> str:
    return programme.name_en if is_english() else programme.name


def change_views(reform: Reform) -> list[ChangeView]:
    """The reform's changes as the page shows them; a parameter that is gone is left out."""
    by_code = {p.code: p for p in load_programmes()}
    return [
        _view(by_code[c.programme], by_code[c.programme].parameters.parameters[c.key], c, reform)
        for c in from_json(reform.changes)
        if c.programme in by_code and c.key in by_code[c.programme].parameters.parameters
    ]


def _view(programme: Programme, parameter: Parameter, change: Change, reform: Reform) -> ChangeView:
    current = parameter.entry_at(reform.when)
    earlier = [e for e in parameter.entries if current is not None and e.from_ < current.from_]
    steps = [_step(parameter, e) for e in (*earlier[-1:], current) if e is not None]
    last = Step(value_words(parameter, change.value), None, "", "", True)
    return ChangeView(label_of(parameter), name_of(programme), (*steps, last))


def _step(parameter: Parameter, entry: Entry) -> Step:
    return Step(value_words(parameter, entry.value), entry.from_, entry.source, entry.provenance)


def count(number: int | None) -> str:
    """A count, or that it is too small to be shown."""
    return _("数值过小，不予显示") if number is None else formats.count(number)


def summary(reform: Reform, total: Line) -> list[str]:
    """The result in plain words: what was asked, who is concerned, what it costs."""
    changes = "；".join(view.short for view in change_views(reform))
    asked = _("%(month)s，%(changes)s。") % {"month": formats.month(reform.month), "changes": changes}
    if total.is_hidden:
        return [asked, _("受影响的家庭过少，为保护个人信息不予显示。")]
    v, cost = total.values, total.change_fen or 0
    if not v["gainers"] and not v["losers"]:
        return [asked, _("全市 %(all)s 户都不受影响，支出不变。") % {"all": formats.count(v["households"])}]
    who = _("全市 %(all)s 户中，%(gain)s 户增加（其中新增享受 %(new)s 户），%(lose)s 户减少（其中不再享受 %(end)s 户），其余 %(same)s 户不变。") % {
        "all": formats.count(v["households"]), "gain": formats.count(v["gainers"]), "new": formats.count(v["started"]),
        "lose": formats.count(v["losers"]), "end": formats.count(v["ended"]), "same": formats.count(v["same"]),
    }  # fmt: skip
    verb = (
        _("每月增支 %(month)s，全年约 %(year)s。")
        if cost >= 0
        else _("每月减支 %(month)s，全年约 %(year)s。")
    )
    year = abs(cost) * comparing.MONTHS_OF_A_YEAR
    return [asked, who, verb % {"month": formats.fen(abs(cost)), "year": formats.fen(year)}]


def line_labels(lines: list[Line]) -> dict[str, str]:
    """What each line of one breakdown is called."""
    if not lines:
        return {}
    dimension, keys = lines[0].dimension, [line.key for line in lines]
    if dimension == comparing.DISTRICT:
        return place_names(keys) | {"310000": _("本市（未定居住地）")}
    if dimension == comparing.PROGRAMME:
        return {p.code: name_of(p) for p in load_programmes()}
    if dimension == comparing.BENEFIT:
        return {b.code: b.name_en if is_english() else b.name for p in load_programmes() for b in p.benefits}
    if dimension == comparing.MEMBERS:
        return {key: str(MEMBERS[key]) for key in keys}
    if dimension == comparing.SIZE:
        return {
            key: _("%(n)s 人及以上") % {"n": key} if key == "4" else _("%(n)s 人") % {"n": key}
            for key in keys
        }
    ends = {"1": _("（最低）"), "10": _("（最高）")}
    return {key: _("第 %(n)s 组") % {"n": key} + ends.get(key, "") for key in keys}
