"""A home of 普陀 with six beds, its manager, the district's reviewer, and people with their cards."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities.actions import describe
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.actions import attach_post, register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.stays.beds import NewBed, put_into_use
from minzheng.kernel.stays.models import Bed

STREET, OTHER_STREET = "310107014", "310104014"
OPENED = date(2022, 1, 4)
DAY = date(2022, 8, 1)
_serial = count(1)


def make_home(
    division: str = STREET, *, opened: date = OPENED, kind: str = "eldercare_home", beds: int = 6, **told: Any
) -> Facility:
    """A facility with beds 101-1 … : basic, market, basic, market, basic, dementia."""
    with acting_as_service("test"):
        home = register_facility(
            code=f"T-{division}-{next(_serial)}", kind=kind, name=f"合成养老院{next(_serial)}", division_code=division,
            during=DateRange(opened, None), longitude=121.4, latitude=31.23, source="test",
        )  # fmt: skip
        wanted = ["basic", "market", "basic", "market", "basic", "dementia"][:beds]
        if wanted:
            new = [NewBed("101", str(at), kind) for at, kind in enumerate(wanted, 1)]
            put_into_use(facility=home, beds=new, on=opened, document="测试〔2022〕1号")
        describe(facility=home, **{"ownership": "private", "staff_on_duty": 2, "floor_area_m2": 300, **told})
        return home


def make_elder(name: str = "程合成", sex: int = 1) -> tuple[Person, str]:
    """Somebody with a card; (person, number)."""
    serial = next(_serial)
    number = f"3101951940010{serial:05d}"
    with acting_as_service("test"):
        person = Person.objects.create(name=name, sex=sex, birth_date=date(1940, 1, 1), division_code=STREET)
        Identifier.objects.create(
            person=person, kind="citizen", value=number, during=DateRange(date(2000, 1, 1), None)
        )
    return person, number


def make_manager(home: Facility) -> Any:
    post = make_post("facility_manager", home.division_code[:6])
    with acting_as_service("test"):
        attach_post(post=post, facility=home)
    return post


@pytest.fixture
def home(db) -> Facility:
    return make_home()


@pytest.fixture
def beds(home) -> list[Bed]:
    return list(Bed.objects.filter(facility=home).order_by("label"))


@pytest.fixture
def manager(home) -> Any:
    return make_manager(home)


@pytest.fixture
def district(db) -> Any:
    return make_post("district_reviewer", "310107")
