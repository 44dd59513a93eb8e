"""Workers have one full employment at a time, are seen by their facility and place, and are known by a hash."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.domains.eldercare_facilities.tests.conftest import DAY, make_elder
from minzheng.domains.eldercare_facilities.tests.test_beds import take_in
from minzheng.domains.eldercare_workforce.employment import (
    Job,
    end_employment,
    hire,
    record_certificate,
    strike_insurance,
    take_insurance,
)
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import Certificate, Employment, InsuranceMonth, Worker
from minzheng.domains.eldercare_workforce.staffing import by_district, levels_of, staffing
from minzheng.domains.eldercare_workforce.tests.conftest import HIRED, insure, make_number, make_worker
from minzheng.kernel.access import acting
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.stays.models import Bed


def test_a_worker_with_a_full_employment_elsewhere_is_not_hired_full_time_until_it_ends(
    home, other, manager, rival
):
    number = make_number()
    first = make_worker(home, manager, number=number)
    with pytest.raises(WorkforceRefused, match="须先办理离职"):
        make_worker(other, rival, number=number, on=date(2021, 5, 1))
    with acting(manager):
        end_employment(employment=first, on=date(2021, 5, 1), because="resigned")
    second = make_worker(other, rival, number=number, on=date(2021, 5, 1))
    assert second.worker_id == first.worker_id
    with pytest.raises(WorkforceRefused, match="须先办理离职"):
        make_worker(home, manager, number=number, on=date(2021, 4, 30))


def test_a_second_post_may_be_part_time_and_the_same_facility_lists_nobody_twice(home, other, manager, rival):
    number = make_number()
    make_worker(home, manager, number=number)
    assert make_worker(other, rival, number=number, is_full=False).pk
    with pytest.raises(WorkforceRefused, match="在职登记"):
        make_worker(home, manager, number=number, is_full=False)


def test_a_number_is_kept_as_a_hash_and_another_name_under_it_is_refused(home, manager):
    number = make_number()
    made = make_worker(home, manager, number=number)
    with acting(manager):
        worker = Worker.objects.get(pk=made.worker_id)
        assert (
            number not in (worker.number_hash, worker.number_masked)
            and worker.number_masked[-4:] == number[-4:]
        )
        assert len(worker.number_hash) == 64
    with pytest.raises(WorkforceRefused, match="另一姓名"):
        make_worker(home, manager, number=number, name="别人")
    with pytest.raises(WorkforceRefused, match="身份证号码"):
        make_worker(home, manager, number=number[:-1])


def test_a_facility_sees_its_own_workers_and_a_district_those_of_its_place(
    home, other, manager, rival, district
):
    mine, theirs = make_worker(home, manager), make_worker(other, rival)
    for post, seen in ((manager, [mine]), (rival, [theirs]), (district, [mine])):
        with acting(post):
            assert list(Employment.objects.all()) == seen
            assert list(Worker.objects.values_list("pk", flat=True)) == [one.worker_id for one in seen]
    for role in ("inspector", "care_assessor", "statistician"):
        with acting(make_post(role, "310000" if role == "statistician" else "310107")):
            assert not Worker.objects.exists() and not Employment.objects.exists()


def test_only_the_facility_keeps_its_list_and_each_act_leaves_its_trace(home, other, manager, district):
    with acting(district), pytest.raises(NotPermitted):
        hire(facility=home, name="甲", number=make_number(), job=Job("care", "1"), on=HIRED)
    with acting(manager), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        hire(facility=other, name="甲", number=make_number(), job=Job("care", "1"), on=HIRED)
    made = make_worker(home, manager)
    with acting(manager):
        with pytest.raises(WorkforceRefused, match="须晚于"):
            end_employment(employment=made, on=HIRED, because="resigned")
        end_employment(employment=made, on=date(2020, 1, 7), because="resigned")
        with pytest.raises(WorkforceRefused, match="已结束"):
            end_employment(employment=made, on=date(2020, 1, 8), because="resigned")
    with acting(make_post("auditor", "310000")):
        acts = set(Entry.objects.filter(act__startswith="workforce.").values_list("act", flat=True))
    assert acts == {"workforce.hire", "workforce.record_degree", "workforce.end"}


def test_the_highest_of_several_certificates_counts_and_a_number_is_booked_once(home, manager, rival):
    made = make_worker(home, manager)
    with acting(manager):
        for level, number in ((5, "Z5"), (3, "Z3"), (4, "Z4")):
            record_certificate(employment=made, level=level, number=number, issued_on=HIRED, on=DAY)
        assert levels_of([made.worker_id]) == {made.worker_id: (3, "Z3")}
        with pytest.raises(WorkforceRefused, match="已登记"):
            record_certificate(employment=made, level=2, number="Z5", issued_on=HIRED, on=DAY)
    with acting(rival):
        assert not Certificate.objects.exists()


def test_a_facility_neither_tells_nor_corrects_its_insurance(home, manager, district):
    made = make_worker(home, manager)
    insure(made, 2)
    with acting(manager), pytest.raises(WorkforceRefused, match="不能自行登记"):
        take_insurance(rows=[(made.worker_id, home, date(2022, 1, 1))], source="自报")
    with acting(manager), connection.cursor() as cursor:
        cursor.execute("UPDATE eldercare_workforce_insurancemonth SET source = '自报'")
        assert cursor.rowcount == 0
    with acting(district):
        with pytest.raises(WorkforceRefused, match="1 日"):
            take_insurance(rows=[(made.worker_id, home, date(2022, 1, 2))], source="x")
        struck = strike_insurance(row=InsuranceMonth.objects.first(), because="重复缴费")
        assert struck.struck_because == "重复缴费"


def test_staff_per_occupied_bed_and_share_certified_by_home_and_district(home, manager, district):
    beds = list(Bed.objects.filter(facility=home).order_by("label"))
    made = [make_worker(home, manager), make_worker(home, manager), make_worker(home, manager, post="nurse")]
    leaving = make_worker(home, manager)
    elders = [make_elder(), make_elder()]
    with acting(manager):
        record_certificate(employment=made[0], level=5, number="C1", issued_on=HIRED, on=DAY)
        record_certificate(employment=made[0], level=4, number="C2", issued_on=HIRED, on=DAY)
        take_in(beds[0], elders[0])
        take_in(beds[1], elders[1])
        end_employment(employment=leaving, on=DAY, because="resigned")
    with acting(district):
        rows = staffing(on=DAY, within="310107")
        total = by_district(rows, {"310107": "普陀区"})[0]
    for row in (next(one for one in rows if one.code == str(home.pk)), total):
        assert (row.staff, row.care, row.certified, row.taken) == (3, 2, 1, 2)
        assert (row.staff_per_bed, row.care_per_bed, row.certified_percent) == (1.5, 1.0, 50.0)
