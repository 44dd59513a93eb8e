"""One lead on screen: who, why, how much, what was done, and what may be done now (线索)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.outreach.models import MOVES, Lead, LeadEvent
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Membership, Person
from minzheng.kernel.periods import Month, age_in_years
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.programmes import law_for
from minzheng.kernel.ui import formats
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.lead_acts import GRANT_KINDS, DecisionForm, OutcomeForm, decides
from minzheng.surfaces.web.work.queries import leads as queries
from minzheng.surfaces.web.work.words import (
    LEAD_REASONS,
    LEAD_STATES,
    benefit_name,
    due_words,
    programme_name,
)


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
    permission = (
        "awards.grant"
        if lead.kind in GRANT_KINDS
        else "awards.end"
        if lead.kind == "ends"
        else "awards.adjust"
    )
    may_decide = (
        is_open
        and lead.kind != "recheck"
        and may(permission, lead.programme)
        and "granted" in MOVES[lead.state]
    )
    by_district = not decides(lead.benefit)
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
            "has_moved_on": told is not None
            and is_open
            and lead.kind != "ends"
            and told.explanation.amount_fen != lead.amount_fen,
            "history": _history(lead),
            "outcome": OutcomeForm(lead=lead) if is_open and may("outreach.visit", lead.programme) else None,
            "decision": DecisionForm(auto_id="decision_%s") if may_decide and not by_district else None,
            "by_district": may_decide and by_district,
            "explain_url": reverse(
                "work_explain", args=[lead.person_id, lead.benefit, Month.of(lead.last_month)]
            )
            if may("rules.explain")
            else "",
        },
    )


def _told(lead: Lead) -> explaining.Told | None:
    """The law's answer for this person or household and month, from the registers with each value's source."""
    month = Month.of(lead.last_month)
    if lead.benefit not in law_for(month).benefits:
        return None
    try:
        home = lead.household_id or explaining.household_for(lead.person_id or 0, month)
        trace = explaining.trace_from_registers(home, month)
        names = explaining.member_names(trace)
        return explaining.tell(trace, lead.benefit, lead.person_id, month, names=names)
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
    size = (
        Membership.objects.filter(household_id=lead.household_id, during__contains=on).count()
        if lead.household_id
        else 0
    )
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
