"""One figure: value, months, places, parts, last year, the rule and the paper; everything opens further (指标页)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.errors import NoSuchFigure
from minzheng.kernel.indicators.model import Entry, Fact, Indicator, Listing, Ratio
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.publication import is_published
from minzheng.kernel.indicators.reading import Answer, Asked, Part, growth
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import above, address, question
from minzheng.surfaces.web.figures.exporting import FORMS, download, plain
from minzheng.surfaces.web.figures.words import (
    chart_unit,
    dimension_name,
    name_of,
    part_name,
    rule_of,
    unit_of,
    write,
)


def figure_or_404(code: str) -> Figure:
    """The figure of an address; 404 where none is declared."""
    try:
        return registry().figure(code)
    except NoSuchFigure as error:
        raise Http404(str(error)) from error


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A fixed number of queries over totals; the rows stand on a page of their own."""
    require("statistics.look")
    figure = figure_or_404(code)
    asked_for, form = question(request, has_domain=False)
    asked = asked_for.asked
    now, then = reading.answer(figure, asked), reading.answer(figure, asked.year_before)
    places = reading.by_place(figure, asked)
    parts = reading.by_part(figure, asked) if isinstance(figure, Indicator) else {}
    if (file := request.GET.get("export")) in FORMS:
        return _export(file, figure, asked, now, places, parts)
    up = above(asked.place)
    return render(
        request,
        "web_figures/figure.html",
        {
            "form": form,
            "figure": figure,
            "name": name_of(figure),
            "unit": unit_of(figure),
            "place": path_names([asked.place])[asked.place],
            "period": asked.text,
            "up": address(asked, place=up) if up else "",
            "back": reverse("figures") + address(asked),
            "value": write(figure, now.value),
            "answer": now,
            "sides": _sides(figure, now, asked),
            "before": write(figure, then.value),
            "compared": _("上年同月") if asked.span == Span.MONTH else _("上年全年"),
            "growth": growth(now.value, then.value) if reading.grows(figure) else None,
            "is_open": asked_for.is_open,
            "rows_href": rows_href(figure, asked) if may_open(figure) else "",
            "publish_href": reverse("figure_published", args=[figure.id]) + address(asked) if is_published(figure) else "",
            "query": address(asked),
            "months": _months(figure, asked),
            "map": district_map(figure, asked, places),
            "tables": [*_places(request, figure, asked, places), *_parts(request, figure, asked, parts),
                       *_entries(request, figure, asked, now)],
            "restated": [
                {"on": one.found_on, "before": write(figure, one.before), "after": write(figure, one.after)}
                for one in reading.restatements(figure, asked)
            ] if isinstance(figure, Indicator) else [],
            "rule": rule_of(figure),
            "sql": figure.rows.replace("%%", "%") if isinstance(figure, Indicator) else "",
            "papers": _papers(figure, now),
            "counted_at": reading.counted_at(figure, asked),
        },
    )  # fmt: skip


def may_open(figure: Figure) -> bool:
    """Whether the post may see the figure's rows at all; which of them, the database decides."""
    return isinstance(figure, Indicator) and (may("people.look") or not figure.names_people)


def rows_href(figure: Figure, asked: Asked, **part: str) -> str:
    """The page of rows; `dimension` and `part` narrow it."""
    return reverse("figure_rows", args=[figure.id]) + address(asked) + ("&" + urlencode(part) if part else "")


def _sides(figure: Figure, answer: Answer, asked: Asked) -> list[dict[str, str]]:
    if not isinstance(figure, Ratio) or answer.below is None:
        return []
    found = registry().indicators
    return [
        {
            "label": name_of(found[name]),
            "value": write(found[name], value),
            "href": reverse("figure", args=[name]) + address(asked),
        }
        for name, value in ((figure.numerator, answer.above), (figure.denominator, answer.below))
    ]


def _months(figure: Figure, asked: Asked) -> Chart | None:
    if isinstance(figure, Listing) or (isinstance(figure, Fact) and chart_unit(figure) != "fen"):
        return None
    year = asked.first.year
    series = []
    for each in (year - 1, year):
        months = list(iter_months(Month(each, 1), Month(each, 12)))
        series.append(Series(str(each), reading.by_month(figure, asked, months)))
    return Chart(
        id="chart-figure-months",
        title=_("逐月，与上年比较"),
        kind="line",
        unit=chart_unit(figure),
        categories=[_("%(n)s月") % {"n": number} for number in range(1, 13)],
        series=series,
        category_label=_("月份"),
    )


def district_map(figure: Figure, asked: Asked, places: list[Part], domain: str = "") -> DistrictMap | None:
    """The city's districts by the figure, each a link to the same page for itself; None anywhere else."""
    if asked.place != CITY or len(places) < 2:
        return None
    return DistrictMap(
        id="map-figure",
        title=_("各区%(name)s") % {"name": name_of(figure)},
        values={part.code: part.value for part in places},
        unit=chart_unit(figure),
        value_label=name_of(figure),
        href=lambda code: address(asked, domain, place=code),
        note=_("区界为示意轮廓，不作测绘依据。"),
    )


