"""The rows behind a figure, a page at a time, as far as the reader may see them; each opens to its own page (指标明细)."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.indicators import opening, reading
from minzheng.kernel.indicators.model import Dimension, Indicator, Measure
from minzheng.kernel.indicators.opening import Row
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import address, question
from minzheng.surfaces.web.figures.figure import figure_or_404
from minzheng.surfaces.web.figures.words import dimension_name, name_of, part_name, unit_of, write


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """One page of rows under the reader's own rights; the look is recorded."""
    require("statistics.look")
    figure = figure_or_404(code)
    if not isinstance(figure, Indicator):
        raise Http404("no rows")
    asked_for, _form = question(request, has_domain=False)
    asked = asked_for.asked
    answer = reading.answer(figure, asked)
    if answer.day is None:
        raise Http404("not counted")
    dimension, part = request.GET.get("dimension", ""), request.GET.get("part", "")
    try:
        found = opening.rows(
            figure,
            asked,
            until=answer.day,
            dimension=dimension,
            part=part,
            after=_after(request.GET.get("after", "")),
        )
    except ValueError as error:
        raise Http404(str(error)) from error
    record(
        "indicators.rows",
        subject=f"indicators:{figure.id}",
        division_code=asked.place,
        detail={"period": asked.text, "dimension": dimension, "part": part, "rows": len(found.rows)},
    )
    narrowed = {"dimension": dimension, "part": part} if dimension else {}
    here = address(asked) + ("&" + urlencode(narrowed) if narrowed else "")
    by_column = {one.column: one for one in figure.dimensions}
    return render(
        request,
        "web_figures/rows.html",
        {
            "name": name_of(figure),
            "place": path_names([asked.place])[asked.place],
            "period": asked.text,
            "value": write(figure, answer.value),
            "unit": unit_of(figure) if not figure.unit.startswith("fen") else "",
            "counted": answer.rows,
            "part": part_name(by_column[dimension], part) if dimension else "",
            "back": reverse("figure", args=[figure.id]) + address(asked),
            "table": _table(request, figure, found.rows),
            "older": f"{here}&after={found.rows[-1].on_day}.{found.rows[-1].id}" if found.after else "",
            "newest": here if request.GET.get("after") else "",
        },
    )


def _after(text: str) -> tuple[date, int] | None:
    """Where a page before ended: 2022-07-31.17; anything else begins at the top."""
    day, _dot, number = text.rpartition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def _table(request: HttpRequest, figure: Indicator, rows: list[Row]) -> Table:
    placed = path_names({row.division_code for row in rows})
    columns = [
        Column("id", _("记录"), is_heading=True, href=lambda row: _opens(figure, row)),
        Column("on_day", _("日期"), kind="date"),
        Column("place", _("区划"), value=lambda row: placed.get(row.division_code, row.division_code)),
    ]
    columns += [_part(one) for one in figure.dimensions]
    if figure.measure is Measure.SUM:
        columns.append(Column("amount", name_of(figure), kind="money" if figure.unit == "fen" else "count"))
    return Table(columns, rows, request, caption=_("明细"), name="rows", page_size=opening.PAGE, is_counted=False,
                 is_exportable=False, empty_text=_("没有记录，或所在岗位看不到这些记录。"))  # fmt: skip


def _part(dimension: Dimension) -> Column:
    return Column(
        dimension.column,
        dimension_name(dimension),
        value=lambda row: part_name(dimension, row.parts[dimension.column]),
    )


def _opens(figure: Indicator, row: Row) -> str:
    if not figure.opens:
        return ""
    try:
        return reverse(figure.opens, args=[row.key])
    except NoReverseMatch:
        return ""
