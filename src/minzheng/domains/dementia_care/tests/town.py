"""A home of 普陀 with a unit to be accepted, its officials, and elders of two streets."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.dementia_care.catalogue import screening_form, unit_standard
from minzheng.domains.dementia_care.models import Unit
from minzheng.domains.dementia_care.units import accept_unit
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.actions import attach_post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.stays.beds import NewBed, put_into_use
from minzheng.kernel.stays.models import Bed

STREET, NEXT_STREET, FAR_STREET = "310107014", "310107015", "310104014"
OPENED, ACCEPTED, DAY = date(2021, 3, 1), date(2022, 3, 1), date(2022, 8, 1)
MET = [one.code for one in unit_standard()]
_serial = count(1)


def make_home(division: str = STREET, *, kinds: str = "dddmmmmmmmm") -> Facility:
    """A home whose beds 101-1 … are dementia beds (d) and market beds (m)."""
    with acting_as_service("test"):
        home = Facility.objects.create(
            code=f"DC-{next(_serial)}", kind="eldercare_home", name=f"记忆养老院{next(_serial)}", division_code=division,
            during=DateRange(OPENED, None), source="test",
        )  # fmt: skip
        words = {"d": "dementia", "m": "market"}
        new = [NewBed("101", str(at), words[one]) for at, one in enumerate(kinds, 1)]
        put_into_use(facility=home, beds=new, on=OPENED, document="测试〔2021〕1号")
    return home


def beds_of(home: Facility, kind: str = "") -> list[int]:
    found = Bed.objects.filter(facility=home)
    return list((found.filter(kind=kind) if kind else found).order_by("pk").values_list("pk", flat=True))


def make_manager(home: Facility) -> Post:
    post = make_post("facility_manager", home.division_code[:6])
    with acting_as_service("test"):
        attach_post(post=post, facility=home)
    return post


def make_unit(
    home: Facility, beds: list[int], *, by: Post, name: str = "忆馨单元", on: date = ACCEPTED
) -> Unit:
    with acting(by):
        return accept_unit(facility=home, name=name, beds=beds, met=MET, document="验〔2022〕3号", on=on)


def make_elder(division: str = STREET, name: str = "欧阳合成") -> tuple[Person, str]:
    number = f"3101951940010{next(_serial):05d}"
    with acting_as_service("test"):
        person = Person.objects.create(name=name, sex=1, birth_date=date(1940, 1, 1), division_code=division)
        Identifier.objects.create(
            person=person, kind="citizen", value=number, during=DateRange(date(2000, 1, 1), None)
        )
    return person, number


def answers_for(score: int) -> dict[str, Any]:
    """Answers that add up to a score, 0 to the form's most."""
    told = {}
    for one in screening_form().questions:
        told[one.code] = max(points for points, _zh, _en in one.options if points <= score)
        score -= told[one.code]
    assert score == 0
    return told
