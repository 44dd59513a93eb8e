"""Two plans beside each other: the same facts, two maps."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_layout.models import State
from minzheng.kernel.access import require
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.layout.common import plan_map, tabs
from minzheng.surfaces.web.layout.plan import asked_plan, facts


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Cost, covered elders, mean distance and gap of both, with their maps."""
    require("layout.look")
    asked = [request.GET.get(name, "") for name in ("a", "b")]
    if not all(number.isdigit() and len(number) < 10 for number in asked):
        raise Http404("two plans are needed")
    pair = [asked_plan(int(number)) for number in asked]
    if any(plan.state != State.DONE for plan in pair):
        raise Http404("a plan is compared once it is solved")
    a, b = pair
    rows = [
        {"fact": label, "a": first, "b": second}
        for (label, first), (_label, second) in zip(facts(a), facts(b), strict=True)
    ]
    table = Table(
        [Column("fact", _("项目"), is_heading=True), Column("a", a.title), Column("b", b.title)],
        rows, request, caption=_("两个方案对比"), export_name=f"layout-{a.pk}-{b.pk}", page_size=50,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    maps = [plan_map(plan) for plan in pair]
    same = a.division_code == b.division_code and a.year == b.year and a.on == b.on
    return render(
        request,
        "layout/versus.html",
        {"tabs": tabs("layout_plans"), "table": table, "maps": maps, "is_same_base": same},
    )
