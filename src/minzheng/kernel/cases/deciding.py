"""The decision (决定): what the law found is confirmed, or departed from with a reason that is counted and sampled.

Where law asks for two people, the first proposes and another one confirms. What was granted is carried out in the same
transaction: an award, a status, a certificate. A decision is never rewritten; a review that was upheld makes a new one.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from minzheng.kernel.access import SERVICE
from minzheng.kernel.audit import record
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.models import Award, Origin
from minzheng.kernel.cases import clocks, letters
from minzheng.kernel.cases.accepting import accept, accept_again
from minzheng.kernel.cases.conditions import (
    GRANT,
    require_answer,
    require_done,
    require_nothing_put_off,
    require_on_the_spot,
    require_outcome,
    require_passed_on,
    require_reason,
)
from minzheng.kernel.cases.errors import CaseError, MoveRefused, SamePerson
from minzheng.kernel.cases.finding import propose
from minzheng.kernel.cases.models import Case, Decision, Letter, Review
from minzheng.kernel.cases.moving import item_of, locked, move, require_step
from minzheng.kernel.cases.papers import fetch_papers, missing_papers
from minzheng.kernel.cases.states import State, missing_before
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import Item, ResultKind, StepKind
from minzheng.kernel.outreach.models import PENDING, Lead, LeadState
from minzheng.kernel.outreach.moves import move_lead
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_code

_DECIDABLE = (State.ACCEPTED, State.EXAMINED)


@transaction.atomic
def decide(*, case: Case | int, outcome: str, reason: str, on: date, version: int | None = None) -> Decision:
    """Decides a case, or proposes a decision where another official has to confirm it (决定).

    Args:
        outcome: granted or refused.
        reason: in the officer's words; asked for where the decision refuses or departs from the finding.

    Raises:
        MoveRefused: a step that the route asks for has not been done.
        StillMissing: a paper put off at acceptance has not come.
        CaseError: the reason is missing; the law finds no amount to grant.
        NotYourStep, CaseChanged.
    """
    found = locked(case, version=version)
    item = item_of(found)
    step, actor = require_step(found, item, StepKind.DECIDE)
    if found.state not in _DECIDABLE:
        # A decided case is decided again only by a review; a proposed one is confirmed or sent back.
        raise MoveRefused(
            f"办件 {found.number} 状态为“{State(found.state).label}”，不能决定；已办结的只有复核可以改变 / "
            f"case {found.number} is {found.state}; once it has ended only a review changes its decision"
        )
    _nothing_objected(found)
    require_outcome(outcome)
    require_done(found, missing_before(item, found.steps_done, outcome))
    if outcome == GRANT:
        found = fetch_papers(case=found, on=on)
        _nothing_put_off(found, item)
    proposal = propose(found, on)
    departs = bool(proposal.outcome) and proposal.outcome != outcome
    require_reason(outcome, departs, reason)
    amount = amount_to_grant(item, proposal.data, outcome)
    decision = Decision.objects.create(
        case=found,
        outcome=outcome,
        proposed=proposal.outcome,
        finding=proposal.data,
        departs=departs,
        reason=reason.strip(),
        failed=[one["rule"] for one in proposal.data["conditions"] if one["met"] is False],
        amount_fen=amount,
        by_label=actor.label,
        by_post_id=actor.post_id,
        on=on,
        is_sampled=departs or drawn(found, on),
    )
    found.departs = departs
    if step.needs_second and actor.kind != SERVICE:
        detail = {"decision": decision.pk, "outcome": outcome, "departs": departs}
        move(found, State.PROPOSED, act="propose", on=on, note=reason, detail=detail)
        return decision
    _take_effect(found, item, decision, on)
    return decision


@transaction.atomic
def confirm(*, case: Case | int, agrees: bool, reason: str, on: date, version: int | None = None) -> Decision:
    """A second official confirms a proposed decision, or sends it back (双人复核).

    Raises:
        SamePerson: whoever proposed it cannot confirm it, in this post or in another one of theirs.
    """
    from minzheng.kernel.access.models import Post

    found = locked(case, version=version)
    item = item_of(found)
    _, actor = require_step(found, item, StepKind.DECIDE)
    decision = (
        Decision.objects.select_for_update().filter(case=found, is_in_force=False, second_on=None).last()
    )
    if found.state != State.PROPOSED or decision is None:
        raise MoveRefused(
            f"办件 {found.number} 没有待复核的决定 / no decision of the case waits to be confirmed"
        )
    if agrees:
        _nothing_objected(found)
    proposer = Post.objects.filter(pk=decision.by_post_id or 0).values_list("official_id", flat=True).first()
    if actor.official_id is not None and actor.official_id == proposer:
        raise SamePerson("提出决定的人不能复核自己的决定 / whoever proposed a decision cannot confirm it")
    decision.second_label, decision.second_post_id, decision.second_on = actor.label, actor.post_id, on
    if agrees:
        decision.save(update_fields=["second_label", "second_post_id", "second_on"])
        _take_effect(found, item, decision, on)
        return decision
    if len(reason.strip()) < 4:
        raise CaseError("不同意须写明理由 / say why you do not agree")
    decision.save(update_fields=["second_label", "second_post_id", "second_on"])
    found.departs = False
    back = State.EXAMINED if StepKind.EXAMINE.value in found.steps_done else State.ACCEPTED
    move(found, back, act="disagree", on=on, note=reason, detail={"decision": decision.pk})
    return decision


@transaction.atomic
def accept_and_decide(
    *, case: Case | int, outcome: str, reason: str = "", on: date, version: int | None = None
) -> Decision:
    """Accepts and decides in one act at the counter (即办件).

    Raises:
        MoveRefused: the item is not decided on the spot.
    """
    found = locked(case, version=version)
    item = item_of(found)
    require_on_the_spot(item)
    if found.state in (State.DRAFT, State.SUBMITTED):
        found = accept(case=found, on=on)
    return decide(case=found, outcome=outcome, reason=reason, on=on)


@transaction.atomic
def answer(
    *, case: Case | int, outcome: str, reason: str, on: date, result: str = "", version: int | None = None
) -> Decision:
    """Takes the answer of the department to which a case was passed on (主管部门答复)."""
    found = locked(case, version=version)
    item = item_of(found)
    _, actor = require_step(found, item, StepKind.PASS_ON)
    require_passed_on(found)
    require_answer(outcome, reason)
    decision = Decision.objects.create(
        case=found, outcome=outcome, finding={"conditions": [], "amounts": [], "sentences": [result] if result else []},
        reason=reason.strip(), by_label=actor.label, by_post_id=actor.post_id, on=on, is_sampled=drawn(found, on),
    )  # fmt: skip
    _take_effect(found, item, decision, on)
    return decision


@transaction.atomic
def give_back(*, case: Case | int, reason: str, on: date, version: int | None = None) -> Case:
    """The department gives a case back that is not its own, or is not complete (退回受理单位)."""
    found = locked(case, version=version)
    item = item_of(found)
    require_step(found, item, StepKind.PASS_ON)
    require_passed_on(found)
    if len(reason.strip()) < 4:
        raise CaseError("退回须写明理由 / say why it is given back")
    clocks.pause_clocks(found, on, reason="主管部门退回", paper=reason)
    # Whoever took it in has the time of acceptance again to put it right.
    accept_again(found, item, on)
    return move(found, State.ACCEPTED, act="give_back", on=on, note=reason)


def take_effect_after_review(
    *, case: Case, decision: Decision, on: date, review: Review | None = None
) -> None:
    """Puts the decision of an upheld review in the first one's place (改变原决定); `reviews` checks who may.

    Args:
        decision: not saved yet; its `start_month`, where set, is the first month paid.
    """
    _take_effect(case, item_of(case), decision, on, review)


def _nothing_objected(case: Case) -> None:
    if case.checks.filter(state="objected").exists():
        raise MoveRefused(
            f"办件 {case.number} 的核对报告有异议，先处理异议 / settle the objection against the report of the check first"
        )


def _nothing_put_off(case: Case, item: Item) -> None:
    late = [
        paper.name
        for paper in item.materials
        if case.materials.filter(code=paper.code, state="later").exists() and paper.is_required
    ]
    require_nothing_put_off([*late, *(paper.name for paper in missing_papers(case, item))])


def amount_to_grant(item: Item, data: dict[str, Any], outcome: str) -> int | None:
    """The monthly amount that the law gives, in fen; None where the decision awards no money.

    Raises:
        CaseError: money is to be granted and the law gives no amount.
    """
    if item.result.kind is not ResultKind.AWARD or outcome != GRANT or not item.result.benefit:
        return None
    amount = int(data.get("amount_fen") or 0)
    if amount <= 0:
        # An officer confirms or departs; an amount that no law gives is not theirs to write in.
        raise CaseError(
            "按现行政策算不出应发金额：先更正或补全登记信息，再作决定 / "
            "the law gives no amount: correct or complete the facts first, then decide"
        )
    return amount


def drawn(case: Case, on: date) -> bool:
    """Whether a decision is drawn for review; by the case's number, so nobody can choose."""
    return (
        int.from_bytes(hashlib.sha256(str(case.pk).encode()).digest()[:4], "big")
        % rule_at("sample_every", on)
        == 0
    )


