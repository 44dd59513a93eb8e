"""A small town lives three months of 2022: what happens to its people, and what never may.

The town is drawn at 1:20000 and lives as many events as one of 1:4000, so that three months show something of everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connections, transaction

from minzheng.domains.marriage_registration.models import MaritalTie, Registration
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Fact, LifeEvent, Membership, Person
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.testing import cloned_database, template_database
from minzheng.simulation.building import By, build_city
from minzheng.simulation.identifiers import BIRTHS_AREA, COMERS_AREA
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.simulation.year import births, deaths, engine, moves, people, weddings, work
from minzheng.simulation.year.engine import SERVICE, Life, Step
from minzheng.simulation.year.rates import rate
from minzheng.simulation.year.register import facts, living

JANUARY, MARCH, APRIL = Month(2022, 1), Month(2022, 3), Month(2022, 4)
SCALE = 4_000


def quiet(*_told: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def lived(django_db_blocker: Any, django_db_setup: Any, tmp_path_factory: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("MINZHENG_DEMO", "1")
        with cloned_database(template_database(), "life"):
            build_city(scale=20_000, seed=1, watch=quiet, by=By.SETS)
            with acting_as_service(SERVICE):
                SimulatedCity.objects.update(scale=SCALE)
            engine.live(JANUARY, MARCH, people.STEPS, quiet)
            connections.close_all()
            yield


@pytest.fixture
def town(lived: None, django_db_blocker: Any) -> Iterator[None]:
    """The town at the end of March; what a test writes is taken back."""
    with django_db_blocker.unblock(), taken_back(), acting_as_service(SERVICE):
        yield


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def life(month: Month = APRIL) -> Life:
    return Life(month, SCALE, 1, quiet)


def test_volumes_are_a_quarter_of_the_years(town: None) -> None:
    died = Person.objects.filter(death_date__gte=date(2022, 1, 1)).count()
    born = Person.objects.filter(
        birth_date__gte=date(2021, 12, 1), identifiers__value__startswith=BIRTHS_AREA
    ).count()
    left = Person.objects.filter(deregistered_on__gte=date(2022, 1, 1)).count()
    came = Person.objects.filter(identifiers__value__startswith=COMERS_AREA).count()
    married = Registration.objects.filter(kind="marriage").count()
    divorced = Registration.objects.filter(kind="divorce").count()
    assert 139_000 / SCALE / 4 * 0.7 < died < 139_000 / SCALE / 4 * 1.5
    assert 116_000 / SCALE / 4 * 0.7 < born < 116_000 / SCALE / 4 * 1.4
    assert 20 < left < 60 and 20 < came < 60
    assert 72_048 / SCALE * 0.2 < married < 72_048 / SCALE * 0.4
    assert divorced <= 3


def test_nobody_acts_after_their_death_or_departure(town: None) -> None:
    gone = "coalesce(p.death_date, p.deregistered_on)"
    acted = fetch(
        f'SELECT e.kind FROM people_lifeevent e JOIN people_person p ON p.id = e.person_id WHERE e."on" > {gone}'
        " AND e.kind IN ('marriage', 'divorce', 'move', 'join') AND p.death_date >= '2022-01-01'"
    )
    assert acted == []
    assert not fetch(
        f"SELECT 1 FROM people_membership m JOIN people_person p ON p.id = m.person_id WHERE upper_inf(m.during) AND {gone} IS NOT NULL"
    )


def test_mothers_are_of_an_age_and_children_belong_to_their_household(town: None) -> None:
    ages = fetch(
        """SELECT extract(year FROM age(c.birth_date, w.birth_date)) FROM people_person c
           JOIN people_identifier n ON n.person_id = c.id AND n.value LIKE %s
           JOIN people_membership m ON m.person_id = c.id JOIN people_membership x USING (household_id)
           JOIN people_person w ON w.id = x.person_id AND w.sex = 2 WHERE x.role IN (1, 2)""",
        [f"{BIRTHS_AREA}%"],
    )
    assert ages and all(15 <= age <= 50 for (age,) in ages)


def test_who_lives_on_the_allowance_or_is_disabled_finds_work_less_often(
    town: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    certain = {"work.found": 1.0, "work.found_in_need": 0.0, "work.lost": 0.0}
    monkeypatch.setattr(work, "rate", lambda name: certain.get(name, rate(name)))
    july = Month(2022, 7)
    people_now = living(july.first_day, "age").filter(pl.col("age").is_between(16, 54))
    seeking = people_now.join(
        facts(("employment",), july.first_day).filter(pl.col("employment") == work.UNEMPLOYED), on="person_id"
    )
    in_need = seeking["person_id"].is_in(work._in_need(july).implode())
    assert 0 < in_need.sum() < seeking.height
    work.work(life(july))
    now = facts(("employment",), july.last_day).filter(pl.col("employment") == work.EMPLOYED)["person_id"]
    assert (seeking["person_id"].is_in(now.implode()) == ~in_need).all()


def test_couples_who_marry_are_of_age_and_are_told_as_married(town: None) -> None:
    for entry in Registration.objects.filter(kind="marriage"):
        assert entry.man_birth_date.replace(year=entry.man_birth_date.year + 22) <= entry.on
        assert entry.woman_birth_date.replace(year=entry.woman_birth_date.year + 20) <= entry.on
        assert Fact.objects.filter(
            person_id=entry.man_person_id, kind="marital_status", int_value=2, superseded_at=None
        ).exists()
        assert not entry.is_cross_district


def test_offices_are_closed_from_28_march_to_31_may_and_open_on_special_days() -> None:
    assert weddings.open_days(MARCH)["on"].max() == date(2022, 3, 25)
    assert weddings.open_days(APRIL).is_empty() and weddings.open_days(Month(2022, 5)).is_empty()
    assert weddings.open_days(Month(2022, 6))["on"].min() == date(2022, 6, 1)
    august = weddings.open_days(Month(2022, 8)).sort("weight")
    assert august["on"][-1] == date(2022, 8, 4)


def test_a_divorce_of_june_needs_an_application_that_no_open_day_took() -> None:
    assert weddings._applied(date(2022, 6, 15)) is None
    assert weddings._applied(date(2022, 7, 20)) is not None


def test_no_couple_crosses_districts_before_september(town: None) -> None:
    pairs = pl.DataFrame({"row": range(200), "key": range(200), "man_hukou": ["310107"] * 200, "woman_hukou": ["310104"] * 200,
                          "district": ["310107"] * 200})  # fmt: skip
    august, september = (
        weddings._crossed(Life(Month(2022, n), 100, 1, quiet), pairs, "marriage") for n in (8, 9)
    )
    assert august["district"].unique().to_list() == ["310107"]
    crossed = september.filter(pl.col("office").is_not_null())
    assert crossed.height == pytest.approx(8_267 / 100 * 0.19 * 72_048 / 97_039, abs=1)
    assert not set(crossed["district"]) & {"310107", "310104"}


def test_the_same_seed_lives_the_same_month_twice(town: None) -> None:
    def lived_once() -> list[Any]:
        with taken_back():
            deaths.die(life(Month(2022, 6)))
            births.be_born(life(Month(2022, 6)))
            moves.leave(life(Month(2022, 6)))
            return [
                living(date(2022, 6, 30), "name", "born", "place", "number", "role").drop("person_id").rows(),
                fetch(
                    "SELECT death_date, name FROM people_person WHERE death_date >= '2022-04-01' ORDER BY 1, 2"
                ),
            ]

    assert lived_once() == lived_once()


def test_children_left_alone_stay_and_the_eldest_heads_the_household(town: None) -> None:
    home = fetch(
        """SELECT household_id FROM people_membership m JOIN people_person p ON p.id = m.person_id WHERE upper_inf(during)
           GROUP BY 1 HAVING count(*) >= 3 AND count(*) FILTER (WHERE role = 3 AND birth_date > '2006-01-01') >= 1
             AND count(*) FILTER (WHERE role NOT IN (1, 2, 3)) = 0 ORDER BY 1 LIMIT 1"""
    )[0][0]
    parents = list(
        Membership.objects.filter(household_id=home, role__in=[1, 2], during__upper_inf=True).values_list(
            "person_id", flat=True
        )
    )
    frame = pl.DataFrame(
        {"row": range(len(parents)), "person_id": parents, "death_date": [date(2022, 4, 5)] * len(parents)}
    )
    deaths.record_deaths(frame, source="卫健", observed_on=date(2022, 4, 30))
    assert deaths.name_heads(date(2022, 4, 30), since=date(2022, 4, 1)) == 1
    left = Membership.objects.filter(household_id=home, during__upper_inf=True).order_by("person__birth_date")
    assert left.count() >= 1 and left[0].role == 1 and {one.role for one in left[1:]} <= {9}


def test_a_record_that_was_merged_lives_no_life_of_its_own(town: None) -> None:
    one, other = Person.objects.filter(death_date=None, deregistered_on=None).order_by("pk")[:2]
    Person.objects.filter(pk=other.pk).update(merged_into=one)
    assert other.pk not in living(date(2022, 4, 1))["person_id"].to_list()


def test_deaths_are_told_as_they_come_and_none_lies_in_the_future(town: None) -> None:
    assert not Person.objects.filter(death_date__gt=date(2022, 3, 31)).exists()
    assert LifeEvent.objects.filter(kind="death", on__gte=date(2022, 1, 1) - timedelta(days=62)).exists()


def test_a_step_is_lived_once_and_a_killed_step_leaves_nothing(town: None) -> None:
    calls: list[str] = []

    def killed(_life: Life) -> dict[str, Any]:
        Person.objects.create(name="半途")
        raise KeyboardInterrupt

    def counted(_life: Life) -> dict[str, Any]:
        calls.append("lived")
        return {}

    with pytest.raises(KeyboardInterrupt):
        engine.live(APRIL, APRIL, [Step("first", "一", counted), Step("second", "二", killed)], quiet)
    assert not Person.objects.filter(name="半途").exists()
    assert (
        engine.live(APRIL, APRIL, [Step("first", "一", counted), Step("second", "二", counted)], quiet) == 1
    )
    assert (
        engine.live(APRIL, APRIL, [Step("first", "一", counted), Step("second", "二", counted)], quiet) == 0
    )
    assert calls == ["lived", "lived"]
    assert LivedStep.objects.filter(month=APRIL.first_day).count() == 2
    assert MaritalTie.objects.exists()
