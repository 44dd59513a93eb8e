"""Accepting a case, or telling at once what is missing (受理、一次性告知补正、不予受理).

Source: 行政许可法 第三十二条: everything missing is told at once, on the spot or within five days, and silence is acceptance.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.cases import clocks, letters
from minzheng.kernel.cases.closing import close_what_runs
from minzheng.kernel.cases.conditions import (
    require_correction_over,
    require_something_to_correct,
    require_state,
    require_where_to_turn,
    require_whole,
)
from minzheng.kernel.cases.drafting import submit, what_is_missing
from minzheng.kernel.cases.errors import MoveRefused
from minzheng.kernel.cases.jurisdiction import deciding_place
from minzheng.kernel.cases.mandates import beneficiary
from minzheng.kernel.cases.models import Case, Clock, Letter, Material
from minzheng.kernel.cases.moving import add_event, item_of, locked, move, require_step
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Item, Step, StepKind

CORRECTION_PAPER = "行政许可法 第三十二条"
CORRECTION_REASON = "等待申请人补正"
NOT_AFTER = (StepKind.EXAMINE, StepKind.DECIDE, StepKind.ACCEPT)
"""Whose step it is to ask for a correction once a case was accepted: the first of these that the route has."""
CLOCKS = {
    StepKind.CHECK: Clock.Kind.CHECK,
    StepKind.EXAMINE: Clock.Kind.EXAMINE,
    StepKind.PUBLICISE: Clock.Kind.PUBLICISE,
    StepKind.PASS_ON: Clock.Kind.ANSWER,
    StepKind.DECIDE: Clock.Kind.DECIDE,
}


@transaction.atomic
def take_over(*, case: Case | int, on: date, centre_id: int | None = None) -> Case:
    """Goes on with a client's case at this counter (窗口接续办理): begun online or elsewhere, not yet accepted.

    From now on this place has taken it in, and counts it.

    Raises:
        MoveRefused: an office has accepted it already.
    """
    actor = require("cases.accept")
    found = locked(case)
    if found.state not in (State.DRAFT, State.SUBMITTED, State.CORRECTING) or found.accepted_on:
        raise MoveRefused(
            f"办件 {found.number} 已由 {found.accepting_division} 受理 / the case has been accepted already"
        )
    if found.accepting_division != actor.division_code[:9]:
        found.accepting_division, found.centre_id = actor.division_code[:9], centre_id
        found.version += 1
        found.save(update_fields=["accepting_division", "centre_id", "version"])
        add_event(found, "take_over", on=on)
    return found


@transaction.atomic
def accept(*, case: Case | int, on: date, version: int | None = None, note: str = "") -> Case:
    """Accepts a case (受理): the next step's office has it now, and its clock runs.

    Raises:
        StillMissing: names everything missing at once; ask for it by `ask_correction`.
        NotYourStep, MoveRefused, CaseChanged.
    """
    found = locked(case, version=version)
    if found.state == State.DRAFT:
        found = submit(case=found, on=on)
    item = item_of(found)
    require_step(found, item, StepKind.ACCEPT)
    require_state(found, State.SUBMITTED)
    missing = what_is_missing(found, item)
    require_whole(missing)
    return _accept(found, item, on, note)


def _accept(case: Case, item: Item, on: date, note: str, act: str = "accept") -> Case:
    case.is_late |= clocks.end_clocks(case, on, Clock.Kind.ACCEPT)
    case.accepted_on = on
    # A mandate alone opens no record; what routes the case is known all the same.
    who, _ = beneficiary(case.person_id, case.mandate_id)
    case.deciding_division = deciding_place(
        item, who, accepting=case.accepting_division, answers=case.answers
    )
    following = begin_step(case, item, StepKind.ACCEPT, on)
    move(case, State.ACCEPTED, act=act, on=on, note=note, done=StepKind.ACCEPT)
    if item.is_on_the_spot:
        return case
    letters.issue(case, Letter.Kind.ACCEPTED, on=on)
    if following is not None and following.kind is StepKind.PASS_ON:
        return pass_on(case=case, on=on)
    return case


def begin_step(case: Case, item: Item, after: StepKind, on: date) -> Step | None:
    """Starts the clock of the step that follows, and names it as the one in hand."""
    kinds = [step.kind for step in item.route]
    at = kinds.index(after) + 1
    if at >= len(kinds):
        return None
    step = item.route[at]
    case.step = step.kind.value
    timed = timed_step(item, step)
    if timed is not None:
        clocks.start_clock(case, CLOCKS[timed.kind], timed.days, on, in_workdays=timed.in_workdays)
    return step


def timed_step(item: Item, step: Step) -> Step | None:
    """Whose time runs in a step: a publication has days of its own; until it begins, and after it, the time to decide runs."""
    return item.step(StepKind.DECIDE) if step.kind is StepKind.PUBLICISE else step


@transaction.atomic
def pass_on(*, case: Case | int, on: date, note: str = "", version: int | None = None) -> Case:
    """Hands a case on to the department that decides it (转送主管部门), which answers within its own time."""
    found = locked(case, version=version)
    item = item_of(found)
    require("cases.accept", domain=found.domain)
    require_state(found, State.ACCEPTED)
    step = item.step(StepKind.PASS_ON)
    if step is None:
        raise MoveRefused(f"“{item.name}”由本系统决定，不转送 / {item.name_en} is not passed on")
    found.is_late |= clocks.end_clocks(found, on, Clock.Kind.ACCEPT)
    if found.clocks.filter(kind=Clock.Kind.ANSWER, ended_on=None).exists():
        # Given back before: the department's time goes on with what was left of it.
        clocks.resume_clocks(found, on)
    else:
        clocks.start_clock(found, Clock.Kind.ANSWER, step.days, on, in_workdays=step.in_workdays)
    move(found, State.PASSED_ON, act="pass_on", on=on, note=note, step=StepKind.PASS_ON,
         detail={"department": step.department})  # fmt: skip
    letters.issue(found, Letter.Kind.PASSED_ON, on=on)
    return found


def accept_again(case: Case, item: Item, on: date) -> None:
    """Starts the time of acceptance anew for a case that came back to whoever took it in."""
    step = item.step(StepKind.ACCEPT)
    if step is not None:
        clocks.start_accepting(case, step, on)


@transaction.atomic
def accept_by_silence(*, case: Case | int, on: date) -> Case:
    """Accepts a case that its office left unanswered beyond the time limit (逾期不告知的，自收到之日起即为受理)."""
    found = locked(case)
    item = item_of(found)
    if found.state != State.SUBMITTED:
        raise MoveRefused(f"办件 {found.number} 不在待受理状态 / the case does not wait for acceptance")
    found.is_late = True
    for paper in missing_papers(found, item):
        Material.objects.update_or_create(
            case=found, code=paper.code,
            defaults={"state": Material.State.LATER, "on": on, "note": "逾期未告知，视为受理"},
        )  # fmt: skip
    return _accept(found, item, on, "逾期未一次性告知，依法视为受理", act="accept_by_silence")


@transaction.atomic
def ask_correction(*, case: Case | int, on: date, note: str, version: int | None = None) -> Case:
    """Tells the applicant everything that is missing, at once, and stops the office's clocks (补正通知).

    A paper that the city can fetch itself is never asked for; nor may anything be asked for twice in two letters,
    except what was handed in and does not serve.

    Raises:
        CaseError: nothing is missing and the note asks for nothing; it was asked once before and all was brought.
    """
    found = locked(case, version=version)
    item = item_of(found)
    kind = StepKind.ACCEPT
    if found.state != State.SUBMITTED:
        kind = next(one for one in NOT_AFTER if item.step(one) is not None)
    require_step(found, item, kind)
    require_state(found, State.SUBMITTED, State.ACCEPTED, State.EXAMINED)
    missing = what_is_missing(found, item)
    require_something_to_correct(missing, note)
    for paper in missing_papers(found, item):
        row, _ = Material.objects.get_or_create(
            case=found, code=paper.code, defaults={"on": on, "state": Material.State.WANTED}
        )
        row.asked_on = on
        row.save(update_fields=["asked_on"])
    found.resume_state = found.state
    clocks.pause_clocks(found, on, reason=CORRECTION_REASON, paper=CORRECTION_PAPER)
    clocks.start_clock(found, Clock.Kind.CORRECT, item.correction_days, on, in_workdays=False)
    move(found, State.CORRECTING, act="ask_correction", on=on, note=note, detail={"missing": missing})
    letters.issue(found, Letter.Kind.CORRECTION, on=on, missing=missing, note=note)
    return found


@transaction.atomic
def refuse_acceptance(*, case: Case | int, on: date, reason: str, version: int | None = None) -> Case:
    """Does not accept a case that is nobody's duty here, with the reason and where to turn (不予受理)."""
    found = locked(case, version=version)
    require_step(found, item_of(found), StepKind.ACCEPT)
    require_state(found, State.SUBMITTED)
    require_where_to_turn(reason)
    found.is_late |= close_what_runs(found, on)
    move(found, State.NOT_ACCEPTED, act="not_accepted", on=on, note=reason)
    letters.issue(found, Letter.Kind.NOT_ACCEPTED, on=on, note=reason)
    return found


@transaction.atomic
def lapse(*, case: Case | int, on: date) -> Case:
    """Ends a case whose correction never came (逾期未补正，视为撤回)."""
    found = locked(case)
    clock = Clock.objects.filter(case=found, kind=Clock.Kind.CORRECT, ended_on=None).first()
    require_correction_over(found, clock, on)
    close_what_runs(found, on)
    move(found, State.LAPSED, act="lapse", on=on)
    letters.issue(found, Letter.Kind.LAPSED, on=on)
    return found
