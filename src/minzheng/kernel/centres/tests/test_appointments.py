"""Appointments: one capacity with the walk-ins, never sold twice, a resident's own and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.appointments import bookable_slots, reminders
from minzheng.kernel.centres.errors import BookingRefused, CentreRefused, SlotFull
from minzheng.kernel.centres.models import APPOINTMENT_MOVES, Appointment, AppointmentState, Slot
from minzheng.kernel.centres.tests.conftest import CARE, DAY, OTHER_STREET, RELIEF, STREET, at, make_person

# Booked on Thursday for Friday, the day of the queue.
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def slots(centre):
    with acting(make_post("centre_manager", STREET)):
        actions.open_slots(on=BEFORE, centres=[centre.pk])
    return Slot.objects.filter(centre=centre, group_code=RELIEF, day=DAY).order_by("starts")


def book(slot, person, **given):
    with acting_as_resident(person.pk):
        return actions.book(slot=slot, person_id=person.pk, on=BEFORE, at=at("20:00", BEFORE), **given)


def test_half_of_what_the_counters_can_do_is_offered(centre, slots):
    # Counters 1 and 2 give relief half their time, 3 a third: 40 minutes a slot, 15 each, half of it bookable: 4/3.
    assert [slot.places for slot in slots][:6] == [1, 1, 2, 1, 1, 2]
    assert slots[0].starts.strftime("%H:%M") == "08:30" and slots.last().starts.strftime("%H:%M") == "16:00"
    days = set(Slot.objects.values_list("day", flat=True))
    assert days == {DAY, date(2022, 7, 30), *(date(2022, 8, n) for n in range(1, 5))}  # no Sunday


def test_the_last_place_is_sold_once(slots):
    slot = slots[0]
    assert slot.places == 1
    first = book(slot, make_person())
    with pytest.raises(SlotFull, match="刚刚约满"):
        book(slot, make_person())
    slot.refresh_from_db()
    assert slot.taken == 1
    assert slot not in bookable_slots(slot.centre, RELIEF, on=BEFORE)
    with acting_as_resident(first.person_id):
        actions.cancel(appointment=first, at=at("20:05", BEFORE))
        actions.cancel(appointment=first, at=at("20:06", BEFORE))
    slot.refresh_from_db()
    assert slot.taken == 0
    assert book(slot, make_person()).state == AppointmentState.BOOKED


def test_pressing_book_twice_books_once(slots):
    person = make_person()
    assert book(slots[2], person, key="k") == book(slots[2], person, key="k")
    assert Slot.objects.get(pk=slots[2].pk).taken == 1


def test_an_appointment_is_moved_whole_or_not_at_all(slots):
    person, other = make_person(), make_person()
    mine = book(slots[0], person)
    book(slots[1], other)
    with acting_as_resident(person.pk):
        with pytest.raises(SlotFull):
            actions.change(appointment=mine, slot=slots[1], on=BEFORE, at=at("20:10", BEFORE))
        assert Appointment.objects.get(pk=mine.pk).state == AppointmentState.BOOKED
        moved = actions.change(appointment=mine, slot=slots[2], on=BEFORE, at=at("20:10", BEFORE))
    assert moved.starts == slots[2].starts
    assert [Slot.objects.get(pk=s.pk).taken for s in slots[:3]] == [0, 1, 1]


def test_one_person_holds_three_appointments_and_no_fourth_and_none_twice_at_one_time(slots, centre):
    person = make_person()
    book(slots[0], person)
    care = Slot.objects.filter(centre=centre, group_code=CARE, day=DAY, starts=slots[0].starts).first()
    with pytest.raises(BookingRefused, match="已有预约"):
        book(care, person)
    book(slots[1], person), book(slots[2], person)
    with pytest.raises(BookingRefused, match="3 个预约"):
        book(slots[3], person)


def test_today_and_the_day_after_the_last_cannot_be_booked(slots):
    person = make_person()
    for on in (DAY, DAY - timedelta(days=8)):
        with pytest.raises(BookingRefused, match="只能预约"), acting_as_resident(person.pk):
            actions.book(slot=slots[0], person_id=person.pk, on=on, at=at("08:00", on))
    with acting_as_resident(person.pk):
        actions.book(slot=slots[0], person_id=person.pk, on=DAY - timedelta(days=7), at=at("08:00"))


def test_a_resident_books_for_nobody_else(slots):
    person, other = make_person(), make_person()
    with acting_as_resident(person.pk), pytest.raises(NotPermitted):
        actions.book(slot=slots[0], person_id=other.pk, on=BEFORE, at=at("20:00", BEFORE))


def test_a_clerk_books_for_somebody_at_the_counter_and_another_streets_clerk_does_not(slots):
    person = make_person()
    with acting(make_post("centre_clerk", STREET)):
        assert (
            actions.book(slot=slots[0], person_id=person.pk, on=BEFORE, at=at("10:00", BEFORE)).channel
            == "counter"
        )
    with acting(make_post("centre_clerk", OTHER_STREET)), pytest.raises(NotPermitted):
        actions.book(slot=slots[1], person_id=person.pk, on=BEFORE, at=at("10:00", BEFORE))


def test_raw_sql_as_a_resident_neither_oversells_nor_touches_what_is_anothers(slots):
    person, other = make_person(), make_person()
    theirs = book(slots[0], other)
    with acting_as_resident(person.pk):
        insert = (
            "INSERT INTO centres_appointment (slot_id, person_id, centre_id, division_code, day, starts, group_code,"
            " item_code, state, code, channel, client_key) VALUES (%s, %s, %s, '', %s, %s, '', '', 'booked', %s, 'online', '')"
        )
        of = (slots[0].centre_id, DAY, slots[0].starts)
        _refused(insert, [slots[0].pk, person.pk, *of, "000001"], "fully booked")
        _refused(insert, [slots[1].pk, other.pk, *of, "000002"], "row-level security")
        _run(insert, [slots[1].pk, person.pk, *of, "000003"])
        mine = Appointment.objects.get(person_id=person.pk)
        assert (mine.starts, mine.group_code, mine.division_code) == (slots[1].starts, RELIEF, STREET)
        assert not Appointment.objects.filter(pk=theirs.pk).exists()
        assert _run("UPDATE centres_appointment SET state = 'cancelled' WHERE id = %s", [theirs.pk]) == 0
        _refused(
            "UPDATE centres_appointment SET person_id = %s WHERE id = %s",
            [other.pk, mine.pk],
            "keeps its time",
        )
        _refused(
            "UPDATE centres_appointment SET slot_id = %s WHERE id = %s",
            [slots[2].pk, mine.pk],
            "keeps its time",
        )
        _refused("UPDATE centres_appointment SET state = 'arrived' WHERE id = %s", [mine.pk], "no such move")
        _refused("UPDATE centres_slot SET taken = 0", [], "permission denied")
        assert _run("UPDATE centres_slot SET places = 99", []) == 0
        _refused("DELETE FROM centres_appointment", [], "permission denied")
        assert _run("UPDATE centres_appointment SET state = 'cancelled' WHERE id = %s", [mine.pk]) == 1
        _refused("UPDATE centres_appointment SET state = 'booked' WHERE id = %s", [mine.pk], "no such move")
    assert [Slot.objects.get(pk=s.pk).taken for s in slots[:2]] == [1, 0]


def _run(sql, values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


def _refused(sql, values, words):
    with pytest.raises(DatabaseError, match=words):
        _run(sql, values)


def test_even_a_post_does_not_write_what_is_taken_nor_offer_less_than_is_booked(slots):
    slot = slots[0]
    book(slot, make_person())
    with acting(make_post("centre_manager", STREET)):
        _refused("UPDATE centres_slot SET taken = 0", [], "permission denied")
        with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
            Slot.objects.filter(pk=slot.pk).update(places=0)
        actions.open_slots(on=BEFORE, centres=[slot.centre_id])
    slot.refresh_from_db()
    assert (slot.places, slot.taken) == (1, 1)


def test_the_table_of_moves_is_the_databases(slots):
    for state in AppointmentState.values:
        person = make_person()
        made = book(slots[2] if state != "booked" else slots[5], person)
        with acting(make_post("centre_clerk", STREET)):
            if state != "booked":
                Appointment.objects.filter(pk=made.pk).update(state=state)
            for after in AppointmentState.values:
                if after != state and after not in APPOINTMENT_MOVES[state]:
                    _refused(
                        "UPDATE centres_appointment SET state = %s WHERE id = %s",
                        [after, made.pk],
                        "no such move",
                    )
            if state in ("arrived", "no_show"):
                # The place was used up; give it back for the next turn of this test through another slot.
                slots = slots.exclude(pk=made.slot_id)


@pytest.mark.parametrize(
    ("clock", "outcome"),
    [("08:59", "early"), ("09:00", "due"), ("09:45", "due"), ("10:15", "due"), ("10:16", "ordinary")],
)
def test_who_arrives_in_time_is_called_at_the_booked_time_and_who_is_late_waits_like_others(
    clock, outcome, slots, seat
):
    clerk = seat(1)
    made = book(slots.get(starts="09:30"), make_person())
    with acting(clerk.post):
        if outcome == "early":
            with pytest.raises(BookingRefused, match="提前 30 分钟"):
                actions.check_in(appointment=made, on=DAY, at=at(clock))
            return
        waiting = clerk.take(clock="08:40")
        ticket = actions.check_in(appointment=made, on=DAY, at=at(clock))
        assert actions.check_in(appointment=made, on=DAY, at=at(clock)) == ticket
    assert (ticket.due_at is not None) is (outcome == "due")
    assert clerk.call("09:29") == waiting if clock < "09:29" else True
    if clock >= "09:29":
        assert clerk.call("10:20") == (ticket if outcome == "due" else waiting)


def test_before_the_booked_time_an_early_comer_waits_by_the_number(slots, seat):
    clerk, other = seat(1), seat(2)
    made = book(slots.get(starts="09:30"), make_person())
    first = clerk.take(clock="08:50")
    with acting(clerk.post):
        booked = actions.check_in(appointment=made, on=DAY, at=at("09:05"))
    favoured = clerk.take(clock="09:06", priority="elderly")
    assert clerk.call("09:10") == favoured
    assert other.call("09:31") == booked and first.state == "waiting"


def test_who_did_not_come_is_noted_when_the_place_is_given_up_or_the_day_closed(slots, seat, centre):
    clerk = seat(1)
    early, late = book(slots[0], make_person()), book(slots[4], make_person())
    with acting(clerk.post):
        assert [a.pk for a in reminders(centre, day=DAY)] == [early.pk, late.pk]
        assert actions.note_no_shows(centre=centre, on=DAY, at=at("09:15")) == 0
        assert actions.note_no_shows(centre=centre, on=DAY, at=at("09:16")) == 1
        with pytest.raises(BookingRefused, match="未到场"):
            actions.check_in(appointment=early, on=DAY, at=at("09:20"))
    with acting(make_post("centre_manager", STREET)):
        assert actions.close_day(centre=centre, on=DAY, at=at("16:30")).no_shows == 1


def test_a_closing_day_withdraws_what_was_booked_and_offers_nothing(slots, centre):
    made = book(slots[0], make_person())
    with acting(make_post("centre_manager", STREET)):
        assert actions.close_on(centre=centre, day=DAY, reason="设备检修", on=BEFORE) == 1
        actions.open_slots(on=BEFORE, centres=[centre.pk])
    assert not bookable_slots(centre, RELIEF, on=BEFORE).filter(day=DAY).exists()
    with acting_as_resident(made.person_id):
        assert Appointment.objects.get(pk=made.pk).state == AppointmentState.WITHDRAWN


def test_a_closing_day_of_many_centres_leaves_what_one_of_each_leaves(slots, centre):
    made = book(slots[0], make_person())
    with acting(make_post("centre_manager", STREET)):
        told = {"centres": [centre.pk], "days": [DAY, DAY + timedelta(days=3)], "reason": "设备检修"}
        assert actions.close_many(**told, on=BEFORE) == 2
        assert actions.close_many(**told, on=BEFORE) == 0
        with pytest.raises(CentreRefused):
            actions.close_many(**told, on=DAY)
        actions.open_slots(on=BEFORE, centres=[centre.pk])
    assert not bookable_slots(centre, RELIEF, on=BEFORE).filter(day__in=told["days"]).exists()
    with acting_as_resident(made.person_id):
        assert Appointment.objects.get(pk=made.pk).state == AppointmentState.WITHDRAWN
