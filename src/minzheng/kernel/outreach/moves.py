"""How a lead moves: locked, checked against the one table of moves, traced."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.audit import record
from minzheng.kernel.awards.staging import acting_actor
from minzheng.kernel.outreach.errors import LeadMoveRefused, LeadNotFound
from minzheng.kernel.outreach.models import MOVES, Lead, LeadEvent, LeadState
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month


def locked_lead(lead: Lead | int) -> Lead:
    """The lead as it is now, locked until the end of the transaction.

    Raises:
        LeadNotFound: there is none in the acting post's scope.
    """
    pk = lead if isinstance(lead, int) else lead.pk
    found = Lead.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise LeadNotFound(f"没有线索 {pk}，或不在本岗位范围内 / no such lead in your scope")
    return found


def move_lead(lead: Lead, state: LeadState, *, on: date, reason: str, note: str = "") -> Lead:
    """Moves a locked lead to another state and leaves an event and an audit entry.

    Raises:
        LeadMoveRefused: the table of moves does not hold this one.
    """
    if state not in MOVES[lead.state]:
        raise LeadMoveRefused(
            f"线索 {lead.pk} 状态为“{lead.get_state_display()}”，不能转为“{state.label}” / "
            f"{lead.state} does not permit {state.value}"
        )
    actor = acting_actor()
    before, lead.state = lead.state, state
    lead.save()
    LeadEvent.objects.create(
        lead=lead,
        from_state=before,
        to_state=state,
        reason=reason,
        note=note,
        on=on,
        actor_label=actor.label,
        actor_post_id=actor.post_id,
        division_code=lead.division_code,
        programme=lead.programme,
    )
    record(
        f"outreach.{state.value}",
        subject=f"lead:{lead.pk}",
        detail={"kind": lead.kind, "benefit": lead.benefit},
        reason=note or reason,
        person_id=lead.person_id,
        division_code=lead.division_code,
    )
    return lead


def quiet_until(on: date) -> date:
    """The last month in which a lead settled on a day is not raised again."""
    month = Month.of(on)
    return (month + int(working_rules().at(month).quiet_months)).first_day
