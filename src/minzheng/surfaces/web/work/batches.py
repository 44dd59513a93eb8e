"""One batch on screen: prepared, approved by another, exported, answered by the bank, settled (发放批次)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import Actor, current_actor, may, require
from minzheng.kernel.audit import record
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.bankfiles.exporting import open_file
from minzheng.kernel.payments.models import BankFile, Batch
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import payments as queries
from minzheng.surfaces.web.work.words import ORDER_KINDS, benefit_name, place_names, programme_name

STEPS = ("prepared", "approved", "sent", "settled")
TYPES = {BankFile.Format.PAIN001: "application/xml", BankFile.Format.CSV: "text/csv; charset=utf-8"}


class ApprovalForm(forms.Form):
    """The approver says that the sum was compared, and sends back the sum that was on the screen."""

    compared = forms.BooleanField(
        label=gettext_lazy("我已核对笔数和控制总额，与清单一致"),
        error_messages={"required": gettext_lazy("审批前请先核对笔数和控制总额")},
    )
    orders = forms.IntegerField(widget=forms.HiddenInput)
    total_fen = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("撤回原因"), min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch with its steps, files, parts and orders."""
    require("payments.look")
    batch = _batch(pk)
    actor = current_actor()
    assert actor is not None
    table = Table(
        columns=[
            Column("payee_name", _("领款人"), is_heading=True, href=lambda o: reverse("work_order", args=[o.pk]),
                   hint=lambda o: o.end_to_end_id, order_by="payee_name"),
            Column("benefit", _("待遇"), value=lambda o: benefit_name(o.benefit)),
            Column("benefit_month", _("待遇月份"), kind="month", order_by="benefit_month"),
            Column("kind", _("种类"), value=lambda o: str(ORDER_KINDS.get(o.kind, o.kind))),
            Column("account_number", _("账户"), kind="account", hint=lambda o: o.bank),
            Column("amount_fen", _("金额"), kind="money", order_by="amount_fen"),
            Column("state", _("状态"), kind="status", value=lambda o: f"order_{o.state}"),
        ],
        source=batch.orders.order_by("division_code", "id"),
        request=request,
        caption=_("支付指令"),
        export_name=batch.message_id,
        totals={"amount_fen": batch.total_fen},
        page_size=25,
    )  # fmt: skip
    if table.wants_export:
        record("payments.export_list", subject=batch.message_id, detail={"orders": batch.orders_count})
        return table.excel_response()
    earlier = queries.earlier_batch(batch)
    parts = queries.batch_parts(batch)
    for part in parts:
        part["name"], part["kind_name"] = (
            benefit_name(part["benefit"]),
            ORDER_KINDS.get(part["kind"], part["kind"]),
        )
    places = _places(batch)
    files = list(batch.files.select_related("exported_by").order_by("id"))
    return render(
        request,
        "web/work/batch.html",
        {
            "batch": batch,
            "name": programme_name(batch.programme),
            "place": place_names([batch.division_code])[batch.division_code],
            "steps": _steps(batch),
            "answers": _answers(batch),
            "difference": batch.total_fen - earlier.total_fen if earlier else None,
            "count_difference": batch.orders_count - earlier.orders_count if earlier else None,
            "earlier": earlier,
            "parts": parts,
            "places": places,
            "files": files,
            "may_make": [
                format for format in BankFile.Format if format not in {file.format for file in files}
            ],
            "table": table,
            "is_own": batch.prepared_by_id == actor.official_id,
            "can": _can(batch, actor),
        },
    )


def _batch(pk: int) -> Batch:
    return get_object_or_404(Batch.objects.select_related("prepared_by", "approved_by"), pk=pk)


def _answers(batch: Batch) -> list[dict[str, Any]]:
    """What the bank has said of a batch that was sent to it, as figures."""
    if batch.state not in ("sent", "settled"):
        return []
    states = queries.batch_states(batch)
    back = states.get("returned", 0) + states.get("reissued", 0) + states.get("cancelled", 0)
    return [
        {"label": _("已到账"), "value": states.get("paid", 0), "hint": ""},
        {
            "label": _("银行退票"),
            "value": back,
            "hint": _("其中待处理 %(n)s 笔") % {"n": states.get("returned", 0)} if back else "",
        },
        {"label": _("尚未回盘"), "value": states.get("sent", 0), "hint": ""},
    ]


def _places(batch: Batch) -> list[dict[str, Any]]:
    length = {2: 6, 6: 9}.get(len(batch.division_code.rstrip("0")), 12)
    places = queries.batch_places(batch, length=length)[:12]
    named = place_names(row["place"] for row in places)
    return [{**row, "name": named[row["place"]]} for row in places]


