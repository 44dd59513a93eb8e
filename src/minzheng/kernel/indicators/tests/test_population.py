"""Residents, births and deaths are counted from the register of people, each at its place."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from minzheng.kernel.indicators.model import Kind
from minzheng.kernel.indicators.population import INDICATORS
from minzheng.kernel.people.actions import move_people, record_deaths
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, person, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
RESIDENTS, BIRTHS, DEATHS = INDICATORS
JANUARY, MARCH = date(2022, 1, 31), date(2022, 3, 31)


@pytest.fixture
def register_open(as_post):
    as_post("service", "310000")


def rows(figure, *days: date) -> dict[int, str]:
    """Person → place of the rows that a figure counts on a day, or from one day to another."""
    given = {"on": days[0]} if figure.kind is Kind.STOCK else {"first": days[0], "last": days[-1]}
    return {row[0]: row[1] for row in fetch(f"SELECT id, division_code FROM ({figure.rows}) r", given)}


def one(**other) -> int:
    return register(person(**other), on=MARCH)["person_id"][0]


def test_a_child_is_born_where_it_lived_that_day_and_a_resident_from_then_on():
    child = one(birth_date=date(2022, 2, 10), since=date(2022, 2, 10))
    move = pl.DataFrame(
        {"row": [1], "person_id": [child], "division_code": [ELSEWHERE], "on": [date(2022, 3, 5)]}
    )
    move_people(move, source="公安", observed_on=MARCH)
    assert rows(BIRTHS, date(2022, 2, 1), date(2022, 2, 28)) == {child: HERE}
    assert rows(RESIDENTS, date(2022, 2, 9)) == {}
    assert rows(RESIDENTS, date(2022, 2, 10)) == {child: HERE}
    assert rows(RESIDENTS, MARCH) == {child: ELSEWHERE}


def test_a_child_that_came_after_its_birth_was_born_elsewhere():
    child = one(birth_date=date(2022, 1, 10), since=date(2022, 3, 1))
    assert rows(BIRTHS, date(2022, 1, 1), MARCH) == {}
    assert rows(RESIDENTS, JANUARY) == {} and rows(RESIDENTS, MARCH) == {child: HERE}


def test_who_died_is_counted_once_and_lives_in_the_city_up_to_that_day():
    man = one()
    died = pl.DataFrame({"row": [1], "person_id": [man], "death_date": [date(2022, 2, 10)]})
    record_deaths(died, source="卫健", observed_on=MARCH)
    assert rows(DEATHS, date(2022, 2, 10), date(2022, 2, 10)) == {man: HERE}
    assert rows(DEATHS, date(2022, 2, 11), MARCH) == {}
    assert rows(RESIDENTS, date(2022, 2, 10)) == {man: HERE}
    assert rows(RESIDENTS, date(2022, 2, 11)) == {}


def test_who_was_struck_off_the_register_left_and_did_not_die():
    man = one()
    register(person(person_id=man, deregistered_on=date(2022, 3, 1)), on=MARCH)
    assert rows(RESIDENTS, date(2022, 3, 1)) == {man: HERE} and rows(RESIDENTS, date(2022, 3, 2)) == {}
    assert rows(DEATHS, JANUARY, MARCH) == {}
