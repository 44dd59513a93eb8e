"""A figure's table for publication: small cells hidden, and what would give them back (公布用表)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.model import Dimension, Indicator
from minzheng.kernel.indicators.suppression import TOTAL, Published, publish
from minzheng.kernel.indicators.working_rules import small_cells, working_rules
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import address, question
from minzheng.surfaces.web.figures.exporting import FORMS, download
from minzheng.surfaces.web.figures.figure import figure_or_404, is_published
from minzheng.surfaces.web.figures.words import dimension_name, name_of, part_name, unit_of

HIDDEN = "*"
MOST_PARTS = 12
_OTHER = "__other__"


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Places below by the parts of one dimension, with totals; only whole counts that add up."""
    require("statistics.look")
    figure = figure_or_404(code)
    if not is_published(figure):
        raise Http404("not published as a table")
    assert isinstance(figure, Indicator)
    asked_for, form = question(request, has_domain=False)
    asked = asked_for.asked
    dimension = next((one for one in figure.dimensions if one.column == request.GET.get("by")), None)
    threshold = small_cells(asked.first) if figure.names_people else 1
    shown = _published(
        reading.by_place_and_part(figure, asked, dimension.column if dimension else ""), threshold
    )
    table = _table(request, figure, shown, dimension, asked.place)
    title = f"{name_of(figure)} {asked.text}"
    if (file := request.GET.get("export")) in FORMS:
        labels = [str(column.label) for column in table.columns]
        lines = [[_plain(column.read(row)) for column in table.columns] for row in _rows(shown, asked.place)]
        return download(
            file, name=f"published-{figure.id}-{asked.text}", title=title[:30], labels=labels, rows=lines
        )
    query = address(asked) + (f"&by={dimension.column}" if dimension else "")
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
            + [(one.column, _("按%(dimension)s") % {"dimension": dimension_name(one)}, one == dimension) for one in figure.dimensions],
            "query": address(asked),
            "export": query,
            "back": reverse("figure", args=[figure.id]) + address(asked),
            "table": table,
            "threshold": threshold,
            "hides": figure.names_people,
            "source": working_rules().parameters["small_cells"].entries[-1],
            "hidden": sum(TOTAL not in cell for cell in shown.hidden),
        },
    )  # fmt: skip


def _published(cells: dict[tuple[str, str], int], threshold: int) -> Published:
    places = sorted({place for place, _part in cells})
    sums: dict[str, int] = {}
    for (_place, part), value in cells.items():
        sums[part] = sums.get(part, 0) + value
    largest = sorted(sums, key=lambda part: (-sums[part], part))
    kept = largest if len(largest) <= MOST_PARTS else largest[: MOST_PARTS - 1]
    merged: dict[tuple[str, str], int] = {}
    for (place, part), value in cells.items():
        at = (place, part if part in kept else _OTHER)
        merged[at] = merged.get(at, 0) + value
    columns = [*kept, *([_OTHER] if len(kept) < len(largest) else [])]
    return publish(places, columns, merged, threshold=threshold)


def _rows(shown: Published, place: str) -> list[dict[str, Any]]:
    named = names(shown.rows)
    own = _("市级直接办理") if place == CITY else _("区级直接办理")
    lines = [
        {"name": own if code == place else named.get(code, code), "cells": {c: shown.cells[code, c] for c in (*shown.columns, TOTAL)}}
        for code in shown.rows
    ]  # fmt: skip
    lines.append({"name": _("合计"), "cells": {c: shown.cells[TOTAL, c] for c in (*shown.columns, TOTAL)}})
    return lines


def _table(
    request: HttpRequest, figure: Indicator, shown: Published, dimension: Dimension | None, place: str
) -> Table:
    def label(code: str) -> str:
        if code == TOTAL:
            return _("合计")
        if code == _OTHER:
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
        _rows(shown, place), request, caption=_("公布用表"), name="published", page_size=300, is_exportable=False,
        empty_text=_("本期没有记录。"),
    )  # fmt: skip


def _plain(text: Any) -> Any:
    plain = str(text).replace(",", "")
    return int(plain) if plain.isdigit() else text
