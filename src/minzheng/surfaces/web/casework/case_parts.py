"""The parts of a case's page, each as plain values for its template: answers, papers, clocks, letters, history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import may
from minzheng.kernel.cases.answers import is_asked, origin_words
from minzheng.kernel.cases.finding import Proposal
from minzheng.kernel.cases.models import Case, Clock, Decision, Dispute, EconomicCheck
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.papers import papers_of
from minzheng.kernel.cases.queries import cases_of_person, history, letters_of
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.periods import Month, age_in_years
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.explanations import AmountStep, Condition
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.casework.case_form import as_words, label_of, paper_line
from minzheng.surfaces.web.casework.words import (
    ACTS,
    CHANNELS,
    CLOCKS,
    LETTERS,
    OUTCOMES,
    STATES,
    STEPS,
    case_title,
    place_word,
)
from minzheng.surfaces.web.work import fields
from minzheng.surfaces.web.work.words import due_words, is_english

OTHERS_SHOWN = 10
#: What an office thinks while it examines is its own; the office that took the case in sees that it was done.
_INSIDE_ACTS = frozenset({"examine", "propose", "disagree", "send_back", "begin_check", "end_check"})
_LATE_TONES = {"bad": "bad", "warn": "warn"}


def person_rows(case: Case, person: Person | None, places: dict[str, str], on: date) -> list[dict[str, Any]]:
    """Who benefits, masked; only what the case itself says where the person is out of sight."""
    rows: list[dict[str, Any]] = []
    if person is not None:
        number = (
            Identifier.objects.filter(person=person, kind=Identifier.Kind.CITIZEN)
            .order_by("-is_primary", "id")
            .values_list("value", flat=True)
            .first()
        )
        age = _("%(age)s 岁") % {"age": age_in_years(person.birth_date, on)} if person.birth_date else ""
        may_open = may("people.look")
        rows = [
            {"label": _("证件号码"), "value": mask(number) if number else "—",
             "href": reverse("work_person", args=[person.pk]) if may_open else "",
             "action": _("打开人员档案") if may_open else ""},
            {"label": _("性别与年龄"), "value": " · ".join(filter(None, [str(fields.SEXES.get(person.sex, "")), age])) or "—"},
            {"label": _("户籍地"), "value": places.get(person.hukou_division_code or "", "—")},
            {"label": _("居住地"), "value": places.get(person.division_code, "—")},
        ]  # fmt: skip
    if case.applicant_name != case.person_name:
        rows.append({"label": _("申请人"), "value": case.applicant_name, "hint": case.relation})
    rows += [
        {"label": _("渠道"), "value": CHANNELS.get(case.channel, case.channel)},
        {"label": _("受理单位"), "value": places.get(case.accepting_division, case.accepting_division)},
        {"label": _("办理单位"), "value": places.get(case.deciding_division, case.deciding_division)},
    ]
    return rows


def route_steps(case: Case, item: Item, current: StepKind | None) -> list[dict[str, str]]:
    """The route as far as it has been gone, for the step indicator."""
    is_over = not case.is_open
    shown = []
    for step in item.route:
        done = step.kind.value in case.steps_done or case.state == State.GRANTED
        if is_over and not done and case.state == State.REFUSED:
            done = step.kind is StepKind.DECIDE
        state = "done" if done else "current" if step.kind is current and not is_over else "todo"
        days = (
            _("%(days)s 个工作日") % {"days": step.days}
            if step.days and step.in_workdays
            else _("%(days)s 天") % {"days": step.days}
            if step.days
            else _("当场")
        )
        shown.append({"label": str(STEPS[step.kind.value]), "state": state, "hint": days})
    return shown


def answer_rows(case: Case, item: Item, disputes: list[Dispute]) -> list[dict[str, Any]]:
    """Each answer with where it comes from; what was disputed shows both."""
    open_fields = {one.field for one in disputes if one.state == "open"}
    rows = []
    for question in item.fields:
        if not is_asked(question, case.answers):
            continue
        answer = case.answers.get(question.name)
        if answer is None:
            rows.append({"label": label_of(question), "value": "—"})
            continue
        is_known = answer.get("origin") == "registry"
        row: dict[str, Any] = {
            "label": label_of(question),
            "value": as_words(question, answer.get("value")),
            "source": origin_words(answer)
            if is_known
            else _("本人填报 %(on)s") % {"on": answer.get("on", "")},
        }
        if is_known and answer.get("confirmed"):
            row["source"] += " · " + _("本人已确认")
        if question.name in open_fields or answer.get("confirmed") is False:
            row["hint"] = _("登记为 %(known)s，本人有异议") % {
                "known": as_words(question, answer.get("known"))
            }
        rows.append(row)
    return rows


def paper_rows(case: Case, item: Item, on: date) -> list[dict[str, Any]]:
    """Each paper with its state, its source and how old it is."""
    rows = []
    for view in papers_of(case, item):
        line = paper_line(view)
        row = view.row
        if row is not None and row.observed_on:
            line["age"] = _("%(days)s 天前的数据") % {"days": max((on - row.observed_on).days, 0)}
        if row is not None and row.value:
            # The registers keep a place by its code; people read its name.
            is_place = view.paper.source in ("person.hukou_place", "person.residence_place")
            line["value"] = place_word(row.value) if is_place else row.value
        line["has_file"] = row is not None and row.upload_id is not None
        line["may_reject"] = row is not None and row.state in ("submitted", "promised")
        rows.append(line)
    return rows


def clock_rows(case: Case, on: date) -> list[dict[str, Any]]:
    """The clocks with their stops and the reason and paper of each; two queries."""
    rows = []
    for clock in Clock.objects.filter(case=case).prefetch_related("pauses").order_by("-id")[:30]:
        words, tone = due_words(clock.due_on, on) if clock.due_on and not clock.ended_on else ("", "neutral")
        rows.append(
            {
                "clock": clock,
                "label": CLOCKS.get(clock.kind, clock.kind),
                "limit": (_("%(days)s 个工作日") if clock.in_workdays else _("%(days)s 天"))
                % {"days": clock.limit_days},
                "state": _("已结束") if clock.ended_on else _("暂停中") if clock.due_on is None else words,
                "tone": "neutral" if clock.ended_on else "warn" if clock.due_on is None else tone,
                "is_warned": clock.warned_on is not None and clock.ended_on is None,
                "is_escalated": clock.escalated_on is not None,
                "pauses": sorted(clock.pauses.all(), key=lambda one: one.pk),
            }
        )
    return rows


def letter_rows(case: Case) -> list[dict[str, Any]]:
    return [
        {"letter": one, "title": LETTERS.get(one.kind, one.title), "read": one.read_at}
        for one in letters_of(case)
    ]


def history_rows(case: Case, *, sees_inside: bool) -> list[dict[str, Any]]:
    """What was done, by whom, the latest first; an office's own notes stay with it."""
    rows = []
    for event in history(case):
        tone = STATES[event.to_state][1] if event.to_state in STATES else ""
        hidden = event.act in _INSIDE_ACTS and not sees_inside
        rows.append(
            {
                "when": event.on,
                "title": str(ACTS.get(event.act, event.act)),
                "text": "" if hidden else event.note,
                "actor": event.actor_label,
                "tone": tone,
            }
        )
    return rows


