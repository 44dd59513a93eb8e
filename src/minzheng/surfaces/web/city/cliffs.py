"""Where a fen more of wage leaves a household poorer: its money along its income, with and without a gradual exit (收入悬崖)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.subsistence_allowance import with_gradual_exit
from minzheng.kernel.access import require
from minzheng.kernel.money import format_yuan
from minzheng.kernel.parameters import ParameterError
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reasoning import CliffReport, Shape, curve, find_cliffs, point, shapes_of
from minzheng.kernel.rules import Law, LawError
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import benefit_name, is_english

#: Wages looked at, in fen a month: zero to 15,000 yuan.
TOP_FEN = 1_500_000
_STEP_FEN = 20_000


class ShapeForm(forms.Form):
    """The filter above the chart."""

    shape = forms.ChoiceField(label=gettext_lazy("家庭样例"))
    month = MonthField(label=gettext_lazy("月份"))

    def __init__(self, *args: Any, shapes: list[Shape], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["shape"].choices = [(s.code, shape_name(s)) for s in shapes]


def shape_name(shape: Shape) -> str:
    return shape.name_en if is_english() else shape.name


@lru_cache(maxsize=24)
def _law(month: Month, exiting: bool) -> Law:
    programmes = load_programmes()
    return compile_law(with_gradual_exit(programmes) if exiting else programmes, month)


@lru_cache(maxsize=256)
def _report(code: str, month: Month, exiting: bool) -> CliffReport:
    return find_cliffs(_shape(code).line(_law(month, exiting)), 0, TOP_FEN)


def _shape(code: str) -> Shape:
    return next(s for s in shapes_of(load_programmes()) if s.code == code)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """No query: everything follows from the law."""
    require("law.look")
    shapes = shapes_of(load_programmes())
    given = {
        "shape": request.GET.get("shape") or "couple_child",
        "month": request.GET.get("month") or str(Month.of(working_day())),
    }
    form = ShapeForm(given, shapes=shapes)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        month, code = form.cleaned_data["month"], form.cleaned_data["shape"]
        try:
            context |= _shown(request, _shape(code), month, shapes)
        except (LawError, ParameterError) as error:
            form.add_error("month", str(error).rpartition(" / ")[0] or str(error))
    exported = context.get("table")
    if exported is not None and exported.wants_export:
        return exported.excel_response()
    return render(request, "city/cliffs.html", context)


def _shown(request: HttpRequest, shape: Shape, month: Month, shapes: list[Shape]) -> dict[str, Any]:
    now, exiting = (_report(shape.code, month, each) for each in (False, True))
    rows = [
        {"name": shape_name(s), "code": s.code, "way": way, "cliff": cliff, "elsewhere": report.elsewhere_fen}
        for s in shapes
        for way, report in (
            (_("现行规定"), _report(s.code, month, False)),
            (_("渐退期内（示例）"), _report(s.code, month, True)),
        )
        for cliff in (report.cliffs or (None,))
    ]
    return {
        "shape": shape_name(shape),
        "month": month,
        "chart": _chart(shape, month, now, exiting),
        "now": now,
        "exiting": exiting,
        "largest": max((c.loss_fen for c in now.cliffs), default=0),
        "table": _table(request, rows, month),
        "top": TOP_FEN,
    }


def _chart(shape: Shape, month: Month, now: CliffReport, exiting: CliffReport) -> Chart:
    # Beyond the last cliff nothing happens that the eye needs.
    last = max((c.at_fen for r in (now, exiting) for c in r.cliffs), default=TOP_FEN // 3)
    top = min(TOP_FEN, -(-last * 5 // 4 // _STEP_FEN) * _STEP_FEN)
    lines = {each: shape.line(_law(month, each)) for each in (False, True)}
    incomes = sorted(
        {p.income_fen for report, each in ((now, False), (exiting, True))
         for p in curve(lines[each], replace(report, high_fen=top), step_fen=_STEP_FEN)}
    )  # fmt: skip
    points = {each: [point(lines[each], income) for income in incomes] for each in (False, True)}
    return Chart(
        id="chart-cliffs",
        title=_("%(shape)s：月工资与家庭到手金额") % {"shape": shape_name(shape)},
        kind="line",
        unit="fen",
        categories=[format_yuan(income, grouped=True).removesuffix(".00") for income in incomes],
        series=[
            Series(_("工资加待遇，现行"), [p.together_fen for p in points[False]]),
            Series(_("工资加待遇，渐退期内（示例）"), [p.together_fen for p in points[True]]),
            Series(_("待遇合计，现行"), [p.benefits_fen for p in points[False]]),
            Series(_("待遇合计，渐退期内（示例）"), [p.benefits_fen for p in points[True]]),
        ],
        category_label=_("月工资（元）"),
        note=_("横轴按工资递增，悬崖处相邻两点相差一分。"),
    )


def _table(request: HttpRequest, rows: list[dict[str, Any]], month: Month) -> Table:
    def cliff(key: str) -> Any:
        return lambda row: getattr(row["cliff"], key) if row["cliff"] else None

    def lost(row: dict[str, Any]) -> str:
        if not row["cliff"]:
            return _("没有悬崖")
        return "；".join(
            f"{benefit_name(code)} {formats.fen(was)} → {formats.fen(now)}"
            for code, was, now in row["cliff"].lost
        )

    return Table(
        [
            Column("name", _("家庭样例"), is_heading=True, href=lambda r: f"?shape={r['code']}&month={month}"),
            Column("way", _("规定")),
            Column("at", _("月工资"), kind="money", value=cliff("at_fen")),
            Column("loss", _("多挣一分减收"), kind="money", value=cliff("loss_fen")),
            Column("lost", _("失去的待遇"), value=lost),
            Column("elsewhere", _("其余各处至多（分）"), kind="count"),
        ],
        rows, request, caption=_("各家庭样例的悬崖"), export_name="cliffs",
    )  # fmt: skip
