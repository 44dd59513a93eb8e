"""Plans and their draw: rule, list, lot; the arithmetic that anybody can repeat, and the file to do it with."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minzheng.domains.eldercare_supervision import KIND
from minzheng.domains.eldercare_supervision.levels import effects, everybody_once, plan_rule, targets
from minzheng.domains.eldercare_supervision.models import Campaign
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.inspections.drawing import canonical, digest, verify
from minzheng.kernel.inspections.models import Plan, Visit
from minzheng.kernel.inspections.planning import draft_plan, draw_plan, file_of, freeze_plan, publish_draw
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.words import area_word, asked, department_word, lists, tabs
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import place_names


class PlanForm(forms.Form):
    """A plan: what for, when, which areas."""

    title = forms.CharField(label=gettext_lazy("计划名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("检查类别"))
    first_day = forms.DateField(label=gettext_lazy("开始"), widget=DayInput())
    last_day = forms.DateField(label=gettext_lazy("结束"), widget=DayInput())
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("检查领域"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("各领域的主管部门各派一人，同一天一起去。"),
    )
    reasons = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None) -> None:
        on = working_day()
        super().__init__(
            data,
            initial={
                "title": _("%(year)s 年养老机构综合检查") % {"year": on.year},
                "first_day": on.replace(month=1, day=1),
                "last_day": on.replace(month=12, day=31),
                "areas": list(lists()),
            },
        )
        campaigns = [(one.code, one.title) for one in Campaign.objects.filter(closed_on=None)[:20]]
        self.fields["kind"].choices = [("regular", _("年度检查")), *campaigns]  # type: ignore[attr-defined]
        self.fields["areas"].choices = [(code, area_word(code)) for code in lists()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """Every plan in sight, and a form for a new one."""
    require("inspections.look")
    form = PlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, partial(_draft, form), done=_("已编制，种子摘要已公布；下一步锁定名单。"))
        if made is not None:
            return redirect("supervision_plan", made.pk)
    rows = Plan.objects.defer("frozen").order_by("-first_day", "-id")
    named = place_names(set(rows.values_list("division_code", flat=True)[:200]))
    table = Table(
        [
            Column("title", _("计划"), is_heading=True, href=lambda r: reverse("supervision_plan", args=[r.pk])),
            Column("division_code", _("区划"), value=lambda r: named.get(r.division_code, r.division_code)),
            Column("first_day", _("开始"), kind="date", order_by="first_day"),
            Column("last_day", _("结束"), kind="date"),
            Column("state", _("状态"), kind="status", value=lambda r: f"plan_{r.state}"),
        ],
        rows, request, caption=_("检查计划"), export_name="plans", page_size=20, empty_title=_("还没有检查计划"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "supervision/plans.html",
        {
            "tabs": tabs("supervision_plans"),
            "table": table,
            "form": form if may("inspections.plan") else None,
            "effects": effects(on=working_day()),
        },
    )


def _draft(form: PlanForm) -> Plan:
    told, on, actor = form.cleaned_data, working_day(), require("inspections.plan")
    rule = plan_rule(on=on) if told["kind"] == "regular" else everybody_once(on=on)
    return draft_plan(
        title=told["title"], kind=told["kind"], facility_kind=KIND, division_code=actor.division_code,
        first_day=told["first_day"], last_day=told["last_day"], areas=told["areas"], rule=rule, on=on, reasons=told["reasons"],
    )  # fmt: skip


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: its steps, its hashes, its list, its visits."""
    require("inspections.look")
    plan = asked(Plan, pk, "made_by")
    visits = (
        Visit.objects.filter(plan=plan).select_related("facility").prefetch_related("assignments__inspector")
    )
    table = Table(
        [
            Column("position", _("次序"), kind="count", order_by="position"),
            Column("facility", _("机构"), is_heading=True, value=lambda r: r.facility.name,
                   href=lambda r: reverse("supervision_facility", args=[r.facility_id]), hint=lambda r: r.facility.code),
            Column("risk", _("风险等级"), order_by="risk"),
            Column("round", _("第几次"), kind="count"),
            Column("due_from", _("窗口开始"), kind="date", order_by="due_from"),
            Column("due_to", _("窗口结束"), kind="date"),
            Column("inspectors", _("检查人员"), value=_inspectors, is_wide=True),
            Column("state", _("状态"), kind="status", value=lambda r: f"visit_{r.state}"),
        ],
        visits, request, caption=_("检查安排"), export_name="visits", page_size=30, default_sort="position",
        empty_title=_("尚未抽取"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    actor = current_actor()
    return render(
        request,
        "supervision/plan.html",
        {
            "tabs": tabs("supervision_plans"),
            "plan": plan,
            "table": table if plan.state in ("drawn", "published") else None,
            "areas": "、".join(area_word(area) for area in plan.areas),
            "frozen_count": len(plan.frozen["targets"]) if plan.frozen else 0,
            "to_freeze": targets(within=plan.division_code, on=working_day()) if plan.state == "committed" else [],
            "gaps": [
                _("%(subject)s 第 %(round)s 次：%(department)s 无人可派")
                % {"subject": s, "round": r, "department": department_word(d)}
                for s, r, d in plan.gaps[:50]
            ],
            "step": {"committed": 2, "frozen": 3, "drawn": 4, "published": 5}[plan.state],
            "may_plan": may("inspections.plan") and actor is not None and actor.reaches(plan.division_code),
            "may_publish": may("inspections.publish"),
            "steps": [_("公布种子摘要"), _("锁定名单"), _("抽取"), _("公开验证文件")],
        },
    )  # fmt: skip


def _inspectors(visit: Visit) -> str:
    return "、".join(
        f"{department_word(one.department)} {one.inspector.name}" for one in visit.assignments.all()
    )


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Freezes, draws or publishes."""
    plan, on = asked(Plan, pk), working_day()
    verbs: dict[str, tuple[Any, str]] = {
        "freeze": (
            lambda: freeze_plan(plan=plan, targets=targets(within=plan.division_code, on=on), on=on),
            _("名单已锁定，摘要已公布。"),
        ),
        "draw": (partial(draw_plan, plan=plan, on=on), _("已揭晓种子并抽取。")),
        "publish": (partial(publish_draw, plan=plan, on=on), _("验证文件已公开。")),
    }
    if act not in verbs:
        raise Http404
    verb, done = verbs[act]
    attempt(request, verb, done=done)
    return redirect("supervision_plan", pk)


@require_safe
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """The draw computed again before one's eyes, line by line."""
    require("inspections.look")
    return render(
        request,
        "supervision/verify.html",
        {"tabs": tabs("supervision_plans")} | checked(request, asked(Plan, pk)),
    )


def checked(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """What the verification page shows of a drawn plan."""
    if not plan.seed or plan.frozen is None:
        raise Http404
    told = file_of(plan)
    shown = Paginator(told["result"], 20).get_page(request.GET.get("page"))
    return {
        "plan": plan,
        "faults": [said(ValueError(one)) for one in verify(told, seed_sha256=plan.seed_sha256, frozen_sha256=plan.frozen_sha256)],
        "seed_again": digest(plan.seed),
        "frozen_again": digest(canonical(plan.frozen)),
        "lines": shown,
        "people": sorted(
            ({"subject": f"{one['subject']}#{one['round']}", "code": code, "department": department_word(department),
              "digest": digest(plan.seed, f"{one['subject']}#{one['round']}", code)}
             for one in shown for department, code in one["inspectors"].items()),
            key=lambda row: row["subject"],
        ),
        "rule": plan.frozen["rule"],
        "counted": len(told["result"]),
    }  # fmt: skip


@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself, as JSON."""
    require("inspections.look")
    return file_answer(asked(Plan, pk))


def file_answer(plan: Plan) -> HttpResponse:
    if not plan.seed:
        raise Http404
    answer = JsonResponse(file_of(plan), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="draw-{plan.pk}.json"'
    return answer
