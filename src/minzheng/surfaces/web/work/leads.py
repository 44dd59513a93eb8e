"""Leads on screen: the list, where they are, one lead with its reason, its history and what may be done (线索)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.audit import look, record
from minzheng.kernel.outreach.models import MOVES, Lead, LeadEvent
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Membership, Person
from minzheng.kernel.periods import Month, age_in_years
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.work import lead_acts, notices
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.lead_acts import CHANGE_KINDS, GRANT_KINDS, DecisionForm, OutcomeForm
from minzheng.surfaces.web.work.queries import leads as queries
from minzheng.surfaces.web.work.tabs import lead_tabs
from minzheng.surfaces.web.work.words import (
    LEAD_KINDS,
    LEAD_REASONS,
    LEAD_STATES,
    benefit_name,
    due_words,
    place_names,
    programme_name,
)


class FilterForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    programme = forms.ChoiceField(label=gettext_lazy("项目"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("居（村）委"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("期限"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        self.fields["kind"].choices = every + [(code, label) for code, (label, _tone) in LEAD_KINDS.items()]  # type: ignore[attr-defined]
        self.fields["programme"].choices = every + [(p.code, programme_name(p.code)) for p in load_programmes()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("未办结")), ("all", _("全部")), *((code, label) for code, (label, _tone) in LEAD_STATES.items())
        ]  # fmt: skip
        self.fields["place"].choices = every + places  # type: ignore[attr-defined]
        self.fields["due"].choices = [*every, ("overdue", _("已逾期")), ("soon", _("七天内到期"))]  # type: ignore[attr-defined]


def overview(request: HttpRequest) -> HttpResponse:
    """The list, filtered; changes may be chosen and confirmed together."""
    require("outreach.look")
    on = working_day()
    form = FilterForm(request.GET, places=_place_choices(request.GET.get("place", "")), auto_id="filter_%s")
    chosen = {name: form[name].value() or "" for name in form.fields} if form.is_valid() else {}
    table = _table(request, chosen, on)
    if table.wants_export:
        record("outreach.export_list", detail={"leads": table.count, "filters": {k: v for k, v in chosen.items() if v}})
        return table.excel_response()
    return render(
        request,
        "web/work/leads.html",
        {
            "table": table,
            "form": form,
            "active": sum(bool(value) for value in chosen.values()),
            "tabs": lead_tabs("work_leads"),
            "may_confirm": lead_acts.decides_any(),
            "kinds": queries.pending_by_kind(on),
        },
    )


def _place_choices(asked: str) -> list[tuple[str, str]]:
    """Committees for a street, streets for a district, districts for the city, and the one asked for."""
    actor = current_actor()
    assert actor is not None
    own = actor.division_code
    length = 12 if len(own) >= 9 else 6 if own == "310000" else 9
    codes = set(queries.places_with_leads(length))
    codes |= {asked} if asked.isascii() and asked.isdigit() else set()
    named = place_names(codes)
    return sorted(named.items())


def _table(request: HttpRequest, chosen: dict[str, str], on: date) -> Table:
    found = queries.filtered(**chosen, on=on)
    places = place_names(queries.places_of(found))
    return Table(
        columns=[
            Column("person.name", _("姓名"), is_heading=True, href=lambda lead: reverse("work_lead", args=[lead.pk]),
                   hint=lambda lead: _("家庭") if lead.unit == "household" else ""),
            Column("kind", _("类型"), kind="status", value=lambda lead: f"kind_{lead.kind}", order_by="kind"),
            Column("benefit", _("待遇"), value=lambda lead: benefit_name(lead.benefit), order_by="benefit"),
            Column("current_fen", _("现发"), kind="money", order_by="current_fen"),
            Column("amount_fen", _("应发"), kind="money", order_by="amount_fen"),
            Column("division_code", _("居（村）委"), value=lambda lead: places.get(lead.division_code, lead.division_code), order_by="division_code"),
            Column("due_on", _("期限"), kind="date", order_by="due_on",
                   hint=lambda lead: due_words(lead.due_on, on)[0] if lead.state in queries.PENDING_STATES else ""),
            Column("state", _("状态"), kind="status", value=lambda lead: f"lead_{lead.state}", order_by="state"),
        ],
        source=found,
        request=request,
        caption=_("线索"),
        export_name="leads",
        page_size=25,
        select_name="lead" if lead_acts.decides_any() and chosen.get("kind") in CHANGE_KINDS else "",
        select_value=lambda lead: lead.pk,
        form_id="bulk",
        empty_title=_("没有待办的线索"),
        empty_text=_("下次月结后，新的线索会出现在这里。"),
    )  # fmt: skip


def map_page(request: HttpRequest) -> HttpResponse:
    """Where the pending leads are: the districts on a map, or the streets and committees by number."""
    require("outreach.look")
    actor = current_actor()
    assert actor is not None
    own = actor.division_code
    asked = request.GET.get("place", "")
    place = asked if asked.isascii() and asked.isdigit() and len(asked) in (6, 9) and actor.reaches(asked) else ""
    base = place or ("" if own == "310000" else own)
    length = {0: 6, 6: 9, 9: 12, 12: 12}.get(len(base), 12)
    kind = request.GET.get("kind", "")
    kind = kind if kind in LEAD_KINDS else ""
    found = queries.by_place(length, place=base, kind=kind)
    named = place_names([*found, *([base] if base else [])])
    rows: list[dict[str, Any]] = [{"code": code, "name": named[code], **dict.fromkeys(LEAD_KINDS, 0), **kinds, "total": sum(kinds.values())} for code, kinds in found.items()]
    rows.sort(key=lambda row: (-row["total"], row["code"]))

    def deeper(code: str) -> str:
        if length < 12 and len(code) == length and code != "310000":
            return f"?place={code}"
        return f"{reverse('work_leads')}?place={code}"

    table = Table(
        columns=[
            Column("name", {6: _("区"), 9: _("街镇"), 12: _("居（村）委")}[length], is_heading=True, href=lambda row: deeper(row["code"])),
            Column("total", _("合计"), kind="count", order_by="total"),
            *(Column(code, str(label), kind="count", order_by=code) for code, (label, _tone) in LEAD_KINDS.items()),
        ],
        source=rows,
        request=request,
        caption=_("未办结线索"),
        export_name="leads-by-place",
        page_size=60,
        totals={key: sum(row[key] for row in rows) for key in ("total", *LEAD_KINDS)},
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    shown = None
    if length == 6:
        shown = DistrictMap(
            id="map-leads",
            title=_("各区未办结线索"),
            values={row["code"]: row["total"] for row in rows if row["code"] != "310000"},
            value_label=_("件"),
            href=lambda code: f"?place={code}",
            note=_("区界为示意轮廓，不作测绘依据。"),
        )
    return render(
        request,
        "web/work/leads_map.html",
        {"table": table, "map": shown, "tabs": lead_tabs("work_leads_map"), "place": named.get(base, ""),
         "is_deeper": bool(place), "base": base},
    )  # fmt: skip


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One lead: who, why, how much, what was done, what may be done now."""
    require("outreach.look")
    lead = get_object_or_404(Lead.objects.select_related("person", "household", "award"), pk=pk)
    if lead.person is None:
        raise Http404
    look(lead.person.pk, purpose="线索", division_code=lead.division_code)
    on = working_day()
    told = _told(lead)
    words, tone = due_words(lead.due_on, on)
    is_open = lead.state in queries.PENDING_STATES
    permission = "awards.grant" if lead.kind in GRANT_KINDS else "awards.end" if lead.kind == "ends" else "awards.adjust"
    may_decide = is_open and lead.kind != "recheck" and may(permission, lead.programme) and "granted" in MOVES[lead.state]
    by_district = not lead_acts.decides(lead.benefit)
    return render(
        request,
        "web/work/lead.html",
        {
            "lead": lead,
            "kind": f"kind_{lead.kind}",
            "state": f"lead_{lead.state}",
            "benefit": benefit_name(lead.benefit),
            "programme": programme_name(lead.programme),
            "reason": LEAD_REASONS.get(lead.reason, lead.reason),
            "facts": _facts(lead, lead.person, on),
            "place": path_names([lead.division_code])[lead.division_code],
            "due": words,
            "due_tone": tone,
            "is_open": is_open,
            "difference": lead.amount_fen - lead.current_fen,
            "told": told,
            "has_moved_on": told is not None and is_open and lead.kind != "ends" and told.explanation.amount_fen != lead.amount_fen,
            "history": _history(lead),
            "outcome": OutcomeForm(lead=lead) if is_open and may("outreach.visit", lead.programme) else None,
            "decision": DecisionForm(auto_id="decision_%s") if may_decide and not by_district else None,
            "by_district": may_decide and by_district,
            "explain_url": reverse("work_explain", args=[lead.person_id, lead.benefit, Month.of(lead.last_month)]) if may("rules.explain") else "",
        },
    )