def _steps(batch: Batch) -> list[dict[str, Any]]:
    """The four stations; a withdrawn batch has left the way."""
    reached = STEPS.index(batch.state) if batch.state in STEPS else -1
    hints = [
        f"{batch.prepared_by.name} {formats.short_day(batch.prepared_on)}",
        f"{batch.approved_by.name} {formats.short_day(batch.approved_on)}" if batch.approved_by else "",
        formats.short_day(batch.sent_on) if batch.sent_on else "",
        formats.short_day(batch.settled_on) if batch.settled_on else "",
    ]
    labels = [_("编制"), _("审批"), _("送银行"), _("结清")]
    return [
        {
            "label": label,
            "hint": hint,
            "state": "done" if at <= reached else "current" if at == reached + 1 and reached >= 0 else "todo",
        }
        for at, (label, hint) in enumerate(zip(labels, hints, strict=True))
    ]


def _can(batch: Batch, actor: Actor) -> dict[str, bool]:
    """What this post may do with the batch as it stands."""
    return {
        "approve": batch.state == "prepared" and may("payments.approve_batch", batch.programme),
        "withdraw": batch.state in ("prepared", "approved") and may("payments.correct", batch.programme),
        "export": batch.state in ("approved", "sent", "settled") and may("payments.export", batch.programme),
        "returns": batch.state == "sent" and may("payments.load_returns", batch.programme),
    }


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows the control sum and asks; approves when it is still the same."""
    batch = _batch(pk)
    actor = require("payments.approve_batch", batch.programme)
    form = ApprovalForm(
        request.POST or None,
        initial={"orders": batch.orders_count, "total_fen": batch.total_fen},
        auto_id="approval_%s",
    )
    if request.method == "POST" and form.is_valid():
        shown = (form.cleaned_data["orders"], form.cleaned_data["total_fen"])
        if shown != (batch.orders_count, batch.total_fen):
            messages.error(request, _("批次在您核对期间有变化，请重新核对。"))
            return redirect("work_batch_approve", pk)
        attempt(
            request,
            lambda: actions.approve_batch(batch_id=pk, on=working_day()),
            done=_("批次已审批，款项已记入账目。现在可以导出银行文件。"),
        )
        return redirect("work_batch", pk)
    if batch.state != "prepared":
        return redirect("work_batch", pk)
    parts = queries.batch_parts(batch)
    for part in parts:
        part["name"], part["kind_name"] = (
            benefit_name(part["benefit"]),
            ORDER_KINDS.get(part["kind"], part["kind"]),
        )
    return render(
        request,
        "web/work/batch_approve.html",
        {"batch": batch, "form": form, "name": programme_name(batch.programme), "parts": parts,
         "place": place_names([batch.division_code])[batch.division_code],
         "is_own": batch.prepared_by_id == actor.official_id, "earlier": queries.earlier_batch(batch)},
    )  # fmt: skip


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back a batch that has not gone to the bank, with a reason."""
    batch = _batch(pk)
    require("payments.correct", batch.programme)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: actions.withdraw_batch(batch_id=pk, reason=form.cleaned_data["reason"], on=working_day()),
            done=_("批次已撤回，其中的指令重新等待入批。"),
        )
        return redirect("work_batch", pk)
    return render(
        request,
        "web/work/batch_withdraw.html",
        {"batch": batch, "form": form, "name": programme_name(batch.programme)},
    )


@require_POST
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the bank file and offers it."""
    batch = _batch(pk)
    require("payments.export", batch.programme)
    format = request.POST.get("format", "")
    if format not in BankFile.Format.values:
        raise Http404
    attempt(
        request,
        lambda: actions.export_batch(batch_id=pk, format=format, on=working_day()),
        done=_("银行文件已生成，可以下载。"),
    )
    return redirect("work_batch", pk)


def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was made, byte for byte; each download is traced."""
    file = get_object_or_404(BankFile.objects.select_related("batch"), pk=pk)
    require("payments.export", file.batch.programme)
    handle = attempt(request, lambda: open_file(file))
    if handle is None:
        return redirect("work_batch", file.batch_id)
    record(
        "payments.download",
        subject=file.batch.message_id,
        detail={"format": file.format, "sha256": file.sha256},
    )
    answer = FileResponse(
        handle, as_attachment=True, filename=file.name, content_type=TYPES[BankFile.Format(file.format)]
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def confirm_paid(request: HttpRequest, pk: int) -> HttpResponse:
    """For banks that answer only with what failed: everything else of the batch was paid."""
    batch = _batch(pk)
    require("payments.load_returns", batch.programme)
    count = attempt(request, lambda: actions.confirm_paid(batch_id=pk, on=working_day()))
    if count:
        messages.success(request, _("%(count)s 笔已确认到账。") % {"count": formats.count(count)})
    return redirect("work_batch", pk)


urls = [
    path("payments/batches/<int:pk>/", page, name="work_batch"),
    path("payments/batches/<int:pk>/approve/", approve, name="work_batch_approve"),
    path("payments/batches/<int:pk>/withdraw/", withdraw, name="work_batch_withdraw"),
    path("payments/batches/<int:pk>/export/", export, name="work_batch_export"),
    path("payments/batches/<int:pk>/paid/", confirm_paid, name="work_batch_paid"),
    path("payments/files/<int:pk>/", download, name="work_bank_file"),
]
