"""The figures that the annual summary states: which the platform derives, and which domain will bring the others (总结指标)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.indicators.summary import Derived, derive
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.asking import address, question
from minzheng.surfaces.web.figures.words import domain_name, name_of, unit_of, write
from minzheng.surfaces.web.work.words import is_english


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Derived figures with their values, then the others by domain; no printed value is shown as a result."""
    require("statistics.look")
    asked_for, form = question(request, has_domain=False)
    asked = asked_for.asked
    found = derive(asked.first.year, asked.place)
    there = [one for one in found if one.answer]
    missing = [one for one in found if not one.answer]
    tables = [
        Table(
            [
                Column("name", _("指标"), is_heading=True, is_wide=True, value=_name,
                       href=lambda one: reverse("figure", args=[one.answer.figure.id]) + address(asked)),
                Column("value", _("数值"), value=lambda one: write(one.answer.figure, one.answer.value)),
                Column("unit", _("单位"), value=lambda one: unit_of(one.answer.figure)),
                Column("rows", _("明细行数"), kind="count", value=lambda one: one.answer.rows),
                Column("id", _("编号"), value=lambda one: one.stated.id),
            ],
            there, request, caption=_("已能推得"), name="derived", page_size=100,
        ),
        Table(
            [
                Column("name", _("指标"), is_heading=True, is_wide=True, value=_name),
                Column("domain", _("领域"), value=lambda one: domain_name(one.stated.domain)),
                Column("id", _("编号"), value=lambda one: one.stated.id),
            ],
            missing, request, caption=_("待各领域建成"), name="missing", page_size=60,
        ),
    ]  # fmt: skip
    return render(
        request,
        "web_figures/stated.html",
        {
            "form": form,
            "place": path_names([asked.place])[asked.place],
            "year": asked.first.year,
            "tables": tables,
            "derived": len(there),
            "count": len(found),
            "back": reverse("figures") + address(asked),
        },
    )


def _name(one: Derived) -> str:
    if not is_english():
        return one.stated.name
    return name_of(one.answer.figure) if one.answer else one.stated.id
