"""Waiting lists hand a place on in order and by a deadline; a draw can be reckoned again by anybody."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.drawing import Entry, allocate, commitment_of, order_of, verify
from minzheng.kernel.bookings.errors import BookingRefused, NotReleased, OneBookingOnly
from minzheng.kernel.bookings.models import Booking, BookingState, Draw, Slot
from minzheng.kernel.bookings.tests.conftest import (
    DAY,
    PUTUO,
    XUHUI,
    at,
    books,
    make_office,
    make_person,
    slots_of,
    told,
)

_S = BookingState
# 七夕 of 2022 fell on 4 August; the tests' popular day is a Saturday in August.
POPULAR = date(2022, 8, 20)


def state(booking: Booking) -> str:
    with acting_as_service("test"):
        return Booking.objects.values_list("state", flat=True).get(pk=booking.pk)


@pytest.fixture
def full(db):
    """An office with one place a slot, of which the first two are taken; the places' holders."""
    office = make_office(places=1)
    holders = [make_person() for _ in range(2)]
    held = [books(person, slot) for person, slot in zip(holders, slots_of(office), strict=False)]
    return office, holders, held


def gives_back(person, booking, when=None):
    with acting_as_resident(person.pk):
        actions.cancel(booking=booking, at=when or at())


# ── waiting ──


def test_a_place_given_back_goes_to_the_first_in_line_and_to_nobody_else(full):
    office, holders, held = full
    slot, late = slots_of(office)[0], make_person()
    line = [books(make_person(), slot, act=actions.join_waiting) for _ in range(2)]
    gives_back(holders[0], held[0])
    assert [state(one) for one in line] == ["offered", "waiting"]
    assert Slot.objects.get(pk=slot.pk).taken == 1
    with pytest.raises(BookingRefused, match="约满"):
        books(late, slot)


def test_an_offer_is_confirmed_within_a_day_or_goes_on_to_the_next(full):
    office, holders, held = full
    slot = slots_of(office)[0]
    waiting = [make_person() for _ in range(3)]
    line = [books(person, slot, act=actions.join_waiting) for person in waiting]
    gives_back(holders[0], held[0], at("10:00"))
    with acting_as_service("test"):
        assert actions.lapse(at=at("09:59", date(2022, 8, 9))) == 0
        assert actions.lapse(at=at("10:00", date(2022, 8, 9))) == 1
    assert [state(one) for one in line] == ["lapsed", "offered", "waiting"]
    with acting_as_resident(waiting[1].pk):
        with pytest.raises(BookingRefused, match="时限已过"):
            actions.accept_offer(booking=line[1], at=at("10:00", date(2022, 8, 10)))
        assert actions.accept_offer(booking=line[1], at=at("09:59", date(2022, 8, 10))).state == _S.BOOKED
        assert actions.accept_offer(booking=line[1], at=at("10:30", date(2022, 8, 10))).state == _S.BOOKED
    with acting_as_resident(waiting[2].pk), pytest.raises(BookingRefused, match="没有待确认"):
        actions.accept_offer(booking=line[2], at=at())


def test_nobody_is_asked_in_the_last_hour_and_the_line_ends_with_the_day(full):
    office, holders, held = full
    slot = slots_of(office)[0]
    waits = books(make_person(), slot, act=actions.join_waiting)
    gives_back(holders[0], held[0], at("23:30", date(2022, 8, 11)))
    assert state(waits) == "waiting" and Slot.objects.get(pk=slot.pk).taken == 0
    with acting_as_service("test"):
        assert actions.lapse(at=at("00:00", DAY)) == 1
    assert state(waits) == "lapsed"


def test_whoever_takes_any_time_is_moved_to_the_place_that_came_free(full):
    office, holders, held = full
    first, second = slots_of(office)[:2]
    waits = books(make_person(), first, act=actions.join_waiting, any_time=True)
    gives_back(holders[1], held[1])
    with acting_as_service("test"):
        waits.refresh_from_db()
    assert (waits.state, waits.slot_id, waits.starts) == ("offered", second.pk, second.starts)


def test_whoever_was_booked_elsewhere_meanwhile_is_passed_over(full):
    office, holders, held = full
    slot, luck, patience = slots_of(office)[0], make_person(), make_person()
    first = books(luck, slot, act=actions.join_waiting)
    second = books(patience, slot, act=actions.join_waiting)
    books(luck, slots_of(office)[3])
    gives_back(holders[0], held[0])
    assert (state(first), state(second)) == ("waiting", "offered")


