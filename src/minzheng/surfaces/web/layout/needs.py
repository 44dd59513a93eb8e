"""Beds that are missing, street by street: need of a year against what stands and what is planned."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_layout.models import AreaElders
from minzheng.domains.eldercare_layout.needs import (
    StreetNeed,
    reckon_elders,
    street_needs,
    without_street,
    years_known,
)
from minzheng.domains.eldercare_layout.points import place_points
from minzheng.domains.eldercare_layout.working_rules import rules_on
from minzheng.kernel.access import may, require
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.site_maps import SiteMap, SitePoint
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.layout.common import (
    asked_place,
    districts,
    illustrative_note,
    own_place,
    street_points,
    tabs,
)
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day


class NeedForm(forms.Form):
    """Year, ratio and place of the question."""

    year = forms.ChoiceField(label=gettext_lazy("年份"))
    ratio = forms.IntegerField(label=gettext_lazy("每千名老年人床位"), min_value=1, max_value=500)
    place = forms.ChoiceField(label=gettext_lazy("范围"), required=False)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Streets ranked by shortage on a table and a map."""
    require("layout.look")
    day, place, years = working_day(), asked_place(request), years_known()
    rules = rules_on(day)
    context: dict[str, Any] = {
        "tabs": tabs("layout"),
        "may_plan": may("layout.plan") and may("people.look"),
        "years": years,
    }
    if not years:
        return render(request, "layout/needs.html", context)
    later = next((str(year) for year in years if year > years[0]), str(years[0]))
    given = {"year": later, "ratio": str(int(rules.beds_per_thousand)), "place": place}
    form = NeedForm(given | {name: request.GET[name] for name in given if request.GET.get(name)})
    offer(form, "year", [(str(year), str(year)) for year in years])
    offer(form, "place", [(own_place(), path_names([own_place()])[own_place()]), *districts()])
    is_sound = form.is_valid()
    told = form.cleaned_data if is_sound else {}
    year = int(told.get("year") or later)
    ratio = int(told.get("ratio") or rules.beds_per_thousand)
    rows = street_needs(year=year, ratio=ratio, within=place, on=day)
    table = _table(request, rows)
    if table.wants_export:
        return table.excel_response()
    goal = rules.entry("city_beds_goal")
    context |= {
        "form": form, "table": table, "year": year, "ratio": ratio, "place": path_names([place])[place],
        "ratio_entry": rules.entry("beds_per_thousand"), "goal": goal, "deaths": rules.entry("deaths_per_hundred_thousand"),
        "is_city": place == "310000", "base": years[0], "counted_on": AreaElders.objects.values_list("counted_on", flat=True).first(),
        "without_street": without_street(year=year, within=place),
        "totals": {
            "elders": sum(r.elders for r in rows), "required": sum(r.required for r in rows),
            "beds": sum(r.beds for r in rows), "planned": sum(r.planned for r in rows),
            "short": sum(max(r.shortage, 0) for r in rows), "streets": sum(r.shortage > 0 for r in rows),
        },
        "maps": _maps(rows, place, year, ratio),
    }  # fmt: skip
    return render(request, "layout/needs.html", context)


def _table(request: HttpRequest, rows: list[StreetNeed]) -> Table:
    rank = {row.code: at for at, row in enumerate(rows, 1)}
    return Table(
        [
            Column("rank", _("缺口排名"), kind="count", value=lambda r: rank[r.code], order_by="rank"),
            Column("name", _("街镇"), is_heading=True, hint=lambda r: r.code),
            Column("elders", _("60岁及以上"), kind="count", order_by="elders"),
            Column("elders_80", _("其中80岁及以上"), kind="count", order_by="elders_80"),
            Column("required", _("需要床位"), kind="count", order_by="required"),
            Column("beds", _("现有床位"), kind="count", order_by="beds"),
            Column("planned", _("规划床位"), kind="count", order_by="planned"),
            Column("shortage", _("缺口"), kind="count", order_by="shortage"),
        ],
        rows, request, caption=_("各街镇床位缺口"), export_name="layout-needs", page_size=25,
        empty_title=_("没有数据"),
    )  # fmt: skip


def _maps(rows: list[StreetNeed], place: str, year: int, ratio: int) -> dict[str, Any]:
    if place == "310000":
        short: dict[str, int] = {}
        for row in rows:
            short[row.code[:6]] = short.get(row.code[:6], 0) + row.shortage
        ask = {"year": year, "ratio": ratio}
        return {
            "districts": DistrictMap(
                "map-needs", _("各区缺口（张）"), short, value_label=_("缺口"),
                href=lambda code: f"{reverse('layout')}?{urlencode({**ask, 'place': code})}",
            )
        }  # fmt: skip
    at = street_points(place)
    points = [SitePoint(row.name, *at[row.code], value=row.shortage) for row in rows if row.code in at]
    return {
        "streets": SiteMap(
            "map-needs",
            _("各街镇缺口（张）"),
            points,
            place[:6],
            value_label=_("张"),
            note=illustrative_note(place),
        )
    }


@require_POST
def reckon(request: HttpRequest) -> HttpResponse:
    """Counts elders of the post's place anew, and gives new areas a point."""
    day = working_day()
    done = attempt(request, partial(reckon_elders, on=day))
    if done is not None:
        attempt(request, partial(place_points, on=day), done=_("已按登记人口重新测算。"))
    return redirect("layout")
