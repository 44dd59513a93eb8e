"""A set of leads leaves the record that each of them leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from minzheng.kernel.awards.models import Award
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.errors import FindingNotCurrent, LeadMoveRefused, LeadNotFound
from minzheng.kernel.outreach.models import Finding, Lead, LeadEvent
from minzheng.kernel.outreach.tests.conftest import ON


@pytest.fixture
def leads(as_post, household, found, outreach_month) -> list[int]:
    """Six households that qualify and receive nothing."""
    as_post("service")
    for number in range(6):
        home, _ = household(2)
        found(home, fen=90_000 + number)
    outreach_month()
    return list(Lead.objects.order_by("pk").values_list("pk", flat=True))


def record(leads: list[int]) -> list[tuple[Any, ...]]:
    """What is on record of each lead, its events and its award, without the numbers that count up."""
    left = []
    for lead in Lead.objects.filter(pk__in=leads).order_by("pk").select_related("award"):
        events = LeadEvent.objects.filter(lead=lead).order_by("pk")
        award = (
            lead.award
            and Award.objects.filter(pk=lead.award_id).values_list(
                "benefit", "unit", "start_month", "state", "origin", "division_code", "granted_on"
            )[0]
        )
        left.append(
            (lead.state, lead.settled_on, lead.quiet_until, lead.attempts, award,
             lead.award is None or lead.award.person_id == lead.person_id,
             lead.award is None or list(lead.award.periods.values_list("monthly_fen", flat=True)) == [lead.amount_fen],
             list(events.values_list("from_state", "to_state", "reason", "note", "on", "actor_label", "division_code")))
        )  # fmt: skip
    return left


def test_applications_and_grants_as_a_set_leave_what_single_ones_leave(leads: list[int]) -> None:
    alone, together = leads[:3], leads[3:]
    for lead in alone:
        actions.apply_for(lead=lead, on=ON, note="到场")
        actions.decide(lead=lead, decision="grant", on=ON, note="属实")
    assert len(actions.apply_many(leads=together, on=ON, note="到场")) == 3
    assert len(actions.decide_many(leads=together, decision="grant", on=ON, note="属实")) == 3
    assert record(alone) == record(together)
    assert {row[0] for row in record(leads)} == {"granted"}


@pytest.mark.parametrize("outcome", ["visited", "not_found", "declined"])
def test_visits_as_a_set_leave_what_single_ones_leave(leads: list[int], outcome: str) -> None:
    for lead in leads[:3]:
        actions.record_outcome(lead=lead, outcome=outcome, on=ON)
    actions.record_outcomes_many(leads=leads[3:], outcome=outcome, on=ON)
    assert record(leads[:3]) == record(leads[3:])


def test_refusals_as_a_set_leave_what_single_ones_leave(leads: list[int]) -> None:
    for lead in leads[:3]:
        actions.decide(lead=lead, decision="refuse", on=ON, reason="材料不实")
    actions.decide_many(leads=leads[3:], decision="refuse", on=ON, reason="材料不实")
    assert record(leads[:3]) == record(leads[3:])


def test_one_that_may_not_move_stops_the_whole_set(leads: list[int]) -> None:
    actions.record_outcome(lead=leads[0], outcome="declined", on=ON)
    with pytest.raises(LeadMoveRefused):
        actions.apply_many(leads=leads, on=ON)
    with pytest.raises(LeadNotFound):
        actions.apply_many(leads=[*leads[1:], 0], on=ON)
    assert set(Lead.objects.exclude(pk=leads[0]).values_list("state", flat=True)) == {"open"}


def test_one_whose_finding_is_gone_stops_the_whole_set(leads: list[int]) -> None:
    gone = Lead.objects.get(pk=leads[-1])
    Finding.objects.filter(household_id=gone.household_id).delete()
    with pytest.raises(FindingNotCurrent):
        actions.decide_many(leads=leads, decision="grant", on=ON)
    assert not Award.objects.exists()
