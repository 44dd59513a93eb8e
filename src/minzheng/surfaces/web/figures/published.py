"""A figure's table for publication: small cells hidden, and what would give them back (公布用表)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators import publication
from minzheng.kernel.indicators.model import Dimension, Indicator
from minzheng.kernel.indicators.publication import OTHER
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.indicators.suppression import TOGETHER, TOTAL, Published
from minzheng.kernel.indicators.working_rules import working_rules
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import address, question
from minzheng.surfaces.web.figures.exporting import FORMS, download
from minzheng.surfaces.web.figures.figure import figure_or_404
from minzheng.surfaces.web.figures.words import dimension_name, name_of, part_name, unit_of

HIDDEN = "*"


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Places below by the parts of one dimension, with totals; only whole counts that add up.

    Who may not publish it is told who does.
    """
    require("statistics.look")
    figure = figure_or_404(code)
    if not publication.is_published(figure):
        raise Http404("not published as a table")
    assert isinstance(figure, Indicator)
    asked_for, form = question(request, has_domain=False)
    asked = asked_for.asked
    dimensions = publication.published_by(figure, asked)
    dimension = next((one for one in dimensions if one.column == request.GET.get("by")), None)
    table = _table(request, figure, asked, dimension) if publication.may_publish(figure) else None
    lines = [[column.read(row) for column in table.columns] for row in table.source] if table else []
    if table and (file := request.GET.get("export")) in FORMS:
        return download(
            file, name=f"published-{figure.id}-{asked.text}", title=f"{name_of(figure)} {asked.text}"[:30],
            labels=[str(column.label) for column in table.columns],
            rows=[[_plain(value) for value in line] for line in lines],
        )  # fmt: skip
    return render(
        request,
        "web_figures/published.html",
        {
            "form": form,
            "name": name_of(figure),
            "unit": unit_of(figure),
            "place": path_names([asked.place])[asked.place],
            "period": asked.text,
            "is_open": asked_for.is_open,
            "choices": [("", _("只按区划"), not dimension)]
            + [(one.column, _("按%(dimension)s") % {"dimension": dimension_name(one)}, one == dimension) for one in dimensions],
            "query": address(asked),
            "export": address(asked) + (f"&by={dimension.column}" if dimension else ""),
            "back": reverse("figure", args=[figure.id]) + address(asked),
            "table": table,
            "threshold": publication.threshold_of(figure, asked),
            "hides": figure.names_people,
            "hidden": sum(line.count(HIDDEN) for line in lines),
            "source": working_rules().parameters["small_cells"].entries[-1],
        },
    )  # fmt: skip


def _table(request: HttpRequest, figure: Indicator, asked: Asked, dimension: Dimension | None) -> Table:
    shown = publication.published(figure, asked, dimension.column if dimension else "")

    def label(code: str) -> str:
        if code == TOTAL:
            return _("合计")
        if code == OTHER:
            return _("其他")
        return part_name(dimension, code) if dimension else name_of(figure)

    def cell(code: str) -> Column:
        def value(row: dict[str, Any]) -> str:
            found = row["cells"][code]
            return HIDDEN if found is None else formats.count(found)

        return Column(code, label(code), value=value)

    columns = [*shown.columns, TOTAL] if dimension else list(shown.columns)
    return Table(
        [Column("name", _("区划"), is_heading=True), *(cell(code) for code in columns)],
        _rows(shown, asked.place), request, caption=_("公布用表"), name="published", page_size=300, is_exportable=False,
        empty_text=_("本期没有记录。"),
    )  # fmt: skip


def _rows(shown: Published, place: str) -> list[dict[str, Any]]:
    """The lines of a table; of a street its own alone, as its district's table has it."""
    named = names(shown.rows) | {TOGETHER: _("以上隐去区划的合计"), TOTAL: _("合计")}
    rows = [*shown.rows, TOTAL]
    if len(place) > 6:
        rows = [row for row in rows if row == place]
    else:
        named[place] = _("市级直接办理") if place == CITY else _("区级直接办理")
    columns = (*shown.columns, TOTAL)
    return [
        {"name": named.get(row, row), "cells": {column: shown.cells[row, column] for column in columns}}
        for row in rows
    ]


def _plain(text: Any) -> Any:
    plain = str(text).replace(",", "")
    return int(plain) if plain.isdigit() else text
