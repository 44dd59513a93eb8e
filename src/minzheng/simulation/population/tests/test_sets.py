"""A city comes into the registers by files or by sets, and both ways lead to the same record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.storage import testing
from minzheng.simulation import building
from minzheng.simulation.building import BUILT_ON, BuildRefused, By, build_city
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.simulation.population import drawing, sets
from minzheng.simulation.population.drawing import Population, draw, draw_shares

SCALE, SMALL, SEED = 20_000, 50_000, 3
WHO = "(SELECT value FROM people_identifier i WHERE i.person_id = t.person_id)"
HOME = "(SELECT number FROM people_household h WHERE h.id = t.household_id)"
# Each register by what names people and households outside of the database, provenance of file and row left out.
RECORDS = {
    "people": f"""SELECT {WHO.replace("t.person_id", "t.id")}, name, name_pinyin, sex, birth_date, ethnicity, hukou_division_code,
        hukou_is_local, division_code, deregistered_on, death_date FROM people_person t""",
    "identifiers": "SELECT value, kind, is_primary, during, source, observed_on FROM people_identifier t",
    "households": "SELECT number, register, division_code, source, observed_on FROM people_household t",
    "memberships": f"SELECT {WHO}, {HOME}, role, during, source, authority, observed_on FROM people_membership t",
    "residences": f"SELECT {WHO}, division_code, address, during, source, authority, observed_on FROM people_residence t",
    "hukou": f"SELECT {WHO}, division_code, is_local, during, source, authority, observed_on FROM people_hukourecord t",
    "facts": f"""SELECT {WHO}, {HOME}, kind, int_value, text_value, during, source, authority, observed_on,
        superseded_at IS NULL FROM people_fact t""",
    "events": f"""SELECT {WHO}, {HOME}, kind, "on", division_code, source FROM people_lifeevent t""",
    "accounts": f"SELECT {WHO}, bank, number, holder, purpose, during, source, observed_on FROM people_bankaccount t",
    "awards": f"""SELECT {WHO}, {HOME}, programme, benefit, unit, start_month, end_month, state, division_code, paid_through,
        origin, granted_on FROM awards_award t""",
    "award_periods": f"SELECT {WHO}, programme, during, monthly_fen, division_code FROM awards_awardperiod t",
    "overpayments": """SELECT a.benefit, t.month, t.amount_fen FROM awards_overpayment t JOIN awards_award a ON a.id = t.award_id""",
}  # fmt: skip


def record() -> dict[str, list[Any]]:
    """All registers, each in an order of their content."""
    found = {}
    with transaction.atomic(), acting_as_service("test"), connection.cursor() as cursor:
        for name, query in RECORDS.items():
            cursor.execute(query)
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(building, "state_home", lambda: tmp_path)
    monkeypatch.setattr(building, "bring_up_to_date", list)
    monkeypatch.setattr(building, "create_demo_officials", list)
    return tmp_path


def quiet(_step: str, _detail: str) -> None:
    """Nobody watches."""


@pytest.fixture
def databases(django_db_blocker: Any, django_db_setup: None) -> Iterator[Any]:
    """Opens an empty database for each way."""
    with django_db_blocker.unblock():
        template = testing.template_database()
        yield lambda: testing.cloned_database(template, "fresh")


def test_files_without_faults_and_sets_give_the_same_record(databases: Any, home: Path) -> None:
    with databases():
        build_city(scale=SCALE, seed=SEED, watch=quiet, by=By.FILES, faults=False)
        by_files = record()
    with databases():
        build_city(scale=SCALE, seed=SEED, watch=quiet, by=By.SETS)
        by_sets = record()
    assert {name: len(rows) for name, rows in by_sets.items()} == {
        name: len(rows) for name, rows in by_files.items()
    }
    for name, rows in by_files.items():
        assert by_sets[name] == rows, name
    assert len(by_sets["people"]) > 1200
    assert len(by_sets["awards"]) > 190


def test_no_city_is_built_over_people_who_may_be_real(databases: Any, home: Path) -> None:
    with databases():
        with acting_as_service("test"):
            people = Person.objects.bulk_create(
                Person(name="某人", sex=1, hukou_is_local=True) for _ in range(60)
            )
            Identifier.objects.bulk_create(
                Identifier(
                    person=one, kind="citizen", value=f"110101{one.pk:012d}", is_primary=True, source="公安",
                    during=DateRange(BUILT_ON, None),
                )
                for one in people
            )  # fmt: skip
        with pytest.raises(BuildRefused, match="people who may be real"):
            build_city(scale=SMALL, seed=SEED, watch=quiet, by=By.SETS)
        with acting_as_service("test"):
            assert Person.objects.count() == 60


def test_a_killed_building_goes_on_and_takes_nobody_twice(
    databases: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, done = sets._take_part, []

    def killed(population: Population, low: int, high: int) -> None:
        usual(population, low, high)
        done.append(low)
        if len(done) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(
        building, "take_in", lambda population, watch: sets.take_in(population, watch=watch, part=150)
    )
    with databases():
        monkeypatch.setattr(sets, "_take_part", killed)
        with pytest.raises(KeyboardInterrupt):
            build_city(scale=SMALL, seed=SEED, watch=quiet, by=By.SETS)
        with acting_as_service("test"):
            assert Person.objects.count() == pytest.approx(150, abs=10)  # the second part was undone
            assert not SimulatedCity.objects.exists()
        monkeypatch.setattr(sets, "_take_part", usual)
        with pytest.raises(BuildRefused, match="另建请换"):
            build_city(scale=SMALL, seed=SEED + 1, watch=quiet, by=By.SETS)
        built = build_city(scale=SMALL, seed=SEED, watch=quiet, by=By.SETS)
        with acting_as_service("test"):
            assert (
                Person.objects.count()
                == built.told["people"]
                == draw(scale=SMALL, seed=SEED, on=BUILT_ON).persons.height
            )
            assert LivedStep.objects.filter(step__contains="人口").count() == 4
            assert build_city(scale=SMALL, seed=SEED, watch=quiet).pk == built.pk


def test_a_city_in_shares_is_taken_in_share_by_share_and_goes_on_with_the_one_it_was_at(
    databases: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "LARGEST", 2 * SMALL)
    usual, begun = sets._take_part, []

    def killed(population: Population, low: int, high: int) -> None:
        begun.append(population.share)
        if population.share == 1:
            raise KeyboardInterrupt
        usual(population, low, high)

    shares = list(draw_shares(scale=SMALL, seed=SEED, on=BUILT_ON))
    with databases():
        monkeypatch.setattr(sets, "_take_part", killed)
        with pytest.raises(KeyboardInterrupt):
            build_city(scale=SMALL, seed=SEED, watch=quiet, by=By.SETS)
        monkeypatch.setattr(sets, "_take_part", usual)
        with acting_as_service("test"):
            assert Person.objects.count() == shares[0].persons.height
        built = build_city(scale=SMALL, seed=SEED, watch=quiet, by=By.SETS)
        with acting_as_service("test"):
            assert Person.objects.count() == built.told["people"] == sum(one.persons.height for one in shares)
            assert (
                Identifier.objects.filter(value__in=list(shares[1].persons["number"])).count()
                == shares[1].persons.height
            )
        assert begun == [0, 1]
