"""Two clocks: what was true on a day, and what the platform knew of it at an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people.actions import move_people, record_deaths, set_account
from minzheng.kernel.people.frames import frames_of, household_of, population_frames
from minzheng.kernel.people.known import LEARNT, as_known
from minzheng.kernel.people.models import Past
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, known_since, person, register, register_one
from minzheng.kernel.periods import Month

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
JUNE, JULY = Month(2022, 6), Month(2022, 7)
LONG_AGO = datetime(2022, 5, 1, tzinfo=UTC)
THEN = datetime(2022, 6, 25, tzinfo=UTC)


def die(person_id: int, day: date) -> None:
    rows = pl.DataFrame({"row": [1], "person_id": [person_id], "death_date": [day]})
    record_deaths(rows, source="卫健", observed_on=date(2022, 7, 20))


def test_a_death_in_may_learnt_in_july_was_not_known_in_june():
    told = register_one()
    known_since(LONG_AGO)
    die(told["person_id"], date(2022, 5, 9))
    assert population_frames(JUNE)[0].is_empty()
    (then,) = population_frames(JUNE, THEN)[0].to_dicts()
    assert then["is_alive"] and then["death_month"] is None and then["household_id"] > 0
    assert household_of(told["person_id"], JUNE, THEN) == then["household_id"]
    assert household_of(told["person_id"], JUNE) == -told["person_id"]


def test_nothing_was_known_before_it_was_recorded():
    register_one()
    assert population_frames(JULY)[0].height == 1
    assert population_frames(JULY, THEN)[0].is_empty()


def test_a_move_is_seen_as_it_was_known():
    told = register_one()
    known_since(LONG_AGO)
    rows = pl.DataFrame(
        {"row": [1], "person_id": [told["person_id"]], "division_code": [ELSEWHERE], "on": [date(2022, 6, 2)]}
    )
    move_people(rows, source="公安", observed_on=date(2022, 7, 20))
    query, values = "SELECT division_code FROM <people_person> p", {"as_of": THEN}
    assert fetch(as_known(query, None), values) == [(ELSEWHERE,)]
    assert fetch(as_known(query, THEN), values) == [(HERE,)]


def test_an_account_is_seen_as_it_was_known():
    told = register_one()
    person = told["person_id"]
    set_account(
        person_id=person, bank="甲", number="622200001", holder="王", on=date(2022, 1, 1), source="民政"
    )
    known_since(LONG_AGO)
    set_account(
        person_id=person, bank="乙", number="622200002", holder="王", on=date(2022, 6, 1), source="民政"
    )
    query = (
        "SELECT number FROM <people_bankaccount> a WHERE person_id = %(id)s AND during @> date '2022-06-15'"
    )
    values = {"id": person, "as_of": THEN}
    assert fetch(as_known(query, None), values) == [("622200002",)]
    assert fetch(as_known(query, THEN), values) == [("622200001",)]


def test_the_same_word_again_from_another_day_leaves_no_past():
    register_one()
    known_since(LONG_AGO)
    register_one(on=date(2022, 7, 31))
    assert not Past.objects.exists()


def test_only_those_of_whom_something_was_learnt_are_looked_at_again():
    rows = register(person(1), person(2, household_number="H000002")).to_dicts()
    told, other = rows
    known_since(LONG_AGO)
    die(told["person_id"], date(2022, 5, 9))
    span = {"since": THEN, "until": datetime.now(UTC) + timedelta(minutes=1), "before": JULY.first_day}
    found = {row[0] for row in fetch(LEARNT, span)}
    assert told["person_id"] in found and other["person_id"] not in found
    assert fetch(LEARNT, span | {"since": span["until"]}) == []
    persons, households = frames_of([told["person_id"]], JUNE, THEN)
    assert persons["person_id"].to_list() == [told["person_id"]] and households.height == 1


def test_what_was_on_record_is_seen_within_scope_and_written_by_nobody():
    told = register_one()
    known_since(LONG_AGO)
    die(told["person_id"], date(2022, 5, 9))
    with acting(make_post("street_officer", ELSEWHERE[:9])):
        assert not Past.objects.exists()
    with acting_as_service("test"), pytest.raises(Exception, match=r"permission denied|append-only"):
        Past.objects.all().delete()
