"""How leads move: locked, checked against the one table of moves, traced; one lead or a set of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection

from minzheng.kernel.audit import record
from minzheng.kernel.awards.staging import acting_actor
from minzheng.kernel.outreach.errors import LeadMoveRefused, LeadNotFound
from minzheng.kernel.outreach.models import MOVES, Lead, LeadEvent, LeadState
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month

_WRITTEN = """
    UPDATE outreach_lead l SET state = %s, settled_on = w.settled_on, quiet_until = w.quiet_until, award_id = w.award_id,
      amount_fen = w.amount_fen
    FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::bigint[], %s::bigint[])
      AS w (id, settled_on, quiet_until, award_id, amount_fen) WHERE w.id = l.id
"""
_AT_ONCE = 5_000


def number_of(lead: Lead | int) -> int:
    """The number of a lead, however it was given."""
    return lead if isinstance(lead, int) else int(lead.pk)


def locked_lead(lead: Lead | int) -> Lead:
    """The lead as it is now, locked until the end of the transaction.

    Raises:
        LeadNotFound: there is none in the acting post's scope.
    """
    return locked_leads([number_of(lead)])[0]


def locked_leads(leads: Iterable[int]) -> list[Lead]:
    """The leads as they are now, in the order of their numbers, locked until the end of the transaction.

    Raises:
        LeadNotFound: one of them is not in the acting post's scope.
    """
    wanted = set(leads)
    found = list(Lead.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    if missing := wanted - {lead.pk for lead in found}:
        raise LeadNotFound(f"没有线索 {min(missing)}，或不在本岗位范围内 / no such lead in your scope")
    return found


def move_lead(lead: Lead, state: LeadState, *, on: date, reason: str, note: str = "") -> Lead:
    """Moves a locked lead to another state and leaves an event and an audit entry.

    Raises:
        LeadMoveRefused: the table of moves does not hold this one.
    """
    move_leads([lead], state, on=on, reason=reason, note=note)
    return lead


def move_leads(leads: Sequence[Lead], state: LeadState, *, on: date, reason: str, note: str = "") -> None:
    """Moves locked leads to another state, all or none, with what their settling has set on them.

    Leaves one event a lead and one audit entry.

    Raises:
        LeadMoveRefused: the table of moves does not hold the move of one of them.
    """
    if not leads:
        return
    for lead in leads:
        if state not in MOVES[lead.state]:
            raise LeadMoveRefused(
                f"线索 {lead.pk} 状态为“{lead.get_state_display()}”，不能转为“{state.label}” / "
                f"{lead.state} does not permit {state.value}"
            )
    actor = acting_actor()
    events = [
        LeadEvent(
            lead=lead,
            from_state=lead.state,
            to_state=state,
            reason=reason,
            note=note,
            on=on,
            actor_label=actor.label,
            actor_post_id=actor.post_id,
            division_code=lead.division_code,
            programme=lead.programme,
        )
        for lead in leads
    ]
    with connection.cursor() as cursor:
        written = ("pk", "settled_on", "quiet_until", "award_id", "amount_fen")
        cursor.execute(_WRITTEN, [state, *([getattr(lead, name) for lead in leads] for name in written)])
    for lead in leads:
        lead.state = state
    LeadEvent.objects.bulk_create(events, batch_size=_AT_ONCE)
    single = leads[0] if len(leads) == 1 else None
    record(
        f"outreach.{state.value}",
        subject=f"lead:{single.pk}" if single else f"leads:{len(leads)}",
        detail={"kind": single.kind, "benefit": single.benefit}
        if single
        else {"kinds": sorted({lead.kind for lead in leads}), "benefits": sorted({lead.benefit for lead in leads}),
              "leads": [leads[0].pk, leads[-1].pk]},
        reason=note or reason,
        person_id=single.person_id if single else None,
        division_code=single.division_code if single else None,
    )  # fmt: skip


def quiet_until(on: date) -> date:
    """The last month in which a lead settled on a day is not raised again."""
    month = Month.of(on)
    return (month + int(working_rules().at(month).quiet_months)).first_day
