"""People and households on one page each: who, where, with whom, what they receive and why (人员、家庭)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.access.permissions import may, role_name
from minzheng.kernel.audit import look
from minzheng.kernel.audit.queries import looks_at
from minzheng.kernel.awards.models import Award, AwardPeriod, Overpayment
from minzheng.kernel.awards.queries import awards_of_household, awards_of_person
from minzheng.kernel.monthend.models import Correction
from minzheng.kernel.monthend.queries import months_with_findings
from minzheng.kernel.outreach.queries import notices_of_person
from minzheng.kernel.payments.models import Order
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.models import Fact, Household, Person
from minzheng.kernel.people.queries import (
    FactView,
    Hit,
    PersonPage,
    household_page,
    person_page,
    search_people,
)
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import LawError
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.work import fields, numbers, reasons, replay
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import benefit_name, programme_name

SEARCHES_PER_MINUTE = 60
SHOWN = 30


class SearchForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("姓名、拼音或证件号后四位"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Finds people in the acting post's scope; bounded, limited by rate, and left in the trace."""
    actor = require("people.search")
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    hits = []
    if text:
        limit(f"search:{actor.official_id}", SEARCHES_PER_MINUTE)
        hits = search_people(text, limit=SHOWN)
    places = path_names({hit.division_code for hit in hits}) if hits else {}
    table = Table(
        columns=[
            Column("name", _("姓名"), is_heading=True, value=lambda h: h.name or _("（无姓名）"),
                   href=lambda h: reverse("work_person", args=[h.person_id]), hint=_otherwise),
            Column("sex", _("性别"), value=lambda h: fields.SEXES.get(h.sex, "")),
            Column("birth_date", _("出生日期"), kind="date"),
            Column("identifier", _("证件号码")),
            Column("place", _("居住地"), value=lambda h: places.get(h.division_code, h.division_code)),
        ],
        source=hits, request=request, caption=_("查找结果"), page_size=SHOWN, is_exportable=False,
        empty_title=_("没有找到"), empty_text=_("姓名至少写两个字，号码至少写四位；也可以用拼音或首字母。"),
    )  # fmt: skip
    return render(
        request,
        "web/work/people.html",
        {"form": form, "text": text, "table": table, "shown": len(hits), "is_full": len(hits) == SHOWN},
    )


