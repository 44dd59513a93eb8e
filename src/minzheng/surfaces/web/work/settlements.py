"""What was overpaid on screen: the months, one person's account, the decision of two officials, what comes back (多发处理)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look, record
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.documents import render_pdf
from minzheng.kernel.monthend.models import Correction
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.models import AccountLetter, Offset, Order, Repayment, Settlement
from minzheng.kernel.payments.settling.letters import document_of
from minzheng.kernel.payments.working_rules import working_rules
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.tabs import payment_tabs
from minzheng.surfaces.web.work.words import CORRECTED, OVERPAID, SETTLEMENT_WAYS, benefit_name


class ProposalForm(forms.Form):
    """What one official thinks should become of it."""

    way = forms.ChoiceField(
        label=gettext_lazy("处理方式"),
        choices=list(SETTLEMENT_WAYS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择处理方式")},
    )
    monthly = forms.DecimalField(
        label=gettext_lazy("每月退回（元）"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("只在“请家庭退回”并且分期时填写。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明理由")},
    )


class RefusalForm(forms.Form):
    answer = forms.CharField(label=gettext_lazy("不同意的理由"), max_length=400)


class ReceiptForm(forms.Form):
    amount = forms.DecimalField(
        label=gettext_lazy("退回金额（元）"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    receipt = forms.CharField(label=gettext_lazy("收款凭证号"), max_length=60)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The overpaid months and the decisions about them, as far as the post reaches."""
    require("payments.look")
    everything = request.GET.get("show") == "all"
    found = Overpayment.objects.select_related("award__person").annotate(
        rest=F("amount_fen") - F("recovered_fen") - F("written_off_fen")
    )
    if not everything:
        found = found.filter(state=Overpayment.State.OPEN)
    months = Table(
        columns=[
            Column("award.person.name", _("领款人"), is_heading=True,
                   href=lambda o: reverse("work_account", args=[o.person_id])),
            Column("award.benefit", _("待遇"), value=lambda o: benefit_name(o.award.benefit)),
            Column("month", _("月份"), kind="month", order_by="month"),
            Column("amount_fen", _("多发金额"), kind="money", order_by="amount_fen"),
            Column("rest", _("尚未处理"), kind="money", order_by="rest"),
            Column("found_on", _("发现日期"), kind="date", order_by="found_on"),
            Column("reason", _("原因"), value=lambda o: str(OVERPAID.get(o.reason, o.reason))),
            Column("state", _("状态"), kind="status", value=lambda o: f"over_{o.state}"),
        ],
        source=found.order_by("month", "id"), request=request, caption=_("多发的月份"), export_name="overpayments",
        empty_text=_("没有待处理的多发待遇。"),
    )  # fmt: skip
    if months.wants_export:
        record("payments.export_list", subject="overpayments", detail={"rows": months.count})
        return months.excel_response()
    settlements = Settlement.objects.select_related("person").annotate(
        came_back=Sum("repayments__amount_fen", default=0)
    )
    if not everything:
        settlements = settlements.filter(state__in=["proposed", "approved"])
    decided = Table(
        columns=[
            Column("person.name", _("领款人"), is_heading=True,
                   href=lambda s: reverse("work_account", args=[s.person_id])),
            Column("way", _("处理方式"), value=lambda s: str(SETTLEMENT_WAYS[s.way])),
            Column("amount_fen", _("金额"), kind="money"),
            Column("came_back", _("已退回"), kind="money"),
            Column("proposed_on", _("提出日期"), kind="date"),
            Column("state", _("状态"), kind="status", value=lambda s: f"settlement_{s.state}"),
        ],
        source=settlements.order_by("state", "-id"), request=request, name="decided", caption=_("处理意见与决定"),
        page_size=20, is_exportable=False, empty_text=_("没有待复核或正在执行的处理。"),
    )  # fmt: skip
    return render(
        request,
        "web/work/payments_overpaid.html",
        {"table": months, "decided": decided, "shows_all": everything, "tabs": payment_tabs("work_overpaid")},
    )


