"""A small town for tests of awards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

STREET = "310107014"
COMMITTEE = "310107014029"


@pytest.fixture
def household(db) -> Callable[..., tuple[int, list[int]]]:
    """Makes a household with members; returns its number and theirs. Ask for a post first."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from minzheng.kernel.people.models import Household, Membership, Person

    numbers = iter(range(1, 10_000))

    def make(members: int = 1, *, committee: str = COMMITTEE, died: dict[int, date] | None = None):
        home = Household.objects.create(number=f"T{next(numbers):06d}", division_code=committee)
        people = []
        for at in range(members):
            person = Person.objects.create(
                name=f"测试{at}",
                birth_date=date(1950 + at, 3, 1),
                death_date=(died or {}).get(at),
                division_code=committee,
                hukou_division_code=committee,
                hukou_is_local=True,
            )
            Membership.objects.create(
                household=home,
                person=person,
                role=1 if at == 0 else 9,
                during=DateRange(date(2000, 1, 1), None),
            )
            people.append(person.pk)
        return home.pk, people

    return make


@pytest.fixture
def grant_of() -> Callable[..., object]:
    """A grant of 100 yuan a month with chosen differences."""
    from minzheng.kernel.awards.actions import Grant

    def make(person_id: int, household_id: int | None = None, **changes):
        values = {
            "programme": "subsistence_allowance",
            "benefit": "subsistence_allowance",
            "unit": "person",
            "person_id": person_id,
            "household_id": household_id,
            "start_month": date(2022, 1, 1),
            "monthly_fen": 10_000,
            "division_code": COMMITTEE,
            "origin": "lead",
            "reason": "confirmed",
        }
        return Grant(**(values | changes))

    return make
