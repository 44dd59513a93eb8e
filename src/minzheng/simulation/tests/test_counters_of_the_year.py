"""What the counters of a small city serve in three months: as many as expected, nobody at a closed one, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db.models import Count

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import Case, Counted, Event, Letter, Rating
from minzheng.kernel.centres.models import Centre, Closure
from minzheng.kernel.centres.opening import spans_of
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.testing import cloned_database, template_database
from minzheng.simulation.models import LivedStep
from minzheng.simulation.tests.small_town import ELDERS, make_town, quiet, steps
from minzheng.simulation.year import engine
from minzheng.simulation.year.rates import in_month, rate
from minzheng.simulation.year.services import STEPS

SCALE = 2_000
FIRST, LAST = Month(2022, 3), Month(2022, 5)


class Killed(Exception):
    pass


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
            make_town(SCALE)
            with pytest.raises(Killed):
                engine.live(FIRST, FIRST, [*steps("closed_counters"), engine.Step("cases", "", die)], quiet)
            engine.live(FIRST, FIRST, steps(without=ELDERS), quiet)
            with acting_as_service("test"):
                again = record()
        with cloned_database(template_database(), "town"):
            make_town(SCALE)
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
    # The first month begins with nothing in hand, which a year's twelve feel less than these three.
    accepted = Counted.objects.exclude(accepted_on=None).count()
    assert accepted == pytest.approx(wanted, rel=0.07)
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
