"""Figures beside the plan (计划完成情况): promises and plan indicators with what evidence shows, and how much of the year is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import may
from minzheng.kernel.indicators.reading import Answer
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.targets.models import Target
from minzheng.kernel.targets.queries import Standing, by_districts, standings
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import Question
from minzheng.surfaces.web.figures.exporting import plain
from minzheng.surfaces.web.figures.words import write
from minzheng.surfaces.web.targets.words import mark_of, title_of
from minzheng.surfaces.web.work.day import working_day

MOST = 30


@dataclass(frozen=True, slots=True)
class Planned:
    """One target in one place, with the figure of the same official name where there is one."""

    target: Target
    standing: Standing
    figure: str = ""

    @property
    def elapsed(self) -> float | None:
        """The share of its working days that is gone, percent; a plan indicator asks no pace within the year."""
        is_paced = self.target.kind == Target.Kind.PROJECT
        return 100 * self.standing.elapsed / self.standing.whole if is_paced else None


def planned(asked_for: Question) -> list[Planned]:
    """The targets of the year in the city or one district; of one domain, those whose name a figure of it bears.

    Empty for streets and for posts that may not see targets.
    """
    asked = asked_for.asked
    if not may("targets.look") or len(asked.place) > len(CITY):
        return []
    year = asked.first.year
    # A plan indicator belongs to every year from its base to its end.
    of_year = Q(kind=Target.Kind.PROJECT, year=year) | Q(
        kind=Target.Kind.PLAN, year__gte=year, base_year__lt=year
    )
    named = {figure.name: figure.id for figure in registry().figures.values()}
    targets = [
        one
        for one in Target.objects.filter(of_year).order_by("-kind", "pk")[:MOST]
        if not asked_for.domain or registry().domains.get(named.get(one.title, "")) == asked_for.domain
    ]
    on = min(working_day(), date(year, 12, 31))
    if asked.place == CITY:
        found = standings(targets, on=on)
        return [Planned(one, found[one.pk], named.get(one.title, "")) for one in targets]
    parts = by_districts(targets, on=on)
    return [
        Planned(one, row, named.get(one.title, ""))
        for one in targets
        for row in parts[one.pk]
        if row.code == asked.place
    ]


def plan_table(
    request: HttpRequest, rows: list[Planned], now: dict[str, Answer], then: dict[str, Answer]
) -> Table:
    """Planned, done, shares; beside them what the registers count under the same name, this year and last."""

    def counted(answers: dict[str, Answer]) -> Any:
        def value(one: Planned) -> str:
            found = answers.get(one.figure)
            return write(found.figure, found.value) if found else "—"

        return value

    return Table(
        [
            Column("title", _("项目或规划指标"), is_heading=True, is_wide=True, value=lambda one: title_of(one.target),
                   href=lambda one: reverse("target", args=[one.target.pk])),
            Column("state", _("进展"), kind="status", value=lambda one: mark_of(one.standing, one.target)),
            Column("planned", _("计划"), kind="count", value=lambda one: one.standing.value, hint=lambda one: one.target.unit),
            Column("done", _("已核定完成"), kind="count", value=lambda one: one.standing.done),
            Column("share", _("完成比例"), kind="percent", value=lambda one: one.standing.share),
            Column("elapsed", _("时间已过"), kind="percent"),
            Column("now", _("登记计数"), value=counted(now)),
            Column("then", _("上年"), value=counted(then)),
        ],
        rows, request, caption=_("与计划比较"), name="plan", is_exportable=False, page_size=MOST,
    )  # fmt: skip


def plan_chart(rows: list[Planned]) -> Chart | None:
    """The year's promises: done beside time gone, both in percent; a plan indicator asks no pace and is left out."""
    shown = [one for one in rows if one.standing.share is not None and one.elapsed is not None]
    if not shown:
        return None
    return Chart(
        id="chart-plan",
        title=_("完成比例与时间进度（%）"),
        categories=[title_of(one.target) for one in shown],
        series=[
            Series(_("完成比例"), [round(one.standing.share or 0, 1) for one in shown], "good"),
            Series(_("时间已过"), [round(one.elapsed or 0, 1) for one in shown], "neutral"),
        ],
        unit="percent",
        category_label=_("项目或规划指标"),
        is_horizontal=True,
    )  # fmt: skip


def plan_sheet(
    rows: list[Planned], now: dict[str, Answer], then: dict[str, Answer]
) -> tuple[list[str], list[list[Any]]]:
    """The comparison to the plan as a sheet: labels and rows of plain values."""
    labels = [
        _("项目或规划指标"),
        _("单位"),
        _("计划"),
        _("已核定完成"),
        _("完成比例（%）"),
        _("时间已过（%）"),
        _("登记计数"),
        _("上年"),
    ]
    lines = []
    for one in rows:
        counted = [
            plain(found.figure, found.value) if (found := side.get(one.figure)) else None
            for side in (now, then)
        ]
        shares = [None if share is None else round(share, 1) for share in (one.standing.share, one.elapsed)]
        lines.append(
            [title_of(one.target), one.target.unit, one.standing.value, one.standing.done, *shares, *counted]
        )
    return labels, lines
