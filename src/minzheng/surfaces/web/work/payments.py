"""Payments on screen: what waits in a month, its batches, what is held back, what was overpaid (发放)."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import record
from minzheng.kernel.payments import actions
from minzheng.kernel.payments import queries as kernel
from minzheng.kernel.payments.models import Batch, MonthClose, Order
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work import batches, ledger, returns, settlements
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import payments as queries
from minzheng.surfaces.web.work.tabs import payment_tabs
from minzheng.surfaces.web.work.words import HOLDS, benefit_name, place_names, programme_name


def overview(request: HttpRequest) -> HttpResponse:
    """One accounting month: what waits by programme, and its batches."""
    require("payments.look")
    months = kernel.recent_months()
    asked = queries.month_of(request.GET.get("month", ""))
    month = asked.first_day if asked else (_open(months) or Month.of(working_day()).first_day)
    rows = queries.by_programme(month)
    before = {row["programme"]: row for row in queries.by_programme((Month.of(month) - 1).first_day)}
    for row in rows:
        row["name"] = programme_name(row["programme"])
        row["difference"] = (
            row["fen"] - before[row["programme"]]["fen"] if row["programme"] in before else None
        )
    table = _batches_table(request, month)
    if table.wants_export:
        return table.excel_response()
    totals = {key: sum(row[key] for row in rows) for key in ("orders", "fen", "drafted", "drafted_fen", "held", "held_fen",
                                                            "paid", "paid_fen", "returned", "returned_fen")}  # fmt: skip
    return render(
        request,
        "web/work/payments.html",
        {
            "month": month,
            "months": [
                NavItem(formats.month(m), f"{reverse('work_payments')}?month={Month.of(m)}", m == month)
                for m in months[:6]
            ],
            "tabs": payment_tabs("work_payments"),
            "rows": rows,
            "totals": totals,
            "difference": totals["fen"] - sum(row["fen"] for row in before.values()) if before else None,
            "table": table,
            "closed": MonthClose.objects.filter(month=month).select_related("closed_by").first(),
            "may_prepare": may("payments.prepare_batch"),
            "may_draft": may("payments.draft"),
        },
    )


def _open(months: list[date]) -> date | None:
    """The newest month that is not closed; the newest of all where none is open."""
    closed = queries.closed_months()
    return next((month for month in months if month not in closed), months[0] if months else None)


def _batches_table(request: HttpRequest, month: date) -> Table:
    found = queries.batches(month)
    places = place_names(found.values_list("division_code", flat=True).distinct())
    return Table(
        columns=[
            Column("message_id", _("批次号"), is_heading=True, href=lambda b: reverse("work_batch", args=[b.pk]),
                   hint=lambda b: programme_name(b.programme)),
            Column("division_code", _("范围"), value=lambda b: places.get(b.division_code, b.division_code)),
            Column("orders_count", _("笔数"), kind="count", order_by="orders_count"),
            Column("total_fen", _("金额"), kind="money", order_by="total_fen"),
            Column("prepared_by.name", _("编制"), hint=lambda b: formats.short_day(b.prepared_on)),
            Column("approved_by.name", _("审批"), hint=lambda b: formats.short_day(b.approved_on) if b.approved_on else ""),
            Column("state", _("状态"), kind="status", value=lambda b: f"batch_{b.state}", order_by="state"),
        ],
        source=found,
        request=request,
        caption=_("发放批次"),
        export_name="batches",
        empty_text=_("清单生成后，由财务经办按项目编制批次。"),
    )  # fmt: skip


def prepare(request: HttpRequest) -> HttpResponse:
    """Shows what would go into a batch, and puts it there once confirmed."""
    programme = request.POST.get("programme") or request.GET.get("programme", "")
    month = queries.month_of(request.POST.get("month") or request.GET.get("month", ""))
    if month is None or programme not in {p.code for p in load_programmes()}:
        raise Http404
    actor = require("payments.prepare_batch", programme)
    if request.method == "POST":
        batch = attempt(
            request,
            lambda: actions.prepare_batch(
                programme=programme, month=month, division_code=actor.division_code, on=working_day()
            ),
            done=_("批次已编制，等待另一位有审批权的人员审批。"),
        )
        return (
            redirect("work_batch", batch.pk)
            if batch
            else redirect(f"{reverse('work_payments')}?month={month}")
        )
    row = next((r for r in queries.by_programme(month.first_day) if r["programme"] == programme), None)
    last = Batch.objects.filter(programme=programme).exclude(state="withdrawn").order_by("-id").first()
    return render(
        request,
        "web/work/batch_prepare.html",
        {"programme": programme, "name": programme_name(programme), "month": month, "row": row, "last": last,
         "place": place_names([actor.division_code])[actor.division_code]},
    )  # fmt: skip


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draws the month's orders anew, after an account or an award was put right."""
    require("payments.draft")
    month = queries.month_of(request.POST.get("month", ""))
    if month is None:
        raise Http404
    report = attempt(request, lambda: actions.draft_orders(month=month, on=working_day()))
    if report is not None:
        messages.success(
            request,
            _(
                "清单已更新：新增 %(drafted)s 笔，更正 %(refreshed)s 笔，取消 %(cancelled)s 笔，暂缓 %(held)s 笔。"
            )
            % {
                "drafted": report.drafted,
                "refreshed": report.refreshed,
                "cancelled": report.cancelled,
                "held": report.held,
            },
        )
    return redirect(f"{reverse('work_payments')}?month={month}")


