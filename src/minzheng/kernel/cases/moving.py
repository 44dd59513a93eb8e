"""How a case moves: locked, held against its version and the one table of moves, traced."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.access import RESIDENT, SERVICE, Actor, NotPermitted, current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.cases import clocks
from minzheng.kernel.cases.conditions import require_move, step_of
from minzheng.kernel.cases.errors import CaseChanged, CaseNotFound, NotYourStep
from minzheng.kernel.cases.jurisdiction import place_of_step
from minzheng.kernel.cases.models import Case, Event
from minzheng.kernel.cases.models.case import YEAR
from minzheng.kernel.cases.states import OPEN, State
from minzheng.kernel.items import item_version
from minzheng.kernel.items.model import Item, Step, StepKind

_PERMISSION = {
    StepKind.ACCEPT: "cases.accept",
    StepKind.CHECK: "cases.check",
    StepKind.EXAMINE: "cases.examine",
    StepKind.PUBLICISE: "cases.examine",
    StepKind.PASS_ON: "cases.answer",
    StepKind.DECIDE: "cases.decide",
}


def next_number(on: date) -> int:
    """A fresh case number of the day's year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        return on.year * YEAR + int(cursor.fetchone()[0])


def who_acts() -> Actor:
    """Whoever acts; a case is never moved by nobody."""
    actor = current_actor()
    if actor is None:
        raise NotPermitted("未以任何身份办理 / nobody acts")
    return actor


def locked(case: Case | int, *, version: int | None = None) -> Case:
    """The case as it is now, locked until the end of the transaction.

    Args:
        version: what the page showed; None where the act does not depend on it.

    Raises:
        CaseNotFound: there is none in sight of whoever acts.
        CaseChanged: somebody changed it since.
    """
    pk = case if isinstance(case, int) else case.pk
    found = Case.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有办件 {pk}，或不在可见范围内 / no such case in your sight")
    if version is not None and found.version != version:
        raise CaseChanged(
            f"办件 {found.number} 刚刚被他人更新，请重新打开后再办 / "
            f"case {found.number} was just changed by somebody else; open it again before you go on"
        )
    return found


def seen(case: Case | int) -> Case:
    """The case as it is now, without a lock, for what is added beside it; a clerk who attends may not lock what is decided.

    Raises:
        CaseNotFound: there is none in sight of whoever acts.
    """
    pk = case if isinstance(case, int) else case.pk
    found = Case.objects.filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有办件 {pk}，或不在可见范围内 / no such case in your sight")
    return found


def item_of(case: Case) -> Item:
    """The version of the item by which the case is handled."""
    return item_version(case.item, case.item_version)


def may_do(case: Case, step: Step, actor: Actor) -> bool:
    """Whether the acting post is the one this step belongs to: the role, the place and the domain."""
    if actor.kind == SERVICE:
        return True
    if actor.kind == RESIDENT or (actor.role != step.role and not _stands_in(actor.role, step.role)):
        return False
    return actor.covers(case.domain) and actor.reaches(place_of_step(step, case))


def _stands_in(role: str, for_role: str) -> bool:
    """A centre's manager and a street's officer may do what its clerk does."""
    return for_role == "centre_clerk" and role in ("centre_manager", "street_officer")


def require_step(case: Case, item: Item, kind: StepKind) -> tuple[Step, Actor]:
    """The route's step of a kind, and the actor whose step it is.

    Raises:
        MoveRefused: the route has no such step.
        NotPermitted, NotYourStep: another role or place does it.
    """
    step = step_of(item, kind)
    actor = require(_PERMISSION[kind], domain=case.domain)
    if not may_do(case, step, actor):
        raise NotYourStep(
            f"办件 {case.number} 的本环节由 {place_of_step(step, case)} 的“{step.role}”办理 / "
            f"this step of case {case.number} belongs to the {step.role} of {place_of_step(step, case)}"
        )
    return step, actor


def change_state(
    case: Case, state: State, on: date, *, step: StepKind | None = None, done: StepKind | None = None
) -> str:
    """Puts a case that is at hand into another state; returns the one before. Saved by whoever calls.

    Raises:
        MoveRefused: the table of moves does not hold this one.
    """
    require_move(case, state)
    before, case.state, case.state_since = case.state, state, on
    if step is not None:
        case.step = step.value
    if done is not None and done.value not in case.steps_done:
        case.steps_done = [*case.steps_done, done.value]
    return before


def move(
    case: Case,
    state: State,
    *,
    act: str,
    on: date,
    note: str = "",
    detail: dict[str, Any] | None = None,
    step: StepKind | None = None,
    done: StepKind | None = None,
) -> Case:
    """Moves a locked case, keeps its nearest deadline, leaves an event and an audit entry.

    Args:
        step: the route's step now in hand.
        done: the step that this act completes.

    Raises:
        MoveRefused: the table of moves does not hold this one.
    """
    before = change_state(case, state, on, step=step, done=done)
    note_event(case, act, on=on, note=note, detail=detail, from_state=before, to_state=state.value)
    if case.bundle_id is not None and state not in OPEN:
        _tell_bundle(case, on)
    return case


def _tell_bundle(case: Case, on: date) -> None:
    """The parts that wait for this one lie with other offices: a job, put into the queue by this transaction, tells them."""
    from minzheng.kernel.cases.tasks import bundle_part_job

    bundle_part_job.defer(case_id=case.pk, on=on.isoformat())


def note_event(
    case: Case,
    act: str,
    *,
    on: date,
    note: str = "",
    detail: dict[str, Any] | None = None,
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Saves the case with its next version, and leaves an event and an audit entry."""
    actor = who_acts()
    if actor.kind != RESIDENT:
        case.due_on = clocks.nearest_due(case)
    case.version += 1
    case.save(force_update=True)
    add_event(case, act, on=on, note=note, detail=detail, from_state=from_state, to_state=to_state)


def add_event(
    case: Case,
    act: str,
    *,
    on: date,
    note: str = "",
    detail: dict[str, Any] | None = None,
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Leaves an event and an audit entry; the case itself is not touched."""
    actor = who_acts()
    Event.objects.create(
        case=case,
        act=act,
        from_state=from_state,
        to_state=to_state,
        step=case.step,
        on=on,
        actor_label="申请人" if actor.kind == RESIDENT else actor.label,
        actor_post_id=actor.post_id,
        note=note,
        detail=detail or {},
    )
    record(
        f"cases.{act}",
        subject=f"case:{case.pk}",
        detail={"item": case.item, "state": to_state or case.state},
        reason=note,
        person_id=case.person_id,
        division_code=case.deciding_division,
    )
