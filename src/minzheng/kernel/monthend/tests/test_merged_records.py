"""Two records turn out to be one person: awards go along, nobody is paid twice for a month, undoing restores."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award, AwardPeriod
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.kernel.outreach.models import Lead, Notice
from minzheng.kernel.payments.models import Order
from minzheng.kernel.people.actions import merge_people, undo_merge
from minzheng.kernel.periods import Month

JUL = Month(2022, 7)
ON = date(2022, 7, 5)


@pytest.fixture
def town(fresh_database):
    return build_town() | {"post": make_post("city_policy_officer", "310000").pk}


def merge(town, survivor: str, absorbed: str):
    with acting(town["post"]):
        return merge_people(
            survivor_id=town[survivor], absorbed_id=town[absorbed], on=ON, reason="两个证件号码同属一人"
        )


def test_an_award_goes_with_its_record_and_returns_when_the_merge_is_undone(town):
    merged = merge(town, "满六十五", "将满七十")
    with acting(town["post"]):
        award = Award.objects.get(benefit="old_age_allowance", person_id=town["满六十五"])
        assert set(AwardPeriod.objects.filter(award=award).values_list("person_id", flat=True)) == {
            town["满六十五"]
        }
        undo_merge(merge=merged, on=ON, reason="核对有误")
        assert Award.objects.get(pk=award.pk).person_id == town["将满七十"]
        assert set(AwardPeriod.objects.filter(award=award).values_list("person_id", flat=True)) == {
            town["将满七十"]
        }


def test_two_awards_of_one_person_for_the_same_months_are_paid_once_and_one_is_asked_to_end(town):
    with acting(town["post"]):
        twins = list(
            Award.objects.filter(benefit="subsistence_allowance", household_id__in=[town["H4"], town["H5"]])
            .order_by("pk")
            .values_list("person_id", flat=True)
        )
    kept, repeated = twins
    with acting(town["post"]):
        merge_people(survivor_id=kept, absorbed_id=repeated, on=ON, reason="同一人在两户")
    run_month(JUL)
    with acting(town["post"]):
        orders = Order.objects.filter(person_id__in=twins, benefit="subsistence_allowance")
        assert dict(orders.filter(benefit_month=JUL.first_day).values_list("person_id", "state")) == {
            kept: "drafted",
            repeated: "held",
        }
        assert orders.get(state="held").hold_reason == "payee_merged"


def test_pending_work_about_the_absorbed_record_goes_with_it(town):
    run_month(JUL)
    with acting(town["post"]):
        about = Notice.objects.get(about="grant").person_id
        other = Lead.objects.filter(unit="household", kind="qualifies").first().person_id
        merge_people(survivor_id=other, absorbed_id=about, on=ON, reason="两个证件号码同属一人")
        assert Notice.objects.get(about="grant").person_id == other
