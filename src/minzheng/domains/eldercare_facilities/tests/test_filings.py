"""Filing within ten working days after opening; the district decides, the home does not."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError

from minzheng.domains.eldercare_facilities import filings
from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import Filing
from minzheng.domains.eldercare_facilities.tests.conftest import make_home, make_manager
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry

# Opened on Tuesday 4 January 2022: ten working days later is Tuesday 18 January.
OPENED, DUE = date(2022, 1, 4), date(2022, 1, 18)
PAPERS = ["设立登记证书", "床位清单"]


def hand_in(home, manager, on=DUE):
    with acting(manager):
        return filings.file(facility=home, opened_on=OPENED, papers=PAPERS, on=on)


@pytest.mark.parametrize("on,is_late", [(date(2022, 1, 17), False), (DUE, False), (date(2022, 1, 19), True)])
def test_a_filing_is_late_from_the_eleventh_working_day(home, manager, on, is_late):
    made = hand_in(home, manager, on)
    assert (made.due_on, made.is_late, made.division_code) == (DUE, is_late, home.division_code)


def test_holidays_lengthen_the_time(db):
    # 30 September, then (1 to 7 October off, 8 and 9 worked) 8 to 14 October, 17 and 18: ten.
    assert filings.due_on(date(2022, 9, 29)) == date(2022, 10, 18)


def test_the_district_approves_with_a_number_and_that_is_traced(home, manager, district):
    made = hand_in(home, manager)
    with acting(district):
        with pytest.raises(FacilityRefused, match="回执号"):
            filings.approve(filing=made, number=" ", on=DUE)
        decided = filings.approve(filing=made, number="养备001", on=DUE)
        assert (decided.state, decided.words, decided.decided_on) == ("approved", "养备001", DUE)
        with pytest.raises(FacilityRefused, match="已审定"):
            filings.send_back(filing=made, why="缺少消防意见", on=DUE)
    with acting_as_service("test"):
        assert Entry.objects.filter(act="facilities.decide_filing").count() == 1


def test_what_was_sent_back_may_be_filed_again(home, manager, district):
    made = hand_in(home, manager)
    with acting(district):
        with pytest.raises(FacilityRefused, match="一次性"):
            filings.send_back(filing=made, why="缺", on=DUE)
        filings.send_back(filing=made, why="缺少消防合格意见", on=DUE)
    again = hand_in(home, manager, date(2022, 1, 20))
    assert again.is_late
    assert Filing.objects.count() == 0  # Nobody acts, so nobody sees.
    with acting(manager):
        assert Filing.objects.count() == 2


def test_only_one_filing_waits_or_stands(home, manager):
    hand_in(home, manager)
    with acting(manager), pytest.raises(FacilityRefused, match="无须重复"):
        filings.file(facility=home, opened_on=OPENED, papers=PAPERS, on=DUE)


def test_nothing_is_filed_before_opening_or_without_papers(home, manager):
    with acting(manager):
        with pytest.raises(FacilityRefused, match="早于"):
            filings.file(facility=home, opened_on=OPENED, papers=PAPERS, on=date(2022, 1, 3))
        with pytest.raises(FacilityRefused, match="材料"):
            filings.file(facility=home, opened_on=OPENED, papers=[], on=DUE)


def test_a_home_does_not_decide_on_its_own_filing_by_the_database_itself(home, manager):
    made = hand_in(home, manager)
    with acting(manager), pytest.raises(NotPermitted):
        filings.approve(filing=made, number="自批", on=DUE)
    with acting(manager), pytest.raises(DatabaseError, match="不能审定"):
        Filing.objects.filter(pk=made.pk).update(state="approved")


def test_another_district_and_another_home_see_no_filing(home, manager):
    made = hand_in(home, manager)
    for post in (make_post("district_reviewer", "310104"), make_manager(make_home())):
        with acting(post):
            assert not Filing.objects.exists()
    with acting(make_post("district_reviewer", "310104")), pytest.raises(FacilityRefused, match="管理范围"):
        filings.approve(filing=made, number="越区", on=DUE)


@pytest.mark.parametrize(
    "role", ["street_officer", "inspector", "auditor", "statistician", "neighbourhood_worker"]
)
def test_nobody_below_the_district_approves(home, manager, role):
    made = hand_in(home, manager)
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        filings.approve(filing=made, number="1", on=DUE)
