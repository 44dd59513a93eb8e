"""The bank's answers on screen: imported, row by row, and what came back put right and paid again (银行回盘)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look, record
from minzheng.kernel.payments import actions
from minzheng.kernel.payments import queries as kernel
from minzheng.kernel.payments.models import Order, ReturnFile, ReturnRow
from minzheng.kernel.payments.returns import reason_text
from minzheng.kernel.people.models import BankAccount
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import payments as queries
from minzheng.surfaces.web.work.tabs import payment_tabs
from minzheng.surfaces.web.work.words import benefit_name, programme_name

LARGEST = 50 * 1024 * 1024


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("回盘文件"),
        help_text=gettext_lazy("银行的 pain.002 报文，或约定格式的 CSV；同一文件重复导入不会重复入账。"),
        error_messages={
            "required": gettext_lazy("请选择银行发来的回盘文件"),
            "empty": gettext_lazy("文件是空的"),
        },
    )

    def clean_file(self) -> object:
        found = self.cleaned_data["file"]
        if found.size > LARGEST:
            raise forms.ValidationError(_("文件超过 50 MB，请按批次分开导入"))
        return found


class AccountForm(forms.Form):
    """The payee's right account, as the payee or the bank gave it."""

    holder = forms.CharField(label=gettext_lazy("户名"), max_length=60)
    bank = forms.CharField(label=gettext_lazy("开户行"), max_length=80)
    number = forms.RegexField(
        r"^[0-9A-Za-z ]{4,40}$",
        label=gettext_lazy("账号"),
        error_messages={"invalid": gettext_lazy("账号为 4 至 34 位数字或字母")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("更正依据"), max_length=200, help_text=gettext_lazy("例如：本人持存折到中心更正")
    )


class WordsForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("原因"), min_length=2, max_length=200)


def overview(request: HttpRequest) -> HttpResponse:
    """Open items, the files taken in, and the upload."""
    require("payments.look")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require("payments.load_returns")
        if form.is_valid():
            upload = form.cleaned_data["file"]
            content = upload.read()
            report = attempt(
                request,
                lambda: actions.import_returns(content=content, name=upload.name[:200], on=working_day()),
            )
            if report is None:
                return redirect("work_returns")
            if report.was_known:
                messages.info(request, _("这个文件已经导入过，没有重复入账。"))
            else:
                messages.success(
                    request,
                    _("回盘已导入：到账 %(settled)s 笔，退票 %(returned)s 笔，未能入账 %(refused)s 行。")
                    % {
                        "settled": report.file.settled,
                        "returned": report.file.returned,
                        "refused": report.file.refused,
                    },
                )
            return redirect("work_return_file", report.file.pk)
    found = kernel.open_returns() if request.GET.get("show") != "all" else queries.settled_returns()
    table = _items(request, found, all_shown=request.GET.get("show") == "all")
    if table.wants_export:
        record("payments.export_list", subject="returns", detail={"rows": table.count})
        return table.excel_response()
    files = Table(
        columns=[
            Column("message_id", _("回执号"), is_heading=True, href=lambda f: reverse("work_return_file", args=[f.pk]),
                   hint=lambda f: f.name),
            Column("imported_on", _("导入日期"), kind="date"),
            Column("imported_by.name", _("导入人")),
            Column("rows", _("行数"), kind="count"),
            Column("settled", _("到账"), kind="count"),
            Column("returned", _("退票"), kind="count"),
            Column("refused", _("未入账"), kind="count"),
        ],
        source=kernel.return_files(),
        request=request,
        name="files",
        caption=_("已导入的回盘文件"),
        page_size=10,
        is_exportable=False,
        empty_text=_("批次送银行后，把银行发回的文件导入到这里。"),
    )  # fmt: skip
    return render(
        request,
        "web/work/returns.html",
        {"table": table, "files": files, "form": form, "may_load": may("payments.load_returns"),
         "tabs": payment_tabs("work_returns"), "shows_all": request.GET.get("show") == "all"},
    )  # fmt: skip


def _items(request: HttpRequest, found: object, *, all_shown: bool) -> Table:
    return Table(
        columns=[
            Column("order.payee_name", _("领款人"), is_heading=True, href=lambda r: reverse("work_return", args=[r.pk]),
                   hint=lambda r: r.end_to_end_id),
            Column("order.benefit", _("待遇"), value=lambda r: benefit_name(r.order.benefit)),
            Column("order.benefit_month", _("待遇月份"), kind="month"),
            Column("order.amount_fen", _("金额"), kind="money"),
            Column("reason_code", _("退票原因"), value=lambda r: reason_text(r.reason_code), hint=lambda r: r.message),
            Column("file.imported_on", _("回盘日期"), kind="date"),
            Column("state", _("状态"), kind="status", value=lambda r: f"return_{r.state}"),
        ],
        source=found,  # type: ignore[arg-type]
        request=request,
        caption=_("已处理的退票") if all_shown else _("待处理的退票"),
        export_name="returns",
        empty_title=_("没有待处理的退票") if not all_shown else "",
        empty_text=_("银行退回的款项会列在这里，更正账户后重新发放。"),
    )  # fmt: skip