def _otherwise(hit: Hit) -> str:
    """What sets a hit apart: another writing of the name, a death."""
    dead = _("已故") if hit.death_date else ""
    return " · ".join(part for part in (hit.matched or "", dead) if part)


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person on one page, as far as the post may see; the look is recorded."""
    require("people.look")
    try:
        record = person_page(person_id)
    except Person.DoesNotExist as missing:
        raise Http404 from missing
    who = record.person
    if who.pk != person_id:
        return redirect("work_person", who.pk)
    look(who.pk, purpose=gettext_noop("人员档案"), division_code=who.division_code)
    month = chosen_month(request)
    places = path_names(
        {who.division_code, who.hukou_division_code or ""}
        | {r.division_code for r in record.residences}
        | {h.division_code for h in record.hukou}
    )
    return render(
        request,
        "web/work/person.html",
        {
            "record": record,
            "who": who,
            "sex": fields.SEXES.get(who.sex, ""),
            "place": places.get(who.division_code, who.division_code),
            "hukou_place": places.get(who.hukou_division_code or "", ""),
            "residences": [
                {"one": r, "place": places.get(r.division_code, r.division_code)} for r in record.residences
            ],
            "hukou": [
                {"one": h, "place": places.get(h.division_code, h.division_code)} for h in record.hukou
            ],
            "identifiers": [
                {"view": one, "label": fields.NUMBERS.get(one.identifier.kind, "")}
                for one in record.identifiers
            ],
            "memberships": [
                {"one": m, "role": fields.ROLES.get(m.role, ""), "office": explaining.office_name(m.source)}
                for m in record.memberships
            ],
            "writings": [
                {"one": n, "office": explaining.office_name(n.source)}
                for n in record.names
                if n.name != who.name
            ],
            "accounts": [
                {
                    "view": a,
                    "purpose": programme_name(a.account.purpose) if a.account.purpose else _("各项待遇通用"),
                }
                for a in record.accounts
            ],
            "origins": fields.origins(who.provenance),
            "facts": [_fact(view) for view in record.facts],
            "history": _history(record, places),
            "told": _told_of_person(who, month),
            "may_explain": may("rules.explain"),
            "month": month,
            "earlier": month - 1,
            "later": month + 1,
            "awards": [_award(award) for award in awards_of_person(who.pk)],
            "notices": [{"one": n, "name": benefit_name(n.benefit)} for n in notices_of_person(who.pk)[:10]],
            "orders": _orders(request, who),
            "looks": [{"one": e, "role": role_name(e.role)} for e in looks_at(who.pk)[:10]],
            "may_unmask": may("people.unmask"),
            "has_account": may("payments.look")
            and (
                Overpayment.objects.filter(person_id=who.pk).exists()
                or Correction.objects.filter(person_id=who.pk).exists()
            ),
        },
    )


@require_safe
def household(request: HttpRequest, household_id: int) -> HttpResponse:
    """One household: who lives in it, who left, what is known of it, what it receives and why."""
    require("people.look")
    try:
        record = household_page(household_id)
    except Household.DoesNotExist as missing:
        raise Http404 from missing
    for membership in record.members:
        look(
            membership.person_id,
            purpose=gettext_noop("家庭档案"),
            division_code=membership.person.division_code,
        )
    month = chosen_month(request)
    marital = _marital([membership.person_id for membership in record.members])
    place = path_names([record.household.division_code]).get(record.household.division_code, "")
    return render(
        request,
        "web/work/household.html",
        {
            "record": record,
            "place": place,
            "members": [
                {"one": m, "role": fields.ROLES.get(m.role, ""), "marital": marital.get(m.person_id)}
                for m in record.members
            ],
            "office": explaining.office_name(record.household.source),
            "facts": [_fact(view) for view in record.facts],
            "told": _told_of_household(household_id, month),
            "month": month,
            "earlier": month - 1,
            "later": month + 1,
            "awards": [_award(award) for award in awards_of_household(household_id)],
        },
    )


def _marital(person_ids: list[int]) -> dict[int, dict[str, Any]]:
    """What the marriage register has told of these people, each with its day; nothing where it has told nothing."""
    latest = (
        Fact.objects.filter(person_id__in=person_ids, kind="marital_status", superseded_at__isnull=True)
        .order_by("person_id", "-during")
        .distinct("person_id")
    )
    return {fact.person_id or 0: _fact(FactView(fact, catalogue().get(fact.kind))) for fact in latest}


def chosen_month(request: HttpRequest) -> Month:
    """The month asked for, else the latest that was run, else the present one."""
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        months = months_with_findings()
        return months[0] if months else Month.of(working_day())


def _told_of_person(who: Person, month: Month) -> list[explaining.Told]:
    if not may("rules.explain"):
        return []
    try:
        trace = explaining.trace_from_registers(explaining.household_for(who.pk, month), month)
        return explaining.tell_all(trace, who.pk, month, names=explaining.member_names(trace))
    except (LookupError, LawError):
        # Not yet born or registered then, or before the platform's law begins.
        return []


def _told_of_household(household_id: int, month: Month) -> list[dict[str, Any]]:
    if not may("rules.explain"):
        return []
    try:
        trace = explaining.trace_from_registers(household_id, month)
        law = law_for(month)
    except (LookupError, LawError):
        return []
    names = explaining.member_names(trace)
    told = []
    for code, benefit in law.benefits.items():
        for who in [None] if benefit.unit == "household" else list(names):
            one = explaining.tell(trace, code, who, month, names=names)
            told.append({"told": one, "name": names.get(who or 0, ""), "person_id": who or next(iter(names))})
    return told


def _orders(request: HttpRequest, who: Person) -> Table:
    may_open = may("payments.look")
    return Table(
        columns=[
            Column("benefit_month", _("所属月份"), kind="month", is_heading=True,
                   href=(lambda o: reverse("work_order", args=[o.pk])) if may_open else None),
            Column("benefit", _("待遇"), value=lambda o: benefit_name(o.benefit)),
            Column("accounting_month", _("发放月份"), kind="month"),
            Column("amount_fen", _("金额"), kind="money"),
            Column("state", _("状态"), kind="status", value=lambda o: f"order_{o.state}"),
        ],
        source=Order.objects.filter(person_id=who.pk).order_by("-accounting_month", "-benefit_month", "-id"),
        request=request, caption=_("发放"), name="orders", page_size=12, is_exportable=False,
        empty_title=_("尚无发放记录"),
    )  # fmt: skip


def _award(award: Award) -> dict[str, Any]:
    return {
        "award": award,
        "name": benefit_name(award.benefit),
        "may_replay": may("rules.explain"),
        "person": award.person if award.unit == "person" else None,
        "periods": [
            {"since": Month.of(one.during.lower), "fen": one.monthly_fen, "shown": _latest(one),
             "until": Month.of(one.during.upper) - 1 if one.during.upper else None}
            for one in sorted(award.periods.all(), key=lambda one: one.during.lower, reverse=True)
        ],
    }  # fmt: skip


def _latest(period: AwardPeriod) -> Month:
    """The last month of a period that is over or has come, for a look at how it was decided."""
    present = Month.of(working_day())
    last = Month.of(period.during.upper) - 1 if period.during.upper else present
    return max(min(last, present), Month.of(period.during.lower))


def _fact(view: FactView) -> dict[str, Any]:
    english = explaining.is_english()
    label = view.kind.label_en if english and view.kind else view.label
    shown = formats.fen(view.fact.int_value) if view.is_money else view.shown
    if english and view.kind and view.kind.type in ("flag", "code"):
        shown = _(shown)
    return {
        "label": label,
        "shown": shown,
        "office": explaining.office_name(view.fact.source),
        "on": view.fact.observed_on,
    }


def _history(record: PersonPage, places: dict[str, str]) -> list[dict[str, Any]]:
    """What happened to the person, the latest first, merges of records among it."""
    events = [
        {
            "when": event.on or _("日期不详"),
            "title": fields.EVENTS.get(event.kind, event.kind),
            "text": places.get(event.division_code, ""),
            "actor": explaining.office_name(event.source),
        }
        for event in record.events
    ]
    return [
        *(
            {
                "when": merge.on,
                "title": _("合并了另一份档案（人员 %(id)s）") % {"id": merge.absorbed_id},
                "text": merge.reason
                if not merge.undone_on
                else _("已撤销：%(why)s") % {"why": merge.undone_reason},
            }
            for merge in record.merges
        ),
        *events,
    ]


urls = [
    path("people/", search, name="work_people"),
    path("people/<int:person_id>/", person, name="work_person"),
    path("households/<int:household_id>/", household, name="work_household"),
    *numbers.urls,
    *reasons.urls,
    *replay.urls,
]
