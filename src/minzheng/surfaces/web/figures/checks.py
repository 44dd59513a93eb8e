"""The identities between figures and where they are broken: shown, not hidden (勾稽关系)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators import identities
from minzheng.kernel.indicators.identities import Broken, Checked
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import address
from minzheng.surfaces.web.figures.words import write
from minzheng.surfaces.web.work.words import is_english


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every identity that can be checked, the broken ones first with period, place and both sides."""
    require("statistics.look")
    checked = identities.check()
    lines = [_line(one) for one in checked]
    lines.sort(key=lambda line: -line["broken"])
    broken = [(one, line) for one in checked for line in one.broken]
    tables = [
        Table(
            [
                Column("name", _("勾稽关系"), is_heading=True, is_wide=True),
                Column("state", _("结果"), value=lambda line: _("不成立") if line["broken"] else _("成立")),
                Column("broken", _("不成立处"), kind="count"),
            ],
            lines, request, caption=_("全部勾稽关系"), name="identities", page_size=50,
        )
    ]  # fmt: skip
    if broken:
        tables.insert(0, _broken(request, broken))
    return render(
        request,
        "web_figures/identities.html",
        {"tables": tables, "count": len(checked), "broken": sum(bool(one.broken) for one in checked)},
    )


def _name(one: Checked) -> str:
    return one.identity.name_en if is_english() else one.identity.name


def _line(one: Checked) -> dict[str, Any]:
    return {"name": _name(one), "broken": len(one.broken)}


def _period(line: Broken) -> str:
    return str(line.first.year) if line.span == Span.YEAR else str(Month.of(line.first))


def _broken(request: HttpRequest, broken: list[tuple[Checked, Broken]]) -> Table:
    placed = names({line.place for _one, line in broken})

    def side(which: str, column: str):  # type: ignore[no-untyped-def]
        def href(row: tuple[Checked, Broken]) -> str:
            first = getattr(row[0], which)[0]
            return reverse("figure", args=[first]) + address(Asked(row[1].span, row[1].first, row[1].place))

        def value(row: tuple[Checked, Broken]) -> str:
            return write(registry().figure(getattr(row[0], which)[0]), getattr(row[1], which))

        return Column(which, column, value=value, href=href)

    return Table(
        [
            Column("name", _("勾稽关系"), is_heading=True, is_wide=True, value=lambda row: _name(row[0])),
            Column("period", _("期间"), value=lambda row: _period(row[1])),
            Column("place", _("区划"), value=lambda row: placed.get(row[1].place, row[1].place)),
            side("left", _("左边")),
            side("right", _("右边")),
            Column("difference", _("相差"), value=lambda row: write(registry().figure(row[0].left[0]), row[1].difference)),
        ],
        broken, request, caption=_("不成立的勾稽关系"), name="broken", page_size=50,
    )  # fmt: skip


def red_lines(broken: list[Checked], place: str, most: int = 5) -> list[dict[str, str]]:
    """What a dashboard says of identities that are broken in its place or below: both sides, and the figure to look into."""
    found = [(one, line) for one in broken for line in one.broken if line.place.startswith(_below(place))]
    placed = names({line.place for _one, line in found[:most]})
    return [
        {
            "name": _name(one),
            "where": f"{_period(line)} {placed.get(line.place, line.place)}",
            "left": write(registry().figure(one.left[0]), line.left),
            "right": write(registry().figure(one.right[0]), line.right),
            "relation": "≠" if one.identity.relation == "==" else ">",
            "href": reverse("figure", args=[one.left[0]]) + address(Asked(line.span, line.first, line.place)),
        }
        for one, line in found[:most]
    ]


def _below(place: str) -> str:
    """The city's place is 310000, and its districts begin with 31."""
    return place[:2] if place.endswith("0000") else place
