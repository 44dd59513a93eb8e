"""The forecast plays the queue forward; what it says is a range."""

from __future__ import annotations

from minzheng.kernel.centres.forecast import Desk, Now, expected_wait, now_at
from minzheng.kernel.centres.tests.conftest import CARE, DAY, HOUSING, RELIEF, at

TIMES = {RELIEF: (10.0, 20.0), CARE: (5.0, 10.0), HOUSING: (12.0, 18.0)}


def now(queue, *desks):
    return Now(1, True, False, queue, desks, TIMES)


def desk(number, *groups, serves="", since=None):
    return Desk(number, frozenset(groups), serves, since)


def test_with_a_free_counter_and_nobody_waiting_one_does_not_wait():
    assert expected_wait(now([], desk(1, RELIEF)), RELIEF, at=at("09:00")) == (0, 0)


def test_three_ahead_at_two_counters_wait_for_the_second_service():
    # The fourth is called when the first of the second pair is done: after 10 to 20 minutes.
    assert expected_wait(now([RELIEF] * 3, desk(1, RELIEF), desk(2, RELIEF)), RELIEF, at=at("09:00")) == (
        10,
        20,
    )


def test_others_before_one_count_only_where_they_share_a_counter():
    shared = now([CARE, CARE], desk(1, RELIEF, CARE))
    apart = now([CARE, CARE], desk(1, RELIEF), desk(2, CARE))
    assert expected_wait(shared, RELIEF, at=at("09:00")) == (10, 20)
    assert expected_wait(apart, RELIEF, at=at("09:00")) == (0, 0)


def test_who_is_being_served_has_the_rest_of_the_time_left():
    busy = now([], desk(1, RELIEF, serves=RELIEF, since=at("08:56")))
    assert expected_wait(busy, RELIEF, at=at("09:00")) == (6, 16)
    long = now([], desk(1, RELIEF, serves=RELIEF, since=at("08:00")))
    assert expected_wait(long, RELIEF, at=at("09:00")) == (0, 1)


def test_no_open_counter_gives_no_number_of_minutes():
    assert expected_wait(now([HOUSING], desk(1, RELIEF)), HOUSING, at=at("09:00")) is None


def test_ones_own_place_counts_only_who_is_before(seat, centre, django_assert_num_queries):
    clerk = seat(1)
    clerk.take(), clerk.take(), clerk.take(HOUSING)
    with django_assert_num_queries(2):
        found = now_at([centre.pk], on=DAY, at=at("09:00"))[centre.pk]
    assert found.waiting == 3 and found.takes_numbers and [d.number for d in found.desks] == [1]
    first = expected_wait(found, RELIEF, at=at("09:00"), ahead=0)
    last = expected_wait(found, RELIEF, at=at("09:00"))
    assert first == (0, 0) and last[0] > 0
    assert expected_wait(found, HOUSING, at=at("09:00")) is None
