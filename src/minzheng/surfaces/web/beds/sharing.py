"""Runs over all free beds, the pool by district, homes that shut (统筹分配、床位池、转移安置)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_beds import closing, queries
from minzheng.domains.eldercare_facilities.models import Closure
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.access.actor import scope_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays import runs
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.stays.models_waiting import AllocationRun, PoolHome, RunLine, RunState, Waiting
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.beds import words
from minzheng.surfaces.web.beds.queue import place_words
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer as offer_choices
from minzheng.surfaces.web.work.day import working_day


@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """The runs of the place, the latest first, and drafting one."""
    require("stays.allocate")
    table = Table(
        [
            Column("on", _("拟制日期"), kind="date", is_heading=True, order_by="on", href=lambda run: reverse("bed_run", args=[run.pk])),
            Column("bed_count", _("空床"), kind="count"),
            Column("waiting_count", _("轮候人数"), kind="count"),
            Column("given_count", _("配到"), kind="count"),
            Column("first_choices", _("第一志愿"), kind="count"),
            Column("made_by", _("拟制"), value=lambda run: run.made_by.name),
            Column("reviewed_by", _("复核"), value=lambda run: run.reviewed_by.name if run.reviewed_by else ""),
            Column("state", _("状态"), kind="status", value=lambda run: f"run_{run.state}"),
        ],
        AllocationRun.objects.select_related("made_by", "reviewed_by").order_by("-pk"), request,
        caption=_("分配方案"), is_exportable=False, empty_title=_("没有分配方案"),
        empty_text=_("新增床位投入使用时，可对全部空床一次拟制分配方案。"),
    )  # fmt: skip
    return render(request, "web_beds/runs.html", {"table": table, "tabs": words.tabs("bed_runs")})


@require_POST
def run_draft(request: HttpRequest) -> HttpResponse:
    """Drafts a run over the post's place."""
    made = attempt(
        request, lambda: runs.draft_run(on=working_day()), done=_("方案已拟制，请另一位工作人员复核。")
    )
    return redirect("bed_run", made.pk) if made else redirect("bed_runs")


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its counts, and who gets which bed."""
    require("stays.allocate")
    run = get_object_or_404(AllocationRun.objects.select_related("made_by", "reviewed_by"), pk=pk)
    lines = RunLine.objects.filter(run=run).select_related("waiting__person", "bed__facility")
    table = Table(
        [
            Column("waiting", _("姓名"), is_heading=True, value=lambda line: line.waiting.person.name,
                   href=lambda line: reverse("bed_waiting", args=[line.waiting_id]), hint=lambda line: line.waiting.number),
            Column("class", _("类别"), value=lambda line: words.class_name(line.waiting.class_code)),
            Column("grade", _("等级"), kind="count", value=lambda line: line.waiting.grade),
            Column("since", _("轮候起始"), kind="date", value=lambda line: line.waiting.since),
            Column("home", _("机构"), value=lambda line: line.bed.facility.name, hint=lambda line: str(line.bed)),
            Column("choice", _("志愿"), kind="count", order_by="choice"),
        ],
        lines.order_by("waiting__rank", "-waiting__grade", "waiting__since", "waiting_id"), request,
        caption=_("分配结果"), export_name=f"bed-run-{run.pk}", page_size=50,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    actor = current_actor()
    return render(
        request,
        "web_beds/run.html",
        {
            "run": run, "table": table, "status": f"run_{run.state}", "tabs": words.tabs("bed_runs"),
            "is_mine": actor is not None and run.made_by_id == actor.official_id,
            "may_review": run.state == RunState.DRAFT, "may_issue": run.state == RunState.REVIEWED,
            "left": run.bed_count - run.given_count, "without": run.waiting_count - run.given_count,
        },
    )  # fmt: skip


@require_POST
def run_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Reviews, issues or discards a run."""
    on, what = working_day(), request.POST.get("act")
    if what == "review":
        attempt(request, lambda: runs.review_run(run=pk, on=on), done=_("方案已复核，可以发出。"))
    elif what == "issue":
        attempt(request, lambda: runs.issue_run(run=pk, on=on), done=_("配位通知已发出。"))
    elif what == "discard":
        attempt(request, lambda: runs.discard_run(run=pk), done=_("方案已作废。"))
    return redirect("bed_run", pk)


