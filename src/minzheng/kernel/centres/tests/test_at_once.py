"""Many at once on a committed database: clerks, the ticket machine, and fifty people after one place."""

from __future__ import annotations

import threading
from collections import Counter as Tally

from django.db import connections

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.errors import CentreRefused
from minzheng.kernel.centres.models import Appointment, Slot, Ticket, TicketEvent
from minzheng.kernel.centres.tests.conftest import (
    DAY,
    RELIEF,
    STREET,
    Seat,
    at,
    make_centre,
    make_person,
)
from minzheng.kernel.centres.tests.test_appointments import BEFORE


def at_once(works) -> list:
    """Runs every work in a thread of its own, all let go together; what each gave or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            gate.wait(timeout=60)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def test_fifty_people_after_one_place_get_it_once(fresh_database):
    centre = make_centre()
    with acting(make_post("centre_manager", STREET)):
        actions.open_slots(on=BEFORE, centres=[centre.pk])
    slot = Slot.objects.filter(centre=centre, day=DAY, group_code=RELIEF, places=1).first()
    people = [make_person().pk for _ in range(50)]

    def after(person):
        def work():
            with acting_as_resident(person):
                return actions.book(slot=slot.pk, person_id=person, on=BEFORE, at=at("20:00", BEFORE))

        return work

    results = at_once([after(person) for person in people])
    won = [r for r in results if isinstance(r, Appointment)]
    assert len(won) == 1, results
    assert Tally(type(r).__name__ for r in results) == {"Appointment": 1, "SlotFull": 49}
    slot.refresh_from_db()
    assert slot.taken == slot.places == 1
    with acting_as_service("test"):
        assert Appointment.objects.count() == 1


def test_clerks_pressing_at_once_never_call_the_same_number(fresh_database):
    centre = make_centre()
    seats = [Seat(centre, number) for number in (1, 2, 3)]
    waiting = [seats[0].take(clock="08:40") for _ in range(12)]
    called = []
    for turn in range(4):
        results = at_once([seat.call for seat in seats for _press in range(2)])
        got = [r for r in results if isinstance(r, Ticket)]
        # Of two presses at one counter one calls, the other is told that somebody is there.
        assert len(got) == len({t.pk for t in got}) == 3, results
        assert sum(isinstance(r, CentreRefused) for r in results) == 3
        for ticket in got:
            seat = next(s for s in seats if s.counter.pk == ticket.counter_id)
            seat.does(actions.start, ticket=ticket)
            seat.does(actions.finish, ticket=ticket, key=f"{turn} {ticket.pk}")
        called += got
    assert sorted(t.pk for t in called) == [t.pk for t in waiting]


def test_numbers_taken_at_once_are_all_different_and_leave_no_gap(fresh_database):
    centre = make_centre()
    seat = Seat(centre, 1)
    results = at_once([lambda n=n: seat.take(key=f"press {n // 2}") for n in range(20)])
    assert {t.number for t in results} == set(range(1, 11))
    with acting(seat.post):
        assert Ticket.objects.count() == 10


def test_a_number_taken_while_the_day_closes_is_refused_or_carried_but_never_left_waiting(fresh_database):
    centre = make_centre()
    seat = Seat(centre, 1)
    manager = make_post("centre_manager", STREET)

    def close():
        with acting(manager):
            return actions.close_day(centre=centre, on=DAY, at=at("16:30"))

    at_once([*([seat.take] * 8), close])
    with acting(seat.post):
        assert set(Ticket.objects.values_list("state", flat=True)) <= {"closed_out"}


def test_a_double_click_on_finish_ends_the_service_once(fresh_database):
    centre = make_centre()
    seat = Seat(centre, 1)
    ticket = seat.take()
    seat.call()
    seat.does(actions.start, ticket=ticket)
    results = at_once([lambda: seat.does(actions.finish, ticket=ticket, key="press", case_id=5)] * 6)
    assert all(isinstance(r, Ticket) and r.state == "done" for r in results), results
    with acting(seat.post):
        assert TicketEvent.objects.filter(ticket=ticket, act="finish").count() == 1


def test_two_who_change_places_with_each_other_end_without_a_deadlock(fresh_database):
    centre = make_centre()
    with acting(make_post("centre_manager", STREET)):
        actions.open_slots(on=BEFORE, centres=[centre.pk])
    slots = list(Slot.objects.filter(centre=centre, day=DAY, group_code=RELIEF, places=2)[:2])
    people = [make_person().pk for _ in range(2)]

    def booked(person, slot):
        with acting_as_resident(person):
            return actions.book(slot=slot.pk, person_id=person, on=BEFORE, at=at("20:00", BEFORE))

    def changes(person, appointment, slot):
        def work():
            with acting_as_resident(person):
                return actions.change(
                    appointment=appointment.pk, slot=slot.pk, on=BEFORE, at=at("20:01", BEFORE)
                )

        return work

    works = []
    for place, person in enumerate(people):
        works.append(changes(person, booked(person, slots[place]), slots[1 - place]))
    results = at_once(works)
    assert all(isinstance(r, Appointment) for r in results), results
    for slot in slots:
        slot.refresh_from_db()
        assert slot.taken == 1


def test_calling_while_the_day_closes_ends_without_a_deadlock(fresh_database):
    centre = make_centre()
    seats = [Seat(centre, number) for number in (1, 2, 3)]
    for _ in range(6):
        seats[0].take()
    manager = make_post("centre_manager", STREET)

    def close():
        with acting(manager):
            return actions.close_day(centre=centre, on=DAY, at=at("16:30"))

    results = at_once([*(seat.call for seat in seats), close])
    assert all(isinstance(r, Ticket | CentreRefused) for r in results[:3]), results
    assert len(results[3].carried) == 6