def test_one_waits_only_where_nothing_is_free_once_a_day_and_three_days_at_most(full):
    office, *_ = full
    person, slots = make_person(), slots_of(office)
    with pytest.raises(BookingRefused, match="还有名额"):
        books(person, slots[3], act=actions.join_waiting)
    books(person, slots[0], act=actions.join_waiting)
    with pytest.raises(OneBookingOnly, match="已在当日候补"):
        books(person, slots[1], act=actions.join_waiting)
    for day in (date(2022, 8, 15), date(2022, 8, 16), date(2022, 8, 17)):
        slot = slots_of(office, day)[0]
        books(make_person(), slot)
        if day.day < 17:
            books(person, slot, act=actions.join_waiting)
    with pytest.raises(BookingRefused, match="最多同时候补或报名 3 天"):
        books(person, slot, act=actions.join_waiting)


def test_more_places_go_to_the_line_before_anybody_else(full):
    office, *_ = full
    slot = slots_of(office)[0]
    waits = books(make_person(), slot, act=actions.join_waiting)
    with acting(make_post("marriage_office_head", PUTUO)):
        actions.set_places(slot=slot, places=2, at=at())
    assert state(waits) == "offered"


# ── draws ──


def popular(places: int = 1) -> tuple:
    """An office whose Saturday is drawn: two slots, entries on 10 August from 9 to 18."""
    office = make_office()
    with acting(make_post("marriage_office_head", PUTUO)):
        actions.set_special_day(
            calendar=office, day=POPULAR, reason="520", places=places, opens=time(10), closes=time(11), at=at()
        )  # fmt: skip
        planned = actions.plan_draw(
            calendar=office, day=POPULAR, entries_from=at("09:00", date(2022, 8, 10)),
            entries_until=at("18:00", date(2022, 8, 10)), at=at(),
        )  # fmt: skip
    return office, planned


ENTRY = at("12:00", date(2022, 8, 10))
AFTER = at("18:00", date(2022, 8, 10))


def enters(person, slot, when=ENTRY, **given):
    return books(person, slot, act=actions.enter_draw, when=when, **given)


def test_a_drawn_day_sells_no_place_before_the_draw_by_any_path(db):
    office, planned = popular()
    slot = slots_of(office, POPULAR)[0]
    assert planned.seed == "" and len(planned.commitment) == 64
    for act in (actions.book, actions.join_waiting):
        with pytest.raises(NotReleased):
            books(make_person(), slot, act=act)
    with acting_as_service("test"), pytest.raises(DatabaseError, match="抽签放号"), transaction.atomic():
        Booking.objects.create(
            slot=slot, calendar=office, day=POPULAR, starts=slot.starts, item="visit", code="1"
        )


@pytest.mark.parametrize(("clock", "is_taken"), [("08:59", False), ("09:00", True), ("17:59", True), ("18:00", False)])  # fmt: skip
def test_entries_are_taken_from_the_first_minute_of_the_window_to_the_last(db, clock, is_taken):
    office, _planned = popular()
    person, when = make_person(), at(clock, date(2022, 8, 10))
    if is_taken:
        assert enters(person, slots_of(office, POPULAR)[0], when).entry_number == 1
    else:
        with pytest.raises(BookingRefused, match="报名时间为"):
            enters(person, slots_of(office, POPULAR)[0], when)


def test_winners_are_booked_the_others_wait_in_the_drawn_order_and_anybody_can_reckon_it_again(db):
    office, planned = popular()
    slots = slots_of(office, POPULAR)
    people = [make_person() for _ in range(6)]
    entries = [enters(person, slots[0], any_time=number == 5) for number, person in enumerate(people)]
    assert [one.entry_number for one in entries] == [1, 2, 3, 4, 5, 6]
    head = make_post("marriage_office_head", PUTUO)
    with acting(head):
        with pytest.raises(BookingRefused, match="尚未截止"):
            actions.draw(draw=planned, at=at("17:59", date(2022, 8, 10)))
        drawn = actions.draw(draw=planned, at=AFTER)
        assert actions.draw(draw=planned, at=AFTER).result == drawn.result
    # Nobody acts: all of this is public.
    public = Draw.objects.get(pk=planned.pk)
    assert verify(public) == [] and commitment_of(public.seed) == planned.commitment
    order = [number for number, _slot in public.result]
    assert order == sorted(range(1, 7), key=lambda number: order_of(public.seed, number))
    by_number = {one.entry_number: one for one in entries}
    # The slot that all asked for has one place; the sixth entry takes another slot too, so it wins wherever it stands.
    first = order[0]
    won = {first, 6}
    for number in order:
        expected = "booked" if number in won else "waiting"
        assert state(by_number[number]) == expected, (number, order)
    # A winner gives back: the first of the others in the drawn order is asked, not the one with the lowest number.
    with acting_as_resident(people[first - 1].pk):
        actions.cancel(booking=by_number[first], at=AFTER)
    losers = [number for number in order if number not in won]
    assert state(by_number[losers[0]]) == "offered"


