"""What a resident sees of themself: what they may get and why, what was paid, who looked at their record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access.permissions import role_name
from minzheng.kernel.audit.queries import looks_at
from minzheng.kernel.awards.models import Award
from minzheng.kernel.awards.queries import awards_of_person
from minzheng.kernel.monthend.queries import months_with_findings
from minzheng.kernel.outreach.queries import notices_of_person
from minzheng.kernel.payments.models import Order
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import names
from minzheng.kernel.programmes import law_for, load_programmes
from minzheng.kernel.rules import LawError
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.letters import issuing_office, reason_letter
from minzheng.surfaces.web.resident import accounts, notices
from minzheng.surfaces.web.resident.accounts import account_of
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import benefit_name


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What am I entitled to, and why or why not; what is running; what was told to me."""
    who = oneself(request)
    months = months_with_findings()
    month = months[0] if months else Month.of(working_day())
    trace = explaining.trace_from_snapshot(who.pk, month)
    told = explaining.tell_all(trace, who.pk, month, only=who.pk) if trace else []
    awards = list(awards_of_person(who.pk))
    running = {award.benefit for award in awards if award.state == "in_force"}
    return render(
        request,
        "web/resident/home.html",
        {
            "who": who,
            "month": month,
            "told": [one for one in told if one.explanation.status != "not_eligible"],
            "not_due": [
                {"told": one, "is_running": one.explanation.benefit in running}
                for one in told
                if one.explanation.status == "not_eligible"
            ],
            "is_known": trace is not None,
            "awards": [_award(award) for award in awards],
            "notices": [notices.listed(one) for one in notices_of_person(who.pk)[:20]],
            "account_letters": account_of(who.pk)["account_letters"],
        },
    )


@require_safe
def explain(request: HttpRequest, benefit: str, month: str) -> HttpResponse:
    """One benefit: each condition with its value, its threshold and the law's article."""
    who = oneself(request)
    chosen, told = _told(who.pk, benefit, month)
    return render(
        request,
        "web/resident/explain.html",
        {
            "who": who,
            "told": told,
            "reasons": reason_letter(told) if told else None,
            "month": chosen,
            "months": months_with_findings(),
            "benefit": benefit,
        },
    )


@require_safe
def letter(request: HttpRequest, benefit: str, month: str) -> HttpResponse:
    """The reasons as a letter to keep or print."""
    who = oneself(request)
    chosen, told = _told(who.pk, benefit, month)
    if told is None:
        raise Http404
    programme = next(p for p in load_programmes() if p.code == told.explanation.programme)
    return render(
        request,
        "web/resident/letter.html",
        {
            "told": told,
            "reasons": reason_letter(told),
            "month": chosen,
            "benefit": benefit,
            "letter": {
                "office": issuing_office(programme, who.division_code),
                "number": "",
                "title": _("%(name)s认定情况说明") % {"name": told.name},
                "to": who.name,
                "on": working_day(),
            },
        },
    )


def _told(person_id: int, benefit: str, month: str) -> tuple[Month, explaining.Told | None]:
    """The explanation as the month's run saw it; None where the person was not in that run."""
    try:
        chosen = Month.parse(month)
        if benefit not in law_for(chosen).benefits:
            raise Http404
    except (ValueError, LawError) as error:
        raise Http404 from error
    trace = explaining.trace_from_snapshot(person_id, chosen)
    return chosen, explaining.tell(trace, benefit, person_id, chosen, only=person_id) if trace else None


def _award(award: Award) -> dict[str, Any]:
    latest = sorted(award.periods.all(), key=lambda one: one.during.lower)[-1:]
    return {
        "award": award,
        "name": benefit_name(award.benefit),
        "fen": latest[0].monthly_fen if latest else 0,
        "since": Month.of(latest[0].during.lower) if latest else None,
    }


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """Every payment to me: for which month, how much, and where it stands."""
    who = oneself(request)
    table = Table(
        columns=[
            Column("benefit", _("待遇"), is_heading=True, value=lambda o: benefit_name(o.benefit)),
            Column("benefit_month", _("所属月份"), kind="month"),
            Column("accounting_month", _("发放月份"), kind="month"),
            Column("amount_fen", _("金额"), kind="money"),
            Column("account_number", _("收款账户"), kind="account"),
            Column("state", _("状态"), kind="status", value=lambda o: f"order_{o.state}"),
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
    return render(request, "web/resident/payments.html", {"table": table, **account_of(who.pk)})


@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at my record: role, place, time and reason; the official's name is kept for auditors."""
    who = oneself(request)
    found = looks_at(who.pk)
    places = names({row.detail.get("post_division", "") for row in found[:500]} - {""})
    table = Table(
        columns=[
            Column("at", _("时间"), kind="time", is_heading=True),
            Column("role", _("岗位"), value=lambda e: role_name(e.role)),
            Column("place", _("单位所在"), value=lambda e: places.get(e.detail.get("post_division", ""), "")),
            Column(
                "purpose",
                _("用途"),
                value=lambda e: _(e.detail["purpose"]) if e.detail.get("purpose") else "",
            ),
            Column("reason", _("理由")),
        ],
        source=found,
        request=request,
        caption=_("谁看过我的档案"),
        page_size=30,
        is_exportable=False,
        empty_title=_("没有人看过您的档案"),
    )
    return render(request, "web/resident/looks.html", {"table": table})


urls = [
    path("", home, name="my_home"),
    path("why/<slug:benefit>/<str:month>/", explain, name="my_explain"),
    path("letter/<slug:benefit>/<str:month>/", letter, name="my_letter"),
    path("payments/", payments, name="my_payments"),
    path("looks/", looks, name="my_looks"),
    *notices.urls,
    *accounts.urls,
]