def _told(lead: Lead) -> explaining.Told | None:
    """The law's answer for this person or household and month, from the registers with each value's source."""
    month = Month.of(lead.last_month)
    if lead.household_id is None or lead.benefit not in explaining.law_of(month).benefits:
        return None
    try:
        trace = explaining.trace_from_registers(lead.household_id, month)
        return explaining.tell(trace, lead.benefit, lead.person_id, month)
    except (KeyError, LookupError):
        return None


def _facts(lead: Lead, person: Person, on: date) -> list[dict[str, Any]]:
    sex = {1: _("男"), 2: _("女")}.get(person.sex, "—")
    age = _("%(age)s 岁") % {"age": age_in_years(person.birth_date, on)} if person.birth_date else ""
    number = (
        Identifier.objects.filter(person=person, kind=Identifier.Kind.CITIZEN)
        .order_by("-is_primary", "id")
        .values_list("value", flat=True)
        .first()
    )
    size = Membership.objects.filter(household_id=lead.household_id, during__contains=on).count() if lead.household_id else 0
    may_open = may("people.look")
    return [
        {"label": _("身份证号"), "value": mask(number) if number else "—",
         "href": reverse("work_person", args=[person.pk]) if may_open else "", "action": _("打开人员档案") if may_open else ""},
        {"label": _("性别与年龄"), "value": " · ".join(part for part in (sex, age) if part)},
        {"label": _("居住地"), "value": path_names([lead.division_code])[lead.division_code]},
        *([{"label": _("家庭"), "value": _("%(size)s 人") % {"size": size},
            "href": reverse("work_household", args=[lead.household_id]) if may_open else "", "action": _("打开家庭") if may_open else ""}] if lead.household_id else []),
        {"label": _("发现月份"), "value": formats.month(lead.month), "hint": _("最近确认 %(month)s") % {"month": formats.month(lead.last_month)}},
        {"label": _("派发次数"), "value": lead.attempts},
    ]  # fmt: skip


def _history(lead: Lead) -> list[dict[str, Any]]:
    tones = {code: tone for code, (_label, tone) in LEAD_STATES.items()}
    events = LeadEvent.objects.filter(lead=lead).order_by("-id")[:50]
    return [
        {"when": event.on, "title": LEAD_STATES.get(event.to_state, (event.to_state, ""))[0],
         "text": event.note or (str(LEAD_REASONS.get(event.reason, event.reason)) if event.reason != event.to_state else ""),
         "actor": event.actor_label, "tone": tones.get(event.to_state, "")}
        for event in events
    ]  # fmt: skip


urls = [
    path("leads/", overview, name="work_leads"),
    path("leads/map/", map_page, name="work_leads_map"),
    path("leads/<int:pk>/", page, name="work_lead"),
    *lead_acts.urls,
    *notices.urls,
]