def held(request: HttpRequest) -> HttpResponse:
    """Orders that cannot be paid as they stand, with the reason and what to do."""
    require("payments.look")
    reasons = {code: str(label) for code, label in HOLDS.items()}
    found = kernel.held_orders()
    asked = request.GET.get("reason", "")
    if asked in reasons:
        found = found.filter(hold_reason=asked)
    table = Table(
        columns=[
            Column(
                "payee_name", _("领款人"), is_heading=True, href=lambda o: reverse("work_order", args=[o.pk])
            ),
            Column("benefit", _("待遇"), value=lambda o: benefit_name(o.benefit)),
            Column("benefit_month", _("待遇月份"), kind="month", order_by="benefit_month"),
            Column("amount_fen", _("金额"), kind="money", order_by="amount_fen"),
            Column("hold_reason", _("暂缓原因"), value=lambda o: reasons.get(o.hold_reason, o.hold_reason)),
            Column("division_code", _("区划"), order_by="division_code"),
        ],
        source=found,
        request=request,
        caption=_("暂缓的支付指令"),
        export_name="held",
        empty_text=_("没有暂缓的指令。"),
    )
    if table.wants_export:
        record("payments.export_list", subject="held", detail={"orders": table.count})
        return table.excel_response()
    return render(
        request,
        "web/work/payments_held.html",
        {
            "table": table,
            "tabs": payment_tabs("work_payments_held"),
            "reasons": _held_by_reason(reasons),
            "asked": asked,
        },
    )


def _held_by_reason(reasons: dict[str, str]) -> list[NavItem]:
    counts = dict(
        Order.objects.filter(state="held")
        .values("hold_reason")
        .annotate(n=Count("id"))
        .values_list("hold_reason", "n")
    )
    return [
        NavItem(reasons.get(code, code), f"{reverse('work_payments_held')}?reason={code}", False, n)
        for code, n in sorted(counts.items())
    ]


urls = [
    path("payments/", overview, name="work_payments"),
    path("payments/prepare/", prepare, name="work_batch_prepare"),
    path("payments/draft/", draft, name="work_payments_draft"),
    path("payments/held/", held, name="work_payments_held"),
    *settlements.urls,
    *batches.urls,
    *returns.urls,
    *ledger.urls,
]
