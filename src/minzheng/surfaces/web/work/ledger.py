"""The books on screen: one order from its budget line to the bank's answer, the accounts, and their proof (账目)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look, record
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.chart import account_name
from minzheng.kernel.payments.models import MonthClose, Order
from minzheng.kernel.payments.returns import reason_text
from minzheng.kernel.payments.trace import OrderTrace, trace_order
from minzheng.kernel.payments.turnover import account_turnover
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.tabs import payment_tabs
from minzheng.surfaces.web.work.words import (
    ENTRY_KINDS,
    HOLDS,
    ORDER_KINDS,
    ROW_OUTCOMES,
    benefit_name,
    place_names,
    programme_name,
)


def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One order with everything it went through."""
    require("payments.look")
    try:
        trace = trace_order(pk)
    except Order.DoesNotExist:
        raise Http404 from None
    order = trace.order
    look(order.person_id, purpose="支付指令", division_code=order.division_code)
    entries = Table(
        columns=[
            Column("pk", _("分录号"), is_heading=True),
            Column("on", _("日期"), kind="date"),
            Column("kind", _("种类"), value=lambda t: str(ENTRY_KINDS.get(t.kind, t.kind))),
            Column("debit_account", _("借"), value=lambda t: _account(t.debit_account)),
            Column("credit_account", _("贷"), value=lambda t: _account(t.credit_account)),
            Column("amount_fen", _("金额"), kind="money"),
            Column("accounting_month", _("会计月份"), kind="month"),
        ],
        source=trace.transfers,
        request=request,
        caption=_("账目分录"),
        is_exportable=False,
        empty_text=_("批次审批后才记账。"),
    )
    return render(
        request,
        "web/work/order.html",
        {
            "order": order,
            "benefit": benefit_name(order.benefit),
            "kind": ORDER_KINDS.get(order.kind, order.kind),
            "state": f"order_{order.state}",
            "hold": HOLDS.get(order.hold_reason, order.hold_reason),
            "facts": _facts(order),
            "way": _way(trace),
            "entries": entries,
            "trace": trace,
        },
    )


def _account(code: str) -> str:
    """An account's official name, its detail in words where it is a programme's or a benefit's."""
    prefix, mark, detail = code.partition(":")
    name = account_name(code)
    if mark and detail and detail != "clearing":
        named = programme_name(detail) if prefix != "budget" else benefit_name(detail)
        name = name.replace(f"——{detail}", f"——{named}")
    return name


def _facts(order: Order) -> list[dict[str, Any]]:
    place = place_names([order.division_code])
    return [
        {"label": _("领款人"), "value": order.payee_name, "href": _person(order.person_id), "action": _("人员档案") if _person(order.person_id) else ""},
        {"label": _("账户"), "value": formats.masked(order.account_number, "account"), "hint": order.bank},
        {"label": _("待遇"), "value": benefit_name(order.benefit), "hint": programme_name(order.programme)},
        {"label": _("待遇月份"), "value": formats.month(order.benefit_month)},
        {"label": _("会计月份"), "value": formats.month(order.accounting_month)},
        {"label": _("种类"), "value": ORDER_KINDS.get(order.kind, order.kind)},
        {"label": _("预算项目"), "value": benefit_name(order.budget_line)},
        {"label": _("区划"), "value": place.get(order.division_code, order.division_code)},
    ]  # fmt: skip


def _person(person_id: int) -> str:
    return reverse("work_person", args=[person_id]) if may("people.look") else ""


