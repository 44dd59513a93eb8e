"""Half a year of elder care in a small city: what is opened and built is the year's share, no bed holds two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Count, F, Sum

from minzheng.domains.dementia_care.models import Community
from minzheng.domains.eldercare_facilities.kinds import CENTRE, HOME, MEAL_SITE
from minzheng.domains.eldercare_facilities.models import BedBatch, Filing
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import Month
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.storage.testing import cloned_database, template_database
from minzheng.simulation.tests.small_town import ELDERS, SEED, make_town, quiet, steps
from minzheng.simulation.year import eldercare, engine
from minzheng.simulation.year.rates import in_month, rate


@pytest.fixture(scope="module")
def public_password() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINZHENG_DEMO", "1")
        yield


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


def test_who_leaves_a_home_moves_into_another_on_that_day_at_the_earliest(elders):
    once = Stay.objects.alias(stays=Count("person__stays")).filter(stays=1, person__death_date=None)
    left = once.filter(ended_because="left", during__endswith__gte=date(2022, 1, 1)).order_by("pk")[0]
    leaving = left.during.upper
    for on, may in ((leaving - timedelta(1), False), (leaving, True), (leaving + timedelta(1), True)):
        assert eldercare._may_move_in(on).filter(pk=left.person_id).exists() is may, on


def test_streets_join_in_batches_and_homes_that_opened_are_filed(elders):
    told = rate("eldercare.streets_building")
    assert Community.objects.count() == told["first"] + told["in_2022"] == 170
    new = Facility.objects.filter(kind=HOME, during__startswith__range=(date(2022, 1, 1), date(2022, 5, 31)))
    assert set(new.values_list("pk", flat=True)) <= set(Filing.objects.values_list("facility", flat=True))
