"""Taking residents in by their card; basic beds: who has one without a right, how long others stand empty."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from minzheng.domains.eldercare_facilities import basic_beds, residents, running
from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import BedRelease, Contract, Occupant
from minzheng.domains.eldercare_facilities.residents import Right
from minzheng.domains.eldercare_facilities.tests.conftest import DAY, make_elder, make_home, make_manager
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.stays import actions
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Stay

GRADE4 = Right("grade", 4, "评估报告")


def take_in(bed, person, right=GRADE4, on=DAY):
    who, number = person
    return residents.take_in(number=number, name=who.name, bed=bed, right=right, on=on)


def test_the_card_must_agree_with_the_register(manager, beds):
    who, number = make_elder()
    with acting(manager):
        with pytest.raises(FacilityRefused, match="不一致"):
            residents.take_in(number=number, name="别名", bed=beds[0], right=GRADE4, on=DAY)
        stay = take_in(beds[0], (who, number))
        assert (stay.person_id, Occupant.objects.get(stay=stay).grade) == (who.pk, 4)


@pytest.mark.parametrize(
    "right,is_flagged",
    [
        (Right("grade", 2), True),
        (Right("grade", 3), False),
        (Right("grade", 4), False),
        (Right("none", 6), True),
        (Right("dementia"), False),
        (Right("extreme_poverty"), False),
        (None, True),
    ],
)
def test_a_basic_bed_is_flagged_unless_its_occupant_shows_a_right(manager, district, beds, right, is_flagged):
    who = make_elder()
    with acting(manager):
        if right is None:
            actions.admit(person_id=who[0].pk, bed=beds[0], on=DAY)
        else:
            take_in(beds[0], who, right)
    with acting(district):
        assert basic_beds.used_without_right(on=DAY, within="310107").exists() is is_flagged
    with acting(make_post("district_reviewer", "310104")):
        assert not basic_beds.used_without_right(on=DAY).exists()


def test_a_market_bed_asks_no_right(manager, district, beds):
    who = make_elder()
    with acting(manager):
        take_in(beds[1], who, Right("none", 0))
    with acting(district):
        assert not basic_beds.used_without_right(on=DAY).exists()


def test_the_right_goes_along_to_the_next_bed(manager, district, beds):
    who = make_elder()
    with acting(manager):
        stay = take_in(beds[1], who, Right("none", 1))
        moved = residents.change_bed(stay=stay, bed=beds[0], on=DAY + timedelta(days=2))
        assert Occupant.objects.get(stay=moved).entitlement == "none"
    with acting(district):
        [flagged] = basic_beds.used_without_right(on=DAY + timedelta(days=2))
        assert flagged.pk == moved.pk
        assert not basic_beds.used_without_right(on=DAY).exists()


def test_a_right_by_grade_needs_the_grade(manager, beds):
    who = make_elder()
    with acting(manager):
        for right, words in (
            (Right("grade"), "评估等级"),
            (Right("friend"), "不在列表"),
            (Right("grade", 7), "0 至 6"),
        ):
            with pytest.raises(FacilityRefused, match=words):
                take_in(beds[0], who, right)
        assert not Stay.objects.exists()


def test_empty_days_run_from_the_day_the_last_one_left(manager, district, beds):
    who = make_elder()
    with acting(manager):
        stay = take_in(beds[0], who, on=date(2022, 6, 1))
        residents.leave(stay=stay, on=date(2022, 7, 2))
    with acting(district):
        days = {row.label: row.days for row in basic_beds.empty_beds(on=DAY, within="310107")}
    # 101-1 since 2 July, the other two basic beds since the home opened on 4 January.
    assert days == {"101-1": 30, "101-3": 209, "101-5": 209}


@pytest.mark.parametrize("empty_days,is_released", [(59, False), (60, False), (61, True)])
def test_a_basic_bed_goes_to_the_pool_when_it_stood_empty_past_sixty_days(district, empty_days, is_released):
    home = make_home(opened=DAY - timedelta(days=empty_days), beds=1)
    with acting(district):
        assert basic_beds.release_empty(on=DAY, within="310107") == int(is_released)
        assert basic_beds.release_empty(on=DAY, within="310107") == 0
        assert BedRelease.objects.filter(facility=home, during__contains=DAY).exists() is is_released


def test_a_released_bed_is_filled_by_the_authority_and_leaves_the_pool_then(manager, district, beds):
    who = make_elder()
    with acting(district):
        assert basic_beds.release_empty(on=DAY, within="310107") == 3
    with acting(manager), pytest.raises(FacilityRefused, match="统筹池"):
        take_in(beds[0], who)
    with acting(district):
        actions.plan_stay(person_id=who[0].pk, bed=beds[0], start=DAY + timedelta(days=1))
        basic_beds.release_empty(on=DAY + timedelta(days=1), within="310107")
        still = BedRelease.objects.filter(during__endswith__isnull=True).values_list("bed_id", flat=True)
        assert set(still) == {beds[2].pk, beds[4].pk}


@pytest.mark.parametrize("role", ["facility_manager", "street_officer", "inspector", "auditor"])
def test_only_who_allocates_beds_releases_them(home, role):
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        basic_beds.release_empty(on=DAY)


def test_nobody_moves_into_a_facility_that_is_shut(manager, district, beds, home):
    first, second = make_elder(), make_elder("别人")
    with acting(manager):
        take_in(beds[1], first)
        with pytest.raises(NotPermitted):
            running.close_for_a_time(facility=home, reason="自行停业装修", on=DAY)
    with acting(district):
        closure = running.close_for_a_time(facility=home, reason="消防整改", on=DAY)
        assert closure.residents == 1
        with pytest.raises(FacilityRefused, match="已处于"):
            running.close_for_a_time(facility=home, reason="再次停业", on=DAY)
    with acting(manager), pytest.raises(FacilityRefused, match="暂停服务"):
        take_in(beds[0], second)
    with acting(district):
        with pytest.raises(FacilityRefused, match="须晚于"):
            running.reopen(closure=closure, on=DAY)
        running.reopen(closure=closure, on=DAY + timedelta(days=5))
    with acting(manager):
        assert take_in(beds[0], second, on=DAY + timedelta(days=5))


def test_a_contract_ends_with_the_stay_and_a_new_one_ends_the_old(manager, beds):
    who = make_elder()
    with acting(manager):
        stay = take_in(beds[0], who)
        residents.sign_contract(stay=stay, number="H1", grade=3, monthly_fen=450_000, on=DAY)
        with pytest.raises(FacilityRefused, match="编号"):
            residents.sign_contract(
                stay=stay, number="H1", grade=4, monthly_fen=500_000, on=DAY + timedelta(days=9)
            )
        residents.sign_contract(
            stay=stay, number="H2", grade=4, monthly_fen=500_000, on=DAY + timedelta(days=9)
        )
        residents.leave(stay=stay, on=DAY + timedelta(days=20))
        ends = dict(Contract.objects.values_list("number", "during"))
    assert ends["H1"].upper == DAY + timedelta(days=9)
    assert ends["H2"].upper == DAY + timedelta(days=20)


def test_contracts_and_rights_of_other_homes_stay_hidden(manager, beds):
    who = make_elder()
    with acting(manager):
        residents.sign_contract(stay=take_in(beds[0], who), number="H1", grade=3, monthly_fen=1, on=DAY)
    for post in (
        make_manager(make_home()),
        make_post("district_reviewer", "310104"),
        make_post("inspector", "310107"),
    ):
        with acting(post):
            assert not Contract.objects.exists()
            assert not Occupant.objects.exists()


def test_a_taken_bed_is_refused_in_words(manager, beds):
    first, second = make_elder(), make_elder("别人")
    with acting(manager):
        take_in(beds[0], first)
        with pytest.raises(StayRefused, match="已有人入住"):
            take_in(beds[0], second)
        assert Occupant.objects.count() == 1


def test_the_service_sees_every_district(db):
    make_home(opened=date(2022, 1, 4)), make_home("310104014", opened=date(2022, 1, 4))
    with acting_as_service("test"):
        assert basic_beds.release_empty(on=DAY) == 6
