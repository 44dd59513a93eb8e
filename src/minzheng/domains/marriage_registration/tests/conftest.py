"""An office of 普陀 with papers and a licensed registrar, and couples on identifiers that no living person can bear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.marriage_registration.actions import grant_licence, receive_papers
from minzheng.domains.marriage_registration.models import OFFICE, Facility
from minzheng.domains.marriage_registration.parties import Party, party_of
from minzheng.domains.marriage_registration.requirements import everything
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests.world import number, person, register

PUTUO, XUHUI, JINSHAN, CITY = "310107", "310104", "310116", "310000"
HOMES = {PUTUO: "310107014029", XUHUI: "310104014001", JINSHAN: "310116101001"}
DAY = date(2022, 8, 8)


@dataclass(frozen=True)
class Office:
    """An office, its registrar's post and the licence."""

    facility: Facility
    post: Post
    head: Post


def open_office(district: str, *, first: int, papers: int = 100) -> Office:
    """A registry office with papers of both kinds and a registrar who holds a licence."""
    registrar, head = make_post("marriage_registrar", district), make_post("marriage_office_head", district)
    with acting_as_service("test"):
        facility = register_facility(
            code=f"HY-{district}",
            kind=OFFICE,
            name=f"{district}婚姻登记处",
            division_code=district,
            during=DateRange(date(2000, 1, 1), None),
            source="test",
        )
        for paper in ("marriage", "divorce"):
            receive_papers(
                office=facility, paper=paper, first=first, last=first + papers - 1, on=date(2022, 1, 4)
            )
        for post, name in ((registrar, "R"), (head, "H")):
            grant_licence(
                official=post.official,
                office=facility,
                number=f"{name}{district}",
                start=date(2021, 1, 1),
                end=date(2024, 1, 1),
            )
    return Office(facility, registrar, head)


@pytest.fixture
def office(db: None) -> Office:
    return open_office(PUTUO, first=1001)


def new_person(serial: int, *, home: str = PUTUO, born: date = date(1995, 5, 5), **other: Any) -> Party:
    """Enters somebody into the register of people and returns them as a party; odd serials are men."""
    told = {
        "serial": serial,
        "identifier": number(serial, born.strftime("%Y%m%d")),
        "name": f"{'男' if serial % 2 else '女'}{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}",
        "sex": 1 if serial % 2 else 2,
        "birth_date": born,
        "household_number": f"H{serial:06d}",
        "hukou_division_code": HOMES[home],
        "division_code": HOMES[home],
    } | other
    with acting_as_service("test"):
        result = register(person(**told)).to_dicts()[0]
        return party_of(Person.objects.get(pk=result["person_id"]), told["identifier"])


@pytest.fixture
def make_person(db: None) -> Callable[..., Party]:
    return new_person


@pytest.fixture
def couple(make_person: Callable[..., Party]) -> tuple[Party, Party]:
    return make_person(1), make_person(2)


def whole(act: str, man: Party, woman: Party) -> Any:
    """Evidence that lacks nothing."""
    return everything(act, {"man": man, "woman": woman})


def stranger(serial: int, **other: Any) -> Party:
    """Somebody the city's register does not know."""
    born = date(1990, 3, 3)
    base = Party(f"外地{serial}", number(serial, "19900303"), 1 if serial % 2 else 2, born)
    return replace(base, **other)
