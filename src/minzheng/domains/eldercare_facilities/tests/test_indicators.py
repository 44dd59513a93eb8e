"""Every figure is counted from rows; the stock of beds is the sum of what papers added and withdrew."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.models import Sum

from minzheng.domains.eldercare_facilities.actions import add_beds, withdraw_beds
from minzheng.domains.eldercare_facilities.indicators import INDICATORS, RATIOS
from minzheng.domains.eldercare_facilities.models import BedBatch
from minzheng.domains.eldercare_facilities.running import set_medical
from minzheng.domains.eldercare_facilities.tests.conftest import DAY, make_elder, make_home
from minzheng.domains.eldercare_facilities.tests.test_beds import take_in
from minzheng.kernel.access import acting
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.indicators.model import Kind, Measure
from minzheng.kernel.stays.beds import NewBed
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed

YEAR = {"first": date(2022, 1, 1), "last": date(2022, 12, 31)}


def value(id_: str, **given) -> int:
    """A figure as its rows make it."""
    indicator = next(one for one in INDICATORS if one.id == id_)
    asked = {"on": DAY} if indicator.kind == Kind.STOCK else YEAR
    counted = "coalesce(sum(amount), 0)" if indicator.measure == Measure.SUM else "count(*)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted} FROM ({indicator.rows}) r", asked | given)
        return int(cursor.fetchone()[0])


def test_figures_count_what_stands_and_what_was_added(home, beds, manager, district):
    who = make_elder()
    make_home(kind="community_centre", beds=0)
    make_home(kind="community_centre", beds=0, opened=date(2021, 12, 31))
    make_home(kind="meal_site", beds=0, opened=date(2022, 12, 31))
    with acting(manager):
        take_in(beds[0], who)
        set_medical(facility=home, form="own", partner="医务室", number="Y1", last=DAY)
    with acting(district):
        found = {one.id: value(one.id) for one in INDICATORS}
    assert found == {
        "eldercare.facilities": 3,  # The meal site opens on the last day of the year.
        "eldercare.homes": 1,
        "eldercare.centres_added": 1,
        "eldercare.meal_sites_added": 1,
        "eldercare.beds": 6,
        "eldercare.beds_added": 0,
        "eldercare.beds_taken": 1,
        "eldercare.homes_with_medical": 1,
    }


def test_the_stock_of_beds_is_the_sum_of_the_papers(home, district):
    with acting(district):
        new = [NewBed("301", str(at), "dementia") for at in range(1, 5)]
        made = add_beds(facility=home, beds=new, on=date(2022, 3, 1), document="批〔2022〕7号")
        assert withdraw_beds(facility=home, beds=made[:1], on=date(2022, 5, 1), document="批〔2022〕9号") == 1
        for day, booked in (
            (date(2022, 2, 28), 0),
            (date(2022, 3, 1), 4),
            (date(2022, 4, 30), 4),
            (date(2022, 5, 1), 3),
        ):
            papers = (
                BedBatch.objects.filter(facility=home, on__lte=day).aggregate(sum=Sum("change"))["sum"] or 0
            )
            stock = Bed.objects.filter(
                facility=home, kind="dementia", room="301", during__contains=day
            ).count()
            assert papers == stock == booked
        assert value("eldercare.beds_added") == 4


def test_a_taken_bed_is_not_withdrawn_and_nothing_is_booked(home, beds, manager, district):
    who = make_elder()
    with acting(manager):
        take_in(beds[0], who)
    with acting(district):
        with pytest.raises(StayRefused, match="仍有人入住"):
            withdraw_beds(facility=home, beds=beds[:1], on=DAY, document="批〔2022〕9号")
        assert not BedBatch.objects.exists()


def test_a_home_does_not_book_beds_by_itself(home, manager):
    with acting(manager), pytest.raises(Exception, match="row-level security"):
        add_beds(facility=home, beds=[NewBed("9", "1", "market")], on=DAY, document="自批")
    with acting(make_post("inspector", "310107")), pytest.raises(NotPermitted):
        add_beds(facility=home, beds=[NewBed("9", "1", "market")], on=DAY, document="自批")
    assert Bed.objects.filter(room="9").count() == 0


def test_every_figure_names_its_source_and_every_ratio_its_sides():
    known = {one.id for one in INDICATORS}
    assert all(one.source and one.tables and one.name_en for one in INDICATORS)
    assert all({ratio.numerator, ratio.denominator} <= known for ratio in RATIOS)
    assert len(known) == len(INDICATORS)
