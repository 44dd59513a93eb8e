"""The dashboard of figures: of the city, a district or one domain, each beside last year and open to its own page (统计指标)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.identities import check
from minzheng.kernel.indicators.model import Indicator
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Answer, growth
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import Question, above, address, question
from minzheng.surfaces.web.figures.exporting import FORMS, download, plain
from minzheng.surfaces.web.figures.figure import district_map
from minzheng.surfaces.web.figures.words import (
    chart_unit,
    domain_name,
    domains,
    name_of,
    unit_of,
    write,
)

_TILES = 8


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries over totals, whatever the number of figures."""
    require("statistics.look")
    asked_for, form = question(request)
    asked = asked_for.asked
    chosen = [
        figure
        for figure in registry().figures.values()
        if not asked_for.domain or registry().domains[figure.id] == asked_for.domain
    ]
    now = reading.answers(asked, chosen)
    then = reading.answers(asked.year_before, chosen)
    lines = [_line(figure, now[figure.id], then[figure.id], asked_for) for figure in chosen]
    if (file := request.GET.get("export")) in FORMS:
        return _export(file, lines, asked_for)
    up = above(asked.place)
    broken = sum(bool(one.broken) for one in check(year=asked.first.year))
    return render(
        request,
        "web_figures/overview.html",
        {
            "form": form,
            "active": sum(bool(one) for one in (asked_for.domain, asked.span == Span.MONTH)),
            "place": path_names([asked.place])[asked.place],
            "period": asked.text,
            "up": address(asked, asked_for.domain, place=up) if up else "",
            "tiles": _tiles(lines),
            "compared": _("上年同月") if asked.span == Span.MONTH else _("上年全年"),
            "is_open": asked_for.is_open,
            "counted_to": max((one.day for one in now.values() if one.day), default=None),
            "chart": _trend(chosen, asked_for) if asked_for.domain else None,
            "map": _map(chosen, asked_for) if asked_for.domain else None,
            "tables": _tables(request, lines),
            "broken": broken,
            "query": address(asked, asked_for.domain),
            "is_counted": bool(reading.kept_years()),
        },
    )


def _line(figure: Figure, now: Answer, then: Answer, asked_for: Question) -> dict[str, Any]:
    return {
        "figure": figure,
        "domain": registry().domains[figure.id],
        "name": name_of(figure),
        "now": now,
        "then": then,
        # A share's and a day's growth says nothing.
        "growth": None if figure.unit in ("%", "date") else growth(now.value, then.value),
        "href": reverse("figure", args=[figure.id]) + address(asked_for.asked),
    }


def _tiles(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures that the annual summary names, those with a value first in their order."""
    named = [line for line in lines if line["figure"].seed_id and line["now"].value]
    tiles = []
    for line in (named or lines)[:_TILES]:
        figure, now, then = line["figure"], line["now"], line["then"]
        unit = unit_of(figure) if not figure.unit.startswith("fen") and figure.unit != "%" else ""
        before = _("上年 %(value)s") % {"value": write(figure, then.value)} if then.value is not None else ""
        tiles.append(
            {
                "label": line["name"],
                "value": write(figure, now.value),
                "hint": " · ".join(word for word in (unit, before) if word),
                "href": line["href"],
            }
        )
    return tiles


def _tables(request: HttpRequest, lines: list[dict[str, Any]]) -> list[Table]:
    by_domain: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_domain.setdefault(line["domain"], []).append(line)
    return [
        Table(
            [
                Column("name", _("指标"), is_heading=True, is_wide=True, href=lambda line: line["href"]),
                Column("value", _("数值"), value=lambda line: write(line["figure"], line["now"].value)),
                Column("unit", _("单位"), value=lambda line: unit_of(line["figure"])),
                Column("before", _("上年"), value=lambda line: write(line["figure"], line["then"].value)),
                Column("growth", _("增长"), kind="percent"),
                Column("rows", _("明细行数"), kind="count", value=lambda line: line["now"].rows),
            ],
            found, request, caption=domain_name(domain), name=domain, is_exportable=False, page_size=100,
        )
        for domain, found in by_domain.items()
    ]  # fmt: skip


def _trend(chosen: list[Figure], asked_for: Question) -> Chart | None:
    """The months of the year for the first figures of one unit; four at the most."""
    if not chosen:
        return None
    unit = chart_unit(chosen[0])
    shown = [figure for figure in chosen if chart_unit(figure) == unit and figure.unit != "date"][:4]
    months = list(iter_months(Month(asked_for.asked.first.year, 1), Month(asked_for.asked.first.year, 12)))
    return Chart(
        id="chart-figures",
        title=_("%(domain)s逐月") % {"domain": domain_name(asked_for.domain)},
        kind="line",
        unit=unit,
        categories=[str(month) for month in months],
        series=[Series(name_of(one), reading.by_month(one, asked_for.asked, months)) for one in shown],
        category_label=_("月份"),
    )


def _map(chosen: list[Figure], asked_for: Question) -> DistrictMap | None:
    """The districts by the domain's first figure."""
    first = next((figure for figure in chosen if isinstance(figure, Indicator)), None)
    if first is None:
        return None
    return district_map(first, asked_for.asked, reading.by_place(first, asked_for.asked), asked_for.domain)


def _export(file: str, lines: list[dict[str, Any]], asked_for: Question) -> HttpResponse:
    asked = asked_for.asked
    place = path_names([asked.place])[asked.place]
    names = domains()
    rows = [
        [line["figure"].id, names[line["domain"]], line["name"], plain(line["figure"], line["now"].value),
         unit_of(line["figure"]), plain(line["figure"], line["then"].value),
         None if line["growth"] is None else round(line["growth"], 2), line["now"].rows,
         line["now"].day.isoformat() if line["now"].day else None]
        for line in lines
    ]  # fmt: skip
    labels = [
        _("编号"),
        _("领域"),
        _("指标"),
        _("数值"),
        _("单位"),
        _("上年"),
        _("增长（%）"),
        _("明细行数"),
        _("统计至"),
    ]
    return download(
        file,
        name=f"figures-{asked.text}-{asked.place}",
        title=f"{place} {asked.text}",
        labels=labels,
        rows=rows,
    )
