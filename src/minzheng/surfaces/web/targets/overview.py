"""Promises of a year and plan indicators: done, due, behind, and which office is behind them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.targets.models import Target
from minzheng.kernel.targets.queries import Standing, standings
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.targets.words import MOST_TARGETS, mark_of, title_of
from minzheng.surfaces.web.work.day import working_day


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Bars by promise, then plan indicators with base, end and reached value."""
    require("targets.look")
    day = working_day()
    years = list(
        Target.objects.filter(kind=Target.Kind.PROJECT)
        .order_by("-year")
        .values_list("year", flat=True)
        .distinct()
    )
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else (years[0] if years else day.year)
    projects = list(Target.objects.filter(kind=Target.Kind.PROJECT, year=year)[:MOST_TARGETS])
    plans = list(Target.objects.filter(kind=Target.Kind.PLAN)[:MOST_TARGETS])
    found = standings([*projects, *plans], on=day)
    tables = [_projects(request, projects, found), _plans(request, plans, found, day)]
    exported = next((t.excel_response() for t in tables if t.wants_export), None)
    if exported is not None:
        return exported
    behind = [(t, found[t.pk]) for t in [*projects, *plans] if found[t.pk].is_behind]
    return render(
        request,
        "targets/overview.html",
        {
            "tables": tables, "may_layout": may("layout.look"), "year": year, "years": years, "day": day, "chart": _chart(projects, found),
            "tiles": {
                "all": len(projects), "behind": sum(found[t.pk].is_behind for t in projects),
                "done": sum((found[t.pk].still == 0) for t in projects),
                "waiting": sum(found[t.pk].waiting for t in projects),
            },
            "behind": [
                {
                    "title": title_of(t), "href": reverse("target", args=[t.pk]),
                    "text": _("按序时应完成 %(due)s%(unit)s，已完成 %(done)s%(unit)s，差 %(n)s%(unit)s") % {
                        "due": f"{s.due:,}", "done": f"{s.done:,}", "n": f"{s.missing:,}", "unit": t.unit,
                    },
                    "due_text": t.owner, "tone": "warn",
                }
                for t, s in behind
            ],
        },
    )  # fmt: skip


def _projects(request: HttpRequest, rows: list[Target], found: dict[int, Standing]) -> Table:
    return Table(
        [
            Column("title", _("项目"), is_heading=True, value=title_of, href=lambda t: reverse("target", args=[t.pk]),
                   hint=lambda t: t.owner),
            Column("unit", _("单位")),
            Column("value", _("目标"), kind="count", order_by="value"),
            *_reached(found),
            Column("due", _("序时应完成"), kind="count", value=lambda t: found[t.pk].due),
            Column("missing", _("落后"), kind="count", value=lambda t: found[t.pk].missing),
            Column("state", _("进展"), kind="status", value=lambda t: mark_of(found[t.pk], t)),
            Column("due_on", _("期限"), kind="date", order_by="due_on"),
        ],
        rows, request, caption=_("为民办实事项目"), name="projects", export_name="targets", page_size=50,
        empty_title=_("本年没有项目"),
    )  # fmt: skip


def _plans(request: HttpRequest, rows: list[Target], found: dict[int, Standing], day: date) -> Table:
    return Table(
        [
            Column("title", _("指标"), is_heading=True, value=title_of, href=lambda t: reverse("target", args=[t.pk]),
                   hint=lambda t: t.plan),
            Column("unit", _("单位")),
            Column("base_value", _("基期值"), kind="count", hint=lambda t: t.base_year or ""),
            Column("value", _("期末目标"), kind="count", hint=lambda t: t.year),
            Column("asked", _("%(year)s年目标") % {"year": day.year}, kind="count", value=lambda t: found[t.pk].value),
            *_reached(found),
            Column("missing", _("差"), kind="count", value=lambda t: found[t.pk].missing),
            Column("state", _("进展"), kind="status", value=lambda t: mark_of(found[t.pk], t)),
            Column("owner", _("责任单位")),
        ],
        rows, request, caption=_("规划指标"), name="plans", export_name="targets-plans", page_size=50,
        empty_title=_("没有规划指标"),
    )  # fmt: skip


def _reached(found: dict[int, Standing]) -> list[Column]:
    return [
        Column("done", _("已完成"), kind="count", value=lambda t: found[t.pk].done),
        Column("share", _("完成比例"), kind="percent", value=lambda t: found[t.pk].share),
    ]


def _chart(rows: list[Target], found: dict[int, Standing]) -> Any:
    """Done and waiting of each promise in percent of its target, so that units may stand in one picture."""
    if not rows:
        return None

    def percent(number: int, target: Target) -> float:
        return round(100 * number / target.value, 1)

    return Chart(
        id="chart-targets", title=_("完成比例（%）"), categories=[title_of(t) for t in rows],
        series=[
            Series(_("已核定"), [percent(found[t.pk].done or 0, t) for t in rows]),
            Series(_("待核定"), [percent(found[t.pk].waiting, t) for t in rows]),
            Series(_("在建"), [percent(found[t.pk].under_way, t) for t in rows]),
        ],
        unit="percent", category_label=_("项目"), is_stacked=True, is_horizontal=True,
    )  # fmt: skip
