"""Acts on leads and notices: outcomes of visits, applications, decisions, objections and opting out.

A decision confirms what the law found: the officer can grant the amount of the latest findings or refuse with a
reason, not write in another amount. Where the facts are wrong, the facts are corrected and the month is run again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.models import Award
from minzheng.kernel.awards.staging import acting_actor
from minzheng.kernel.outreach.decisions import confirm_changes_many, decide, decide_many
from minzheng.kernel.outreach.errors import LeadMoveRefused, OutreachError
from minzheng.kernel.outreach.models import NOTICE_MOVES, Lead, LeadState, Notice, NoticeState, OptOut
from minzheng.kernel.outreach.moves import locked_lead, locked_leads, move_leads, number_of, quiet_until
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.places.models import UNKNOWN_PLACE

__all__ = [
    "apply_for",
    "apply_many",
    "assign",
    "confirm_changes_many",
    "decide",
    "decide_many",
    "object_to",
    "opt_out",
    "record_outcome",
    "record_outcomes_many",
    "settle_objection",
    "withdraw_opt_out",
]

OUTCOMES = (LeadState.VISITED, LeadState.NOT_FOUND, LeadState.DECLINED)


def record_outcome(*, lead: Lead | int, outcome: str, on: date, note: str = "") -> Lead:
    """Records what a visit came to (走访结果): visited, not_found or declined.

    Who declines is not visited again for `quiet_months` unless the amount changes; who was not found is assigned anew
    by the next month's run.

    Raises:
        LeadNotFound, LeadMoveRefused, NotPermitted.
    """
    return record_outcomes_many(leads=[number_of(lead)], outcome=outcome, on=on, note=note)[0]


@transaction.atomic
def record_outcomes_many(*, leads: Iterable[int], outcome: str, on: date, note: str = "") -> list[Lead]:
    """Records one outcome of a day's visits to a set of leads, all or none (批量登记走访结果)."""
    rows = _visited(leads)
    if outcome not in OUTCOMES:
        raise LeadMoveRefused(
            f"走访结果须为 visited、not_found 或 declined，不是 {outcome} / not an outcome of a visit"
        )
    if outcome == LeadState.DECLINED:
        for row in rows:
            row.quiet_until = quiet_until(on)
            row.settled_on = on
    move_leads(rows, LeadState(outcome), on=on, reason=outcome, note=note)
    return rows


def apply_for(*, lead: Lead | int, on: date, note: str = "") -> Lead:
    """Records that the person applied (提出申请); the lead then waits for the decision.

    Raises:
        LeadNotFound, LeadMoveRefused, NotPermitted.
    """
    return apply_many(leads=[number_of(lead)], on=on, note=note)[0]


@transaction.atomic
def apply_many(*, leads: Iterable[int], on: date, note: str = "") -> list[Lead]:
    """Records a day's applications, all or none (批量登记申请)."""
    rows = _visited(leads)
    move_leads(rows, LeadState.APPLIED, on=on, reason="applied", note=note)
    return rows


def _visited(leads: Iterable[int]) -> list[Lead]:
    rows = locked_leads(leads)
    for programme in {row.programme for row in rows}:
        require("outreach.visit", domain=programme)
    return rows


@transaction.atomic
def assign(*, lead: Lead | int, division_code: str, on: date, note: str = "") -> Lead:
    """Gives a lead to another committee (转派), both within the acting post's scope."""
    found = locked_lead(lead)
    require("outreach.assign", domain=found.programme)
    if not acting_actor().reaches(division_code) or division_code == UNKNOWN_PLACE:
        raise OutreachError(f"{division_code} 不在本岗位范围内 / outside your scope")
    before, found.division_code = found.division_code, division_code
    found.attempts += 1
    found.save(update_fields=["division_code", "attempts"])
    record(
        "outreach.assign",
        subject=f"lead:{found.pk}",
        detail={"from": before, "to": division_code},
        reason=note,
        person_id=found.person_id,
        division_code=division_code,
    )
    return found


@transaction.atomic
def object_to(*, notice: Notice | int, on: date, words: str) -> Notice:
    """Records an objection to a notice (提出异议); nothing starts until it is settled."""
    found = _locked_notice(notice)
    require("outreach.object", domain=found.programme)
    found.objection = words
    return _move_notice(found, NoticeState.OBJECTED, "outreach.object", words)


@transaction.atomic
def settle_objection(*, notice: Notice | int, upheld: bool, on: date, note: str) -> Notice:
    """Settles an objection (处理异议): upheld withdraws the notice, otherwise it goes on to take effect."""
    found = _locked_notice(notice)
    require("awards.grant", domain=found.programme)
    state = NoticeState.WITHDRAWN if upheld else NoticeState.ISSUED
    return _move_notice(found, state, "outreach.settle_objection", note)


@transaction.atomic
def opt_out(*, person_id: int, programme: str, on: date, note: str = "") -> OptOut:
    """Records that somebody does not want a programme granted without application (放弃享受).

    An announced award does not start; one in force ends with this month. May be taken back at any time.
    """
    require("outreach.object", domain=programme)
    person = Person.objects.get(pk=person_id)
    open_one = OptOut.objects.filter(person=person, programme=programme, withdrawn_on=None).first()
    if open_one is not None:
        return open_one
    made = OptOut.objects.create(
        person=person, programme=programme, since=on, note=note, division_code=person.division_code
    )
    open_notices = Notice.objects.select_for_update().filter(
        person=person,
        programme=programme,
        about="grant",
        state__in=[NoticeState.ISSUED, NoticeState.OBJECTED],
    )
    open_notices.update(state=NoticeState.OPTED_OUT)
    held = Award.objects.filter(person=person, programme=programme, end_month=None)
    awards.end_many(
        changes=[awards.Change(pk, (Month.of(on) + 1).first_day) for pk in held.values_list("pk", flat=True)],
        on=on,
        reason="opted_out",
    )
    record(
        "outreach.opt_out",
        subject=f"optout:{made.pk}",
        detail={"programme": programme},
        reason=note,
        person_id=person_id,
        division_code=person.division_code,
    )
    return made


@transaction.atomic
def withdraw_opt_out(*, person_id: int, programme: str, on: date, note: str = "") -> None:
    """Takes an opt-out back (撤回放弃); the next month's run announces the award again."""
    require("outreach.object", domain=programme)
    changed = OptOut.objects.filter(person_id=person_id, programme=programme, withdrawn_on=None).update(
        withdrawn_on=on
    )
    if not changed:
        raise OutreachError("没有放弃记录可撤回 / nothing to take back")
    record("outreach.withdraw_opt_out", detail={"programme": programme}, reason=note, person_id=person_id)


def _locked_notice(notice: Notice | int) -> Notice:
    pk = notice if isinstance(notice, int) else notice.pk
    found = Notice.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise OutreachError(f"没有告知书 {pk}，或不在本岗位范围内 / no such notice in your scope")
    return found


def _move_notice(notice: Notice, state: NoticeState, act: str, words: str) -> Notice:
    if state not in NOTICE_MOVES[notice.state]:
        raise OutreachError(
            f"告知书状态为 {notice.state}，不能转为 {state.value} / this move is not permitted"
        )
    notice.state = state
    notice.save(update_fields=["state", "objection"])
    record(
        act,
        subject=f"notice:{notice.pk}",
        detail={"state": state.value},
        reason=words,
        person_id=notice.person_id,
        division_code=notice.division_code,
    )
    return notice