def _columns(figure: Figure, heading: str, href: Any, opens: Any) -> list[Column]:
    kind = {"fen": "money", "percent": "percent", "count": "count"}[chart_unit(figure)]
    return [
        Column("name", heading, is_heading=True, href=href),
        Column("value", name_of(figure), kind=kind, order_by="value", href=opens),
        Column("before", _("上年"), kind=kind, order_by="before"),
        Column("growth", _("增长"), kind="percent", value=lambda row: growth(row["value"], row["before"])),
        Column("rows", _("明细行数"), kind="count", order_by="rows"),
    ]


def _row(part: Part, name: str) -> dict[str, Any]:
    return {"code": part.code, "name": name, "value": part.value, "before": part.before, "rows": part.rows}


def _places(request: HttpRequest, figure: Figure, asked: Asked, places: list[Part]) -> list[Table]:
    if not places:
        return []
    named = names(part.code for part in places)
    rows = [_row(part, named.get(part.code, part.code)) for part in places]

    def opens(row: dict[str, Any]) -> str:
        return rows_href(figure, Asked(asked.span, asked.first, row["code"], asked.basis))

    return [
        Table(
            _columns(figure, _("区划"), lambda row: address(asked, place=row["code"]), opens if may_open(figure) else None),
            rows, request, caption=_("按区") if asked.place == CITY else _("按街镇"), name="places", page_size=30,
            is_exportable=False, default_sort="-value",
        )
    ]  # fmt: skip


def _parts(request: HttpRequest, figure: Figure, asked: Asked, parts: dict[str, list[Part]]) -> list[Table]:
    tables = []
    for dimension in figure.dimensions if isinstance(figure, Indicator) else ():
        rows = [_row(part, part_name(dimension, part.code)) for part in parts[dimension.column]]

        def opens(row: dict[str, Any], column: str = dimension.column) -> str:
            return rows_href(figure, asked, dimension=column, part=row["code"])

        tables.append(
            Table(
                _columns(figure, dimension_name(dimension), None, opens if may_open(figure) else None),
                rows, request, caption=_("按%(dimension)s") % {"dimension": dimension_name(dimension)},
                name=dimension.column, page_size=30, is_exportable=False,
            )
        )  # fmt: skip
    return tables


def _entries(request: HttpRequest, figure: Figure, asked: Asked, now: Answer) -> list[Table]:
    """What a listing counts, or the records that tell a fact, each open where it has a page."""
    found = reading.entries(figure, asked) if isinstance(figure, Listing) else now.records
    if not found and not isinstance(figure, Listing):
        return []

    def opens(one: Entry) -> str:
        return reverse(one.opens, args=[one.key]) + address(asked) if one.opens else ""

    return [
        Table(
            [Column("name", name_of(figure), is_heading=True, href=opens), Column("source", _("依据"), is_wide=True,
             hint=lambda one: _("示意") if one.provenance == "illustrative" else "")],
            list(found), request, caption=_("明细"), name="entries", page_size=50,
        )
    ]  # fmt: skip


def _papers(figure: Figure, now: Answer) -> list[dict[str, Any]]:
    """The legal values behind a fact: the day, the value in words, the paper; a list of divisions by their names."""
    listed = {str(code) for one in now.papers if isinstance(one.value, tuple) for code in one.value}
    named = names(listed) if listed else {}

    def text(value: Any) -> str:
        if isinstance(value, tuple):
            return "、".join(named.get(str(one), str(one)) for one in value)
        return formats.fen(value)

    return [
        {"day": one.from_, "text": text(one.value), "source": one.source, "provenance": one.provenance}
        for one in now.papers
    ]


def _export(file: str, figure: Figure, asked: Asked, now: Answer, places: list[Part],
            parts: dict[str, list[Part]]) -> HttpResponse:  # fmt: skip
    place = path_names([asked.place])[asked.place]
    named = names(part.code for part in places)
    rows: list[list[Any]] = [[_("合计"), place, plain(figure, now.value), None, now.rows]]
    rows += [[_("区划"), named.get(part.code, part.code), plain(figure, part.value), plain(figure, part.before), part.rows]
             for part in places]  # fmt: skip
    for dimension in figure.dimensions if isinstance(figure, Indicator) else ():
        rows += [
            [dimension_name(dimension), part_name(dimension, part.code), plain(figure, part.value),
             plain(figure, part.before), part.rows]
            for part in parts[dimension.column]
        ]  # fmt: skip
    labels = [_("分组"), _("名称"), f"{name_of(figure)}（{unit_of(figure)}）", _("上年"), _("明细行数")]
    return download(
        file,
        name=f"{figure.id}-{asked.text}-{asked.place}",
        title=name_of(figure)[:30],
        labels=labels,
        rows=rows,
    )