@require_safe
def pool(request: HttpRequest) -> HttpResponse:
    """Pooled beds, occupancy, queue and median wait of each district, and the city's sum."""
    require("stays.look")
    on = working_day()
    rows = queries.pool(on=on)
    known = place_words({row.district for row in rows})

    def share(row: queries.PoolRow) -> str:
        return "" if row.occupancy_permille is None else f"{row.occupancy_permille / 10:.1f}%"

    def days(row: queries.PoolRow) -> int | None:
        return row.median_wait(on)

    def given_days(row: queries.PoolRow) -> int | None:
        return None if row.median_given_days is None else round(row.median_given_days)

    total = {
        key: sum(getattr(row, key) for row in rows)
        for key in ("homes", "beds", "occupied", "waiting", "offered", "given")
    }
    table = Table(
        [
            Column("district", _("区"), is_heading=True, value=lambda row: known[row.district]),
            Column("homes", _("统筹机构"), kind="count"),
            Column("beds", _("统筹床位"), kind="count"),
            Column("occupied", _("在住"), kind="count"),
            Column("occupancy", _("入住率"), value=share),
            Column("waiting", _("轮候人数"), kind="count"),
            Column("offered", _("待答复"), kind="count"),
            Column("median", _("轮候中位天数"), kind="count", value=days),
            Column("given", _("本年接受"), kind="count"),
            Column("given_days", _("接受者等候中位天数"), kind="count", value=given_days),
        ],
        rows, request, caption=_("各区床位池"), export_name=f"bed-pool-{on}", page_size=20, totals=total,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web_beds/pool.html",
        {
            "table": table, "tabs": words.tabs("bed_pool"), "on": on, "total": total,
            "occupancy": f"{100 * total['occupied'] / total['beds']:.1f}%" if total["beds"] else "—",
            "map": DistrictMap("map-waiting", _("轮候人数"), {row.district: row.waiting for row in rows},
                               value_label=_("轮候人数")) if len(rows) > 1 else None,
        },
    )  # fmt: skip


class CloseForm(forms.Form):
    home = forms.ChoiceField(label=gettext_lazy("机构"))
    reason = forms.CharField(label=gettext_lazy("暂停服务原因"), max_length=300)


def closures(request: HttpRequest) -> HttpResponse:
    """Homes that are shut, and shutting one."""
    actor, on = require("stays.allocate"), working_day()
    low, high = scope_of(actor.division_code)
    pooled = PoolHome.objects.filter(during__contains=on, division_code__gte=low, division_code__lt=high)
    form = CloseForm(request.POST or None)
    homes = pooled.select_related("facility").order_by("division_code", "facility__name")
    offer_choices(
        form, "home", [("", _("请选择")), *((str(one.facility_id), one.facility.name) for one in homes)]
    )
    if request.method == "POST" and form.is_valid():
        facility = get_object_or_404(Facility, pk=int(form.cleaned_data["home"]))
        made = attempt(
            request,
            lambda: closing.close_home(facility=facility, reason=form.cleaned_data["reason"], on=on),
            done=_("已暂停接收，在住老人已列为优先安置。"),
        )
        if made is not None:
            return redirect("bed_closure", facility.pk)
    shut = Closure.objects.filter(
        during__endswith__isnull=True, division_code__gte=low, division_code__lt=high
    ).select_related("facility")
    return render(
        request,
        "web_beds/closures.html",
        {
            "form": form, "tabs": words.tabs("bed_closures"), "may_close": may("facilities.approve"),
            "shut": [
                {"one": one, "left": Stay.objects.filter(facility=one.facility_id, state__in=closing.LYING).count()}
                for one in shut.order_by("-during")[:50]
            ],
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Where each resident of a shut home would go, and carrying it out."""
    require("stays.allocate")
    on = working_day()
    facility = get_object_or_404(Facility, pk=pk)
    if request.method == "POST":
        done = attempt(request, lambda: closing.replace_residents(facility=facility, on=on))
        if done is not None:
            from django.contrib import messages

            messages.success(request, _("已安置 %(count)s 人。") % {"count": len(done)})
        return redirect("bed_closure", pk)
    moves = closing.proposal(facility=facility, on=on)
    placed: list[Waiting] = list(
        Waiting.objects.filter(from_facility=facility, state="admitted")
        .select_related("person")
        .order_by("since")[:200]
    )
    context: dict[str, Any] = {
        "facility": facility, "moves": moves, "placed": placed, "tabs": words.tabs("bed_closures"),
        "ready": sum(1 for move in moves if move.bed is not None),
        "market": Stay.objects.filter(facility=facility, state__in=closing.LYING, bed__kind="market").count(),
    }  # fmt: skip
    return render(request, "web_beds/closure.html", context)
