"""Decisions on leads: an officer confirms what the law found, or refuses with a reason (审核确认)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max

from minzheng.kernel.access import SERVICE, NotPermitted, require
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.roster import deciding_place
from minzheng.kernel.outreach.errors import FindingNotCurrent, LeadMoveRefused
from minzheng.kernel.outreach.models import Finding, Kind, Lead, LeadState
from minzheng.kernel.outreach.moves import locked_lead, move_lead, quiet_until
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Route, benefit_by_code

GRANT, REFUSE = "grant", "refuse"
_PERMISSION = {
    Kind.QUALIFIES: "awards.grant",
    Kind.MAY_QUALIFY: "awards.grant",
    Kind.INCREASE: "awards.adjust",
    Kind.DECREASE: "awards.adjust",
    Kind.ENDS: "awards.end",
    Kind.RECHECK: "awards.adjust",
}
CHANGES = (Kind.INCREASE, Kind.DECREASE, Kind.ENDS)


@transaction.atomic
def decide(*, lead: Lead | int, decision: str, on: date, reason: str = "", note: str = "") -> Lead:
    """Decides a lead (审核确认): `grant` carries out what the findings say, `refuse` leaves the award as it is.

    A grant opens the award from the month after the decision (parameter `start_months_after_decision`). An increase
    holds from the month of the finding; a decrease or an end from the month after the decision, so that nobody owes
    what was rightly paid before.

    Raises:
        FindingNotCurrent: the month has been run again without this lead, or a check is still missing.
        NotPermitted: the post may not decide, or the district confirms and the post is not the district's.
    """
    found = locked_lead(lead)
    require(_PERMISSION[Kind(found.kind)], domain=found.programme)
    if decision == REFUSE:
        if not reason:
            raise LeadMoveRefused("不予确认须写明原因 / a refusal needs its reason")
        found.settled_on, found.quiet_until = on, quiet_until(on)
        return move_lead(found, LeadState.REFUSED, on=on, reason=reason, note=note)
    if decision != GRANT:
        raise LeadMoveRefused(f"决定须为 grant 或 refuse，不是 {decision} / decide grant or refuse")
    _check_route(found)
    if found.kind in (Kind.QUALIFIES, Kind.MAY_QUALIFY):
        _grant(found, on, reason or "confirmed", note)
    elif found.kind in CHANGES:
        _change([found], on, reason)
    else:
        raise FindingNotCurrent(
            "尚缺核对结果，补齐后再办 / a check is missing; complete it and run the month again"
        )
    found.settled_on = on
    return move_lead(found, LeadState.GRANTED, on=on, reason=reason or "confirmed", note=note)


@transaction.atomic
def confirm_changes_many(*, leads: Iterable[int], on: date, note: str = "") -> int:
    """Confirms many changes and ends as found, all or none (批量确认变动); grants are decided one by one.

    Raises:
        LeadMoveRefused: one of them is not a change, or is settled already.
    """
    rows = [locked_lead(pk) for pk in sorted(set(leads))]
    if not rows:
        return 0
    for row in rows:
        if row.kind not in CHANGES:
            raise LeadMoveRefused(f"线索 {row.pk} 不是变动，须逐件办理 / not a change; decide it by itself")
        require(_PERMISSION[Kind(row.kind)], domain=row.programme)
        _check_route(row)
    _change(rows, on, "")
    for row in rows:
        row.settled_on = on
        move_lead(row, LeadState.GRANTED, on=on, reason="confirmed_together", note=note)
    return len(rows)


def _check_route(lead: Lead) -> None:
    """Where the district confirms, a street's officer can only prepare."""
    _, benefit = benefit_by_code(lead.benefit)
    actor = require(_PERMISSION[Kind(lead.kind)], domain=lead.programme)
    if benefit.route is Route.STREET_THEN_DISTRICT and actor.kind != SERVICE and len(actor.division_code) > 6:
        raise NotPermitted("该项目由区级确认，街镇经办后请转区级 / the district confirms this benefit")


def _finding(lead: Lead) -> Finding:
    """The finding a grant rests on: of the latest month run, naming the lead's person or household as eligible."""
    key = {"person_id": lead.person_id} if lead.unit == "person" else {
        "person_id": None, "household_id": lead.household_id
    }  # fmt: skip
    latest = Finding.objects.filter(benefit=lead.benefit).aggregate(month=Max("month"))["month"]
    found = Finding.objects.filter(month=latest, benefit=lead.benefit, **key).first()
    if found is None or found.status != Finding.ELIGIBLE:
        raise FindingNotCurrent(
            "最近一次认定未显示符合条件，或尚缺核对结果 / the latest findings do not say that it may be granted"
        )
    return found


def _grant(lead: Lead, on: date, reason: str, note: str) -> None:
    finding, person = _finding(lead), lead.person
    assert person is not None
    start = Month.of(on) + int(working_rules().at(Month.of(on)).start_months_after_decision)
    award = awards.grant(
        grant=awards.Grant(
            programme=lead.programme,
            benefit=lead.benefit,
            unit=lead.unit,
            person_id=person.pk,
            household_id=lead.household_id,
            start_month=start.first_day,
            monthly_fen=finding.amount_fen,
            division_code=deciding_place(
                hukou=person.hukou_division_code,
                hukou_is_local=person.hukou_is_local,
                residence=lead.division_code,
            ),
            origin="lead",
            reason=reason,
            note=note,
            detail={"lead_id": lead.pk, "finding_month": str(finding.month)},
        ),
        on=on,
    )
    lead.award, lead.amount_fen = award, finding.amount_fen


def _change(leads: list[Lead], on: date, reason: str) -> None:
    """Carries out increases from the month found, decreases and ends from the month after the decision."""
    after = (Month.of(on) + 1).first_day
    why = {row.pk: reason or row.reason for row in leads}
    adjustments = [
        awards.Change(
            row.award_id,
            row.last_month if row.kind == Kind.INCREASE else max(after, row.last_month),
            row.amount_fen,
            reason=why[row.pk],
            detail={"lead_id": row.pk},
        )
        for row in leads
        if row.kind in (Kind.INCREASE, Kind.DECREASE) and row.award_id
    ]
    ends = [
        awards.Change(
            row.award_id, max(after, row.last_month), reason=why[row.pk], detail={"lead_id": row.pk}
        )
        for row in leads
        if row.kind == Kind.ENDS and row.award_id
    ]
    awards.adjust_many(changes=adjustments, on=on, reason="confirmed")
    awards.end_many(changes=ends, on=on, reason="confirmed")
