"""Saved plans of siting, and which two to set beside each other."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_layout.models import Plan, State
from minzheng.kernel.access import may, require
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.layout.common import gap_words, model_word, tabs
from minzheng.surfaces.web.work.choices import offer


class VersusForm(forms.Form):
    """Two solved plans."""

    a = forms.ChoiceField(label=gettext_lazy("方案甲"))
    b = forms.ChoiceField(label=gettext_lazy("方案乙"))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list, the newest first."""
    require("layout.look")
    plans = Plan.objects.order_by("-pk")
    known = names(set(plans.values_list("division_code", flat=True)))
    table = Table(
        [
            Column("title", _("名称"), is_heading=True, href=lambda p: reverse("layout_plan", args=[p.pk]),
                   hint=lambda p: model_word(p.model)),
            Column("division_code", _("区"), value=lambda p: known.get(p.division_code, p.division_code)),
            Column("sites", _("拟建"), kind="count", order_by="sites"),
            Column("state", _("状态"), kind="status"),
            Column("covered", _("覆盖老年人"), kind="count", value=lambda p: _whole(p.covered)),
            Column("mean_metres", _("平均步行（米）"), kind="count", value=lambda p: _whole(p.mean_metres)),
            Column("gap", _("差距"), value=gap_words),
            Column("cost", _("投入（示意）"), kind="money", value=lambda p: p.cost_fen),
            Column("adopted_on", _("列入规划"), kind="date"),
        ],
        plans, request, caption=_("选址方案"), export_name="layout-plans", page_size=20,
        empty_title=_("还没有方案"), empty_text=_("选择区、数量和模型，看看下一处应当建在哪里。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    done = [(str(p.pk), f"{p.title}（{p.pk}）") for p in plans.filter(state=State.DONE)[:100]]
    versus = VersusForm(initial={"a": done[1][0], "b": done[0][0]}) if len(done) > 1 else None
    if versus is not None:
        offer(versus, "a", done)
        offer(versus, "b", done)
    return render(
        request,
        "layout/plans.html",
        {"tabs": tabs("layout_plans"), "table": table, "versus": versus, "may_plan": may("layout.plan")},
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
