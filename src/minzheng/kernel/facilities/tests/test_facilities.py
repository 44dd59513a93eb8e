"""The register of facilities: public to read, near a point, written by those whose place it is."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres.queries import kilometres
from minzheng.kernel.facilities.actions import attach_post, close_facility, register_facility
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.facilities.queries import facilities_open, my_facility, near

OPENED, DAY = date(2020, 1, 1), date(2022, 8, 1)


def make(
    code: str,
    *,
    division: str = "310107014",
    at: tuple[float, float] | None = (121.40, 31.23),
    kind: str = "home",
):
    with acting_as_service("test"):
        return register_facility(
            code=code, kind=kind, name=f"设施{code}", division_code=division, during=DateRange(OPENED, None),
            longitude=at[0] if at else None, latitude=at[1] if at else None, source="test",
        )  # fmt: skip


def test_registering_again_brings_it_up_to_date(db):
    first = make("A")
    with acting_as_service("test"):
        again = register_facility(
            code="A",
            kind="home",
            name="新名",
            division_code="310107014",
            during=DateRange(OPENED, None),
            source="test",
        )
    assert again.pk == first.pk
    assert Facility.objects.get().name == "新名"


def test_the_nearest_comes_first_and_what_has_no_place_is_left_out(db):
    far, here, nowhere = make("F", at=(121.50, 31.30)), make("H", at=(121.401, 31.231)), make("N", at=None)
    ranked = list(near(facilities_open(on=DAY), longitude=121.40, latitude=31.23))
    assert [one.pk for one in ranked] == [here.pk, far.pk]
    assert nowhere not in ranked
    assert ranked[1].km == pytest.approx(kilometres((121.40, 31.23), (121.50, 31.30)), abs=0.001)
    assert list(near(facilities_open(on=DAY), longitude=121.40, latitude=31.23, within_km=5)) == [here]


@settings(max_examples=25)
@given(east=st.floats(-0.5, 0.5), north=st.floats(-0.5, 0.5), most=st.floats(0.1, 60))
def test_the_box_around_the_point_loses_nobody_within_the_distance(east, north, most):
    # The box is a bound on the distance: whoever lies outside it lies farther away than asked.
    from math import cos, radians

    point = (121.4, 31.2)
    other = (point[0] + east, point[1] + north)
    outside = abs(north) > most / 111.19 or abs(east) > most / 111.19 / cos(radians(point[1]))
    assert not outside or kilometres(point, other) > most * 0.995


def test_a_point_off_the_earth_is_refused(db):
    with pytest.raises(ValueError, match="经纬度"):
        near(facilities_open(on=DAY), longitude=200, latitude=31)


def test_kinds_places_and_days_choose(db):
    home, _centre, other = make("A"), make("B", kind="centre"), make("C", division="310104001")
    assert set(facilities_open(on=DAY, kinds=["home"])) == {home, other}
    assert list(facilities_open(on=DAY, kinds=["home"], within="310107")) == [home]
    assert not facilities_open(on=date(2019, 12, 31)).exists()


@pytest.mark.parametrize("on,is_open", [(date(2022, 7, 31), True), (DAY, False), (date(2022, 8, 2), False)])
def test_a_facility_that_closes_was_open_the_day_before(db, on, is_open):
    home = make("A")
    with acting(make_post("street_officer", "310107014")):
        close_facility(facility=home, on=DAY)
        with pytest.raises(ValueError, match="须晚于"):
            close_facility(facility=home, on=OPENED)
    assert facilities_open(on=on).exists() is is_open


def test_a_district_writes_its_own_facilities_alone(db):
    home = make("A")
    with acting(make_post("district_reviewer", "310104")):
        home.name = "别区"
        Facility.objects.filter(pk=home.pk).update(name="别区")
    assert Facility.objects.get(pk=home.pk).name == "设施A"
    with acting(make_post("district_reviewer", "310104")), pytest.raises(ProgrammingError, match="row-level"):
        register_facility(
            code="B",
            kind="home",
            name="越区",
            division_code="310107014",
            during=DateRange(OPENED, None),
            source="test",
        )


def test_a_facilitys_post_is_told_apart_and_writes_that_facility_alone(db):
    mine, other = make("A"), make("B")
    post = make_post("facility_manager", "310107")
    with acting_as_service("test"):
        attach_post(post=post, facility=mine)
        attach_post(post=post, facility=mine)
    with acting(post):
        assert my_facility() == mine.pk
        assert Facility.objects.filter(pk__in=[mine.pk, other.pk]).update(phone="021-1") == 1
    with acting(make_post("district_reviewer", "310107")):
        assert my_facility() is None


@pytest.mark.parametrize("role", ["inspector", "statistician", "auditor", "neighbourhood_worker"])
def test_who_only_looks_registers_nothing(db, role):
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        register_facility(
            code="A",
            kind="home",
            name="甲",
            division_code="310107014",
            during=DateRange(OPENED, None),
            source="test",
        )


def test_only_the_security_administrator_attaches_a_post(db):
    home, post = make("A"), make_post("facility_manager", "310107")
    with acting(make_post("district_reviewer", "310107")), pytest.raises(NotPermitted):
        attach_post(post=post, facility=home)