def account(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person's account: what was overpaid, what became of it, and what this post may do next."""
    require("payments.look")
    who = get_object_or_404(Person, pk=person_id)
    months = list(
        Overpayment.objects.filter(person_id=person_id).select_related("award").order_by("month", "id")[:240]
    )
    held = _settlement(person_id, Settlement.State.APPROVED)
    waiting = _settlement(person_id, Settlement.State.PROPOSED)
    rest = sum(one.rest_fen for one in months)
    proposal = ProposalForm(request.POST or None) if rest and not waiting and may("payments.settle") else None
    if request.method == "POST":
        require("payments.settle")
        if proposal is not None and proposal.is_valid():
            words = proposal.cleaned_data
            made = attempt(
                request,
                lambda: actions.propose_settlement(
                    person_id=person_id, way=words["way"], reason=words["reason"],
                    monthly_fen=_fen(words["monthly"]), on=working_day(),
                ),
                done=_("已提出，等待另一人复核。"),
            )  # fmt: skip
            return redirect("work_account", person_id) if made else redirect(request.path)
    look(who.pk, purpose=gettext_noop("多发待遇"), division_code=who.division_code)
    corrections = list(
        Correction.objects.filter(person_id=person_id).select_related("recalculation").order_by("-id")[:60]
    )
    if not months and not corrections:
        raise Http404
    back = held.repayments.aggregate(fen=Sum("amount_fen", default=0))["fen"] if held else 0
    return render(
        request,
        "web/work/account.html",
        {
            "who": who,
            "rest": rest,
            "total": sum(one.amount_fen for one in months),
            "recovered": sum(one.recovered_fen for one in months),
            "written_off": sum(one.written_off_fen for one in months),
            "months": _months(request, months),
            "corrections": _corrections(request, corrections, person_id),
            "held": held,
            "held_way": SETTLEMENT_WAYS[held.way] if held else "",
            "came_back": back,
            "waiting": waiting,
            "waiting_way": SETTLEMENT_WAYS[waiting.way] if waiting else "",
            "proposal": proposal,
            "may_decide": waiting is not None and may("payments.approve_settlement"),
            "refusal": RefusalForm(auto_id="refuse_%s"),
            "receipt": ReceiptForm(auto_id="receipt_%s")
            if held and held.way == Settlement.Way.RECOVERY and rest and may("payments.receive")
            else None,
            "share": int(working_rules().at(Month.of(working_day())).set_off_share) // 10,
            "history": _history(person_id),
            "letters": AccountLetter.objects.filter(person_id=person_id).order_by("-id")[:20],
        },
    )


def _settlement(person_id: int, state: str) -> Settlement | None:
    found = Settlement.objects.select_related("proposed_by", "decided_by", "addressee")
    return found.filter(person_id=person_id, state=state).first()


def _months(request: HttpRequest, months: list[Overpayment]) -> Table:
    first = {
        (order.award_id, order.benefit_month): order
        for order in Order.objects.filter(award_id__in={m.award_id for m in months}, sequence=0)
    }
    return Table(
        columns=[
            Column("month", _("月份"), kind="month", is_heading=True,
                   href=lambda o: _replay(o.person_id, o.award.benefit, o.month)),
            Column("award.benefit", _("待遇"), value=lambda o: benefit_name(o.award.benefit)),
            Column("order", _("原支付指令"),
                   value=lambda o: getattr(first.get((o.award_id, o.month)), "end_to_end_id", _("接管前由原单位发放")),
                   href=lambda o: reverse("work_order", args=[first[o.award_id, o.month].pk])
                   if (o.award_id, o.month) in first else ""),
            Column("amount_fen", _("多发"), kind="money"),
            Column("recovered_fen", _("已追回"), kind="money"),
            Column("written_off_fen", _("已免除"), kind="money"),
            Column("reason", _("原因"), value=lambda o: str(OVERPAID.get(o.reason, o.reason))),
            Column("state", _("状态"), kind="status", value=lambda o: f"over_{o.state}"),
        ],
        source=months, request=request, caption=_("多发的月份"), is_exportable=False,
        empty_text=_("没有多发的月份。"),
    )  # fmt: skip


def _corrections(request: HttpRequest, corrections: list[Correction], person_id: int) -> Table:
    return Table(
        columns=[
            Column("month", _("月份"), kind="month", is_heading=True,
                   href=lambda c: _replay(person_id, c.benefit, c.month)),
            Column("benefit", _("待遇"), value=lambda c: benefit_name(c.benefit)),
            Column("was_fen", _("原来发放"), kind="money"),
            Column("now_fen", _("按现在所知"), kind="money"),
            Column("recalculation.on", _("重算日期"), kind="date"),
            Column("reason", _("说明"), value=lambda c: str(CORRECTED.get(c.reason, c.reason))),
            Column("state", _("状态"), kind="status", value=lambda c: f"correction_{c.state}"),
        ],
        source=corrections, request=request, name="corrections", caption=_("追溯重算"), page_size=24,
        is_exportable=False, empty_text=_("没有重算过以前的月份。"),
    )  # fmt: skip


def _replay(person_id: int, benefit: str, month: Any) -> str:
    if not may("rules.explain"):
        return ""
    return reverse("work_replay", args=[person_id, benefit, str(Month.of(month))])


def _history(person_id: int) -> list[dict[str, Any]]:
    """What was set off and what came back, the latest first."""
    offsets = [
        {"when": one.on, "title": _("抵扣"), "fen": one.amount_fen,
         "text": f"{benefit_name(one.award.benefit)} {Month.of(one.benefit_month).chinese}"}
        for one in Offset.objects.filter(person_id=person_id).select_related("award").order_by("-id")[:40]
    ]  # fmt: skip
    returned = [
        {"when": one.on, "title": _("退回"), "fen": one.amount_fen, "text": one.receipt}
        for one in Repayment.objects.filter(person_id=person_id).order_by("-id")[:40]
    ]
    return sorted(offsets + returned, key=lambda row: row["when"], reverse=True)


def _fen(yuan: Decimal | None) -> int | None:
    return int(yuan * 100) if yuan else None


def _of(pk: int) -> Settlement:
    require("payments.look")
    return get_object_or_404(Settlement, pk=pk)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Another official agrees; the letter is written."""
    made = _of(pk)
    attempt(
        request,
        lambda: actions.approve_settlement(settlement_id=pk, on=working_day()),
        done=_("已同意，告知书已生成。"),
    )
    return redirect("work_account", made.person_id)


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Another official does not agree, with the reason."""
    made, form = _of(pk), RefusalForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    attempt(
        request,
        lambda: actions.refuse_settlement(settlement_id=pk, answer=answer, on=working_day()),
        done=_("已退回，提出人可以重新提出。"),
    )
    return redirect("work_account", made.person_id)


@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Money came back and has a receipt."""
    made, form = _of(pk), ReceiptForm(request.POST)
    amount = _fen(form.cleaned_data["amount"]) or 0 if form.is_valid() else 0
    attempt(
        request,
        lambda: actions.receive_repayment(
            settlement_id=pk,
            amount_fen=amount,
            receipt=form.cleaned_data.get("receipt", ""),
            on=working_day(),
        ),
        done=_("退回款已登记。"),
    )
    return redirect("work_account", made.person_id)


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as the family reads it."""
    require("payments.look")
    found = get_object_or_404(AccountLetter, pk=pk)
    look(found.person_id, purpose=gettext_noop("多发待遇"), division_code=found.division_code)
    return show_letter(
        request,
        found,
        back=reverse("work_account", args=[found.person_id]),
        pdf=reverse("work_account_pdf", args=[pk]),
    )


@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same letter to print and hand over."""
    require("payments.look")
    found = get_object_or_404(AccountLetter, pk=pk)
    look(found.person_id, purpose=gettext_noop("多发待遇"), division_code=found.division_code)
    return as_pdf(found)


def show_letter(request: HttpRequest, found: AccountLetter, *, back: str, pdf: str) -> HttpResponse:
    """The page of a letter, for officials and for whom it is addressed to."""
    return render(
        request,
        "web/account_letter.html",
        {"one": found, "document": document_of(found), "back": back, "pdf": pdf},
    )


def as_pdf(found: AccountLetter) -> HttpResponse:
    response = HttpResponse(render_pdf(document_of(found)), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{found.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


urls = [
    path("payments/overpaid/", overview, name="work_overpaid"),
    path("payments/overpaid/<int:person_id>/", account, name="work_account"),
    path("payments/settlements/<int:pk>/approve/", approve, name="work_settlement_approve"),
    path("payments/settlements/<int:pk>/refuse/", refuse, name="work_settlement_refuse"),
    path("payments/settlements/<int:pk>/receive/", receive, name="work_settlement_receive"),
    path("payments/letters/<int:pk>/", letter, name="work_account_letter"),
    path("payments/letters/<int:pk>.pdf", letter_pdf, name="work_account_pdf"),
]