def _take_effect(case: Case, item: Item, decision: Decision, on: date, review: Review | None = None) -> None:
    former = Decision.objects.select_for_update().filter(case=case, is_in_force=True).first()
    if former is not None:
        former.is_in_force = False
        former.save(update_fields=["is_in_force"])
        decision.replaces = former
    decision.is_in_force = True
    decision.number = letters.number_of(case, on)
    case.is_late |= clocks.end_clocks(case, on)
    case.due_on = None
    if former is None:
        # The time of a review is not the deciding office's; figures count a case by its first decision.
        case.decided_on = on
    if former is None and case.accepted_on:
        case.working_days = clocks.days_used(case.accepted_on, on, in_workdays=True)
    if decision.outcome == GRANT and item.result.kind is ResultKind.AWARD and item.result.benefit:
        _award(case, item.result.benefit, decision, on)
    decision.save()
    state = State.GRANTED if decision.outcome == GRANT else State.REFUSED
    detail = {"decision": decision.pk, "departs": decision.departs, "award": case.award_id}
    move(case, state, act="decide", on=on, note=decision.reason, detail=detail, done=_deciding(item))
    _settle_lead(case, decision, on)
    kind = Letter.Kind.DECISION if review is None else Letter.Kind.REVIEW
    letters.issue(case, kind, on=on, decision=decision, review=review)
    if decision.outcome == GRANT and item.result.kind in (ResultKind.CERTIFICATE, ResultKind.STATUS):
        letters.issue(case, Letter.Kind.CERTIFICATE, on=on, decision=decision)
    if decision.departs:
        record(
            "cases.departs",
            subject=f"case:{case.pk}",
            detail={"proposed": decision.proposed, "outcome": decision.outcome},
            reason=decision.reason,
            person_id=case.person_id,
            division_code=case.deciding_division,
        )


