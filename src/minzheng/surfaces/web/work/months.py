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
from minzheng.kernel.places.models import Division
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import months as queries
from minzheng.surfaces.web.work.words import STEPS, benefit_name, place_names


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
        categories=[formats.month(run.month) for run, _figures in history],
        series=[Series(_("应发"), [figures["ordered_fen"] for _run, figures in history])],
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
        "may_close": may("payments.close_month") and actor.reaches("310000") and not closed and run is not None,
        "progress": _progress(when, run),
        "could_not_begin": run is None and queries.failed_to_begin(when),
    }
    if run is not None:
        context |= _figures(request, run)
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
        detail = _("已排队，等待后台服务开始。") if queries.has_worker() else _("已排队，但后台服务没有运行，请联系系统管理员。")
    elif current:
        share = f"{formats.count(current['done'])} / {formats.count(current['total'])}" if current["total"] else ""
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


def _figures(request: HttpRequest, run: MonthRun) -> dict[str, Any]:
    """Tables, tiles and charts of a run beside the month before; `?place=` goes one level deeper."""
    actor = current_actor()
    assert actor is not None
    before = queries.earlier_run(run)
    now, then = queries.totals(run), queries.totals(before) if before else {}
    by_benefit = queries.sums(run, "benefit")
    earlier = queries.sums(before, "benefit") if before else {}
    rows = [_row(code, benefit_name(code), figures, earlier.get(code) if before else None) for code, figures in by_benefit.items()]
    benefits = _table(request, rows, name="benefits", caption=_("按待遇"), export="month-benefits")
    place = request.GET.get("place", "")
    place = place if place.isascii() and place.isdigit() and len(place) == 6 and place != "310000" else ""
    own = actor.division_code.rstrip("0") if len(actor.division_code) == 6 else actor.division_code
    length = 9 if place or len(own) >= 6 else 6
    found = queries.sums(run, "place", place=place, length=length)
    past = queries.sums(before, "place", place=place, length=length) if before else {}
    named = place_names(found)
    placed = [_row(code, named[code], figures, past.get(code) if before else None) for code, figures in found.items()]
    placed.sort(key=lambda row: (-row["ordered_fen"], row["code"]))
    deeper = (lambda row: f"?place={row['code']}#table-places") if length == 6 else None
    places = _table(request, placed, name="places", caption=_("按街镇") if length == 9 else _("按区"), export="month-places", href=deeper)
    exported = next((t.excel_response() for t in (benefits, places) if t.wants_export), None)
    shown_map = None
    if length == 6 and len(found) > 1:
        shown_map = DistrictMap(
            id="map-month",
            title=_("各区应发金额"),
            values={code: figures["ordered_fen"] for code, figures in found.items() if code != "310000"},
            unit="fen",
            value_label=_("应发"),
            href=lambda code: f"?place={code}#table-places",
            note=_("区界为示意轮廓，不作测绘依据。"),
        )
    return {
        "export": exported,
        "now": now,
        "differences": {m: now[m] - then[m] if then else None for m in now},
        "benefits": benefits,
        "places": places,
        "map": shown_map,
        "place": Division.objects.filter(code=place).first() if place else None,
        "money_chart": Chart(
            id="chart-money",
            title=_("各待遇应发金额"),
            unit="fen",
            is_horizontal=True,
            categories=[row["name"] for row in rows],
            series=[
                *([Series(_("上月"), [row["before_fen"] for row in rows])] if before else []),
                Series(_("本月"), [row["ordered_fen"] for row in rows]),
            ],
            category_label=_("待遇"),
        ),
        "batches": list(
            Batch.objects.filter(accounting_month=run.month).exclude(state="withdrawn").order_by("programme", "number")[:30]
        ),
    }


def _row(code: str, name: str, figures: dict[str, int], before: dict[str, int] | None) -> dict[str, Any]:
    has_before = before is not None
    earlier = before or dict.fromkeys(figures, 0)
    return {
        "code": code,
        "name": name,
        **figures,
        "before_fen": earlier["ordered_fen"],
        "difference": figures["in_force"] - earlier["in_force"] if has_before else None,
        "difference_fen": figures["ordered_fen"] - earlier["ordered_fen"] if has_before else None,
    }


def _table(
    request: HttpRequest, rows: list[dict[str, Any]], *, name: str, caption: str, export: str, href: Any = None
) -> Table:
    return Table(
        columns=[
            Column("name", _("待遇") if name == "benefits" else _("区划"), is_heading=True, href=href),
            Column("eligible", _("符合条件"), kind="count", order_by="eligible"),
            Column("in_force", _("在享"), kind="count", order_by="in_force",
                   hint=lambda row: formats.count(row["difference"], signed=True) if row["difference"] else ""),
            Column("leads", _("待办线索"), kind="count", order_by="leads"),
            Column("orders", _("发放笔数"), kind="count", order_by="orders"),
            Column("ordered_fen", _("应发金额"), kind="money", order_by="ordered_fen",
                   hint=lambda row: formats.fen(row["difference_fen"], signed=True) if row["difference_fen"] else ""),
        ],
        source=rows,
        request=request,
        name=name,
        caption=caption,
        export_name=export,
        page_size=30,
        totals={m: sum(row[m] for row in rows) for m in ("eligible", "in_force", "leads", "orders", "ordered_fen")},
    )  # fmt: skip


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
        Batch.objects.filter(accounting_month=when.first_day).exclude(state__in=["settled", "withdrawn"]).order_by("id")[:50]
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
