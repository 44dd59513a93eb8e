"""Month end on screen: run it, watch it, read what it found, close it (月结)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.monthend.jobs import start_month
from minzheng.kernel.monthend.models import MonthRun, RunState
from minzheng.kernel.monthend.queries import progress_of
from minzheng.kernel.payments.actions import close_month
from minzheng.kernel.payments.models import Batch, MonthClose, Order
from minzheng.kernel.periods import Month
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.month_figures import figures
from minzheng.surfaces.web.work.queries import months as queries
from minzheng.surfaces.web.work.words import STEPS


class StartForm(forms.Form):
    month = MonthField(label=gettext_lazy("月份"))


def overview(request: HttpRequest) -> HttpResponse:
    """Every run, the newest first, and how the figures went."""
    require("monthend.look")
    closed = set(MonthClose.objects.values_list("month", flat=True))
    table = Table(
        columns=[
            Column("month", _("月份"), kind="month", is_heading=True,
                   href=lambda r: reverse("work_month", args=[Month.of(r.month)])),
            Column("attempt", _("次数"), kind="count"),
            Column("state", _("状态"), kind="status", value=lambda r: "closed" if r.month in closed else r.state),
            Column("on", _("办理日期"), kind="date"),
            Column("actor_label", _("经办")),
            Column("started_at", _("开始"), kind="time"),
            Column("ended_at", _("结束"), kind="time"),
        ],
        source=MonthRun.objects.order_by("-month", "-attempt"),
        request=request,
        caption=_("月度办理记录"),
        export_name="month-runs",
        page_size=20,
        empty_text=_("接收各部门数据后，办理第一个月份。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    history = queries.over_months()
    return render(
        request,
        "web/work/months.html",
        {
            "table": table,
            "chart": _history_chart(history) if len(history) > 1 else None,
            "live": queries.live_month(),
            "may_run": may("monthend.run"),
            "form": StartForm(initial={"month": _next_month()}),
        },
    )


def _next_month() -> Month:
    """The month that may be run: after the last closed one, else the one that is open."""
    closed = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    if closed:
        return Month.of(closed) + 1
    run = MonthRun.objects.order_by("-month").first()
    return Month.of(run.month) if run else Month.of(working_day())


def _history_chart(history: list[tuple[MonthRun, dict[str, int]]]) -> Chart:
    return Chart(
        id="chart-months",
        title=_("各月应发金额"),
        kind="line",
        unit="fen",
        categories=[formats.month(run.month) for run, _sums in history],
        series=[Series(_("应发"), [sums["ordered_fen"] for _run, sums in history])],
        category_label=_("月份"),
    )


def page(request: HttpRequest, month: str) -> HttpResponse:
    """One month: progress, figures by programme and place, differences, charts, what comes next."""
    require("monthend.look")
    actor = current_actor()
    assert actor is not None
    when = _month(month)
    run = queries.run_of(when)
    closed = MonthClose.objects.filter(month=when.first_day).select_related("closed_by").first()
    context: dict[str, Any] = {
        "month": when,
        "first_day": when.first_day,
        "run": run,
        "closed": closed,
        "may_run": may("monthend.run") and not closed,
        "may_close": may("payments.close_month")
        and actor.reaches("310000")
        and not closed
        and run is not None,
        "progress": _progress(when, run),
        "could_not_begin": run is None and queries.failed_to_begin(when),
    }
    if run is not None:
        context |= figures(request, run)
        if isinstance(context.get("export"), HttpResponse):
            return context["export"]
    return render(request, "web/work/month.html", context)


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        raise Http404 from None


def _progress(month: Month, run: MonthRun | None) -> dict[str, Any]:
    """The steps of the run, what to say of them, and whether to ask again."""
    waiting = queries.queued(month)
    # Until a queued run begins, the steps on record are those of the attempt before it.
    is_new = bool(waiting) and (run is None or run.state == RunState.DONE)
    steps = progress_of(run) if run and not is_new else []
    done = sum(step["state"] == "done" for step in steps)
    current = next((step for step in steps if step["state"] == "running"), None)
    is_at_work = bool(run and run.state == RunState.RUNNING) or bool(waiting)
    if waiting == "todo":
        detail = (
            _("已排队，等待后台服务开始。")
            if queries.has_worker()
            else _("已排队，但后台服务没有运行，请联系系统管理员。")
        )
    elif current:
        share = (
            f"{formats.count(current['done'])} / {formats.count(current['total'])}"
            if current["total"]
            else ""
        )
        detail = f"{STEPS.get(current['name'], current['name'])} {share}"
    else:
        detail = ""
    shown = [
        {
            "label": STEPS.get(step["name"], step["name"]),
            "state": {"done": "done", "running": "current", "failed": "failed"}.get(step["state"], "todo"),
            "hint": formats.count(step["total"]) if step["state"] == "done" and step["total"] > 4 else "",
        }
        for step in steps
    ]
    return {
        "steps": shown,
        "done": done,
        "total": len(steps) or len(STEPS),
        "detail": detail,
        "state": "waiting" if waiting == "todo" else "running" if is_at_work else run.state if run else "",
        "is_at_work": is_at_work,
        "error": run.error if run and run.state == RunState.FAILED else "",
        "poll_url": reverse("work_month_progress", args=[month]),
    }


def progress(request: HttpRequest, month: str) -> HttpResponse:
    """The progress alone, asked again every two seconds; once it ended, the whole page is fetched anew."""
    require("monthend.look")
    when = _month(month)
    found = _progress(when, queries.run_of(when))
    answer = render(request, "web/work/month_progress.html", {"progress": found})
    if not found["is_at_work"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Puts the month into the queue."""
    require("monthend.run")
    form = StartForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写要办理的月份，例如 2022-07。"))
        return redirect("work_months")
    month = form.cleaned_data["month"]
    due = _next_month()
    if month != due and (MonthRun.objects.exists() or MonthClose.objects.exists()):
        messages.error(
            request,
            _("现在可以办理的是%(due)s；前一个月结账后才能办理下一个月。") % {"due": formats.month(due)},
        )
        return redirect("work_months")
    job = attempt(request, lambda: start_month(month=month))
    if job is not None and not queries.has_worker():
        messages.warning(request, _("已排队，但后台服务没有运行；启动后会自动办理。"))
    return redirect("work_month", month)


def close(request: HttpRequest, month: str) -> HttpResponse:
    """Shows what closing does and what stands in its way, and closes once confirmed."""
    require("payments.close_month")
    when = _month(month)
    open_batches = list(
        Batch.objects.filter(accounting_month=when.first_day)
        .exclude(state__in=["settled", "withdrawn"])
        .order_by("id")[:50]
    )
    if request.method == "POST":
        closed = attempt(
            request,
            lambda: close_month(month=when, on=working_day()),
            done=_("%(month)s已结账。") % {"month": formats.month(when)},
        )
        return redirect("work_month", when) if closed else redirect("work_month_close", when)
    return render(
        request,
        "web/work/month_close.html",
        {"month": when, "first_day": when.first_day, "open_batches": open_batches,
         "carried": _carried(when), "closed": MonthClose.objects.filter(month=when.first_day).exists()},
    )  # fmt: skip


def _carried(month: Month) -> int:
    return Order.objects.filter(
        accounting_month=month.first_day, batch__isnull=True, state__in=["drafted", "held"]
    ).count()


urls = [
    path("months/", overview, name="work_months"),
    path("months/start/", start, name="work_month_start"),
    path("months/<str:month>/", page, name="work_month"),
    path("months/<str:month>/progress/", progress, name="work_month_progress"),
    path("months/<str:month>/close/", close, name="work_month_close"),
]
