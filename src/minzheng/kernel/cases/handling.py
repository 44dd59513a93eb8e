"""Between acceptance and decision: outside checks, examining, publication, passing on, moves (核对、审核、公示、转送)."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from minzheng.kernel.access import require
from minzheng.kernel.cases import clocks
from minzheng.kernel.cases.accepting import begin_step
from minzheng.kernel.cases.answers_as_facts import record_told
from minzheng.kernel.cases.conditions import (
    require_done,
    require_examined,
    require_opinion,
    require_published,
    require_state,
)
from minzheng.kernel.cases.errors import CaseChanged, CaseError, MoveRefused
from minzheng.kernel.cases.jurisdiction import deciding_place
from minzheng.kernel.cases.models import Case, Clock, Publication
from minzheng.kernel.cases.moving import (
    add_event,
    item_of,
    locked,
    move,
    note_event,
    require_step,
)
from minzheng.kernel.cases.states import IN_HAND, State, missing_before
from minzheng.kernel.items.model import StepKind
from minzheng.kernel.people.identifiers import mask_name

CHECK_PAPER = "上海市社会救助条例 第三十四条"


@transaction.atomic
def begin_check(*, case: Case | int, on: date, reason: str = "", version: int | None = None) -> Case:
    """Sends a case to an outside check (委托核对、调查); the office's clocks stand still meanwhile.

    The check's own deadline runs.
    """
    found = locked(case, version=version)
    item = item_of(found)
    step, _ = require_step(found, item, StepKind.CHECK)
    require_state(found, State.ACCEPTED)
    clocks.end_clocks(found, on, Clock.Kind.CHECK)
    clocks.pause_clocks(found, on, reason=reason or f"等待{step.what or '核对'}结果", paper=CHECK_PAPER)
    clocks.start_clock(found, Clock.Kind.CHECK, step.days, on, in_workdays=step.in_workdays)
    return move(found, State.CHECKING, act="begin_check", on=on, note=reason, step=StepKind.CHECK)


@transaction.atomic
def end_check(*, case: Case | int, on: date, note: str, version: int | None = None) -> Case:
    """Takes the result of an outside check in (核对结果已反馈): the next step's clock starts, stopped ones go on."""
    found = locked(case, version=version)
    item = item_of(found)
    require_step(found, item, StepKind.CHECK)
    require_state(found, State.CHECKING)
    first_time = StepKind.CHECK.value not in found.steps_done
    found.is_late |= clocks.end_clocks(found, on, Clock.Kind.CHECK)
    clocks.resume_clocks(found, on)
    if first_time:
        begin_step(found, item, StepKind.CHECK, on)
    return move(found, State.ACCEPTED, act="end_check", on=on, note=note, done=StepKind.CHECK)


@transaction.atomic
def stop_check(*, case: Case | int, on: date, note: str) -> Case:
    """Takes a case back from an outside check that was stopped (停止核对); it may be asked for again, in its own time."""
    found = locked(case)
    item = item_of(found)
    require("cases.check")
    require_state(found, State.CHECKING)
    clocks.end_clocks(found, on, Clock.Kind.CHECK)
    clocks.resume_clocks(found, on)
    begin_step(found, item, StepKind.ACCEPT, on)
    return move(found, State.ACCEPTED, act="stop_check", on=on, note=note)


@transaction.atomic
def check_anew(*, case: Case | int, on: date, note: str) -> Case:
    """Asks for the outside check to be done again (重新核对); what the route asks for after it is done anew too."""
    found = locked(case)
    item = item_of(found)
    require("cases.check")
    require_state(found, State.ACCEPTED, State.EXAMINED)
    clocks.end_clocks(found, on)
    found.steps_done = [kind for kind in found.steps_done if kind == StepKind.ACCEPT.value]
    begin_step(found, item, StepKind.ACCEPT, on)
    if found.state == State.ACCEPTED:
        note_event(found, "check_anew", on=on, note=note)
        return found
    return move(found, State.ACCEPTED, act="check_anew", on=on, note=note)


@transaction.atomic
def examine(*, case: Case | int, on: date, opinion: str, version: int | None = None) -> Case:
    """Examines a case and says what should be decided (审核意见).

    Raises:
        MoveRefused: a check that the route asks for has not come back.
        CaseError: no opinion was given.
    """
    found = locked(case, version=version)
    item = item_of(found)
    require_step(found, item, StepKind.EXAMINE)
    require_state(found, State.ACCEPTED)
    if found.checks.filter(state="objected").exists():
        raise MoveRefused(
            f"办件 {found.number} 的核对报告有异议，先处理异议 / settle the objection against the report of the check first"
        )
    before = [
        kind for kind in missing_before(item, found.steps_done) if kind in (StepKind.ACCEPT, StepKind.CHECK)
    ]
    require_done(found, before)
    require_opinion(opinion)
    found.is_late |= clocks.end_clocks(found, on, Clock.Kind.EXAMINE)
    record_told(found, item, on)
    begin_step(found, item, StepKind.EXAMINE, on)
    return move(found, State.EXAMINED, act="examine", on=on, note=opinion, done=StepKind.EXAMINE)


