"""A centre with three counters, and clerks to sit at them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.models import Centre, Counter, Hours
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import SHANGHAI

STREET, OTHER_STREET = "310107014", "310104014"
# A Friday; the Saturday after it has short hours.
DAY = date(2022, 7, 29)
RELIEF, CARE, HOUSING = "social_assistance", "eldercare", "housing"


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def make_centre(division: str = STREET, number: int = 0) -> Centre:
    """A centre open Monday to Saturday: counters 1 and 2 serve relief and care, 3 serves everything."""
    with acting_as_service("test"):
        centre = Centre.objects.create(
            code=f"{division}-{number}", name="试验街道社区事务受理服务中心", kind="main" if number == 0 else "branch",
            division_code=division, address="示意", longitude=121.4, latitude=31.2,
            during=DateRange(date(2018, 1, 1), None), source="test",
        )  # fmt: skip
        for weekday in range(6):
            Hours.objects.create(
                centre=centre,
                weekday=weekday,
                opens=time(8, 30),
                closes=time(16, 30) if weekday < 5 else time(12),
            )
        for at_number, groups in ((1, [RELIEF, CARE]), (2, [RELIEF, CARE]), (3, [RELIEF, CARE, HOUSING])):
            Counter.objects.create(centre=centre, number=at_number, groups=groups)
    return centre


class Seat:
    """A clerk at a counter: `seat.call()` calls the next, `seat.does(actions.finish, ticket=…)` acts as that clerk."""

    def __init__(self, centre: Centre, number: int, clock: str = "08:30", day: date = DAY) -> None:
        self.post = make_post("centre_clerk", centre.division_code)
        with acting(self.post):
            self.counter = Counter.objects.get(centre=centre, number=number)
            self.sitting = actions.open_counter(counter=self.counter, on=day, at=at(clock, day))

    def call(self, clock: str = "09:00", key: str = "", day: date = DAY):
        with acting(self.post):
            return actions.call_next(sitting=self.sitting, at=at(clock, day), key=key)

    def does(self, act, clock: str = "09:00", day: date = DAY, **given):
        with acting(self.post):
            return act(at=at(clock, day), **given)

    def take(self, group: str = RELIEF, clock: str = "08:40", priority: str = "", day: date = DAY, **given):
        with acting(self.post):
            return actions.take_ticket(
                centre=self.sitting.centre_id,
                group_code=group,
                on=day,
                at=at(clock, day),
                priority=priority,
                **given,
            )


@pytest.fixture
def centre(db) -> Centre:
    return make_centre()


@pytest.fixture
def seat(centre):
    """`seat(2)` is a new clerk who sits down at counter 2."""
    return lambda number=1, **given: Seat(centre, number, **given)


def make_person(name: str = "程合成") -> Person:
    with acting_as_service("test"):
        return Person.objects.create(name=name, name_pinyin="cheng he cheng")