def test_an_entry_lapses_when_one_of_the_two_is_booked_elsewhere_meanwhile(db):
    office, planned = popular(places=5)
    anna, ben = make_person(), make_person()
    entry = enters(anna, slots_of(office, POPULAR)[0], partner=told(ben))
    books(ben, slots_of(office)[0], when=ENTRY)
    with acting(make_post("marriage_office_head", PUTUO)):
        assert actions.draw(draw=planned, at=AFTER).result == []
    assert state(entry) == "lapsed"


def test_a_couple_enters_once_and_cannot_double_its_chance(db):
    office, _planned = popular()
    anna, ben = make_person(), make_person()
    enters(anna, slots_of(office, POPULAR)[0], partner=told(ben))
    with pytest.raises(OneBookingOnly, match="已在当日候补或报名"):
        enters(ben, slots_of(office, POPULAR)[1], partner=told(anna))


def test_the_seed_is_told_to_nobody_before_the_entries_end_and_the_result_is_never_rewritten(db):
    office, planned = popular()
    enters(make_person(), slots_of(office, POPULAR)[0])
    head = make_post("marriage_office_head", PUTUO)
    with acting(head):
        with connection.cursor() as cursor:
            cursor.execute("SELECT bookings_reveal(%s, %s)", [planned.pk, at("17:00", date(2022, 8, 10))])
            assert cursor.fetchone() == (None,)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("SELECT seed FROM bookings_seed")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Draw.objects.filter(pk=planned.pk).update(seed="mine")
        actions.draw(draw=planned, at=AFTER)
        with pytest.raises(DatabaseError, match="不能改写"), transaction.atomic():
            Draw.objects.filter(pk=planned.pk).update(result=[[1, None]])
    for role, place in (
        ("marriage_registrar", PUTUO),
        ("district_reviewer", PUTUO),
        ("marriage_office_head", XUHUI),
    ):
        with acting(make_post(role, place)), pytest.raises(NotPermitted):
            actions.draw(draw=planned, at=AFTER)


def test_what_is_left_after_the_draw_is_anybodys(db):
    office, planned = popular(places=2)
    enters(make_person(), slots_of(office, POPULAR)[0])
    with acting(make_post("marriage_office_head", PUTUO)):
        actions.draw(draw=planned, at=AFTER)
    assert books(make_person(), slots_of(office, POPULAR)[0], when=AFTER).state == _S.BOOKED


def test_a_forged_seed_or_order_is_found(db):
    office, planned = popular()
    for _ in range(3):
        enters(make_person(), slots_of(office, POPULAR)[0])
    with acting(make_post("marriage_office_head", PUTUO)):
        drawn = actions.draw(draw=planned, at=AFTER)
    drawn.result = drawn.result[::-1]
    assert any("顺序" in fault for fault in verify(drawn))
    drawn.seed = "other"
    assert any("摘要" in fault for fault in verify(drawn))


@settings(max_examples=60)
@given(
    seed=st.text(min_size=1, max_size=8),
    places=st.lists(st.integers(0, 3), min_size=1, max_size=4),
    wishes=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=14),
)
def test_no_slot_is_drawn_beyond_its_places_and_none_stays_free_while_somebody_wishes_it(
    seed, places, wishes
):
    starts = {slot: time(9 + slot) for slot in range(len(places))}
    entries = [Entry(n, slot % len(places), any_) for n, (slot, any_) in enumerate(wishes, 1)]
    result = dict(allocate(seed, entries, dict(enumerate(places)), starts))
    assert set(result) == {entry.number for entry in entries}
    left = {slot: places[slot] - sum(got == slot for got in result.values()) for slot in starts}
    assert all(count >= 0 for count in left.values())
    for entry in entries:
        if result[entry.number] is None:
            assert left[entry.slot] == 0 and not (entry.any_time and any(left.values()))
