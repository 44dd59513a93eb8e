"""Who lives too far from a service centre: residents beyond a set walk, by street."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_layout.reach import standing_centres, street_reach
from minzheng.domains.eldercare_layout.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.places.queries import path_names
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
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day


class ReachForm(forms.Form):
    """The walk and the place of the question."""

    metres = forms.IntegerField(label=gettext_lazy("步行距离（米）"), min_value=100, max_value=20_000)
    detour = forms.IntegerField(label=gettext_lazy("绕行系数（%）"), min_value=100, max_value=300)
    place = forms.ChoiceField(label=gettext_lazy("范围"), required=False)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Streets by residents beyond the walk, on a table and a map with the centres that stand."""
    require("layout.look")
    day, place = working_day(), asked_place(request)
    rules = rules_on(day)
    given = {"metres": str(int(rules.reach_metres)), "detour": str(int(rules.detour_percent)), "place": place}
    form = ReachForm(given | {name: request.GET[name] for name in given if request.GET.get(name)})
    offer(form, "place", [(own_place(), path_names([own_place()])[own_place()]), *districts()])
    told = form.cleaned_data if form.is_valid() else {}
    metres = int(told.get("metres") or rules.reach_metres)
    detour = int(told.get("detour") or rules.detour_percent)
    rows = street_reach(within=place, reach_metres=metres, detour_percent=detour, on=day)
    table = Table(
        [
            Column("name", _("街镇"), is_heading=True, hint=lambda r: r.code),
            Column("residents", _("居民"), kind="count", order_by="residents"),
            Column("residents_beyond", _("步行距离以外"), kind="count", order_by="residents_beyond"),
            Column("share_beyond", _("占比"), kind="percent", value=lambda r: r.share_beyond, order_by="share_beyond"),
            Column("elders_beyond", _("其中60岁及以上"), kind="count", value=lambda r: round(r.elders_beyond), order_by="elders_beyond"),
        ],
        rows, request, caption=_("距服务中心超出步行距离的居民"), export_name="layout-reach", page_size=25,
        empty_title=_("没有数据"), empty_text=_("请先在“床位缺口”页测算老年人口。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    at, centres = street_points(place), standing_centres(day)
    points = [SitePoint(r.name, *at[r.code], value=r.residents_beyond) for r in rows if r.code in at]
    points += [
        SitePoint(c.name, c.longitude, c.latitude, tone="standing", text=_("服务中心"))
        for c in centres
        if c.longitude is not None and c.latitude is not None
    ]
    return render(
        request,
        "layout/reach.html",
        {
            "tabs": tabs("layout_reach"), "form": form, "table": table, "place": path_names([place])[place],
            "residents": sum(r.residents for r in rows), "beyond": sum(r.residents_beyond for r in rows),
            "elders_beyond": round(sum(r.elders_beyond for r in rows)), "centres": len(centres), "metres": metres,
            "reach_entry": rules.entry("reach_metres"), "detour_entry": rules.entry("detour_percent"),
            "map": SiteMap("map-reach", _("步行距离以外的居民"), points, place[:6], value_label=_("人"),
                            note=illustrative_note(place)),
        },
    )  # fmt: skip
