"""Decisions on leads: an officer confirms what the law found, or refuses with a reason (审核确认)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from minzheng.kernel.access import SERVICE, NotPermitted, require
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.roster import deciding_place
from minzheng.kernel.outreach.errors import FindingNotCurrent, LeadMoveRefused
from minzheng.kernel.outreach.models import Finding, Kind, Lead, LeadState
from minzheng.kernel.outreach.moves import locked_leads, move_leads, number_of, quiet_until
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.people.models import Person
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


def decide(*, lead: Lead | int, decision: str, on: date, reason: str = "", note: str = "") -> Lead:
    """Decides a lead (审核确认): `grant` carries out what the findings say, `refuse` leaves the award as it is.

    A grant opens the award from the month after the decision (parameter `start_months_after_decision`). An increase
    holds from the month of the finding; a decrease or an end from the month after the decision, so that nobody owes
    what was rightly paid before.

    Raises:
        FindingNotCurrent: the month has been run again without this lead, or a check is still missing.
        NotPermitted: the post may not decide, or the district confirms and the post is not the district's.
    """
    return decide_many(leads=[number_of(lead)], decision=decision, on=on, reason=reason, note=note)[0]


@transaction.atomic
def decide_many(
    *, leads: Iterable[int], decision: str, on: date, reason: str = "", note: str = ""
) -> list[Lead]:
    """Decides a set of leads alike, all or none, each as `decide` would; returns them in the order of their numbers.

    Raises:
        As `decide`, for the first lead that stands in the way.
    """
    rows = locked_leads(leads)
    for kind, programme in {(row.kind, row.programme) for row in rows}:
        require(_PERMISSION[Kind(kind)], domain=programme)
    if decision == REFUSE:
        if not reason:
            raise LeadMoveRefused("不予确认须写明原因 / a refusal needs its reason")
        for row in rows:
            row.settled_on, row.quiet_until = on, quiet_until(on)
        move_leads(rows, LeadState.REFUSED, on=on, reason=reason, note=note)
        return rows
    if decision != GRANT:
        raise LeadMoveRefused(f"决定须为 grant 或 refuse，不是 {decision} / decide grant or refuse")
    _check_routes(rows)
    if any(row.kind == Kind.RECHECK for row in rows):
        raise FindingNotCurrent(
            "尚缺核对结果，补齐后再办 / a check is missing; complete it and run the month again"
        )
    _grant([row for row in rows if row.kind not in CHANGES], on, reason or "confirmed", note)
    _change([row for row in rows if row.kind in CHANGES], on, reason)
    for row in rows:
        row.settled_on = on
    move_leads(rows, LeadState.GRANTED, on=on, reason=reason or "confirmed", note=note)
    return rows


@transaction.atomic
def confirm_changes_many(*, leads: Iterable[int], on: date, note: str = "") -> int:
    """Confirms many changes and ends as found, all or none (批量确认变动); grants are decided by `decide`.

    Raises:
        LeadMoveRefused: one of them is not a change, or is settled already.
    """
    rows = locked_leads(leads)
    for row in rows:
        if row.kind not in CHANGES:
            raise LeadMoveRefused(f"线索 {row.pk} 不是变动，须逐件办理 / not a change; decide it by itself")
        row.settled_on = on
    for kind, programme in {(row.kind, row.programme) for row in rows}:
        require(_PERMISSION[Kind(kind)], domain=programme)
    _check_routes(rows)
    _change(rows, on, "")
    move_leads(rows, LeadState.GRANTED, on=on, reason="confirmed_together", note=note)
    return len(rows)


def _check_routes(leads: Sequence[Lead]) -> None:
    """Where the district confirms, a street's officer can only prepare."""
    for code, kind, programme in {(lead.benefit, lead.kind, lead.programme) for lead in leads}:
        _, benefit = benefit_by_code(code)
        actor = require(_PERMISSION[Kind(kind)], domain=programme)
        if (
            benefit.route is Route.STREET_THEN_DISTRICT
            and actor.kind != SERVICE
            and len(actor.division_code) > 6
        ):
            raise NotPermitted("该项目由区级确认，街镇经办后请转区级 / the district confirms this benefit")


def _findings(leads: Sequence[Lead]) -> dict[int, tuple[int, date]]:
    """Lead → sum and month of the finding its grant rests on: of the latest month run, naming its person or household.

    Raises:
        FindingNotCurrent: the findings do not say of one of them that it may be granted.
    """
    found: dict[int, tuple[int, date]] = {}
    # Asked by benefit and unit, so that each question is one that an index of the findings answers.
    for benefit, unit in sorted({(lead.benefit, lead.unit) for lead in leads}):
        key = "person_id" if unit == "person" else "household_id"
        of = {getattr(lead, key): lead.pk for lead in leads if (lead.benefit, lead.unit) == (benefit, unit)}
        latest = Finding.objects.filter(benefit=benefit).aggregate(month=Max("month"))["month"]
        told = Finding.objects.filter(
            **{f"{key}__in": list(of)}, month=latest, benefit=benefit, status=Finding.ELIGIBLE,
            person_id__isnull=unit != "person",
        )  # fmt: skip
        for subject, fen in told.values_list(key, "amount_fen"):
            found[of[subject]] = (fen, latest)
    if any(lead.pk not in found for lead in leads):
        raise FindingNotCurrent(
            "最近一次认定未显示符合条件，或尚缺核对结果 / the latest findings do not say that it may be granted"
        )
    return found


def _grant(leads: Sequence[Lead], on: date, reason: str, note: str) -> None:
    if not leads:
        return
    found = _findings(leads)
    people = Person.objects.in_bulk([lead.person_id for lead in leads])
    start = Month.of(on) + int(working_rules().at(Month.of(on)).start_months_after_decision)
    ids = awards.grant_many(
        grants=[_of(lead, people[lead.person_id], found[lead.pk], start, reason, note) for lead in leads],
        on=on,
    )
    for lead, award in zip(leads, ids, strict=True):
        lead.award_id, lead.amount_fen = award, found[lead.pk][0]


def _of(
    lead: Lead, person: Person, found: tuple[int, date], start: Month, reason: str, note: str
) -> awards.Grant:
    fen, month = found
    return awards.Grant(
        programme=lead.programme,
        benefit=lead.benefit,
        unit=lead.unit,
        person_id=person.pk,
        household_id=lead.household_id,
        start_month=start.first_day,
        monthly_fen=fen,
        division_code=deciding_place(
            hukou=person.hukou_division_code,
            hukou_is_local=person.hukou_is_local,
            residence=lead.division_code,
        ),
        origin="lead",
        reason=reason,
        note=note,
        detail={"lead_id": lead.pk, "finding_month": str(month)},
    )


def _change(leads: Sequence[Lead], on: date, reason: str) -> None:
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