def _deciding(item: Item) -> StepKind:
    return StepKind.DECIDE if item.step(StepKind.DECIDE) else StepKind.PASS_ON


def _award(case: Case, benefit: str, decision: Decision, on: date) -> None:
    """Opens the award from the month after the decision, or gives the one that runs its new amount from then on.

    A review names the month itself: months behind us are paid as arrears.
    """
    programme, declared = benefit_by_code(benefit)
    start = Month.of(on) + int(working_rules().at(Month.of(on)).start_months_after_decision)
    if decision.start_month is not None:
        start = Month.of(decision.start_month)
    decision.start_month = start.first_day
    holder = (
        {"household_id": case.household_id} if declared.unit == "household" else {"person_id": case.person_id}
    )
    running = Award.objects.filter(benefit=benefit, end_month=None, **holder).first()
    if running is not None:
        awards.adjust(
            award=running, from_month=start, monthly_fen=decision.amount_fen or 0, reason="decided", on=on,
            note=f"办件 {case.number}",
        )  # fmt: skip
        case.award_id = running.pk
        return
    made = awards.grant(
        grant=awards.Grant(
            programme=programme.code,
            benefit=benefit,
            unit=declared.unit,
            person_id=case.person_id,
            household_id=case.household_id if declared.unit == "household" else None,
            start_month=start.first_day,
            monthly_fen=decision.amount_fen or 0,
            division_code=case.deciding_division,
            origin=Origin.APPLICATION,
            reason="decided",
            note=decision.reason,
            detail={"case_id": case.pk, "decision_id": decision.pk, "departs": decision.departs},
        ),
        on=on,
    )
    case.award_id = made.pk


def _settle_lead(case: Case, decision: Decision, on: date) -> None:
    """The lead that a case came from, or that waits about the same benefit, is settled with it."""
    item = item_of(case)
    if not item.result.benefit:
        return
    about = Q(unit="person", person_id=case.person_id)
    if case.household_id is not None:
        about |= Q(unit="household", household_id=case.household_id)
    lead = (
        Lead.objects.select_for_update()
        .filter(about, benefit=item.result.benefit, state__in=PENDING, kind__in=["qualifies", "may_qualify"])
        .first()
    )
    if lead is None:
        return
    if decision.outcome == GRANT:
        lead.award_id = case.award_id
        lead.settled_on = on
        move_lead(lead, LeadState.GRANTED, on=on, reason="decided", note=f"办件 {case.number}")
    else:
        lead.settled_on = on
        move_lead(
            lead, LeadState.REFUSED, on=on, reason="decided", note=f"办件 {case.number}：{decision.reason}"
        )
