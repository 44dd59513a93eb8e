"""Two streets of one district with elders, a centre, a home with beds, and points for everything."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities import CENTRE, HOME
from minzheng.domains.eldercare_layout.models import AreaPoint
from minzheng.domains.eldercare_layout.needs import reckon_elders
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays.models import Bed

DAY = date(2022, 8, 1)
NEAR, FAR = "310107014", "310107015"
COMMITTEES = {f"{NEAR}001": (121.400, 31.23), f"{NEAR}002": (121.402, 31.23), f"{FAR}001": (121.440, 31.23)}
_serial = count(1)


def people(division: str, born: int, number: int, **told: object) -> None:
    Person.objects.bulk_create(
        Person(name="合成", birth_date=date(born, 1, 1), division_code=division, **told)
        for _ in range(number)
    )


def facility(kind: str, division: str, longitude: float, *, beds: int = 0, opened: date = date(2020, 1, 1)):
    made = register_facility(
        code=f"T-{division[:6]}-{next(_serial):04d}", kind=kind, name="合成设施", division_code=division,
        during=DateRange(opened, None), longitude=longitude, latitude=31.23, source="test",
    )  # fmt: skip
    Bed.objects.bulk_create(
        Bed(
            facility=made,
            division_code=division,
            room="1",
            label=str(at),
            kind="basic",
            during=DateRange(opened, None),
        )
        for at in range(beds)
    )
    return made


@pytest.fixture
def city(db) -> None:
    """40 elders near the centre, 60 in the far street; one home of two beds in the near one."""
    with acting_as_service("test"):
        AreaPoint.objects.bulk_create(
            AreaPoint(division_code=code, longitude=x, latitude=y, source="test")
            for code, (x, y) in {**COMMITTEES, NEAR: (121.401, 31.23), FAR: (121.44, 31.23)}.items()
        )
        people(f"{NEAR}001", 1950, 30)
        people(f"{NEAR}002", 1940, 10)
        people(f"{FAR}001", 1950, 60)
        people(f"{FAR}001", 1990, 5)
        people("310104", 1950, 7)  # Known to a district alone, and another one.
        people(f"{NEAR}001", 1950, 3, death_date=date(2022, 7, 1))
        facility(CENTRE, NEAR, 121.400)
        facility(HOME, NEAR, 121.402, beds=2)
        reckon_elders(on=DAY)
