"""A visit on the phone: my visits, one card a clause, every touch kept at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.inspections.models import Answer, Visit
from minzheng.kernel.inspections.visiting import (
    answer_clause,
    begin_visit,
    finish_visit,
    latest_answers,
    lists_of,
)
from minzheng.kernel.refusals import Refusal
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.words import (
    RESULTS,
    area_word,
    asked,
    department_word,
    sent_file,
    tabs,
)
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The visits that I was drawn for, the most urgent first."""
    actor = require("inspections.inspect")
    rows = (
        Visit.objects.filter(assignments__inspector__official_id=actor.official)
        .select_related("facility")
        .order_by("done_on", "due_to", "id")
    )
    table = Table(
        [
            Column("facility", _("机构"), is_heading=True, value=lambda r: r.facility.name,
                   href=lambda r: reverse("supervision_visit", args=[r.pk]), hint=lambda r: r.facility.address),
            Column("title", _("检查")),
            Column("due_from", _("窗口开始"), kind="date", order_by="due_from"),
            Column("due_to", _("窗口结束"), kind="date", order_by="due_to"),
            Column("state", _("状态"), kind="status", value=lambda r: f"visit_{r.state}"),
        ],
        rows, request, caption=_("我的检查"), is_exportable=False, page_size=30, empty_title=_("没有分派给您的检查"),
    )  # fmt: skip
    return render(request, "supervision/visits.html", {"tabs": tabs("supervision_visits"), "table": table})


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form while it is under way, the result afterwards."""
    require("inspections.look")
    visit = asked(Visit, pk, "facility")
    answers = latest_answers(visit)
    groups: list[dict[str, Any]] = [
        {
            "name": area_word(one.area),
            "department": department_word(one.department),
            "note": one.note if one.provenance == "illustrative" else "",
            "provenance": one.provenance,
            "clauses": [_card(visit, clause, answers.get(clause.code)) for clause in one.clauses],
        }
        for one in lists_of(visit)
    ]
    cards = [card for group in groups for card in group["clauses"]]
    actor = current_actor()
    people = list(visit.assignments.select_related("inspector"))
    return render(
        request,
        "supervision/visit.html",
        {
            "tabs": tabs("supervision_visits"),
            "visit": visit,
            "visit_state": f"visit_{visit.state}",
            "groups": groups,
            "people": [
                {"name": one.inspector.name, "department": department_word(one.department)} for one in people
            ],
            "is_mine": actor is not None and may("inspections.inspect")
            and any(one.inspector.official_id == actor.official_id for one in people),
            "may_publish": may("inspections.publish"),
            "findings": visit.findings.order_by("id"),
            **_progress(cards),
        },
    )  # fmt: skip


def _card(visit: Visit, clause: Any, answer: Answer | None) -> dict[str, Any]:
    result = answer.result if answer else ""
    return {
        "visit": visit,
        "clause": clause,
        "text": clause.text_en if is_english() else clause.text,
        "answer": answer,
        "result": result,
        "results": RESULTS,
        "lacks": bool(answer and result == "not_met" and not (answer.text and answer.photo_id)),
        "is_open": visit.state == "under_way",
    }


def _progress(cards: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "total": len(cards),
        "answered": sum(1 for card in cards if card["result"] and not card["lacks"]),
    }


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps one answer at once; by htmx the card alone comes back, without script the page at that card."""
    visit = asked(Visit, pk, "facility")
    code = request.POST.get("clause", "")
    fault = ""
    try:
        answer_clause(
            visit=visit.pk, clause=code, result=request.POST.get("result", ""),
            text=request.POST.get("text", "")[:1000], photo=sent_file(request),
        )  # fmt: skip
    except Refusal as refusal:
        fault = said(refusal)
    if request.headers.get("HX-Request") != "true":
        if fault:
            messages.error(request, fault)
        return redirect(f"{reverse('supervision_visit', args=[pk])}#{code}")
    answers = latest_answers(visit)
    cards = [_card(visit, c, answers.get(c.code)) for one in lists_of(visit) for c in one.clauses]
    card = next((one for one in cards if one["clause"].code == code), None)
    if card is None:
        raise Http404
    return render(
        request,
        "supervision/_clause.html",
        {"card": card, "fault": fault, "is_swapped": True, **_progress(cards)},
    )


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Begins or finishes."""
    on = working_day()
    verbs = {
        "begin": (partial(begin_visit, visit=pk, on=on), _("检查已开始，每点一下即保存。")),
        "finish": (partial(finish_visit, visit=pk, on=on), _("检查已完成，不符合的条款已转为整改问题。")),
    }
    if act not in verbs:
        raise Http404
    asked(Visit, pk)
    verb, done = verbs[act]
    attempt(request, verb, done=done)
    return redirect("supervision_visit", pk)