def _way(trace: OrderTrace) -> list[dict[str, Any]]:
    """The order's way as a timeline, the newest first."""
    order, batch = trace.order, trace.order.batch
    way: list[dict[str, Any]] = []
    if trace.original:
        way.append({"when": formats.month(trace.original.benefit_month), "title": _("原支付指令"), "text": trace.original.end_to_end_id,
                    "href": reverse("work_order", args=[trace.original.pk])})  # fmt: skip
    if batch:
        href = reverse("work_batch", args=[batch.pk])
        way.append({"when": batch.prepared_on, "title": _("编入批次 %(batch)s") % {"batch": batch.message_id},
                    "actor": batch.prepared_by.name, "href": href, "tone": "info"})  # fmt: skip
        if batch.approved_by:
            way.append(
                {
                    "when": batch.approved_on,
                    "title": _("审批通过"),
                    "actor": batch.approved_by.name,
                    "tone": "good",
                }
            )
        for file in trace.files:
            if file.is_instruction:
                way.append(
                    {"when": file.exported_on, "title": _("送银行"), "text": file.name, "tone": "info"}
                )
    for row in trace.answers:
        bad = row.outcome != "settled"
        label = str(ROW_OUTCOMES.get(row.outcome, (row.outcome, ""))[0])
        way.append({"when": row.file.imported_on, "title": label, "text": reason_text(row.reason_code) if row.reason_code else "",
                    "actor": row.file.message_id, "tone": "bad" if bad else "good",
                    "href": reverse("work_return", args=[row.pk]) if row.outcome == "returned" else ""})  # fmt: skip
    if not trace.answers and order.state == "paid" and batch:
        way.append({"when": batch.settled_on or batch.sent_on, "title": _("确认到账"), "tone": "good"})
    for follower in trace.followers:
        way.append({"when": formats.month(follower.accounting_month), "title": str(ORDER_KINDS.get(follower.kind, follower.kind)),
                    "text": follower.end_to_end_id, "href": reverse("work_order", args=[follower.pk]), "tone": "info"})  # fmt: skip
    for entry in trace.transfers:
        if entry.overpayment_id:
            way.append({"when": entry.on, "title": str(ENTRY_KINDS.get(entry.kind, entry.kind)), "text": formats.fen(entry.amount_fen),
                        "actor": formats.month(entry.accounting_month), "href": reverse("work_account", args=[order.person_id]),
                        "tone": "warn"})  # fmt: skip
    return list(reversed(way))


def overview(request: HttpRequest) -> HttpResponse:
    """Every account with its turnover and balance, the closed months, and the last proof."""
    require("ledger.look")
    balances = _balances()
    table = Table(
        columns=[
            Column("name", _("科目"), is_heading=True, is_wide=True),
            Column("debit", _("借方发生额"), kind="money"),
            Column("credit", _("贷方发生额"), kind="money"),
            Column("balance", _("余额（借方为正）"), kind="money"),
        ],
        source=balances,
        request=request,
        caption=_("科目余额"),
        export_name="ledger",
        page_size=100,
        totals={key: sum(row[key] for row in balances) for key in ("debit", "credit", "balance")},
        empty_text=_("第一个批次审批后，这里开始有账。"),
    )
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web/work/ledger.html",
        {"table": table, "tabs": payment_tabs("work_ledger"), "may_verify": may("ledger.verify"),
         "proof": request.session.pop("ledger_proof", None),
         "closed": _closed_months(request)},
    )  # fmt: skip


def _closed_months(request: HttpRequest) -> Table:
    """The last twelve months that were closed."""
    return Table(
        columns=[
            Column("month", _("月份"), kind="month", is_heading=True),
            Column("orders_count", _("笔数"), kind="count"),
            Column("paid_fen", _("已到账"), kind="money"),
            Column("closed_by", _("结账"), value=lambda row: row.closed_by.name if row.closed_by else ""),
            Column("closed_on", _("日期"), kind="date"),
        ],
        source=list(MonthClose.objects.select_related("closed_by").order_by("-month")[:12]),
        request=request,
        caption=_("已结账月份"),
        name="closed",
        page_size=12,
        is_exportable=False,
        is_counted=False,
    )


def _balances() -> list[dict[str, Any]]:
    """Each account's name, turnover on both sides and balance."""
    return [
        {"account": one.account, "name": _account(one.account), "debit": one.debit_fen, "credit": one.credit_fen,
         "balance": one.balance_fen}
        for one in account_turnover()
    ]  # fmt: skip


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recomputes the ledger against orders, batches, files and answers, and shows what was found."""
    proof = actions.verify_ledger()
    record(
        "ledger.verify", detail={"sound": proof.is_sound, "transfers": proof.transfers, "wrong": proof.wrong}
    )
    request.session["ledger_proof"] = {
        "is_sound": proof.is_sound,
        "transfers": proof.transfers,
        "orders": proof.orders,
        "debit_fen": proof.debit_fen,
        "sha256": proof.sha256,
        "wrong": proof.wrong,
        "findings": [{"check": f.check, "subject": f.subject, "message": f.message} for f in proof.findings],
    }
    return redirect("work_ledger")


urls = [
    path("payments/orders/<int:pk>/", order_page, name="work_order"),
    path("payments/ledger/", overview, name="work_ledger"),
    path("payments/ledger/verify/", verify, name="work_ledger_verify"),
]
