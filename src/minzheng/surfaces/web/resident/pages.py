"""What a resident sees of themself: what they may get and why, what was paid, who looked at their record."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.permissions import role_name
from minzheng.kernel.audit.queries import looks_at
from minzheng.kernel.awards.queries import awards_of_person
from minzheng.kernel.monthend.queries import months_with_findings
from minzheng.kernel.outreach.queries import notices_of_person
from minzheng.kernel.payments.models import Order
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month, today
from minzheng.kernel.places.queries import names
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web import explaining


def _self(request: HttpRequest) -> Person:
    """The resident whose page this is; officials have no pages here, however high their post."""
    actor = request.actor
    if actor is None or actor.kind != RESIDENT:
        raise NotPermitted("此页仅供居民本人查看。This page is the resident's own.")
    return Person.objects.get(pk=actor.person_id)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What am I entitled to, and why or why not; what is running; what was told to me."""
    who = _self(request)
    months = months_with_findings()
    month = months[0] if months else Month.of(today())
    trace = explaining.trace_from_snapshot(who.pk, month)
    return render(
        request,
        "web/resident/home.html",
        {
            "who": who,
            "month": month,
            "told": explaining.tell_all(trace, who.pk, month, only=who.pk) if trace else [],
            "awards": awards_of_person(who.pk),
            "benefits": benefit_names(),
            "notices": notices_of_person(who.pk)[:20],
        },
    )


@require_safe
def explain(request: HttpRequest, benefit: str, month: str) -> HttpResponse:
    """One benefit: each condition with its value, its threshold and the law's article."""
    who = _self(request)
    try:
        chosen = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    if benefit not in explaining.law_of(chosen).benefits:
        raise Http404
    trace = explaining.trace_from_snapshot(who.pk, chosen)
    told = explaining.tell(trace, benefit, who.pk, chosen, only=who.pk) if trace else None
    return render(
        request,
        "web/resident/explain.html",
        {"who": who, "told": told, "month": chosen, "months": months_with_findings(), "benefit": benefit},
    )


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """Every payment to me: for which month, how much, and where it stands."""
    who = _self(request)
    known = benefit_names()
    table = Table(
        columns=[
            Column("benefit", _("待遇"), is_heading=True, value=lambda o: known.get(o.benefit, o.benefit)),
            Column("benefit_month", _("所属月份"), kind="month"),
            Column("accounting_month", _("发放月份"), kind="month"),
            Column("amount_fen", _("金额"), kind="money"),
            Column("account_masked", _("收款账户")),
            Column("state", _("状态"), kind="status"),
        ],
        source=Order.objects.filter(person_id=who.pk)
        .exclude(state=Order.State.CANCELLED)
        .order_by("-accounting_month", "-benefit_month", "-id"),
        request=request,
        caption=_("我的发放"),
        page_size=24,
        is_exportable=False,
        empty_title=_("尚无发放记录"),
    )
    return render(request, "web/resident/payments.html", {"table": table})


@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my record: role, place, time and reason; the official's name is kept for auditors."""
    who = _self(request)
    table = Table(
        columns=[
            Column("at", _("时间"), kind="time", is_heading=True),
            Column("role", _("岗位"), value=lambda e: role_name(e.role)),
            Column("place", _("单位所在"), value=lambda e: places.get(e.detail.get("post_division", ""), "")),
            Column("purpose", _("用途"), value=lambda e: e.detail.get("purpose", "")),
            Column("reason", _("理由")),
        ],
        source=looks_at(who.pk),
        request=request,
        caption=_("谁看过我的档案"),
        page_size=30,
        is_exportable=False,
        empty_title=_("没有人看过您的档案"),
    )
    places = names({row.detail.get("post_division", "") for row in looks_at(who.pk)[:200]} - {""})
    return render(request, "web/resident/looks.html", {"table": table})


@require_safe
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice sent to me, with the day until which I may object."""
    who = _self(request)
    found = notices_of_person(who.pk).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    authority = next((p.authority for p in load_programmes() if p.code == found.programme), "")
    return render(
        request,
        "web/resident/notice.html",
        {
            "notice": found,
            "letter": {"office": authority, "number": "", "title": _("告知书"), "to": who.name, "on": found.issued_on},
        },
    )


def benefit_names() -> dict[str, str]:
    """Every benefit's name by its code."""
    return {b.code: b.name for p in load_programmes() for b in p.benefits}


urls = [
    path("", home, name="my_home"),
    path("why/<slug:benefit>/<str:month>/", explain, name="my_explain"),
    path("payments/", payments, name="my_payments"),
    path("looks/", looks, name="my_looks"),
    path("notices/<int:notice_id>/", notice, name="my_notice"),
]
