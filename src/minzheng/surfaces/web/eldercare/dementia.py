"""Dementia care on the workbench: units of a day with those short of staff, and one home's units."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from minzheng.domains.dementia_care.catalogue import rules_on, unit_standard
from minzheng.domains.dementia_care.models import Unit
from minzheng.domains.dementia_care.units import (
    UnitOnDay,
    accept_unit,
    beds_to_choose,
    report_staff,
    stock_on,
    units_on,
)
from minzheng.domains.eldercare_facilities import HOME, kinds
from minzheng.kernel.access import may, require
from minzheng.kernel.facilities.queries import facilities_open, my_facility
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.statuses import Status
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare.home import base, facility_or_404
from minzheng.surfaces.web.eldercare.words import Act, carry_out, may_run
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

STATUSES = {
    "unit_short": Status(gettext_lazy("护理员不足"), "bad"),
    "unit_unknown": Status(gettext_lazy("人数未报"), "warn"),
    "unit_enough": Status(gettext_lazy("达到标准"), "good"),
    "tasks_lacking": Status(gettext_lazy("缺佐证"), "warn"),
    "tasks_shown": Status(gettext_lazy("佐证齐全"), "good"),
    "check_none": Status(gettext_lazy("未自查"), "neutral"),
    "check_waiting": Status(gettext_lazy("待评估"), "info"),
    "check_passed": Status(gettext_lazy("评估通过"), "good"),
    "check_failed": Status(gettext_lazy("评估未通过"), "bad"),
    "screen_negative": Status(gettext_lazy("未见异常"), "good"),
    "screen_asked": Status(gettext_lazy("待征求同意"), "warn"),
    "screen_declined": Status(gettext_lazy("不同意转介"), "neutral"),
    "screen_referred": Status(gettext_lazy("已转介"), "info"),
    "screen_overdue": Status(gettext_lazy("转介逾期"), "bad"),
    "screen_diagnosed": Status(gettext_lazy("已确诊"), "bad"),
    "screen_cleared": Status(gettext_lazy("排除"), "good"),
}
_TABS = (
    ("dementia", gettext_noop("照护单元")),
    ("dementia_communities", gettext_noop("友好社区")),
    ("dementia_screening", gettext_noop("早期筛查")),
)


def dementia_tabs(current: str) -> list[NavItem]:
    """A home's own post has its units; the rest belongs to streets and districts."""
    shown = _TABS[:1] if my_facility() is not None else _TABS
    return [NavItem(_(label), reverse(name), name == current) for name, label in shown]


def word(entry: Any) -> str:
    """The name of a list's entry in the reader's language."""
    return str(entry.name_en if is_english() else entry.name)


class DayForm(forms.Form):
    """Which day's stock."""

    day = forms.DateField(label=gettext_lazy("统计日"), required=False, widget=DayInput)


class StaffForm(forms.Form):
    unit = forms.TypedChoiceField(label=gettext_lazy("照护单元"), coerce=int)
    workers = forms.IntegerField(label=gettext_lazy("护理员人数"), min_value=0, max_value=500)
    on = forms.DateField(label=gettext_lazy("自何日起"), widget=DayInput)


class AcceptForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("单元名称"), max_length=40)
    beds = forms.TypedMultipleChoiceField(
        label=gettext_lazy("编入床位"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("其他类型的空床编入后改建为认知障碍照护床位，不再计入原类型"),
    )  # fmt: skip
    met = forms.MultipleChoiceField(
        label=gettext_lazy("已达到的验收项目"), widget=forms.CheckboxSelectMultiple, required=False
    )
    document = forms.CharField(label=gettext_lazy("验收文件"), max_length=60)


def _state(row: UnitOnDay) -> str:
    return "unit_unknown" if row.workers is None else "unit_short" if row.is_short else "unit_enough"


def _table(rows: list[UnitOnDay], request: HttpRequest, name: str, caption: str, on: date) -> Table:
    known = names({row.division_code for row in rows})
    return Table(
        [
            Column("name", _("照护单元"), is_heading=True, href=lambda r: reverse("dementia_facility", args=[r.facility_id])),
            Column("facility", _("养老院")),
            Column("place", _("街镇"), value=lambda r: known.get(r.division_code, r.division_code)),
            Column("accepted_on", _("验收日期"), kind="date"),
            Column("beds", _("床位"), kind="count"), Column("rebuilt", _("其中改建"), kind="count"),
            Column("workers", _("护理员"), kind="count"), Column("most", _("按标准可照护床位"), kind="count"),
            Column("state", _("状态"), kind="status", value=_state),
        ],
        rows, request, caption=caption, name=name, export_name=f"dementia-{name}-{on}", page_size=30,
        empty_title=_("没有这样的照护单元"),
    )  # fmt: skip


def units(request: HttpRequest) -> HttpResponse:
    """The stock of a chosen day, the units, and first those with too few workers for their beds."""
    actor = require("dementia.look")
    mine = my_facility()
    if mine is not None:
        return redirect("dementia_facility", mine)
    form = DayForm(request.GET or None)
    on = (form.is_valid() and form.cleaned_data["day"]) or working_day()
    place = actor.division_code or "310000"
    rows = units_on(on, within=place)
    short = [row for row in rows if row.is_short]
    every, lacking = (
        _table(rows, request, "units", _("照护单元"), on),
        _table(short, request, "short", _("护理员低于标准的单元"), on),
    )
    for table in (every, lacking):
        if table.wants_export:
            return table.excel_response()
    homes = (
        facilities_open(on=working_day(), kinds=[HOME], within=place)[:200] if may("dementia.decide") else []
    )
    return render(
        request, "web_eldercare/dementia.html",
        {
            "tabs": dementia_tabs("dementia"), "on": on, "form": form if form.is_bound else DayForm({"day": on}),
            "stock": stock_on(on, within=place), "count": len(rows), "short": len(short), "tables": [lacking, every],
            "standard": rules_on(on).entry("beds_per_worker"), "homes": homes,
        },
    )  # fmt: skip


def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """One home's units; the home tells its workers, the district accepts a unit."""
    require("dementia.look")
    found, mine = facility_or_404(pk)
    if found.kind != HOME:
        raise Http404
    on = working_day()
    rows = units_on(on, facility=pk)
    acts: dict[str, Act] = {}
    if rows and may_run(pk, mine, "dementia.report"):
        chosen = [(row.pk, row.name) for row in rows]
        acts["staff"] = Act(
            _offering(StaffForm, {"unit": chosen}, on=on),
            lambda told: report_staff(unit=get_object_or_404(Unit, pk=told["unit"], facility=found), workers=told["workers"], on=told["on"]),
            _("登记"), _("已登记护理员人数"), _("登记护理员人数"),
        )  # fmt: skip
    if mine is None and may("dementia.decide"):
        beds = [
            (bed.pk, f"{bed} {kinds.BEDS.get(bed.kind, bed.kind)}") for bed in beds_to_choose(found, on=on)
        ]
        acts["accept"] = Act(
            _offering(AcceptForm, {"beds": beds, "met": [(one.code, word(one)) for one in unit_standard()]}),
            lambda told: accept_unit(facility=found, on=on, **told),
            _("验收通过"), _("照护单元已验收"), _("验收新的照护单元"),
        )  # fmt: skip
    if carry_out(request, acts):
        return redirect("dementia_facility", pk)
    return render(
        request, "web_eldercare/dementia_facility.html",
        base(found, mine, "dementia_facility") | {
            "acts": acts, "table": _table(rows, request, "units", _("照护单元"), on),
            "standard": rules_on(on).entry("beds_per_worker"),
        },
    )  # fmt: skip


def _offering(form: type[forms.Form], choices: dict[str, Any], **initial: Any) -> Any:
    """The form with what its fields offer, and values to begin with."""

    def make(data: Any = None, *, auto_id: str = "") -> forms.Form:
        made = form(data, auto_id=auto_id, initial=initial)
        for name, offered in choices.items():
            made.fields[name].choices = offered  # type: ignore[attr-defined]
        return made

    return make
