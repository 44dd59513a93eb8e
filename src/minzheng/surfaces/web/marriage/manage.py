"""The head's page (登记处管理): registrars' licences, certificate papers that balance, the end of the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.models import (
    OFFICE,
    CertificateStock,
    CertificateUse,
    RegistrarLicence,
    StockReceipt,
)
from minzheng.kernel.access import may, require
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import scope
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.desk_pages import me, show
from minzheng.surfaces.web.marriage.desk_words import PAPERS
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day

_ROLES = ("marriage_registrar", "marriage_office_head")


class LicenceForm(forms.Form):
    official = forms.ChoiceField(label=gettext_lazy("登记员"))
    number = forms.CharField(label=gettext_lazy("资格证号"), max_length=40)
    start = forms.DateField(label=gettext_lazy("有效期自"), widget=DayInput)
    end = forms.DateField(label=gettext_lazy("自何日起失效"), widget=DayInput, required=False)
    trained_on = forms.DateField(label=gettext_lazy("培训合格日期"), widget=DayInput, required=False)

    def __init__(self, *args: Any, office: Facility, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "official", [(str(pk), name) for pk, name in registrars(office)])


class EndForm(forms.Form):
    licence = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("终止理由"), max_length=200)


class ReceiveForm(forms.Form):
    paper = forms.ChoiceField(label=gettext_lazy("证书"), choices=list(PAPERS.items()))
    first = forms.IntegerField(label=gettext_lazy("起号"), min_value=1)
    last = forms.IntegerField(label=gettext_lazy("止号（含）"), min_value=1)


class SpoilForm(forms.Form):
    paper = forms.ChoiceField(label=gettext_lazy("证书"), choices=list(PAPERS.items()))
    serial = forms.IntegerField(label=gettext_lazy("印制号"), min_value=1)
    reason = forms.CharField(label=gettext_lazy("作废原因"), max_length=200)


def office_in_scope(pk: int | None) -> Facility | None:
    """An office within the post's place: the one asked for, or its first.

    Raises:
        Http404: the one asked for lies elsewhere.
    """
    low, high = scope(me().division_code)
    rows = Facility.objects.filter(
        kind=OFFICE, division_code__gte=low, division_code__lt=high, during__contains=working_day()
    )
    if pk is None:
        return rows.order_by("code").first()
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def registrars(office: Facility) -> list[tuple[int, str]]:
    """Who holds a registrar's post at the office's place today."""
    on = working_day()
    posts = Post.objects.filter(role__in=_ROLES, division_code=office.division_code, during__contains=on)
    return list(
        Official.objects.filter(pk__in=posts.values("official_id")).order_by("pk").values_list("pk", "name")
    )


@require_safe
def page(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """An office: who may register, which papers are left, what was spoiled."""
    require("marriage.look")
    office = office_in_scope(pk)
    if office is None:
        return show(request, "manage", {"office": None}, tab="marriage_manage")
    return _page(request, office)


def _page(request: HttpRequest, office: Facility, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    told = bound or {}
    manages = may("marriage.manage")
    licences = _licences(request, office)
    spoiled = _spoiled(request, office)
    for table in (licences, spoiled):
        if table.wants_export:
            return table.excel_response()
    forms_shown = {
        "licence": told.get("licence") or LicenceForm(office=office, auto_id="licence_%s"),
        "receive": told.get("receive") or ReceiveForm(auto_id="receive_%s"),
    }
    return show(
        request, "manage",
        {
            "office": office, "licences": licences, "spoiled": spoiled, "stock": _stock(office),
            "others": _others(office), "manages": manages, "reviews": may("marriage.review"), **(forms_shown if manages else {}),
            "spoil": told.get("spoil") or SpoilForm(auto_id="spoil_%s") if may("marriage.register") else None,
            "in_force": list(RegistrarLicence.objects.filter(office=office, during__contains=working_day()).select_related("official")) if manages else [],
            "faulty": list(told.values()),
        },
        tab="marriage_manage",
    )  # fmt: skip


def _others(office: Facility) -> list[Facility]:
    low, high = scope(me().division_code)
    return list(
        Facility.objects.filter(kind=OFFICE, division_code__gte=low, division_code__lt=high).exclude(pk=office.pk).order_by("code")[:30]
    )  # fmt: skip


def _licences(request: HttpRequest, office: Facility) -> Table:
    on = working_day()
    return Table(
        columns=[
            Column("official.name", _("登记员"), is_heading=True),
            Column("number", _("资格证号")),
            Column("start", _("有效期自"), kind="date", value=lambda r: r.during.lower),
            Column("end", _("失效日"), kind="date", value=lambda r: r.during.upper),
            Column("state", _("今天"), value=lambda r: _("有效") if on in r.during else _("无效，不能登记")),
            Column("trained_on", _("培训合格"), kind="date"),
            Column("reason", _("终止理由")),
        ],
        source=RegistrarLicence.objects.filter(office=office).select_related("official").order_by("-during", "id"),
        request=request, caption=_("登记员资格"), name="licences", page_size=20, export_name="registrars",
        empty_title=_("还没有登记员资格证，本处不能登记"),
    )  # fmt: skip


def _stock(office: Facility) -> list[dict[str, Any]]:
    """Each paper's balance: received = used + spoiled + left, and the latest runs received."""
    rows = {row.paper: row for row in CertificateStock.objects.filter(office=office)}
    runs: dict[str, list[str]] = {}
    for receipt in StockReceipt.objects.filter(office=office).order_by("-on", "-id")[:20]:
        runs.setdefault(receipt.paper, []).append(
            f"{receipt.serials.lower}–{receipt.serials.upper - 1}（{receipt.on}）"
        )
    return [
        {"name": PAPERS[paper], "row": row, "runs": runs.get(paper, [])[:5]}
        for paper, row in sorted(rows.items(), reverse=True)
    ]


