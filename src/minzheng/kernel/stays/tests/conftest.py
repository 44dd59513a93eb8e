"""A home of three beds, its manager, and people to lie in them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.actions import attach_post, register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.stays.beds import NewBed, put_into_use
from minzheng.kernel.stays.models import Bed

DISTRICT, STREET = "310107", "310107014"
OPENED = date(2020, 1, 1)
NUMBER = "310195194001011233"
_serial = count(1)


def make_home(division: str = STREET, beds: tuple[NewBed, ...] = ()) -> tuple[Facility, list[Bed]]:
    """A home open since 2020 with its beds; 101-1 and 101-2 for anybody, 102-1 for women."""
    with acting_as_service("test"):
        home = register_facility(
            code=f"EH-{division[:6]}-{next(_serial):04d}", kind="eldercare_home", name="合成养老院", division_code=division,
            during=DateRange(OPENED, None), longitude=121.4, latitude=31.23, source="test",
        )  # fmt: skip
        wanted = beds or (
            NewBed("101", "1", "basic"),
            NewBed("101", "2", "market"),
            NewBed("102", "1", "basic", sex=2),
        )
        return home, put_into_use(facility=home, beds=wanted, on=OPENED, document="测试〔2020〕1号")


def make_elder(name: str = "程合成", *, sex: int = 1, number: str = "", **told: Any) -> Person:
    with acting_as_service("test"):
        person = Person.objects.create(
            name=name, sex=sex, birth_date=date(1940, 1, 1), division_code=STREET, **told
        )
        if number:
            Identifier.objects.create(
                person=person, kind="citizen", value=number, during=DateRange(date(2000, 1, 1), None)
            )
        return person


def make_manager(home: Facility) -> Any:
    post = make_post("facility_manager", home.division_code[:6])
    with acting_as_service("test"):
        attach_post(post=post, facility=home)
    return post


@pytest.fixture
def home(db) -> Facility:
    return make_home()[0]


@pytest.fixture
def beds(home) -> list[Bed]:
    return list(Bed.objects.filter(facility=home).order_by("room", "label"))


@pytest.fixture
def manager(home) -> Any:
    return make_manager(home)


@pytest.fixture
def elders(db) -> list[Person]:
    """Three men and a woman; the first one's card is `NUMBER`."""
    return [
        make_elder("程合成", number=NUMBER),
        make_elder("别人"),
        make_elder("又一"),
        make_elder("合成女", sex=2),
    ]