@transaction.atomic
def send_back(*, case: Case | int, on: date, reason: str, version: int | None = None) -> Case:
    """Sends a case back to be examined again (退回重新审核); what the route asks for after that is to be done anew."""
    found = locked(case, version=version)
    item = item_of(found)
    require_step(found, item, StepKind.DECIDE if item.step(StepKind.DECIDE) else StepKind.PASS_ON)
    require_state(found, State.EXAMINED, State.PROPOSED, State.PASSED_ON)
    if not reason.strip():
        raise CaseError("退回须写明原因 / say why it is sent back")
    clocks.end_clocks(found, on)
    kept = [StepKind.ACCEPT.value, StepKind.CHECK.value]
    found.steps_done = [kind for kind in found.steps_done if kind in kept]
    last = StepKind.CHECK if StepKind.CHECK.value in found.steps_done else StepKind.ACCEPT
    begin_step(found, item, last, on)
    return move(found, State.ACCEPTED, act="send_back", on=on, note=reason)


@transaction.atomic
def publicise(*, case: Case | int, on: date, version: int | None = None) -> Publication:
    """Publishes what is to be granted where the applicant lives, with the name masked (公示).

    Source: 上海市社会救助条例 第三十八条 (only what is needed is shown).
    """
    found = locked(case, version=version)
    item = item_of(found)
    step, _ = require_step(found, item, StepKind.PUBLICISE)
    require_state(found, State.EXAMINED)
    require_examined(found, missing_before(item, found.steps_done))
    clocks.pause_clocks(found, on, reason="公示期间", paper=step.what or "上海市社会救助条例")
    clock = clocks.start_clock(found, Clock.Kind.PUBLICISE, step.days, on, in_workdays=step.in_workdays)
    until = clock.due_on or on
    made = Publication.objects.create(
        case=found,
        place=found.person.division_code,
        words=f"{mask_name(found.applicant_name)}：{item.name}",
        from_on=on,
        until_on=until,
    )
    move(found, State.PUBLICISED, act="publicise", on=on, step=StepKind.PUBLICISE)
    return made


@transaction.atomic
def object_to_publication(*, case: Case | int, on: date, words: str, who: str = "") -> Publication:
    """Records an objection against what was published (公示异议); the case is examined again before it is decided."""
    require("cases.help")
    found = locked(case)
    made = Publication.objects.select_for_update().get(case=found, closed_on=None)
    made.objections = [*made.objections, {"on": on.isoformat(), "words": words, "who": who}]
    made.save(update_fields=["objections"])
    add_event(found, "publication_objection", on=on, note=words)
    return made


@transaction.atomic
def close_publication(*, case: Case | int, on: date, version: int | None = None) -> Case:
    """Ends a publication whose days are over (公示期满): without objection the case goes on to be decided.

    With one it goes back to be examined.

    Raises:
        MoveRefused: the days are not over.
    """
    found = locked(case, version=version)
    item = item_of(found)
    require_step(found, item, StepKind.PUBLICISE)
    running = Publication.objects.select_for_update().filter(case=found, closed_on=None).first()
    made = require_published(found, running, on)
    made.closed_on, made.outcome = on, "有异议" if made.objections else "无异议"
    made.save(update_fields=["closed_on", "outcome"])
    clocks.end_clocks(found, on, Clock.Kind.PUBLICISE)
    clocks.resume_clocks(found, on)
    if made.objections:
        found.steps_done = [kind for kind in found.steps_done if kind not in ("examine", "publicise")]
        clocks.end_clocks(found, on)
        last = StepKind.CHECK if StepKind.CHECK.value in found.steps_done else StepKind.ACCEPT
        begin_step(found, item, last, on)
        move(found, State.EXAMINED, act="close_publication", on=on, note=made.outcome)
        return move(found, State.ACCEPTED, act="send_back", on=on, note="公示有异议，重新审核")
    found.step = StepKind.DECIDE.value
    return move(
        found, State.EXAMINED, act="close_publication", on=on, note=made.outcome, done=StepKind.PUBLICISE
    )


@transaction.atomic
def reroute(*, case: Case | int, on: date, reason: str, place: str = "") -> bool:
    """Hands a case to the place that has to decide it now (移送管辖), after a move; both offices keep seeing it.

    Args:
        place: where to; computed from the register where empty.

    Returns:
        whether it went to another place.
    """
    require("cases.examine")
    found = locked(case)
    if found.state not in IN_HAND or found.state == State.SUBMITTED:
        return False
    item = item_of(found)
    to = place or deciding_place(
        item, found.person, accepting=found.accepting_division, answers=found.answers
    )
    if to == found.deciding_division:
        return False
    before = found.deciding_division
    add_event(found, "reroute", on=on, note=reason, detail={"from": before, "to": to})
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_reroute(%s, %s, %s)", [found.pk, to, found.version])
        if not cursor.fetchone()[0]:
            raise CaseChanged(
                f"办件 {found.number} 未能移送，请刷新 / the case could not be handed over; open it again"
            )
    return True
