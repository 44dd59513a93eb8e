"""The simulated year beside the printed summary (模拟与总结对比): how near each figure comes, at a glance and in a table by domain."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.indicators.registry import Figure
from minzheng.kernel.indicators.summary import Stated
from minzheng.kernel.periods import Month
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.kernel.ui.tables import Column, Table
from minzheng.simulation.comparison import Comparison, Line, compare, plain_lines
from minzheng.surfaces.web.figures.asking import address
from minzheng.surfaces.web.figures.exporting import FORMS, download
from minzheng.surfaces.web.figures.words import domain_name, name_of, unit_of, write
from minzheng.surfaces.web.work.words import is_english

YEAR = 2022
LIMIT = 20
"""Percent at which the chart's bars are cut off; the table keeps the number."""
STATUSES = {
    "compared_same": Status(gettext_lazy("一致"), "good"),
    "compared_near": Status(gettext_lazy("1%以内"), "good"),
    "compared_close": Status(gettext_lazy("5%以内"), "info"),
    "compared_noise": Status(gettext_lazy("在抽样误差内"), "warn"),
    "compared_far": Status(gettext_lazy("偏差较大"), "bad"),
    "compared_uncounted": Status(gettext_lazy("没有数值"), "neutral"),
}


def register() -> None:
    """Called once when the pages start."""
    register_statuses(STATUSES)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every derived figure of the city's list; nothing to see where no city is simulated."""
    require("statistics.look")
    found = compare(YEAR)
    if found is not None and (file := request.GET.get("export")) in FORMS:
        return _export(file, found)
    context: dict[str, Any] = {"found": found, "year": YEAR, "back": reverse("figures")}
    if found is not None:
        context |= {
            "scale": f"1:{found.city.scale:,}",
            "seed": found.city.seed,
            "lived": str(Month.of(found.lived)) if found.lived else "",
            "is_whole": found.is_whole,
            "tiles": [
                (str(STATUSES[f"compared_{one}"].label), number) for one, number in found.counts.items()
            ],
            "chart": _chart(found),
            "tables": [*_tables(request, found), _missing(request, found)],
        }
    return render(request, "web_figures/comparison.html", context)


def figure_of(line: Line) -> Figure:
    """The platform's figure that stands beside the printed one."""
    assert line.derived.answer is not None
    return line.derived.answer.figure


def _write(line: Line, value: float | int | str | None) -> str:
    """A value of the list's unit as the figure itself is written."""
    figure = figure_of(line)
    if value is None:
        return formats.DASH
    if isinstance(value, str):
        return value
    if line.stated.unit.startswith("yuan"):
        return write(figure, value * 100)
    if figure.unit == "%" or value == int(value):
        return write(figure, value)
    return f"{value:,.2f}" if value < 100 else formats.count(round(value))


def _printed(line: Line) -> str:
    return str(line.printed.value) if is_english() else line.printed.printed


def signed(value: float | None) -> str:
    """A deviation with its sign, to one decimal.

    >>> signed(0.04), signed(-12.34), signed(3), signed(None)
    ('0.0%', '−12.3%', '+3.0%', '—')
    """
    if value is None:
        return formats.DASH
    text = f"{abs(value):,.1f}%"
    return text if text == "0.0%" else ("−" if value < 0 else "+") + text


def _band(line: Line) -> str:
    if line.noise is None:
        return _("不抽样") if not line.is_scaled else formats.DASH
    inside = {True: _("以内"), False: _("以外"), None: formats.DASH}[line.is_within_noise]
    return f"±{line.noise:,.1f}% · {inside}"


def _by_domain(found: Comparison) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in found.lines:
        groups.setdefault(line.stated.domain, []).append(line)
    return groups


def _tables(request: HttpRequest, found: Comparison) -> list[Table]:
    asked = Asked.year(found.year)
    return [
        Table(
            [
                Column("name", _("指标"), is_heading=True, is_wide=True, value=lambda one: name_of(figure_of(one)),
                       href=lambda one: reverse("figure", args=[figure_of(one).id]) + address(asked),
                       hint=lambda one: unit_of(figure_of(one))),
                Column("judgement", _("判断"), kind="status", value=lambda one: f"compared_{one.judgement}"),
                Column("deviation", _("偏差"), value=lambda one: signed(one.deviation)),
                Column("value", _("模拟值"), value=lambda one: _write(one, one.derived.value)),
                Column("expected", _("按比例的总结值"), value=lambda one: _write(one, one.expected),
                       hint=lambda one: "" if one.is_scaled else _("不按比例")),
                Column("printed", _("总结原文"), value=_printed),
                Column("noise", _("抽样误差"), value=_band),
            ],
            lines, request, caption=domain_name(domain), name=domain, is_exportable=False, page_size=100,
        )
        for domain, lines in _by_domain(found).items()
    ]  # fmt: skip


def _missing(request: HttpRequest, found: Comparison) -> Table:
    def name(one: Stated) -> str:
        return one.id if is_english() else one.name

    return Table(
        [
            Column("name", _("指标"), is_heading=True, is_wide=True, value=name),
            Column("domain", _("领域"), value=lambda one: domain_name(one.domain)),
            Column("id", _("编号")),
        ],
        found.missing, request, caption=_("尚不能推得"), name="missing", page_size=60, is_exportable=False,
    )  # fmt: skip


def _chart(found: Comparison) -> Chart | None:
    """Deviation of every number, one colour and one word for each judgement."""
    shown = [line for lines in _by_domain(found).values() for line in lines if line.deviation is not None]
    if not shown:
        return None
    series = [
        Series(
            str(status.label),
            [line.deviation if f"compared_{line.judgement}" == code else None for line in shown],
            status.tone,
        )
        for code, status in STATUSES.items()
    ]
    return Chart(
        id="chart-comparison",
        title=_("偏差（%）"),
        categories=[name_of(figure_of(line)) for line in shown],
        series=[one for one in series if any(value is not None for value in one.values)],
        unit="percent",
        category_label=_("指标"),
        is_stacked=True,
        is_horizontal=True,
        limit=LIMIT,
        note=_("超过 ±%(limit)s%% 的只画到边，数值见下表。") % {"limit": LIMIT},
    )


def _export(file: str, found: Comparison) -> HttpResponse:
    yes_no = {True: _("是"), False: _("否"), None: None}
    rows = [
        [line["id"], domain_name(line["domain"]), name_of(figure_of(one)), line["unit"], line["value"], _printed(one),
         line["expected"], yes_no[line["scaled"]], line["deviation"], line["noise"], yes_no[line["within_noise"]],
         str(STATUSES[f"compared_{one.judgement}"].label)]
        for one, line in zip(found.lines, plain_lines(found), strict=True)
    ]  # fmt: skip
    rows += [
        [
            one.id,
            domain_name(one.domain),
            one.id if is_english() else one.name,
            one.unit,
            *[None] * 7,
            _("尚不能推得"),
        ]
        for one in found.missing
    ]
    labels = [_("编号"), _("领域"), _("指标"), _("单位"), _("模拟值"), _("总结原文"), _("按比例的总结值"), _("按比例"), _("偏差（%）"),
              _("抽样误差（±%）"), _("在误差内"), _("判断")]  # fmt: skip
    title = _("%(year)s年模拟与总结对比") % {"year": found.year}
    return download(file, name=f"comparison-{found.year}", title=title, labels=labels, rows=rows)
