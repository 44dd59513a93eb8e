"""Instalments of the entry subsidy fall due by whole months in care posts; leaving and double claims stop them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from minzheng.domains.eldercare_workforce.employment import end_employment, strike_insurance
from minzheng.domains.eldercare_workforce.entry import _standing, claim, decide, instalments, pay, standings
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import EntrySubsidy, InsuranceMonth, Worker
from minzheng.domains.eldercare_workforce.tests.conftest import HIRED, insure, make_number, make_worker
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.periods import Month

LATER = date(2022, 8, 31)
WHOLE = {"secondary": 3_000_000, "college": 3_000_000, "bachelor": 4_000_000}


def standing(employment, on=LATER):
    with acting_as_service("test"):
        return standings([Worker.objects.get(pk=employment.worker_id)], on=on)[employment.worker_id]


@pytest.mark.parametrize("months,why,instalment", [(11, "wait", 1), (12, "due", 1), (13, "due", 1)])
def test_the_first_instalment_is_due_from_twelve_whole_months(home, manager, months, why, instalment):
    made = make_worker(home, manager)
    insure(made, months)
    found = standing(made)
    assert (found.months, found.why, found.instalment, found.sum_fen) == (months, why, instalment, 800_000)


@pytest.mark.parametrize("months,why", [(35, "wait"), (36, "due"), (37, "due")])
@pytest.mark.parametrize("degree,fen", [("secondary", 1_200_000), ("bachelor", 1_600_000)])
def test_after_the_first_the_second_waits_for_thirty_six(months, why, degree, fen):
    """40 % of 30,000 or of 40,000 yuan, with one instalment claimed."""
    found = _standing((1, months, 0, 1, True), instalments(degree, on=LATER))
    assert (found.why, found.instalment, found.sum_fen) == (why, 2, fen)


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 80), st.integers(0, 3), st.booleans())
def test_whatever_the_history_instalments_add_up_and_nothing_is_due_early(degree, months, claimed, employed):
    steps = instalments(degree, on=LATER)
    assert sum(fen for _needs, fen in steps) == WHOLE[degree]
    found = _standing((1, months, 0, claimed, employed), steps)
    assert found.is_due == (claimed < 3 and months >= steps[min(claimed, 2)][0])


def test_a_month_counts_once_it_is_over_and_with_the_employer_who_insured_it(home, manager):
    made = make_worker(home, manager, on=date(2021, 9, 1))
    insure(made, 14, first=Month(2021, 8))
    # August 2021 lies before the employment, September 2022 after the day.
    assert standing(made, date(2022, 8, 30)).months == 11
    assert standing(made, date(2022, 8, 31)).months == 12


def test_the_month_of_leaving_does_not_count_and_the_next_instalment_stops(home, manager):
    made = make_worker(home, manager)
    insure(made, 12)
    with acting(manager):
        end_employment(employment=made, on=date(2020, 12, 31), because="resigned")
    found = standing(made)
    assert (found.months, found.why) == (11, "left")
    with acting(manager), pytest.raises(WorkforceRefused, match="停发"):
        claim(employment=made, on=LATER)


def test_a_worker_who_finished_the_term_and_left_has_that_instalment_and_no_further(home, manager):
    made = make_worker(home, manager)
    insure(made, 12)
    with acting(manager):
        end_employment(employment=made, on=date(2021, 1, 1), because="resigned")
        assert claim(employment=made, on=LATER).instalment == 1
    assert standing(made).why == "left"


def test_months_go_on_with_the_next_employer_and_the_instalment_is_claimed_once(home, other, manager, rival):
    number = make_number()
    first = make_worker(home, manager, number=number)
    insure(first, 6)
    with acting(manager):
        end_employment(employment=first, on=date(2020, 7, 1), because="resigned")
    second = make_worker(other, rival, number=number, on=date(2020, 7, 1))
    insure(second, 6, first=Month(2020, 7))
    assert (standing(second).months, standing(second).why) == (12, "due")
    with acting(manager):
        assert claim(employment=first, on=LATER).sum_fen == 800_000
    with acting(rival), pytest.raises(WorkforceRefused, match="未满"):
        claim(employment=second, on=LATER)
    with acting(rival), pytest.raises(DatabaseError, match="workforce_instalment_once"), transaction.atomic():
        EntrySubsidy.objects.create(
            worker_id=second.worker_id, facility=other, instalment=1, months=12, degree="bachelor", sum_fen=800_000,
            claimed_on=LATER,
        )  # fmt: skip


def test_a_worker_insured_by_two_facilities_for_one_month_is_stopped_until_it_is_cleared(
    home, other, manager, rival, district
):
    number = make_number()
    made = make_worker(home, manager, number=number)
    insure(made, 12)
    with acting(manager):
        waiting = claim(employment=made, on=LATER)
    extra = make_worker(other, rival, number=number, is_full=False)
    insure(extra, 1, first=Month(2020, 3))
    assert standing(made).why == "doubled"
    with acting(district), pytest.raises(WorkforceRefused, match="两家机构"):
        decide(claim=waiting, is_granted=True, words="", on=LATER)
    with acting_as_service("test"):
        strike_insurance(row=InsuranceMonth.objects.get(facility=other), because="误报一个月")
    with acting(district):
        assert decide(claim=waiting, is_granted=True, words="", on=LATER).state == "approved"
        assert pay(claim=waiting, on=LATER).state == "paid"
        with pytest.raises(WorkforceRefused, match="刷新"):
            pay(claim=waiting, on=LATER)


def test_the_facility_does_not_decide_and_a_refused_instalment_may_be_claimed_again(home, manager, district):
    made = make_worker(home, manager)
    insure(made, 12)
    with acting(manager):
        waiting = claim(employment=made, on=LATER)
        with pytest.raises(NotPermitted):
            decide(claim=waiting, is_granted=True, words="", on=LATER)
        with pytest.raises(DatabaseError, match="不能审定"), transaction.atomic():
            EntrySubsidy.objects.filter(pk=waiting.pk).update(state="approved")
    with acting(district):
        with pytest.raises(WorkforceRefused, match="理由"):
            decide(claim=waiting, is_granted=False, words="", on=LATER)
        decide(claim=waiting, is_granted=False, words="合同缺页", on=LATER)
    with acting(manager):
        assert claim(employment=made, on=LATER).instalment == 1


def test_neither_another_post_nor_a_worker_without_degree_is_entitled(home, manager):
    nurse, plain = make_worker(home, manager, post="nurse"), make_worker(home, manager, degree="")
    insure(plain, 12)
    with acting(manager):
        for employment, why in ((nurse, "护理岗位"), (plain, "学历")):
            with pytest.raises(WorkforceRefused, match=why):
                claim(employment=employment, on=LATER)
    assert HIRED < LATER
