"""The law as the platform holds it: every value with its date and paper, every rule with its article (政策参数)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.parameters import Entry, LawStatusRow, Parameter, law_status
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.programmes.registry import load_programmes
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english, programme_name

UNITS = {
    "fen": gettext_lazy("元"),
    "fen/month": gettext_lazy("元／月"),
    "persons": gettext_lazy("人"),
    "years": gettext_lazy("岁"),
}
PROBLEMS = {
    "illustrative": gettext_lazy("假定值"),
    "unsourced": gettext_lazy("缺少依据"),
    "stale": gettext_lazy("久未核对"),
}


class Filter(forms.Form):
    """The day at which to look, and one programme or all."""

    on = forms.DateField(label=gettext_lazy("按哪一天"), required=False, widget=DayInput())
    programme = forms.ChoiceField(label=gettext_lazy("项目"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = [(one.code, programme_name(one.code)) for one in load_programmes()]
        offer(self, "programme", [("", _("全部")), *every])


def _shown(programmes: list[Programme]) -> list[dict[str, str]]:
    english = is_english()
    return [
        {
            "code": p.code,
            "name": p.name_en if english else p.name,
            "summary": (p.summary_en if english else p.summary) or p.statute,
        }
        for p in programmes
    ]


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every dated value of every programme; the ones that rest on an assumption or an old look come first."""
    require("law.look")
    form = Filter(request.GET or None)
    on = _day(request)
    programmes = load_programmes()
    names = {programme.code: programme_name(programme.code) for programme in programmes}
    rows = law_status([programme.parameters for programme in programmes], on=on)
    asked = request.GET.get("programme", "")
    shown = [row for row in rows if not asked or row.programme == asked]
    shown.sort(key=lambda row: (not row.problems, row.programme, row.parameter, row.from_))
    table = Table(
        columns=[
            Column(
                "name", _("参数"), is_heading=True, hint=lambda row: names.get(row.programme, row.programme)
            ),
            Column("from_", _("生效日期"), kind="date"),
            Column("value", _("取值"), value=lambda row: _written(row, programmes)),
            Column("in_force", _("现行"), kind="yes_no"),
            Column("source", _("依据"), is_wide=True),
            Column("checked", _("最近核对"), kind="date"),
            Column(
                "problems", _("注意"), value=lambda row: "、".join(str(PROBLEMS[p]) for p in row.problems)
            ),
        ],
        source=shown,
        request=request,
        caption=_("政策参数"),
        page_size=60,
        export_name="law",
    )
    if table.wants_export:
        return table.excel_response()
    counts = {problem: sum(problem in row.problems for row in rows) for problem in PROBLEMS}
    return render(
        request,
        "web/work/law.html",
        {
            "table": table,
            "programmes": _shown(programmes),
            "form": form,
            "on": on,
            "counts": counts,
            "total": len(rows),
        },
    )


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """One programme: whom it serves, its benefits, its parameters through time, its rules and their articles."""
    require("law.look")
    found = next((p for p in load_programmes() if p.code == code), None)
    if found is None:
        raise Http404
    month = Month.of(_day(request))
    rules = Table(
        columns=[
            Column(
                "label",
                _("规则"),
                is_heading=True,
                hint=lambda rule: rule.name,
                value=lambda rule: rule.label_en if is_english() else rule.label,
            ),
            Column("unit", _("单位"), value=lambda rule: UNITS.get(rule.unit, rule.unit)),
            Column("source", _("依据"), is_wide=True),
            Column("provenance", _("注意"), value=lambda rule: PROBLEMS.get(rule.provenance, "")),
        ],
        source=list(found.rules),
        request=request,
        caption=_("规则"),
        name="rules",
        page_size=100,
        is_exportable=False,
    )
    histories = [
        {
            "parameter": parameter,
            "entries": [
                {
                    "entry": entry,
                    "value": _value(parameter, entry),
                    "current": entry is parameter.entry_at(month),
                }
                for entry in reversed(parameter.entries)
            ],
        }
        for parameter in found.parameters
    ]
    return render(
        request,
        "web/work/law_programme.html",
        {
            "programme": found,
            "shown": _shown([found])[0],
            "histories": histories,
            "rules": rules,
            "month": month,
        },
    )


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return working_day()


def _written(row: LawStatusRow, programmes: list) -> str:
    parameters = next(p.parameters for p in programmes if p.code == row.programme)
    parameter = parameters.parameters[row.parameter]
    entry = next(e for e in parameter.entries if e.from_ == row.from_ and str(e.value) == row.value)
    return _value(parameter, entry)


def _value(parameter: Parameter, entry: Entry) -> str:
    """A value as people write it: money in yuan, bands one by one."""
    money = parameter.unit.startswith("fen")

    def write(number: int) -> str:
        return formats.fen(number) if money else str(number)

    if isinstance(entry.value, int):
        return write(entry.value)
    parts = [
        _("满 %(from)s：%(value)s") % {"from": one[0], "value": write(one[1])}
        if isinstance(one, tuple)
        else write(one)
        for one in entry.value
    ]
    return ("；" if parameter.banded else "、").join(parts)


urls = [
    path("law/", overview, name="work_law"),
    path("law/<slug:code>/", programme, name="work_law_programme"),
]
