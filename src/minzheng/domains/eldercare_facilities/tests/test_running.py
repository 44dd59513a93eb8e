"""Prices, licences, medical care, incidents, meals, relief, the basic service list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from minzheng.domains.eldercare_facilities import medical, relief, residents, running
from minzheng.domains.eldercare_facilities.basic_services import edition_on, services_for
from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import (
    Consultation,
    Home,
    Incident,
    MealDay,
    Price,
    ReliefClaim,
)
from minzheng.domains.eldercare_facilities.queries import expiring, figures_by_district, hospital_figures
from minzheng.domains.eldercare_facilities.tests.conftest import (
    DAY,
    OTHER_STREET,
    make_elder,
    make_home,
    make_manager,
)
from minzheng.domains.eldercare_facilities.tests.test_beds import take_in
from minzheng.kernel.access import acting
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.stays import actions

NOON = datetime(2022, 8, 1, 12, tzinfo=SHANGHAI)


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def test_a_new_price_ends_the_old_one_and_any_past_day_can_be_read(home, manager):
    with acting(manager):
        told = {"facility": home, "item": "床位费", "unit": "month"}
        running.publish_price(amount_fen=200_000, start=DAY, on=DAY, **told)
        running.publish_price(amount_fen=250_000, start=later(30), on=later(5), **told)
        with pytest.raises(FacilityRefused, match="须晚于"):
            running.publish_price(amount_fen=1, start=later(30), on=later(6), **told)
        with pytest.raises(FacilityRefused, match="先公示"):
            running.publish_price(amount_fen=1, start=later(40), on=later(41), **told)
    on = {day: Price.objects.get(during__contains=later(day)).amount_fen for day in (0, 29, 30)}
    assert on == {0: 200_000, 29: 200_000, 30: 250_000}  # Public: nobody acts here.


@pytest.mark.parametrize(
    "last,is_listed", [(later(59), True), (later(60), True), (later(61), False), (later(-1), True)]
)
def test_what_ends_within_sixty_days_is_listed(home, manager, last, is_listed):
    with acting(manager):
        running.record_licence(
            facility=home, kind="food", number="JY1", issuer="局", start=date(2020, 1, 1), last=last
        )
        running.set_medical(facility=home, form="contracted", partner="中心", number="Y1", last=last)
        assert [(row.kind, row.last) for row in expiring(on=DAY, facility_id=home.pk)] == (
            [("food", last), ("contracted", last)] if is_listed else []
        )


def test_a_renewed_licence_is_no_longer_listed(home, manager):
    with acting(manager):
        common = {"facility": home, "kind": "food", "number": "JY1", "issuer": "局"}
        running.record_licence(start=date(2020, 1, 1), last=later(10), **common)
        with pytest.raises(FacilityRefused, match="已有一份有效"):
            running.record_licence(start=later(10), last=later(900), **common)
        running.record_licence(start=later(11), last=later(900), **common)
        assert expiring(on=DAY, facility_id=home.pk) == []


def test_a_clinic_without_its_paper_is_refused(home, manager):
    with acting(manager), pytest.raises(FacilityRefused, match="到期日"):
        running.set_medical(facility=home, form="own", partner="医务室", number="Y1")


def test_medical_cover_is_a_share_of_homes_and_of_beds_and_lapses_with_the_paper(home, manager):
    other = make_home(beds=2)
    with acting(manager):
        running.set_medical(facility=home, form="own", partner="医务室", number="Y1", last=later(5))
        covered = figures_by_district(on=DAY, within="310107")["310107"]
        lapsed = figures_by_district(on=later(6), within="310107")["310107"]
    assert (covered.homes, covered.medical_percent, covered.medical_beds_percent) == (2, 50.0, 75.0)
    assert lapsed.medical_percent == 0
    assert Home.objects.get(facility=other).medical_form == "none"


def test_an_incident_reported_after_its_hours_is_late(home, manager):
    with acting(manager):
        for hours, is_late in ((23, False), (24, False), (25, True)):
            made = running.report_incident(
                facility=home,
                kind="fall",
                happened_at=NOON,
                reported_at=NOON + timedelta(hours=hours),
                words="走廊跌倒",
            )
            assert made.is_late is is_late
        with pytest.raises(FacilityRefused, match="早于发生"):
            running.report_incident(
                facility=home,
                kind="fall",
                happened_at=NOON,
                reported_at=NOON - timedelta(hours=1),
                words="走廊跌倒",
            )


def test_an_incident_is_followed_up_until_it_is_closed(home, manager, district):
    with acting(manager):
        made = running.report_incident(
            facility=home, kind="fall", happened_at=NOON, reported_at=NOON, words="走廊跌倒"
        )
        running.follow_up(incident=made, words="送医检查", at=NOON)
        running.follow_up(incident=made, words="无骨折，已返院", at=NOON, closes=True)
        with pytest.raises(FacilityRefused, match="已办结"):
            running.follow_up(incident=made, words="再说", at=NOON)
    with acting(district):
        assert Incident.objects.get().steps.count() == 2
    for post in (
        make_post("inspector", "310107"),
        make_manager(make_home()),
        make_post("statistician", "310000"),
    ):
        with acting(post):
            assert not Incident.objects.exists()


def test_meals_are_told_by_day_and_only_by_a_meal_site(home, manager):
    site = make_home(kind="meal_site", beds=0, meal_capacity=100)
    with acting(manager), pytest.raises(FacilityRefused, match="不是助餐"):
        running.record_meals(facility=home, day=DAY, meals=1, price_fen=1, subsidy_fen=0, on=DAY)
    with acting(make_manager(site)):
        for meals in (80, 90):
            running.record_meals(
                facility=site, day=DAY, meals=meals, price_fen=meals * 1200, subsidy_fen=0, on=DAY
            )
        assert MealDay.objects.get().meals == 90
        with pytest.raises(FacilityRefused, match="今天之后"):
            running.record_meals(facility=site, day=later(1), meals=1, price_fen=1, subsidy_fen=0, on=DAY)


def test_a_consultation_is_booked_for_a_resident_and_held_with_advice(home, manager, beds, district):
    who = make_elder()
    with acting(manager):
        link = medical.link_hospital(
            facility=home, hospital="示意互联网医院", number="L1", start=DAY, last=later(30)
        )
        stay = take_in(beds[0], who)
        with pytest.raises(FacilityRefused, match="无效"):
            medical.book_consultation(stay=stay, link=link, at=NOON + timedelta(days=31))
        booked = medical.book_consultation(stay=stay, link=link, at=NOON + timedelta(days=1))
        with pytest.raises(FacilityRefused, match="医师"):
            medical.hold_consultation(consultation=booked, at=NOON, doctor="", advice="")
        medical.hold_consultation(
            consultation=booked, at=NOON, doctor="医师", advice="继续", prescription="RX1"
        )
        actions.go_away(stay=stay, on=later(2))
        stay.refresh_from_db()
        with pytest.raises(FacilityRefused, match="不在院"):
            medical.book_consultation(stay=stay, link=link, at=NOON + timedelta(days=3))
    with acting(district):
        assert hospital_figures(start=DAY, end=DAY, within="310107") == {"310107": (1, 1)}
        assert Consultation.objects.get().prescription == "RX1"


def test_relief_is_reckoned_from_the_records_and_capped(home, manager, beds):
    who = make_elder()
    with acting(manager):
        take_in(beds[0], who)
        met = {one.measure.code: one.sum_fen for one in relief.measures_met(home, on=DAY)}
        # 1 resident · 2 staff · 300 m² · 6 beds; the measure for staff ended on 30 June.
        assert met == {"epidemic": 50_000, "insurance": 160_000, "rent": 900_000, "finance": 120_000}
        Home.objects.filter(facility=home).update(floor_area_m2=100_000)
        met = {one.measure.code: one.sum_fen for one in relief.measures_met(home, on=DAY)}
        assert met["rent"] == relief.measures()["rent"].most_fen


def test_the_district_grants_no_more_than_was_reckoned_and_what_is_paid_adds_up(home, manager, district):
    with acting(manager):
        made = relief.claim(facility=home, measure="rent", on=DAY)
        with pytest.raises(FacilityRefused, match="无须重复"):
            relief.claim(facility=home, measure="rent", on=DAY)
        with pytest.raises(FacilityRefused, match="不符合"):
            relief.claim(facility=home, measure="staff", on=DAY)
        with pytest.raises(NotPermitted):
            relief.decide(claim=made, approved_fen=1, words="", on=DAY)
    with acting(district):
        for wrong in (0, 900_001):
            with pytest.raises(FacilityRefused, match="不超过"):
                relief.decide(claim=made, approved_fen=wrong, words="", on=DAY)
        with pytest.raises(FacilityRefused, match="可办理"):
            relief.pay(claim=made, on=DAY)
        relief.decide(claim=made, approved_fen=900_000, words="", on=DAY)
        relief.pay(claim=made, on=later(3))
        assert relief.paid_by_measure(within="310107") == {"rent": (1, 900_000)}
        assert ReliefClaim.objects.get().paid_on == later(3)
    with acting(make_post("district_reviewer", "310104")):
        assert relief.paid_by_measure() == {}


def test_figures_of_a_district_are_its_own(home, manager, beds):
    who = make_elder()
    make_home(OTHER_STREET)
    with acting(manager):
        take_in(beds[0], who)
    every = figures_by_district(on=DAY)
    assert set(every) == {"310104", "310107"}
    own = every["310107"]
    assert (own.all_beds, own.taken, own.free, dict(own.beds)) == (
        6,
        1,
        5,
        {"basic": 3, "market": 2, "dementia": 1},
    )


@pytest.mark.parametrize(
    "age,grade,classes,gets,not_yet",
    [
        (59, 4, (), (), ("care_assessment", "basic_bed")),
        (60, 2, (), ("care_assessment", "long_term_care"), ("basic_bed", "old_age_allowance")),
        (60, 3, (), ("basic_bed",), ("visits",)),
        (64, 1, (), (), ("old_age_allowance", "long_term_care")),
        (65, None, (), ("old_age_allowance",), ("long_term_care", "basic_bed")),
        (70, None, ("dementia",), ("basic_bed",), ("care_subsidy",)),
        (70, 1, ("low_income",), ("care_subsidy",), ("extreme_poverty",)),
        (80, 0, ("extreme_poverty",), ("visits", "extreme_poverty", "basic_bed"), ("long_term_care",)),
    ],
)
def test_what_somebody_gets_follows_age_grade_and_class(age, grade, classes, gets, not_yet):
    codes = {item.code for item in services_for(age=age, on=DAY, grade=grade, classes=frozenset(classes))}
    assert set(gets) <= codes
    assert not codes & set(not_yet)


def test_who_has_no_hukou_gets_what_is_open_to_all():
    codes = {item.code for item in services_for(age=80, on=DAY, is_local=False, grade=5)}
    assert codes == {"care_assessment", "long_term_care", "meals", "visits"}


def test_every_item_of_the_list_names_its_paper_and_no_list_is_older_than_the_first():
    assert all(
        item.source and item.provenance in ("seed", "public", "illustrative")
        for item in edition_on(DAY).items
    )
    with pytest.raises(FacilityRefused, match="尚无"):
        edition_on(date(2021, 12, 31))


@pytest.mark.parametrize(
    "role", ["inspector", "auditor", "statistician", "neighbourhood_worker", "centre_clerk"]
)
def test_who_only_looks_changes_nothing_of_a_facility(home, role):
    with acting(make_post(role, "310107")):
        for act in (
            lambda: running.publish_price(
                facility=home, item="餐", unit="meal", amount_fen=1, start=DAY, on=DAY
            ),
            lambda: running.close_for_a_time(facility=home, reason="整改停业", on=DAY),
            lambda: relief.claim(facility=home, measure="rent", on=DAY),
            lambda: running.set_medical(facility=home, form="none"),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_a_leave_by_death_counts_its_own_day(manager, beds):
    who = make_elder()
    with acting(manager):
        stay = take_in(beds[0], who)
        ended = residents.leave(stay=stay, on=later(4), because="deceased")
        assert (ended.during.upper, ended.ended_because) == (later(5), "deceased")
