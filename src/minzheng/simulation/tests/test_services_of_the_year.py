"""What a small city serves in some months: as many cases as expected, none at a closed counter, beds never over their number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, Sum

from minzheng.domains.dementia_care.models import Community
from minzheng.domains.eldercare_facilities.kinds import CENTRE, HOME, MEAL_SITE
from minzheng.domains.eldercare_facilities.models import BedBatch, Filing
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.cases.models import Case, Counted, Event, Letter, Rating
from minzheng.kernel.centres.actions import load_centres
from minzheng.kernel.centres.models import Centre, Closure
from minzheng.kernel.centres.opening import spans_of
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.storage.testing import cloned_database, template_database
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.simulation.year import engine
from minzheng.simulation.year.rates import in_month, rate
from minzheng.simulation.year.services import STEPS

SCALE, SEED, ADULTS = 2_000, 3, 1_900
FIRST, LAST = Month(2022, 3), Month(2022, 5)
ELDERS = ("elder_care_stands", "elder_care")
DEAD = date(2022, 2, 20)


class Killed(Exception):
    pass


def quiet(_step: str, _detail: str) -> None:
    return


def make_town(scale: int = SCALE) -> None:
    """Adults over all streets that have a centre, a third of them old; some died before."""
    with acting_as_service("test"):
        create_demo_officials()
        load_centres()
        streets = list(Centre.objects.order_by("code").values_list("division_code", flat=True))
        Person.objects.bulk_create(
            Person(
                name=f"合成{number}", sex=1 + number % 2,
                birth_date=date(1930 + number % 20 if number % 3 == 0 else 1950 + number % 53, 1 + number % 12, 3),
                division_code=f"{streets[number * 7 % len(streets)][:9]}001",
                hukou_division_code=f"{streets[number * 7 % len(streets)][:9]}001",
                hukou_is_local=number % 3 != 1, death_date=DEAD if number % 50 == 0 else None,
            )
            for number in range(ADULTS)
        )  # fmt: skip
        SimulatedCity.objects.create(scale=scale, seed=SEED, on=date(2021, 12, 31))


def steps(*names: str, without: tuple[str, ...] = ()) -> list[engine.Step]:
    return [step for step in STEPS if (not names or step.name in names) and step.name not in without]


def record() -> list[Any]:
    """What the months left, in an order that says nothing about keys."""
    cases = Case.objects.order_by("person_id", "opened_on").values_list(
        "person_id", "item", "channel", "state", "opened_on", "decided_on", "accepting_division", "is_late",
    )  # fmt: skip
    events = Event.objects.order_by("case__person_id", "id").values_list("case__person_id", "act", "on")
    return [
        list(cases),
        list(events),
        list(Rating.objects.order_by("case__person_id").values_list("score", "on")),
    ]


@pytest.fixture(scope="module")
def public_password() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINZHENG_DEMO", "1")
        yield


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, public_password) -> Iterator[dict[str, Any]]:
    """Three months of the counters; the first of them also in a second town of the same seed, in which it was killed once."""
    serve = next(step.live for step in STEPS if step.name == "cases")

    def die(life: engine.Life) -> dict[str, Any]:
        serve(life)
        raise Killed

    with django_db_blocker.unblock():
        with cloned_database(template_database(), "again"):
            make_town()
            with pytest.raises(Killed):
                engine.live(FIRST, FIRST, [*steps("closed_counters"), engine.Step("cases", "", die)], quiet)
            engine.live(FIRST, FIRST, steps(without=ELDERS), quiet)
            with acting_as_service("test"):
                again = record()
        with cloned_database(template_database(), "town"):
            make_town()
            engine.live(FIRST, FIRST, steps(without=ELDERS), quiet)
            with acting_as_service("test"):
                first = record()
            engine.live(FIRST, LAST, steps(without=ELDERS), quiet)
            with acting_as_service("test"):
                yield {"again": again, "first": first}


def test_as_many_cases_are_accepted_as_the_year_has_in_these_months(town):
    wanted = (
        sum(rate("casework.months")[month - 1] for month in (3, 4, 5)) * rate("casework.accepted") / SCALE
    )
    accepted = Counted.objects.exclude(accepted_on=None).count()
    assert accepted == pytest.approx(wanted, rel=0.05)
    assert Case.objects.exclude(submitted_on=None).count() == Counted.objects.count()


def test_each_month_brings_exactly_its_share(town):
    every = rate("casework.accepted") * rate("casework.submitted_per_accepted") / SCALE
    for number in (3, 4, 5):
        came = Case.objects.filter(opened_on__year=2022, opened_on__month=number).count()
        assert came == pytest.approx(in_month(every, rate("casework.months"), Month(2022, number)), abs=3)


def test_nobody_is_served_at_a_counter_on_a_day_on_which_it_is_closed(town):
    at_counter = Event.objects.filter(
        case__channel="counter", act__in=("open", "hand_in", "submit", "resubmit")
    )
    served = set(at_counter.values_list("case__centre_id", "on"))
    open_on = {day: spans_of({pk for pk, _ in served}, day) for day in {day for _, day in served}}
    assert served and all(open_on[day][pk] for pk, day in served)
    assert not [day for _, day in served if date(2022, 4, 1) <= day <= date(2022, 5, 14)]
    assert Closure.objects.filter(day=date(2022, 4, 6)).count() == Centre.objects.count()
    assert Closure.objects.filter(day=date(2022, 3, 29), centre__division_code__startswith="310115").exists()


def test_online_goes_on_while_the_counters_are_closed(town):
    april = Case.objects.filter(opened_on__range=(date(2022, 4, 1), date(2022, 4, 30)))
    assert april.exists() and set(april.values_list("channel", flat=True)) == {"online"}
    assert april.filter(state="granted").exists()


def test_nobody_dead_applies_and_only_adults_do(town):
    people = Case.objects.values_list("person__death_date", "person__birth_date")
    assert {death for death, _ in people} == {None} and max(born for _, born in people) <= date(2004, 5, 1)


def test_cases_end_in_every_way_and_mostly_in_time(town):
    ended = dict(Case.objects.values_list("state").annotate(n=Count("pk")).order_by("state"))
    assert {"granted", "refused", "withdrawn", "lapsed", "not_accepted"} <= set(ended), ended
    assert Case.objects.filter(state="granted").count() > 0.75 * Case.objects.count()
    decided = Case.objects.filter(state__in=("granted", "refused"))
    assert 0 < decided.filter(is_late=True).count() < 0.05 * decided.count()
    crossed = Counted.objects.filter(is_crossed=True).count()
    assert 0.02 < crossed / Counted.objects.count() < 0.25
    assert Letter.objects.filter(kind="correction").exists() and Rating.objects.exists()


def test_no_case_of_an_earlier_month_is_forgotten(town):
    """What came in March has ended by the end of May, but for a few that wait for a closed counter or a long check."""
    march = Case.objects.filter(opened_on__lt=date(2022, 4, 1))
    waiting = march.filter(state__in=("submitted", "accepted", "passed_on", "examined"))
    assert waiting.count() <= 0.02 * march.count()


def test_the_same_seed_leaves_the_same_record_though_a_step_was_killed(town):
    assert town["first"][0] and town["again"] == town["first"]
    assert LivedStep.objects.count() == 3 * len(steps(without=ELDERS))


@pytest.fixture(scope="module")
def elders(django_db_setup, django_db_blocker, public_password) -> Iterator[engine.Life]:
    """Half a year of elder care in a city that is counted as one to two hundred, so that every kind of thing happens."""
    with django_db_blocker.unblock(), cloned_database(template_database(), "elders"):
        make_town(scale=200)
        engine.live(Month(2022, 1), Month(2022, 6), steps(*ELDERS), quiet)
        with acting_as_service("test"):
            yield engine.Life(Month(2022, 6), 200, SEED, quiet)


def until_june(what: str) -> int:
    months = [Month(2022, number) for number in range(1, 7)]
    return sum(
        in_month(rate("eldercare.added")[what] / 200, rate("eldercare.months"), month) for month in months
    )


def test_what_is_opened_built_and_rebuilt_is_the_years_share(elders):
    opened = Facility.objects.filter(during__startswith__gte=date(2022, 1, 1))
    assert opened.filter(kind=CENTRE).count() == until_june(CENTRE)
    assert opened.filter(kind=MEAL_SITE).count() == until_june(MEAL_SITE)
    built = BedBatch.objects.filter(because="built", on__gte=date(2022, 1, 1))
    assert built.aggregate(n=Sum("change"))["n"] == until_june("beds") > 0
    rebuilt = BedBatch.objects.filter(because="converted", change__gt=0, on__gte=date(2022, 1, 1))
    assert rebuilt.aggregate(n=Sum("change"))["n"] == until_june("dementia_beds") > 0
    closed = (date(2022, 4, 1), date(2022, 5, 31))
    assert (
        not opened.filter(during__startswith__range=closed).exists()
        and not built.filter(on__range=closed).exists()
    )


def test_the_parts_of_a_year_add_up_to_it_at_any_scale():
    for what, whole in rate("eldercare.added").items():
        for scale in (1, 7, 100, 333, 1000):
            months = [Month(2022, number) for number in range(1, 13)]
            parts = [in_month(whole / scale, rate("eldercare.months"), month) for month in months]
            assert sum(parts) == pytest.approx(whole / scale, abs=0.5 + 1e-9) and min(parts) >= 0, what


def test_no_bed_holds_two_people_and_no_home_more_than_it_has_beds(elders):
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM generate_series(date '2022-01-01', date '2022-06-30', '1 day') d
               JOIN LATERAL (SELECT count(*) AS beds FROM stays_bed b WHERE b.during @> d::date) b ON true
               JOIN LATERAL (SELECT count(*) AS people FROM stays_stay s WHERE s.during @> d::date AND s.state <> 'cancelled') s
                 ON true WHERE s.people > b.beds"""
        )
        assert cursor.fetchone()[0] == 0
    assert not Stay.objects.exclude(state="cancelled").exclude(during__contained_by=F("bed__during")).exists()


def test_people_move_in_and_leave_and_the_dead_lie_in_no_bed(elders):
    stays = Stay.objects.exclude(state="cancelled")
    assert stays.filter(during__startswith__gte=date(2022, 1, 1)).exists()
    assert stays.filter(ended_because="left", during__endswith__gte=date(2022, 1, 1)).exists()
    assert not stays.filter(state="present").exclude(person__death_date=None).exists()


def test_streets_join_in_batches_and_homes_that_opened_are_filed(elders):
    told = rate("eldercare.streets_building")
    assert Community.objects.count() == told["first"] + told["in_2022"] == 170
    new = Facility.objects.filter(kind=HOME, during__range=(date(2022, 1, 1), date(2022, 5, 31)))
    assert set(new.values_list("pk", flat=True)) <= set(Filing.objects.values_list("facility", flat=True))