def _spoiled(request: HttpRequest, office: Facility) -> Table:
    return Table(
        columns=[
            Column("serial", _("印制号"), is_heading=True, value=lambda r: str(r.serial)),
            Column("paper", _("证书"), value=lambda r: PAPERS[r.paper]),
            Column("on", _("日期"), kind="date"),
            Column("reason", _("原因")),
        ],
        source=CertificateUse.objects.filter(office=office, state="spoiled").order_by("-on", "-id"),
        request=request, caption=_("作废证书"), name="spoiled", page_size=10, export_name="spoiled",
        empty_title=_("没有作废证书"),
    )  # fmt: skip


def _act(name: str, form: Any, office: Facility) -> tuple[Callable[[], Any], str]:
    told, on = form.cleaned_data, working_day()
    if name == "licence":
        official = Official.objects.get(pk=int(told.pop("official")))
        return lambda: actions.grant_licence(official=official, office=office, **told), _("资格证已登记。")
    if name == "end":
        held = RegistrarLicence.objects.get(pk=told["licence"], office=office)
        return lambda: actions.end_licence(licence=held, on=on, reason=told["reason"]), _("资格已终止。")
    if name == "receive":
        return lambda: actions.receive_papers(office=office, on=on, **told), _("证书已入库。")
    return lambda: actions.spoil_paper(office=office, on=on, **told), _("已登记作废。")


@require_POST
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One act of the head: a licence given or ended, papers received; any registrar books a spoiled paper."""
    require("marriage.register" if name == "spoil" else "marriage.manage")
    office = office_in_scope(pk)
    assert office is not None
    kinds: dict[str, Callable[..., forms.Form]] = {
        "licence": lambda data: LicenceForm(data, office=office, auto_id="licence_%s"),
        "end": lambda data: EndForm(data),
        "receive": lambda data: ReceiveForm(data, auto_id="receive_%s"),
        "spoil": lambda data: SpoilForm(data, auto_id="spoil_%s"),
    }
    if name not in kinds:
        raise Http404
    form = kinds[name](request.POST)
    if not form.is_valid():
        return _page(request, office, {name: form})
    do, done = _act(name, form, office)
    attempt(request, do, done=done)
    return redirect("marriage_office", pk)


@require_POST
def lapse(request: HttpRequest) -> HttpResponse:
    """Closes every application for divorce whose last day has passed (逾期视为撤回)."""
    require("marriage.register")
    count = attempt(request, lambda: actions.lapse_divorces(on=working_day()))
    if count is not None:
        messages.success(request, _("%(count)s 份离婚申请逾期未领证，视为撤回。") % {"count": count})
    return redirect("marriage_desk")
