"""Units: the stock of any day from its rows, too few workers told at the exact bound, rebuilt beds counted once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import StaffCount, Unit, UnitBed
from minzheng.domains.dementia_care.tests.town import (
    ACCEPTED,
    DAY,
    FAR_STREET,
    MET,
    beds_of,
    make_elder,
    make_home,
    make_manager,
    make_unit,
)
from minzheng.domains.dementia_care.units import (
    accept_unit,
    beds_to_choose,
    report_staff,
    stock_on,
    units_on,
)
from minzheng.domains.eldercare_facilities.models import BedBatch
from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Bed, Stay, StayState


@pytest.fixture
def home(db):
    return make_home()


@pytest.fixture
def district(db):
    return make_post("district_reviewer", "310107")


def test_the_stock_of_a_chosen_day_is_counted_from_the_beds(home, district):
    with acting(district):
        before = stock_on(ACCEPTED - timedelta(days=1), within="310107")
    unit = make_unit(home, beds_of(home)[:7], by=district)
    with acting(district):
        assert stock_on(ACCEPTED - timedelta(days=1), within="310107") == before
        after = stock_on(ACCEPTED, within="310107")
        assert (before.beds, after.beds, after.in_units, after.rebuilt) == (3, 7, 7, 4)
        assert stock_on(date(2023, 1, 1), within="310107").rebuilt == 0
        # No bed is counted twice: what became a dementia bed left its own kind that day.
        assert Bed.objects.filter(facility=home, during__contains=ACCEPTED).count() == 11
        assert Bed.objects.filter(facility=home, during__contains=ACCEPTED, kind="market").count() == 4
        told = {(row.kind, row.change) for row in BedBatch.objects.filter(because="converted")}
        assert told == {("market", -4), ("dementia", 4)}
        assert [one.pk for one in units_on(ACCEPTED, within="310107")] == [unit.pk]
        assert units_on(ACCEPTED - timedelta(days=1), within="310107") == []
    with acting_as_service("test"):
        entry = Entry.objects.get(act="dementia.accept_unit")
        assert entry.detail["rebuilt"] == 4


@pytest.mark.parametrize(
    ("beds", "workers", "is_short"),
    [(9, 2, False), (10, 2, False), (11, 2, True), (11, 3, False), (1, 0, True), (3, None, True)],
)
def test_a_unit_is_short_from_the_first_bed_over_five_for_each_worker(
    home, district, beds, workers, is_short
):
    unit = make_unit(home, beds_of(home)[:beds], by=district)
    if workers is not None:
        with acting(make_manager(home)):
            report_staff(unit=unit, workers=workers, on=ACCEPTED)
    with acting(district):
        (found,) = units_on(DAY, within="310107")
        assert (found.beds, found.workers, found.is_short) == (beds, workers, is_short)


def test_the_latest_number_of_workers_up_to_the_day_holds(home, district):
    unit = make_unit(home, beds_of(home)[:10], by=district)
    with acting(make_manager(home)):
        report_staff(unit=unit, workers=2, on=ACCEPTED)
        report_staff(unit=unit, workers=1, on=DAY)
        report_staff(unit=unit, workers=1, on=DAY)
        assert StaffCount.objects.count() == 2
    with acting(district):
        before, on = (units_on(day, within="310107")[0] for day in (DAY - timedelta(days=1), DAY))
        assert (before.is_short, on.is_short) == (False, True)


def test_a_unit_that_lacks_an_item_of_the_standard_is_not_accepted(home, district):
    with acting(district):
        told = {"facility": home, "name": "一单元", "document": "验1", "on": ACCEPTED}
        with pytest.raises(DementiaRefused, match="防走失"):
            accept_unit(beds=beds_of(home), met=[one for one in MET if one != "safety"], **told)
        with pytest.raises(DementiaRefused, match="选择本机构"):
            accept_unit(beds=[], met=MET, **told)
        with pytest.raises(DementiaRefused, match="选择本机构"):
            accept_unit(beds=[*beds_of(home), 999_999_999], met=MET, **told)
        assert not Unit.objects.exists()


def test_a_bed_belongs_to_one_unit_and_an_occupied_bed_is_not_rebuilt(home, district):
    make_unit(home, beds_of(home)[:3], by=district)
    person, _number = make_elder()
    market = Bed.objects.filter(facility=home, kind="market").order_by("pk")[0]
    with acting_as_service("test"):
        Stay.objects.create(
            bed=market, facility=home, division_code=home.division_code, person=person, state=StayState.PRESENT,
            during=DateRange(date(2022, 1, 1), None),
        )  # fmt: skip
    with acting(district):
        assert market.pk not in {bed.pk for bed in beds_to_choose(home, on=DAY)}
        for beds, refusal in ((beds_of(home)[:3], DementiaRefused), ([market.pk], StayRefused)):
            with pytest.raises(refusal), transaction.atomic():
                accept_unit(facility=home, name="二单元", beds=beds, met=MET, document="验2", on=DAY)
        assert UnitBed.objects.count() == 3


def test_the_database_keeps_other_beds_out_of_a_unit(home, district):
    unit = make_unit(home, beds_of(home)[:3], by=district)
    other = make_home()
    with acting(district), pytest.raises(DatabaseError, match="本机构"), transaction.atomic():
        UnitBed.objects.create(
            unit=unit, facility=home, division_code=home.division_code, bed_id=beds_of(other)[0]
        )
    with acting(district), pytest.raises(DatabaseError, match="本机构"), transaction.atomic():
        UnitBed.objects.create(
            unit=unit, facility=home, division_code=home.division_code, bed_id=beds_of(home, "market")[0]
        )


@pytest.mark.parametrize(
    "role", ["facility_manager", "street_officer", "neighbourhood_worker", "statistician"]
)
def test_who_may_not_accept_a_unit(home, role):
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        accept_unit(facility=home, name="一单元", beds=beds_of(home), met=MET, document="验1", on=ACCEPTED)


def test_a_home_writes_its_own_staff_and_no_other(home, district):
    unit = make_unit(home, beds_of(home)[:3], by=district)
    far = make_home(FAR_STREET)
    make_unit(far, beds_of(far)[:3], by=make_post("district_reviewer", "310104"))
    with acting(make_manager(home)):
        assert [one.facility_id for one in units_on(DAY)] == [home.pk]
    neighbour = make_manager(make_home())
    with acting(neighbour):
        assert units_on(DAY) == []
        with pytest.raises(DatabaseError), transaction.atomic():
            report_staff(unit=unit, workers=9, on=DAY)
    with acting(make_post("auditor", "310000")), pytest.raises(NotPermitted):
        report_staff(unit=unit, workers=9, on=DAY)
    with acting(district), pytest.raises(DementiaRefused):
        report_staff(unit=unit, workers=-1, on=DAY)
