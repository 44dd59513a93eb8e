"""An office with a calendar, couples to book there, and a registrar."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import count

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.actions import Told
from minzheng.kernel.bookings.models import Calendar, Slot
from minzheng.kernel.bookings.purposes import Item, Purpose, register_purpose
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import check_character
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.periods import SHANGHAI

PUTUO, XUHUI = "310107", "310104"
# A Monday; Friday 2022-08-12 is the day most tests book for.
TODAY, DAY = date(2022, 8, 8), date(2022, 8, 12)
register_purpose(
    Purpose("venue", "试验场地", "a place of tests", (Item("visit", "参观", "a visit", 1, 2), Item("pair", "二人", "two", 2, 2)))
)  # fmt: skip
_serials = count(1)


def at(clock: str = "10:00", day: date = TODAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def new_number() -> str:
    """A sound number of the synthetic area."""
    serial = next(_serials)
    first = f"3101971990{serial // 28 % 12 + 1:02d}{serial % 28 + 1:02d}{serial // 336:03d}"
    return first + check_character(first)


def make_office(division: str = PUTUO, places: int = 2, purpose: str = "venue") -> Calendar:
    """Open Monday to Friday, 9:00 to 11:00: four slots of half an hour. Set out for the month after TODAY."""
    with acting_as_service("test"):
        facility = Facility.objects.create(
            code=f"{division}-{next(_serials)}", kind="venue", name="试验登记处", division_code=division,
            during=DateRange(date(2018, 1, 1), None), source="test",
        )  # fmt: skip
        calendar = actions.open_calendar(
            facility=facility,
            purpose=purpose,
            hours=[(weekday, time(9), time(11), places) for weekday in range(5)],
        )
        actions.open_slots(at=at(), calendars=[calendar.pk])
    return calendar


def make_person(name: str = "程合成", number: str = "", division: str = PUTUO) -> Person:
    with acting_as_service("test"):
        person = Person.objects.create(name=name, name_pinyin="cheng he cheng", division_code=division)
        Identifier.objects.create(
            person=person, value=number or new_number(), during=DateRange(date(2018, 1, 1), None)
        )
    return person


def told(person: Person) -> Told:
    with acting_as_service("test"):
        return actions.told_of(person.pk)


def slots_of(calendar: Calendar, day: date = DAY) -> list[Slot]:
    return list(Slot.objects.filter(calendar=calendar, day=day).order_by("starts"))


def books(
    person: Person, slot: Slot | int, partner: Told | None = None, act=actions.book, when=None, **given
):
    """The person books online, for themself and a partner."""
    with acting_as_resident(person.pk):
        parties = [actions.told_of(person.pk), *([partner] if partner else [])]
        return act(slot=slot, item="pair" if partner else "visit", parties=parties, at=when or at(), **given)


def as_registrar(post, act, **given):
    with acting(post):
        return act(at=given.pop("when", None) or at(), **given)


@pytest.fixture
def office(db) -> Calendar:
    return make_office()
