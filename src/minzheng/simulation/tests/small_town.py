"""A small city of adults with identity cards, for tests that live some months in it."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.centres.actions import load_centres
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.people.tests.world import number as identity_number
from minzheng.simulation.models import SimulatedCity
from minzheng.simulation.year import engine
from minzheng.simulation.year.services import STEPS

SEED, ADULTS = 3, 1_900
ELDERS = ("elder_care_stands", "elder_care", "elder_care_looked_at")
DEAD = date(2022, 2, 20)


def quiet(_step: str, _detail: str) -> None:
    return


def make_town(scale: int) -> None:
    """Adults over all streets that have a centre, a third of them old; some died before."""
    with acting_as_service("test"):
        create_demo_officials()
        load_centres()
        streets = list(Centre.objects.order_by("code").values_list("division_code", flat=True))
        people = Person.objects.bulk_create(
            Person(
                name=f"合成{number}", sex=1 + number % 2,
                birth_date=date(1930 + number % 20 if number % 3 == 0 else 1950 + number % 53, 1 + number % 12, 3),
                division_code=f"{streets[number * 7 % len(streets)][:9]}001",
                hukou_division_code=f"{streets[number * 7 % len(streets)][:9]}001",
                hukou_is_local=number % 3 != 1, death_date=DEAD if number % 50 == 0 else None,
            )
            for number in range(ADULTS)
        )  # fmt: skip
        Identifier.objects.bulk_create(
            Identifier(
                person=one, kind="citizen", value=identity_number(at % 990, f"{one.birth_date:%Y%m%d}"), is_primary=True,
                source="公安", observed_on=date(2021, 12, 31), during=DateRange(date(2000, 1, 1), None),
            )
            for at, one in enumerate(people)
        )  # fmt: skip
        SimulatedCity.objects.create(scale=scale, seed=SEED, on=date(2021, 12, 31))


def steps(*names: str, without: tuple[str, ...] = ()) -> list[engine.Step]:
    return [step for step in STEPS if (not names or step.name in names) and step.name not in without]
