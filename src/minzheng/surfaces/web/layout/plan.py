"""One plan: how far the solver is, where it would build, how good that is proved to be."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_layout.actions import adopt_plan, restart_plan
from minzheng.domains.eldercare_layout.models import Plan, State
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.layout.common import gap_words, model_word, objective_words, plan_map, tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries.months import has_worker


def asked_plan(number: int) -> Plan:
    """A plan that the post may see.

    Raises:
        Http404: there is none of this number in its place.
    """
    require("layout.look")
    found = Plan.objects.filter(pk=number).select_related("created_by").first()
    if found is None:
        raise Http404("no such plan in the post's place")
    return found


def facts(plan: Plan) -> list[tuple[str, str]]:
    """What a plan asked and what it answered, as (label, words)."""
    asked = [
        (_("目标"), model_word(plan.model)),
        (_("拟建数量"), formats.count(plan.sites)),
        (_("人口年份"), str(plan.year)),
        (_("服务半径"), _("%(n)s 米") % {"n": formats.count(plan.reach_metres)}),
        (_("绕行系数"), f"{plan.detour_percent}%"),
        (_("投入（示意）"), formats.fen(plan.cost_fen)),
    ]
    if plan.state != State.DONE:
        return asked
    assert plan.elders and plan.covered is not None and plan.mean_metres is not None
    before = "—" if plan.mean_metres_before is None else f"{plan.mean_metres_before:,.0f}"
    return [
        *asked,
        (
            _("覆盖老年人"),
            _("%(n)s / %(all)s 人（%(share)s%%），现有 %(before)s 人")
            % {"n": f"{plan.covered:,.0f}", "all": f"{plan.elders:,.0f}",
               "share": f"{100 * plan.covered / plan.elders:.1f}", "before": f"{plan.covered_before or 0:,.0f}"},
        ),
        (_("平均步行距离"), _("%(n)s 米，现有 %(before)s 米") % {"n": f"{plan.mean_metres:,.0f}", "before": before}),
        (_("目标值"), objective_words(plan, plan.objective)),
        (_("界"), objective_words(plan, plan.bound)),
        (_("差距"), gap_words(plan)),
    ]  # fmt: skip


def sites_table(request: HttpRequest, plan: Plan, name: str = "sites") -> Table:
    """The sites to be built, and those that stand, the busiest first."""
    places = list(plan.places.order_by("is_standing", "-elders", "division_code"))
    known = path_names({p.division_code for p in places})
    return Table(
        [
            Column("name", _("点位"), is_heading=True, hint=lambda p: p.division_code),
            Column("kind", _("类别"), value=lambda p: _("现有") if p.is_standing else _("拟建")),
            Column("place", _("区划"), value=lambda p: known[p.division_code]),
            Column("elders", _("就近老年人"), kind="count", value=lambda p: round(p.elders), order_by="elders"),
            Column("longitude", _("经度（示意）"), value=lambda p: f"{p.longitude:.5f}"),
            Column("latitude", _("纬度（示意）"), value=lambda p: f"{p.latitude:.5f}"),
        ],
        places, request, caption=_("点位"), name=name, export_name=f"layout-plan-{plan.pk}", page_size=25,
    )  # fmt: skip


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """The answer with its map; its progress until then."""
    plan, actor = asked_plan(number), current_actor()
    context: dict[str, Any] = {
        "tabs": tabs("layout_plans"), "plan": plan, "facts": facts(plan), "progress": _progress(plan),
        "may_plan": may("layout.plan") and actor is not None and actor.reaches(plan.division_code),
        "is_own": actor is not None and plan.created_by_id == actor.official_id,
        "place": path_names([plan.division_code])[plan.division_code],
    }  # fmt: skip
    if plan.state == State.DONE:
        table = sites_table(request, plan)
        if table.wants_export:
            return table.excel_response()
        context |= {"table": table, "map": plan_map(plan)}
    return render(request, "layout/plan.html", context)


def _progress(plan: Plan) -> dict[str, Any]:
    is_waiting = plan.state == State.WAITING
    detail = ""
    if is_waiting:
        detail = (
            _("已排队，等待后台服务开始。")
            if has_worker()
            else _("已排队，但后台服务没有运行，请联系系统管理员。")
        )
    elif plan.state == State.RUNNING:
        detail = _("已用 %(n)s 秒，时限 %(all)s 秒") % {"n": plan.done, "all": plan.seconds}
    return {
        "is_at_work": plan.state in (State.WAITING, State.RUNNING), "state": plan.state, "done": min(plan.done, plan.seconds),
        "total": plan.seconds, "detail": detail, "error": plan.error,
        "poll_url": reverse("layout_progress", args=[plan.pk]),
    }  # fmt: skip


@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The progress alone, asked again every two seconds; once it ended, the whole page is fetched anew."""
    found = _progress(asked_plan(number))
    answer = render(request, "layout/_progress.html", {"progress": found})
    if not found["is_at_work"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def adopt(request: HttpRequest, number: int) -> HttpResponse:
    """Counts the sites as planned supply, or no longer."""
    plan = asked_plan(number)
    done = _("已移出规划供给。") if plan.adopted_on else _("已列入规划供给。")
    attempt(request, partial(adopt_plan, plan, on=working_day()), done=done)
    return redirect("layout_plan", number)


@require_POST
def restart(request: HttpRequest, number: int) -> HttpResponse:
    """Solves a failed one again."""
    attempt(request, partial(restart_plan, asked_plan(number)), done=_("已重新排队。"))
    return redirect("layout_plan", number)
