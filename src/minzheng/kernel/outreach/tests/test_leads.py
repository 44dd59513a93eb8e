"""Which differences become work, for whom, and how last month's outcomes are respected."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.models import Award
from minzheng.kernel.awards.queries import monthly_amount
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.errors import FindingNotCurrent, LeadMoveRefused, LeadNotFound
from minzheng.kernel.outreach.models import Finding, Lead, LeadEvent
from minzheng.kernel.outreach.tests.conftest import JUL, ON
from minzheng.kernel.periods import Month

AUG, AUG_END = Month(2022, 8), date(2022, 8, 31)


@pytest.fixture
def town(as_post, household):
    as_post("service")
    return household


def award_of(grant_of, home, person, fen):
    return awards.grant(grant=grant_of(person, home, unit="household", monthly_fen=fen), on=ON)


def test_a_household_that_qualifies_and_receives_nothing_is_a_lead_of_its_committee(
    town, found, outreach_month
):
    home, (head, _) = town(2)
    found(home, fen=90_000)
    assert outreach_month()["raised"] == 1
    lead = Lead.objects.get()
    assert (lead.kind, lead.person_id, lead.household_id) == ("qualifies", head, home)
    assert lead.division_code == "310107014029"
    # Fifteen working days after Friday 29 July 2022.
    assert lead.due_on == date(2022, 8, 19)


def test_raising_the_same_month_again_changes_nothing(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    before = list(Lead.objects.values())
    again = outreach_month()
    assert (again["raised"], again["closed"], again["assigned_anew"]) == (0, 0, 0)
    assert list(Lead.objects.values()) == before


@pytest.mark.parametrize(
    ("awarded", "finding", "reference", "kind"),
    [
        (90_000, 90_000, None, None),
        (90_000, 90_001, None, "increase"),
        (90_000, 89_999, None, "decrease"),
        # The old standard gives exactly the award: the standard alone changed, which is adjusted and no lead.
        (90_000, 99_000, 90_000, None),
        (90_000, 99_000, 90_001, "increase"),
    ],
)
def test_a_changed_amount_is_a_lead_unless_the_standard_alone_explains_it(
    town, found, outreach_month, grant_of, awarded, finding, reference, kind
):
    home, (person,) = town()
    award_of(grant_of, home, person, awarded)
    found(home, fen=finding, reference_fen=reference)
    outreach_month()
    assert [lead.kind for lead in Lead.objects.all()] == ([kind] if kind else [])


def test_an_award_that_no_finding_supports_is_a_lead_and_not_an_end(town, outreach_month, grant_of):
    home, (person,) = town()
    award = award_of(grant_of, home, person, 90_000)
    outreach_month()
    lead = Lead.objects.get()
    assert (lead.kind, lead.reason, lead.award_id) == ("ends", "conditions_not_met", award.pk)
    award.refresh_from_db()
    assert award.end_month is None


def test_a_missing_check_is_a_visit_for_outsiders_and_a_recheck_for_recipients(
    town, found, outreach_month, grant_of
):
    home, _ = town()
    found(home, fen=1, status=1)
    held, (person,) = town()
    award_of(grant_of, held, person, 90_000)
    found(held, fen=90_000, status=1)
    outreach_month()
    assert sorted(Lead.objects.values_list("kind", flat=True)) == ["may_qualify", "recheck"]


def test_a_suspended_award_and_one_that_begins_later_raise_no_lead(town, found, outreach_month, grant_of):
    home, (person,) = town()
    award = award_of(grant_of, home, person, 90_000)
    awards.suspend(award=award, from_month=JUL, reason="x", on=ON)
    found(home, fen=90_000)
    other, (later,) = town()
    awards.grant(grant=grant_of(later, other, unit="household", start_month=date(2022, 8, 1)), on=ON)
    found(other, fen=10_000)
    outreach_month()
    assert not Lead.objects.exists()


def test_who_declined_is_left_in_peace_for_six_months_unless_the_amount_changes(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    actions.record_outcome(lead=Lead.objects.get(), outcome="declined", on=ON, note="不愿意公示")
    for step in range(1, 7):
        found(home, fen=90_000, month=JUL + step)
        outreach_month(JUL + step, (JUL + step).last_day)
        assert Lead.objects.count() == 1, f"raised again after {step} months"
    found(home, fen=90_000, month=JUL + 7)
    outreach_month(JUL + 7, (JUL + 7).last_day)
    assert Lead.objects.filter(state="open").count() == 1


def test_who_declined_is_asked_again_when_the_amount_changed(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    actions.record_outcome(lead=Lead.objects.get(), outcome="declined", on=ON)
    found(home, fen=95_000, month=AUG)
    outreach_month(AUG, AUG_END)
    assert Lead.objects.filter(state="open", amount_fen=95_000).count() == 1


def test_who_was_not_found_is_assigned_anew_next_month_and_not_within_the_month(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    actions.record_outcome(lead=Lead.objects.get(), outcome="not_found", on=ON)
    outreach_month()
    assert Lead.objects.get().state == "not_found"
    found(home, fen=90_000, month=AUG)
    outreach_month(AUG, AUG_END)
    lead = Lead.objects.get()
    assert (lead.state, lead.attempts) == ("open", 2)


def test_an_application_waits_for_its_decision_even_when_the_finding_is_gone(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    actions.apply_for(lead=Lead.objects.get(), on=ON)
    outreach_month(AUG, AUG_END)
    assert Lead.objects.get().state == "applied"


def test_a_lead_that_no_longer_holds_is_closed_with_its_reason(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    assert outreach_month(AUG, AUG_END)["closed"] == 1
    assert Lead.objects.get().state == "closed"
    assert LeadEvent.objects.get().reason == "no_longer_holds"


def test_granting_confirms_the_finding_from_the_month_after_the_decision(town, found, outreach_month):
    home, (head,) = town()
    found(home, fen=90_000)
    outreach_month()
    actions.decide(lead=Lead.objects.get(), decision="grant", on=ON)
    award = Award.objects.get()
    assert (award.person_id, award.start_month, award.origin) == (head, date(2022, 8, 1), "lead")
    assert monthly_amount(award, AUG) == 90_000
    assert Lead.objects.get().state == "granted"
    assert outreach_month()["raised"] == 0


def test_nothing_is_granted_while_a_check_is_missing(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000, status=1)
    outreach_month()
    with pytest.raises(FindingNotCurrent):
        actions.decide(lead=Lead.objects.get(), decision="grant", on=ON)
    assert not Award.objects.exists()


def test_a_refusal_needs_its_reason_and_keeps_quiet(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    with pytest.raises(LeadMoveRefused):
        actions.decide(lead=Lead.objects.get(), decision="refuse", on=ON)
    actions.decide(lead=Lead.objects.get(), decision="refuse", on=ON, reason="meets_income_test")
    found(home, fen=90_000, month=AUG)
    assert outreach_month(AUG, AUG_END)["raised"] == 0


def test_an_increase_holds_from_the_month_found_and_a_decrease_from_the_month_after_the_decision(
    town, found, outreach_month, grant_of
):
    first, (one,) = town()
    second, (two,) = town()
    up, down = award_of(grant_of, first, one, 90_000), award_of(grant_of, second, two, 90_000)
    found(first, fen=95_000)
    found(second, fen=80_000)
    outreach_month()
    assert actions.confirm_changes_many(leads=Lead.objects.values_list("pk", flat=True), on=ON) == 2
    assert (monthly_amount(up, JUL), monthly_amount(up, AUG)) == (95_000, 95_000)
    assert (monthly_amount(down, JUL), monthly_amount(down, AUG)) == (90_000, 80_000)
    assert outreach_month()["raised"] == 0, "the month run again raises what was just settled"


def test_a_grant_is_never_confirmed_in_bulk(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    with pytest.raises(LeadMoveRefused):
        actions.confirm_changes_many(leads=[Lead.objects.get().pk], on=ON)


@pytest.mark.parametrize("outcome", ["granted", "closed", "refused", "nonsense"])
def test_a_visit_cannot_end_in_a_decision(town, found, outreach_month, outcome):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    with pytest.raises(LeadMoveRefused):
        actions.record_outcome(lead=Lead.objects.get(), outcome=outcome, on=ON)


def test_a_settled_lead_does_not_move_again(town, found, outreach_month):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    lead = actions.record_outcome(lead=Lead.objects.get(), outcome="declined", on=ON)
    with pytest.raises(LeadMoveRefused):
        actions.apply_for(lead=lead, on=ON)


def test_a_committee_records_visits_but_decides_nothing(town, found, outreach_month, as_post):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    pk = Lead.objects.get().pk
    as_post("neighbourhood_worker", "310107014029")
    actions.record_outcome(lead=pk, outcome="visited", on=ON)
    with pytest.raises(NotPermitted):
        actions.decide(lead=pk, decision="grant", on=ON)


def test_another_committee_does_not_find_the_lead(town, found, outreach_month, as_post):
    home, _ = town()
    found(home, fen=90_000)
    outreach_month()
    pk = Lead.objects.get().pk
    as_post("neighbourhood_worker", "310107014030")
    assert not Lead.objects.exists() and not Finding.objects.exists()
    with pytest.raises(LeadNotFound):
        actions.record_outcome(lead=pk, outcome="visited", on=ON)


def test_where_the_district_confirms_a_street_officer_cannot_grant(town, found, outreach_month, as_post):
    home, (person,) = town()
    found(home, person, fen=15_000, benefit="disability_nursing", programme="disability_subsidies")
    outreach_month()
    pk = Lead.objects.get().pk
    as_post("street_officer", "310107014")
    with pytest.raises(NotPermitted):
        actions.decide(lead=pk, decision="grant", on=ON)
    as_post("district_reviewer", "310107")
    actions.decide(lead=pk, decision="grant", on=ON)
    assert Award.objects.get().benefit == "disability_nursing"
