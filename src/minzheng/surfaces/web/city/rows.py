"""The cases that a figure was made of (统计明细): numbers, places and days; names stand on the case's own page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.cases import figures
from minzheng.kernel.cases.models import Counted
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.city.asking import address, asked, item_name
from minzheng.surfaces.web.city.words import CHANNELS, STATES, WORDS, write

PAGE = 50


@require_safe
def page(request: HttpRequest, code: str, part: str) -> HttpResponse:
    """One page of cases, the latest first; as far as the acting post sees cases, and never by a statistician."""
    require("statistics.look")
    require("cases.look")
    figure = figures.FIGURES.get(code)
    if (
        figure is None
        or part not in (figures.ABOVE, figures.BELOW)
        or (part == figures.BELOW and not figure.denominator)
    ):
        raise Http404("no such figure")
    question, _form = asked(request)
    words = WORDS[code]
    sums = figures.sums(question)
    table = _table(request, figures.rows(figure, question, part))
    return render(
        request,
        "city/rows.html",
        {
            "words": words,
            "definition": words.above if part == figures.ABOVE else words.below,
            "value": write(figure, figure.value(sums)),
            "above": figure.above(sums),
            "below": figure.below(sums),
            "part": part,
            "adds": figure.adds if part == figures.ABOVE else figure.adds_below,
            "other": _other(code, part, address(question)) if figure.denominator else "",
            "place": path_names([question.place])[question.place],
            "question": question,
            "item": item_name(question.item) if question.item else "",
            "back": reverse("city") + address(question),
            "table": table,
        },
    )


def _other(code: str, part: str, query: str) -> str:
    other = figures.BELOW if part == figures.ABOVE else figures.ABOVE
    return reverse("city_rows", args=[code, other]) + query


def _table(request: HttpRequest, found: Any) -> Table:
    placed = _street_names()
    return Table(
        [
            Column("number", _("办件编号"), is_heading=True, href=lambda row: reverse("case", args=[row.case_id])),
            Column("item", _("事项"), value=lambda row: item_name(row.item)),
            Column("channel", _("渠道"), value=lambda row: CHANNELS.get(row.channel, row.channel)),
            Column("state", _("状态"), value=lambda row: STATES.get(row.state, row.state)),
            Column("accepting_division", _("受理地"), value=lambda row: placed.get(row.accepting_division, row.accepting_division)),
            Column("deciding_division", _("办理地"), value=lambda row: placed.get(row.deciding_division, row.deciding_division)),
            Column("submitted_on", _("提交"), kind="date"),
            Column("accepted_on", _("受理"), kind="date"),
            Column("ended_on", _("办结"), kind="date"),
            Column("working_days", _("用时"), kind="count", hint=_limit),
            Column("papers_fetched", _("免交材料"), kind="count"),
        ],
        found, request, caption=_("明细"), name="rows", page_size=PAGE, is_counted=False, is_exportable=False,
    )  # fmt: skip


def _street_names() -> dict[str, str]:
    """Names of the city's districts and streets, some 230, by one query."""
    return dict(Division.objects.exclude(level="committee").values_list("code", "name"))


def _limit(row: Counted) -> str:
    if row.is_late:
        return _("超期")
    return "" if row.limit_days is None else _("时限 %(days)s") % {"days": row.limit_days}
