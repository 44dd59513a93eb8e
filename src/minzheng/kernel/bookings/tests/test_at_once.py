"""Many at once on a committed database: five hundred after one place, couples who share somebody, numbers of a day."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.errors import SlotFull
from minzheng.kernel.bookings.models import Booking, Slot
from minzheng.kernel.bookings.tests.conftest import (
    DAY,
    PUTUO,
    at,
    books,
    make_office,
    make_person,
    new_number,
    slots_of,
    told,
)  # fmt: skip
from minzheng.kernel.people.models import Identifier, Person

CONNECTIONS = 40  # The server takes a hundred; the others of the five hundred stand at the door of the pool.


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs every work on a pool of connections that are opened first and let go together; what each gave or raised."""
    workers = min(CONNECTIONS, len(works))
    gate, results, queue = threading.Barrier(workers), [None] * len(works), iter(enumerate(works))
    lock = threading.Lock()

    def worker() -> None:
        connections["default"].ensure_connection()
        gate.wait(timeout=60)
        try:
            while True:
                with lock:
                    place, work = next(queue, (None, None))
                if work is None:
                    return
                try:
                    results[place] = work()
                except Exception as error:
                    results[place] = error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(worker) for _ in range(workers)]:
            done.result(timeout=120)
    return results


def make_people(how_many: int) -> list[Person]:
    with acting_as_service("test"):
        people = Person.objects.bulk_create(
            Person(name=f"合成{n}", name_pinyin="he cheng", division_code=PUTUO) for n in range(how_many)
        )
        during = make_person_during()
        Identifier.objects.bulk_create(
            Identifier(person=one, value=new_number(), during=during) for one in people
        )
    return people


def make_person_during() -> Any:
    from datetime import date

    from django.db.backends.postgresql.psycopg_any import DateRange

    return DateRange(date(2018, 1, 1), None)


def test_of_five_hundred_after_one_place_exactly_one_gets_it_and_the_others_are_told(fresh_database):
    office = make_office(places=1)
    slot, people = slots_of(office)[0], make_people(500)
    results = at_once([lambda person=person: books(person, slot.pk) for person in people])
    assert Tally(type(r).__name__ for r in results) == {"Booking": 1, "SlotFull": 499}, results[:5]
    assert all("候补" in str(r) for r in results if isinstance(r, SlotFull))
    slot.refresh_from_db()
    assert slot.taken == slot.places == 1
    with acting_as_service("test"):
        assert Booking.objects.count() == 1, "a refused booking leaves nothing behind"


def test_couples_who_share_somebody_end_without_a_deadlock_and_nobody_is_booked_twice(fresh_database):
    office = make_office(places=8)
    people = make_people(6)
    numbers = [told(person) for person in people]
    slots = slots_of(office)
    works = [
        lambda a=a, b=b, s=slots[(a + b) % 4]: books(people[a], s.pk, numbers[b])
        for a in range(6)
        for b in range(6)
        if a != b
    ]
    results = at_once(works)
    made = [r for r in results if isinstance(r, Booking)]
    assert 1 <= len(made) <= 3
    assert {type(r).__name__ for r in results} == {"Booking", "OneBookingOnly"}, results
    together = [person for one in made for person in one.persons]
    assert len(together) == len(set(together)) == 2 * len(made)
    assert sum(Slot.objects.filter(calendar=office).values_list("taken", flat=True)) == len(made)


def test_a_double_click_at_the_same_moment_books_once(fresh_database):
    office = make_office()
    person, slot = make_person(), slots_of(office)[0]
    results = at_once([lambda: books(person, slot.pk, key="press")] * 6)
    assert len({r.pk for r in results}) == 1, results
    slot.refresh_from_db()
    assert slot.taken == 1


def test_numbers_given_at_once_are_all_different_and_leave_no_gap(fresh_database):
    office = make_office(places=10)
    made = [books(person, slots_of(office)[0]) for person in make_people(10)]
    post = make_post("marriage_registrar", PUTUO)

    def arrives(one: Booking) -> Booking:
        with acting(post):
            return actions.arrive(booking=one.pk, at=at("09:00", DAY))

    results = at_once([lambda one=one: arrives(one) for one in made])
    assert sorted(r.queue_number for r in results) == list(range(1, 11)), results


def test_places_given_back_at_once_are_each_offered_to_somebody_else(fresh_database):
    office = make_office(places=4)
    slot = slots_of(office)[0]
    holders, waiting = make_people(4), make_people(6)
    held = [books(person, slot) for person in holders]
    for person in waiting:
        books(person, slot, act=actions.join_waiting)

    def gives_back(person: Person, one: Booking) -> Booking:
        with acting_as_resident(person.pk):
            return actions.cancel(booking=one.pk, at=at())

    results = at_once([lambda p=p, o=o: gives_back(p, o) for p, o in zip(holders, held, strict=True)])
    assert all(isinstance(r, Booking) for r in results), results
    with acting_as_service("test"):
        states = Tally(Booking.objects.values_list("state", flat=True))
    assert states == {"cancelled": 4, "offered": 4, "waiting": 2}
    slot.refresh_from_db()
    assert slot.taken == 4
