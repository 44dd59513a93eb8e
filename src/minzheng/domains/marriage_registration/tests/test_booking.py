"""Who may book the registration of a marriage where, and on which day."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.marriage_registration.booking import Comer, WrongOffice, book_marriage, oneself_as_comer
from minzheng.domains.marriage_registration.offices import load_offices, marriage_calendars
from minzheng.domains.marriage_registration.popular import popular_days
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.bookings.errors import OneBookingOnly
from minzheng.kernel.bookings.models import Booking, Calendar, Slot
from minzheng.kernel.bookings.tests.conftest import PUTUO, XUHUI, at, make_person, new_number
from minzheng.kernel.people.models import Person

AUGUST, SEPTEMBER = date(2022, 8, 31), date(2022, 9, 1)


@pytest.fixture
def offices(db) -> dict[str, Calendar]:
    with acting_as_service("test"):
        load_offices(at=at())
    return {calendar.division_code: calendar for calendar in marriage_calendars()}


def resident_of(district: str) -> Person:
    person = make_person()
    with acting_as_service("test"):
        Person.objects.filter(pk=person.pk).update(
            hukou_division_code=f"{district}001001", hukou_is_local=True
        )
    return person


def slot(calendar: Calendar, day: date = AUGUST) -> Slot:
    return Slot.objects.filter(calendar=calendar, day=day).order_by("starts")[0]


def marries(person: Person, where: Slot, partner: Comer, **given) -> Booking:
    with acting_as_resident(person.pk):
        me = oneself_as_comer(person.pk)
        return book_marriage(slot=where, item=given.pop("item", "marry"), comers=[me, partner], at=given.pop("when", at()), **given)  # fmt: skip


ELSEWHERE = None


def partner(hukou: str | None = ELSEWHERE, kind: str = "citizen") -> Comer:
    return Comer("外省合成", new_number() if kind == "citizen" else f"E{new_number()[:8]}", hukou, kind)


def test_there_is_an_office_a_district_and_one_for_foreign_couples_and_loading_again_adds_none(offices):
    assert len(offices) == 17 and "310000" in offices
    with acting_as_service("test"):
        assert load_offices(at=at()) == 0


def test_a_couple_books_where_one_of_them_has_their_hukou(offices):
    made = marries(resident_of(PUTUO), slot(offices[PUTUO]), partner())
    assert made.detail == {"hukou": [PUTUO, ""], "is_cross_district": False}
    assert marries(resident_of(XUHUI), slot(offices[PUTUO]), partner(PUTUO)).pk


def test_another_district_is_refused_in_august_and_open_in_september_by_the_day_of_the_visit(offices):
    with pytest.raises(WrongOffice, match="2022-08-31 不能在该处办理"):
        marries(resident_of(XUHUI), slot(offices[PUTUO], AUGUST), partner())
    made = marries(
        resident_of(XUHUI), slot(offices[PUTUO], SEPTEMBER), partner(), when=at("10:00", date(2022, 8, 10))
    )
    assert made.detail["is_cross_district"]


def test_nobody_of_the_city_is_refused_everywhere(offices):
    person = make_person()
    for day in (AUGUST, SEPTEMBER):
        with pytest.raises(WrongOffice, match="户口均不在本市"):
            marries(person, slot(offices[PUTUO], day), partner(), when=at("10:00", date(2022, 8, 10)))


def test_a_foreign_partner_is_served_by_the_citys_office_and_nobody_else_is(offices):
    resident = resident_of(PUTUO)
    with pytest.raises(WrongOffice, match="由市涉外婚姻登记处办理"):
        marries(resident, slot(offices[PUTUO]), partner(kind="passport"))
    with pytest.raises(WrongOffice, match="只办理涉外"):
        marries(resident, slot(offices["310000"]), partner())
    made = marries(resident, slot(offices["310000"]), partner(kind="passport"))
    assert made.state == "booked" and not made.detail["is_cross_district"]


def test_divorce_and_marriage_are_one_purpose_so_nobody_holds_both(offices):
    person, other = resident_of(PUTUO), partner()
    marries(person, slot(offices[PUTUO]), other)
    with pytest.raises(OneBookingOnly):
        marries(person, slot(offices[PUTUO]), other, item="divorce_apply")


def test_a_registrar_books_by_telephone_for_a_couple_of_their_own_district_alone(offices):
    couple = [partner(PUTUO), partner()]
    with acting(make_post("marriage_registrar", PUTUO)):
        made = book_marriage(slot=slot(offices[PUTUO]), item="marry", comers=couple, at=at(), channel="phone")
        assert made.channel == "phone"
        with pytest.raises(NotPermitted):
            book_marriage(
                slot=slot(offices[XUHUI]), item="marry", comers=[partner(XUHUI), partner()], at=at()
            )


def test_the_popular_days_of_a_year_follow_the_lunar_table():
    assert {str(one.day): one.name for one in popular_days(2022)}["2022-08-04"] == "七夕"
    assert [str(one.day) for one in popular_days(2023) if one.name == "七夕"] == ["2023-08-22"]
