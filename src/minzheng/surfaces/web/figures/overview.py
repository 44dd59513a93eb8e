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
from minzheng.kernel.indicators.model import Indicator, Ratio
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Answer, Part, growth
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import Question, above, address, question
from minzheng.surfaces.web.figures.checks import red_lines
from minzheng.surfaces.web.figures.exporting import FORMS, download, plain
from minzheng.surfaces.web.figures.figure import district_map
from minzheng.surfaces.web.figures.plans import plan_chart, plan_sheet, plan_table, planned
from minzheng.surfaces.web.figures.words import (
    chart_unit,
    domain_name,
    domains,
    name_of,
    unit_of,
    write,
)

_TILES, _CHARTS = 7, 4


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
    leading = _leading(lines)
    months = _by_month(leading, asked_for)
    first = next((figure for figure in leading if isinstance(figure, Indicator)), None)
    places = reading.by_place(first, asked) if first else []
    plan = planned(asked_for)
    if (file := request.GET.get("export")) in FORMS:
        sheets = {
            _("逐月"): _months_sheet(leading, months),
            _("按区划"): _places_sheet(first, places),
            _("与计划比较"): plan_sheet(plan, now, then),
        }
        return _export(file, lines, asked_for, {name: sheet for name, sheet in sheets.items() if sheet[1]})
    up = above(asked.place)
    broken = [one for one in check(year=asked.first.year) if one.broken]
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
            "charts": _trends(leading, months),
            "map": district_map(first, asked, places, asked_for.domain) if first else None,
            "plan": plan_table(request, plan, now, then) if plan else None,
            "plan_chart": plan_chart(plan),
            "tables": _tables(request, lines),
            "broken": len(broken),
            "red": red_lines(broken, asked.place),
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
        "growth": growth(now.value, then.value) if reading.grows(figure) else None,
        "href": reverse("figure", args=[figure.id]) + address(asked_for.asked),
    }


def _spread(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Figures with a number, those that the annual summary names first, and of these one of each domain before a second of any."""
    known = [line for line in lines if isinstance(line["now"].value, int | float) and line["now"].value]
    turns: dict[str, int] = {}
    order = []
    for line in sorted(known, key=lambda line: not line["figure"].seed_id):
        turn = turns[line["domain"]] = turns.get(line["domain"], -1) + 1
        order.append((not line["figure"].seed_id, turn, line))
    return [line for _named, _turn, line in sorted(order, key=lambda one: one[:2])]


def _tiles(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The leading figures of what is shown; where nothing has a value, the first ones."""
    tiles = []
    for line in (_spread(lines) or lines)[:_TILES]:
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


def _leading(lines: list[dict[str, Any]]) -> list[Figure]:
    """The figures whose months are drawn: what happens in a month before what stands at its end; divisions hardly change."""
    shown = [line["figure"] for line in [*_spread(lines), *lines] if line["domain"] != "places"]
    counted: list[Figure] = [figure for figure in shown if isinstance(figure, Indicator | Ratio)]
    counted.sort(key=lambda figure: not reading.is_flow(figure))
    return list(dict.fromkeys(counted))[:_CHARTS]


Months = dict[str, tuple[list[int | float | None], list[int | float | None]]]


def _by_month(leading: list[Figure], asked_for: Question) -> Months:
    """For each figure its months of last year and of this; four queries."""
    year = asked_for.asked.first.year
    then, now = (
        reading.by_months(leading, asked_for.asked, list(iter_months(Month(each, 1), Month(each, 12))))
        for each in (year - 1, year)
    )
    return {figure.id: (then[figure.id], now[figure.id]) for figure in leading}


def _trends(leading: list[Figure], months: Months) -> list[Chart]:
    return [
        Chart(
            id=f"chart-months-{at}",
            title=_("%(name)s逐月") % {"name": name_of(figure)},
            kind="line",
            unit=chart_unit(figure),
            categories=[_("%(n)s月") % {"n": number} for number in range(1, 13)],
            series=[
                Series(label, values)
                for label, values in zip((_("上年"), _("本年")), months[figure.id], strict=True)
            ],
            category_label=_("月份"),
        )
        for at, figure in enumerate(leading)
    ]


def _months_sheet(leading: list[Figure], months: Months) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [name_of(figure), unit_of(figure), number, plain(figure, then), plain(figure, now)]
        for figure in leading
        for number, (then, now) in enumerate(zip(*months[figure.id], strict=True), 1)
    ]
    return [_("指标"), _("单位"), _("月份"), _("上年"), _("本年")], rows


def _places_sheet(figure: Figure | None, places: list[Part]) -> tuple[list[str], list[list[Any]]]:
    if figure is None:
        return [], []
    named = names(part.code for part in places)
    rows = [
        [named.get(part.code, part.code), plain(figure, part.value), plain(figure, part.before)]
        for part in places
    ]
    return [_("区划"), f"{name_of(figure)}（{unit_of(figure)}）", _("上年")], rows


def _export(
    file: str,
    lines: list[dict[str, Any]],
    asked_for: Question,
    more: dict[str, tuple[list[str], list[list[Any]]]],
) -> HttpResponse:
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
        more=more,
    )