def file_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer of the bank, each row with what was made of it."""
    require("payments.look")
    file = get_object_or_404(ReturnFile.objects.select_related("imported_by"), pk=pk)
    # What somebody has to look at comes first, in a file of thousands of rows.
    urgency = Case(When(outcome="settled", then=2), When(outcome="returned", then=1), default=0)
    rows = ReturnRow.objects.filter(file=file).select_related("order").order_by(urgency, "row_number")
    asked = request.GET.get("outcome", "")
    if asked == "refused":
        rows = rows.exclude(outcome__in=["settled", "returned"])
    elif asked in ReturnRow.Outcome.values:
        rows = rows.filter(outcome=asked)
    table = Table(
        columns=[
            Column("row_number", _("行号"), kind="count", order_by="row_number"),
            Column("end_to_end_id", _("付款指令号"), is_heading=True,
                   href=lambda r: reverse("work_order", args=[r.order_id]) if r.order_id else "",
                   hint=lambda r: r.order.payee_name if r.order else ""),
            Column("amount_text", _("金额（元）")),
            Column("outcome", _("结果"), kind="status", value=lambda r: f"row_{r.outcome}", order_by="outcome"),
            Column("reason_code", _("银行原因"), value=lambda r: reason_text(r.reason_code) if r.reason_code else ""),
            Column("message", _("说明"), is_wide=True, value=lambda r: r.message or _expected(r)),
        ],
        source=rows,
        request=request,
        caption=_("逐行结果"),
        export_name=file.message_id,
    )  # fmt: skip
    if table.wants_export:
        record("payments.export_list", subject=file.message_id, detail={"rows": table.count})
        return table.excel_response()
    return render(request, "web/work/return_file.html", {"file": file, "table": table, "asked": asked})


def _expected(row: ReturnRow) -> str:
    """What to do about a row that was not posted."""
    if row.outcome == "wrong_amount" and row.order:
        return _("应为 %(amount)s，请与银行核对") % {"amount": formats.fen(row.order.amount_fen)}
    words = {
        "unknown_order": _("本系统没有这个指令号，请与银行核对"),
        "unreadable": _("结果或金额无法识别，请银行更正后重发"),
        "not_sent": _("该笔没有送过银行，请与银行核对"),
        "contradiction": _("与先前回盘相反，请与银行核对"),
    }
    return words.get(row.outcome, "")


def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One returned payment: why it came back, the account it went to, and the three ways on."""
    require("payments.look")
    row, order = _item(pk)
    look(order.person_id, purpose="银行退票", division_code=order.division_code)
    account = (
        BankAccount.objects.filter(
            person_id=order.person_id, purpose__in=["", order.programme], during__contains=working_day()
        )
        .order_by("-purpose")
        .first()
    )
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        initial={"holder": order.payee_name, "bank": order.bank},
    )
    if request.method == "POST":
        require("payments.reissue", order.programme)
        if form.is_valid():
            words = form.cleaned_data
            again = attempt(
                request,
                lambda: actions.correct_account(return_id=pk, on=working_day(), **words),
                done=_("账户已更正，款项已重新列入待发清单，可编入下一个批次。"),
            )
            return redirect("work_order", again.pk) if again else redirect("work_return", pk)
    return render(
        request,
        "web/work/return.html",
        {
            "row": row,
            "order": order,
            "why": reason_text(row.reason_code),
            "benefit": benefit_name(order.benefit),
            "programme": programme_name(order.programme),
            "account": account,
            "is_new_account": account is not None and account.number != order.account_number,
            "form": form,
            "words": WordsForm(auto_id="again_%s"),
            "give_up": WordsForm(auto_id="give_up_%s"),
            "may_reissue": row.state == "open" and may("payments.reissue", order.programme),
            "follower": order.followers.filter(kind="reissue").first(),
        },
    )


def _item(pk: int) -> tuple[ReturnRow, Order]:
    """A returned payment and its order; a row that names no order of ours is none."""
    row = get_object_or_404(
        ReturnRow.objects.filter(outcome="returned").select_related("order", "file"), pk=pk
    )
    if row.order is None:
        raise Http404
    return row, row.order


@require_POST
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """Pays again to the account the register now holds."""
    _row, order = _item(pk)
    require("payments.reissue", order.programme)
    form = WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明原因。"))
        return redirect("work_return", pk)
    again = attempt(
        request,
        lambda: actions.reissue(return_id=pk, reason=form.cleaned_data["reason"], on=working_day()),
        done=_("款项已重新列入待发清单，可编入下一个批次。"),
    )
    return redirect("work_order", again.pk) if again else redirect("work_return", pk)


@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the money back to the budget line."""
    _row, order = _item(pk)
    require("payments.reissue", order.programme)
    form = WordsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明原因。"))
        return redirect("work_return", pk)
    attempt(
        request,
        lambda: actions.give_up(return_id=pk, reason=form.cleaned_data["reason"], on=working_day()),
        done=_("款项已退回预算。"),
    )
    return redirect("work_return", pk)


urls = [
    path("payments/returns/", overview, name="work_returns"),
    path("payments/returns/files/<int:pk>/", file_page, name="work_return_file"),
    path("payments/returns/<int:pk>/", item, name="work_return"),
    path("payments/returns/<int:pk>/reissue/", reissue, name="work_return_reissue"),
    path("payments/returns/<int:pk>/give-up/", give_up, name="work_return_give_up"),
]
