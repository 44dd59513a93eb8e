"""Two registry offices and their couples: one of 徐汇 who come to 普陀, one married there who will part, one who is too late,
one of 普陀 who book online.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.marriage_registration.actions import grant_licence, receive_papers, register_marriage
from minzheng.domains.marriage_registration.booking import MARRIAGE
from minzheng.domains.marriage_registration.models import OFFICE
from minzheng.domains.marriage_registration.offices import hours_of
from minzheng.domains.marriage_registration.parties import Party, party_of
from minzheng.domains.marriage_registration.requirements import everything
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
from minzheng.kernel.access.models import Post
from minzheng.kernel.bookings.actions import open_calendar, open_slots
from minzheng.kernel.bookings.models import Slot
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world as people
from minzheng.kernel.periods import SHANGHAI, Month

PUTUO, XUHUI = "310107", "310104"
BOOKED = date(2022, 9, 30)
HOMES = {PUTUO: "310107014029", XUHUI: "310104014001"}
#: serial → name, district, household; odd serials are men.
PEOPLE = {
    1: ("高志远", XUHUI, "H300001"),
    2: ("林晓月", XUHUI, "H300002"),
    3: ("郭建国", PUTUO, "H300003"),
    4: ("何美琴", PUTUO, "H300003"),
    6: ("宋雅芝", PUTUO, "H300006"),
    7: ("陆子轩", PUTUO, "H300007"),
    8: ("尹若兰", PUTUO, "H300008"),
}


def number(serial: int) -> str:
    return people.number(serial, "19900505")


def build_marriage_town() -> None:
    """Everything is committed; August 2022 has been run, so that the desk's day is the 31st, before the pilot."""
    with acting_as_service("demo"):
        create_demo_officials()
        for row, (serial, (name, district, household)) in enumerate(PEOPLE.items(), start=1):
            people.register_one(
                row=row, serial=serial, identifier=number(serial), name=name, sex=2 - serial % 2,
                birth_date=date(1990, 5, 5), household_number=household, relation=1 if serial % 2 else 2,
                hukou_division_code=HOMES[district], division_code=HOMES[district], on=date(2022, 6, 30),
            )  # fmt: skip
        for first, (district, username) in enumerate(((PUTUO, "hunyin"), (XUHUI, "hunyinxu"))):
            _open(district, username, 1001 + 1000 * first)
    putuo = Facility.objects.get(code=f"HY-{PUTUO}")
    man, woman = party(3), party(4)
    with acting(Post.objects.get(official__user__username="hunyin")):
        register_marriage(
            office=putuo, man=man, woman=woman, on=date(2022, 6, 1),
            evidence=everything("marriage", {"man": man, "woman": woman}),
        )  # fmt: skip
    with acting_as_service("demo"):
        _take_bookings(putuo)
        open_resident_account(username="zixuan", password=PASSWORD, person_id=party(7).person_id or 0)
    run_month(Month(2022, 8))


def _take_bookings(office: Facility) -> None:
    """Two places each half hour of a morning; the last day that may be booked is open whatever the hour of the test."""
    calendar = open_calendar(facility=office, purpose=MARRIAGE.code, hours=hours_of("0-4 09:00-11:30", 2))
    open_slots(at=datetime(2022, 8, 31, 8, 30, tzinfo=SHANGHAI), calendars=[calendar.pk])
    Slot.objects.filter(day=BOOKED).update(opens_at=datetime(2022, 8, 30, 9, 0, tzinfo=SHANGHAI))


def _open(district: str, username: str, first: int) -> None:
    office = register_facility(
        code=f"HY-{district}", kind=OFFICE, name=f"{'普陀' if district == PUTUO else '徐汇'}区婚姻登记处",
        division_code=district, during=DateRange(date(2000, 1, 1), None), source="示例",
    )  # fmt: skip
    for paper in ("marriage", "divorce"):
        receive_papers(office=office, paper=paper, first=first, last=first + 99, on=date(2022, 1, 4))
    grant_licence(
        official=Post.objects.get(official__user__username=username).official, office=office,
        number=f"沪婚{district}01", start=date(2021, 1, 1), end=date(2025, 1, 1),
    )  # fmt: skip


def party(serial: int) -> Party:
    """Somebody as the register has them."""
    with acting_as_service("demo"):
        return party_of(Person.objects.get(identifiers__value=number(serial)), number(serial))
