"""Two saved what-ifs beside each other (两个试算对比)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.reforms import comparing
from minzheng.kernel.reforms.models import Reform, State
from minzheng.kernel.reforms.queries import Line, lines_of
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.reforms.breakdown import captions
from minzheng.surfaces.web.reforms.words import asked_reform, change_views, line_labels, summary


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Both against the same law over the same people; where either differs, the page says so first."""
    a, b = (_asked(request, name) for name in ("a", "b"))
    lines = [lines_of(reform) for reform in (a, b)]
    sides = [
        {
            "mark": mark,
            "reform": reform,
            "changes": change_views(reform),
            "total": found["all"][0],
            "sentences": summary(reform, found["all"][0]),
        }
        for mark, reform, found in zip((_("甲"), _("乙")), (a, b), lines, strict=True)
    ]
    tables = [_table(request, dimension, caption, lines, (a, b)) for dimension, caption in captions().items()]
    exported = next((t.excel_response() for t in tables if t.wants_export), None)
    if exported is not None:
        return exported
    return render(
        request,
        "reforms/versus.html",
        {
            "sides": sides,
            "tables": tables,
            "chart": _chart(lines, (a, b)),
            "is_same_month": a.month == b.month,
            "is_same_people": a.snapshot_identity == b.snapshot_identity,
            "is_same_law": a.law_identity == b.law_identity,
        },
    )


def _asked(request: HttpRequest, name: str) -> Reform:
    text = request.GET.get(name, "")
    found = asked_reform(int(text) if text.isascii() and text.isdigit() else 0)
    if found.state != State.DONE:
        raise Http404("not computed yet")
    return found


def _table(
    request: HttpRequest,
    dimension: str,
    caption: str,
    lines: list[dict[str, list[Line]]],
    pair: tuple[Reform, Reform],
) -> Table:
    sides = [{line.key: line for line in found.get(dimension, [])} for found in lines]
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    labels = line_labels([sides[0].get(key) or sides[1][key] for key in keys])

    def of(at: int, what: str) -> Any:
        def read(key: str) -> int | None:
            line = sides[at].get(key)
            if line is None:
                return None
            return line.change_fen if what == "cost" else line.values[what]

        return read

    columns = [Column("key", _("组别"), is_heading=True, value=lambda key: labels.get(key, key))]
    for what, label, kind in (
        ("gainers", _("增加"), "count"),
        ("losers", _("减少"), "count"),
        ("cost", _("每月增支"), "money"),
    ):
        for at, mark in enumerate((_("甲"), _("乙"))):
            columns.append(Column(f"{what}-{at}", f"{label}·{mark}", kind=kind, value=of(at, what)))
    return Table(
        columns,
        keys,
        request,
        caption=caption,
        name=dimension,
        export_name=f"reforms-{dimension}",
        page_size=30,
    )


def _chart(lines: list[dict[str, list[Line]]], pair: tuple[Reform, Reform]) -> Chart:
    groups = [found.get(comparing.TENTH, []) for found in lines]
    keys = sorted({line.key for group in groups for line in group}, key=int)
    by_key = [{line.key: line for line in group} for group in groups]
    return Chart(
        id="chart-versus",
        title=_("按收入十等分：每月增支"),
        unit="fen",
        categories=keys,
        series=[
            Series(
                f"{mark}：{reform.title}",
                [line.change_fen if (line := side.get(key)) else None for key in keys],
            )
            for mark, reform, side in zip((_("甲"), _("乙")), pair, by_key, strict=True)
        ],
        category_label=_("收入组（1 最低，10 最高）"),
    )