def told_of(proposal: Proposal, case: Case, item: Item, on: date) -> dict[str, Any]:
    """The law's finding with its conditions and reckoning, as the explanation shows them."""
    if proposal.trace is not None and item.result.benefit:
        told = explaining.tell(
            proposal.trace,
            item.result.benefit,
            case.person_id,
            Month.of(on),
            names=explaining.member_names(proposal.trace),
        )
        return {
            "conditions": told.conditions,
            "amounts": told.amounts,
            "caption": told.status_word,
            "outcome": proposal.outcome,
            "fen": proposal.data.get("amount_fen"),
        }
    return {**frozen_finding(proposal.data), "outcome": proposal.outcome}


def frozen_finding(data: dict[str, Any]) -> dict[str, Any]:
    """A finding that a case keeps, as the explanation shows it."""
    english = is_english()
    return {
        "conditions": [
            Condition(
                label=(one.get("label_en") if english else one["label"]) or one["label"],
                met=one["met"],
                value=one.get("value", ""),
                threshold=one.get("threshold", ""),
                article=one.get("article", ""),
                provenance=one.get("provenance", ""),
            )
            for one in data.get("conditions", [])
        ],
        "amounts": [
            AmountStep(one["label"], one["value"], one.get("article", "")) for one in data.get("amounts", [])
        ],
        "caption": explaining.status_word(data["status"])
        if data.get("status") not in (None, "unknown")
        else "",
        "fen": data.get("amount_fen"),
        "sentences": data.get("sentences", []),
    }


def decision_rows(case: Case, *, sees_inside: bool) -> list[dict[str, Any]]:
    """The decisions, the latest first; a proposal that waits for the second official is the office's own."""
    rows = []
    for one in Decision.objects.filter(case=case).order_by("-id")[:10]:
        if not one.is_in_force and one.replaces_id is None and not sees_inside:
            continue
        rows.append(
            {
                "decision": one,
                "outcome": OUTCOMES.get(one.outcome, one.outcome),
                "tone": "good" if one.outcome == "granted" else "bad",
                "proposed": OUTCOMES.get(one.proposed, ""),
                "finding": frozen_finding(one.finding) if one.finding else None,
                "replay": _replay(case, one) if sees_inside else "",
            }
        )
    return rows


def _replay(case: Case, decision: Decision) -> str:
    """Where the decision is made again as known then and now; nowhere for one that rests on no computed law."""
    benefit, month = item_of(case).result.benefit, decision.finding.get("month")
    if not (benefit and month and case.person_id and may("rules.explain")):
        return ""
    return reverse("work_replay", args=[case.person_id, benefit, month])


def check_rows(checks: list[EconomicCheck]) -> list[dict[str, Any]]:
    """Economic checks with their reports: what was told beside what was found."""
    return [
        {
            "check": one,
            "state": f"check_{one.state}",
            "rows": [
                {**row, "told": _figure(row.get("told")), "found": _figure(row.get("found"))}
                for row in one.report
            ],
            "differing": sum(1 for row in one.report if row.get("differs")),
        }
        for one in checks
    ]


def _figure(value: Any) -> str:
    return "—" if value in (None, "") else str(value)


def other_cases(case: Case) -> list[dict[str, Any]]:
    """Other cases of the same person in sight, the newest first."""
    rows = cases_of_person(case.person_id).exclude(pk=case.pk).defer("answers")[:OTHERS_SHOWN]
    return [
        {"case": one, "title": case_title(one), "state": f"case_{one.state}", "on": one.submitted_on or one.opened_on}
        for one in rows
    ]  # fmt: skip


def due_of(case: Case, on: date) -> tuple[str, str, str]:
    """The deadline in words, its tone, and the day."""
    if case.due_on is None:
        return (_("无期限在走"), "neutral", "") if case.is_open else (_("已办结"), "neutral", "")
    words, tone = due_words(case.due_on, on)
    return words, tone, formats.day(case.due_on)
