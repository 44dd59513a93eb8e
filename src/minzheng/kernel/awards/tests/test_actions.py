"""What may be done to an award, what it leaves behind, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.awards import actions
from minzheng.kernel.awards.errors import AwardChangeError, AwardNotFound, AwardOverlap, AwardStateError
from minzheng.kernel.awards.models import Award, AwardEvent, AwardPeriod, Overpayment
from minzheng.kernel.awards.queries import awards_in_force, monthly_amount
from minzheng.kernel.periods import Month

ON = date(2022, 7, 20)
JUL = Month(2022, 7)


@pytest.fixture
def award(as_post, household, grant_of):
    as_post("service")
    home, (person,) = household()
    return actions.grant(grant=grant_of(person, home), on=ON)


def test_granting_opens_one_award_one_period_one_event_and_one_audit_entry(award):
    assert award.state == "in_force" and award.end_month is None and award.paid_through is None
    assert monthly_amount(award, Month(2021, 12)) == 0
    assert monthly_amount(award, Month(2022, 1)) == 10_000
    event = AwardEvent.objects.get(award=award)
    assert (event.action, event.reason, event.actor_label) == ("grant", "confirmed", "test")
    assert Entry.objects.filter(act="awards.grant", subject=f"award:{award.pk}").count() == 1


def test_a_second_award_of_the_benefit_in_the_same_months_is_refused(award, grant_of):
    with pytest.raises(AwardOverlap), transaction.atomic():
        actions.grant(grant=grant_of(award.person_id), on=ON)


def test_a_second_award_for_another_member_of_the_household_is_refused(as_post, household, grant_of):
    as_post("service")
    home, (one, two) = household(2)
    actions.grant(grant=grant_of(one, home, unit="household"), on=ON)
    with pytest.raises(AwardOverlap), transaction.atomic():
        actions.grant(grant=grant_of(two, home, unit="household"), on=ON)


def test_a_new_award_may_begin_in_the_month_after_the_end_but_not_in_the_last_month(award, grant_of):
    actions.end(award=award, last_month=Month(2022, 6), reason="moved_out", on=ON)
    with pytest.raises(AwardOverlap), transaction.atomic():
        actions.grant(grant=grant_of(award.person_id, start_month=date(2022, 6, 1)), on=ON)
    assert actions.grant(grant=grant_of(award.person_id, start_month=date(2022, 7, 1)), on=ON)


def test_adjusting_changes_the_amount_from_the_month_and_not_before(award):
    actions.adjust(award=award, from_month=JUL, monthly_fen=12_000, reason="standard_changed", on=ON)
    assert monthly_amount(award, JUL - 1) == 10_000
    assert monthly_amount(award, JUL) == 12_000
    event = AwardEvent.objects.filter(award=award).latest("id")
    assert event.detail["previous_fen"] == 10_000 and event.detail["monthly_fen"] == 12_000


@pytest.mark.parametrize("fen", [0, -1])
def test_an_amount_that_is_not_positive_is_refused(award, fen):
    with pytest.raises(AwardChangeError):
        actions.adjust(award=award, from_month=JUL, monthly_fen=fen, reason="x", on=ON)


def test_a_change_before_the_award_begins_is_refused(award):
    with pytest.raises(AwardChangeError):
        actions.adjust(award=award, from_month=Month(2021, 12), monthly_fen=1, reason="x", on=ON)


def test_a_change_without_a_reason_is_refused(award):
    with pytest.raises(AwardChangeError):
        actions.adjust(award=award, from_month=JUL, monthly_fen=1, reason="", on=ON)


def test_a_suspended_month_pays_nothing_and_a_resumed_one_pays_again(award):
    actions.suspend(award=award, from_month=Month(2022, 3), reason="check_refused", on=ON)
    assert monthly_amount(award, Month(2022, 3)) == 0
    with pytest.raises(AwardStateError):
        actions.adjust(award=award, from_month=JUL, monthly_fen=1, reason="x", on=ON)
    actions.resume(award=award, from_month=Month(2022, 5), monthly_fen=9_000, reason="check_passed", on=ON)
    assert [monthly_amount(award, Month(2022, m)) for m in (2, 3, 4, 5)] == [10_000, 0, 0, 9_000]


def test_an_ended_award_can_be_recalculated_only_within_its_months(award):
    actions.end(award=award, last_month=Month(2022, 4), reason="moved_out", on=ON)
    actions.recalculate(
        award=award,
        from_month=Month(2022, 3),
        through_month=Month(2022, 6),
        monthly_fen=8_000,
        reason="error",
        on=ON,
    )
    assert [monthly_amount(award, Month(2022, m)) for m in (2, 3, 4, 5, 6)] == [10_000, 8_000, 8_000, 0, 0]
    with pytest.raises(AwardStateError):
        actions.end(award=award, last_month=Month(2022, 4), reason="again", on=ON)


def test_months_paid_after_the_end_become_overpayments_and_others_do_not(award):
    Award.objects.filter(pk=award.pk).update(paid_through=date(2022, 6, 1))
    actions.end(award=award, last_month=Month(2022, 4), reason="deceased", on=ON)
    found = Overpayment.objects.filter(award=award).order_by("month").values_list("month", "amount_fen")
    assert list(found) == [(date(2022, 5, 1), 10_000), (date(2022, 6, 1), 10_000)]


def test_recalculating_downwards_records_only_the_difference_of_paid_months(award):
    Award.objects.filter(pk=award.pk).update(paid_through=date(2022, 2, 1))
    actions.recalculate(
        award=award,
        from_month=Month(2022, 2),
        through_month=Month(2022, 3),
        monthly_fen=7_000,
        reason="error",
        on=ON,
    )
    assert list(Overpayment.objects.values_list("month", "amount_fen")) == [(date(2022, 2, 1), 3_000)]


def test_an_award_that_ends_before_it_began_pays_no_month_and_blocks_nobody(award, grant_of):
    actions.end(award=award, last_month=Month(2021, 12), reason="mistaken", on=ON)
    assert not AwardPeriod.objects.filter(award=award).exists()
    assert actions.grant(grant=grant_of(award.person_id), on=ON)


def test_a_set_is_changed_whole_or_not_at_all(award, as_post, household, grant_of):
    home, (other,) = household()
    second = actions.grant(grant=grant_of(other, home), on=ON)
    actions.suspend(award=second, from_month=JUL, reason="x", on=ON)
    with pytest.raises(AwardStateError), transaction.atomic():
        actions.adjust_many(
            changes=[actions.Change(award.pk, JUL.first_day, 1), actions.Change(second.pk, JUL.first_day, 1)],
            on=ON,
            reason="x",
        )
    assert monthly_amount(award, JUL) == 10_000


def test_an_event_can_neither_be_changed_nor_deleted(award):
    for sql in ("UPDATE awards_awardevent SET reason = 'other'", "DELETE FROM awards_awardevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_an_officer_of_another_district_neither_sees_nor_changes_the_award(award, as_post):
    as_post("street_officer", "310101002")
    assert not Award.objects.filter(pk=award.pk).exists()
    assert not AwardPeriod.objects.exists() and not AwardEvent.objects.exists()
    with pytest.raises(AwardNotFound):
        actions.suspend(award=award.pk, from_month=JUL, reason="x", on=ON)


def test_an_officer_of_another_programme_does_not_see_the_award(award, as_post):
    as_post("street_officer", "310107014", ("old_age_allowance",))
    assert not Award.objects.filter(pk=award.pk).exists()


@pytest.mark.parametrize(
    "role", ["neighbourhood_worker", "finance_preparer", "auditor", "statistician", "system_admin"]
)
def test_roles_that_decide_nothing_may_not_change_an_award(award, as_post, role):
    as_post(role, "310000")
    with pytest.raises((NotPermitted, AwardNotFound)):
        actions.adjust(award=award.pk, from_month=JUL, monthly_fen=1, reason="x", on=ON)


def test_a_resident_sees_their_own_award_and_can_change_nothing(as_post, household, grant_of, request):
    from minzheng.kernel.access import acting_as_resident

    with as_post("service"):
        home, (person,) = household()
        other_home, (other,) = household()
        award = actions.grant(grant=grant_of(person, home), on=ON)
        actions.grant(grant=grant_of(other, other_home), on=ON)
    with acting_as_resident(person):
        assert list(Award.objects.values_list("pk", flat=True)) == [award.pk]
        assert Award.objects.update(paid_through=date(2030, 1, 1)) == 0


def test_awards_in_force_of_a_month_carry_their_amount(award):
    assert [a.monthly_fen for a in awards_in_force(JUL)] == [10_000]
    assert not awards_in_force(Month(2021, 12)).exists()
