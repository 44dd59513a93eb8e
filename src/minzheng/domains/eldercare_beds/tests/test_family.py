"""Beds at home: a contract and a plan, visits signed, the month's subsidy cut by the shown sum for fewer visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from minzheng.domains.eldercare_beds import family
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.models import CareVisit, FamilyBed
from minzheng.domains.eldercare_beds.tests.town import ON
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident
from minzheng.kernel.periods import SHANGHAI, Month

FIRST = date(2022, 8, 1)


def set_up(town, *, grade=3, on=FIRST, visits=12, tasks=("hygiene", "turning")) -> FamilyBed:
    person = town.elder()
    if grade is not None:
        town.graded(person, grade, on=on)
    with acting(town.district):
        return family.set_up(
            person=person,
            facility=town.near,
            contract_number="JC-1",
            visits_a_month=visits,
            tasks=tasks,
            on=on,
        )


def visit(bed, day, *, on=ON, **told) -> CareVisit:
    values = {"minutes": 60, "tasks": ["hygiene"], "worker": "护理员甲", "signed_by": "家属"} | told
    return family.sign_visit(
        bed=bed,
        began_at=datetime(2022, 8, day, 9, tzinfo=SHANGHAI),
        on=on,
        **values,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("grade", "may"), [(None, False), (1, False), (2, True)])
def test_a_bed_at_home_needs_a_grade_in_force(town, grade, may) -> None:
    if may:
        assert set_up(town, grade=grade).during.lower == FIRST
    else:
        with pytest.raises(BedsRefused, match="不低于 2 级"):
            set_up(town, grade=grade)


def test_each_visit_is_signed_with_time_and_tasks_and_never_changes(town) -> None:
    bed = set_up(town)
    with acting(town.manager(town.near)):
        made = visit(bed, 3)
        assert visit(bed, 3).pk == made.pk, "sent twice, kept once"
        for wrong in ({"tasks": []}, {"tasks": ["cooking"]}, {"signed_by": " "}, {"minutes": 0}):
            with pytest.raises(BedsRefused):
                visit(bed, 4, **wrong)
        with pytest.raises(BedsRefused, match="设立以后"):
            visit(bed, 11, on=ON)
        with pytest.raises(DatabaseError), transaction.atomic():
            CareVisit.objects.filter(pk=made.pk).update(minutes=600)
    with acting(town.manager(town.far)):
        assert not FamilyBed.objects.exists() and not CareVisit.objects.exists()
    with acting_as_resident(bed.person_id):
        assert CareVisit.objects.count() == 1
    with acting(town.district), pytest.raises(NotPermitted):
        visit(bed, 5)


@pytest.mark.parametrize(
    ("visits", "cut", "due"),
    [(12, 0, 50_000), (11, 4_166, 45_834), (9, 12_500, 37_500), (0, 50_000, 0), (13, 0, 50_000)],
)
def test_fewer_visits_than_planned_cut_the_month_by_the_shown_sum(town, visits, cut, due) -> None:
    bed = set_up(town)
    with acting(town.manager(town.near)):
        for day in range(1, visits + 1):
            visit(bed, day, on=date(2022, 8, 31))
        (row,) = family.month_of_beds(Month(2022, 8))
    assert (row.planned, row.signed, row.cut_fen, row.due_fen) == (12, visits, cut, due)


def test_the_bed_is_counted_from_the_day_it_was_set_up(town) -> None:
    set_up(town, on=date(2022, 8, 17))
    with acting(town.district):
        (row,) = family.month_of_beds(Month(2022, 8))
        assert (row.planned, row.full_fen) == (6, 50_000 * 15 // 31)
        assert family.month_of_beds(Month(2022, 7)) == []


def test_one_person_has_one_bed_at_home_until_it_ends(town) -> None:
    bed = set_up(town)
    with acting(town.district):
        again = {
            "person": bed.person,
            "facility": town.far,
            "contract_number": "JC-2",
            "visits_a_month": 4,
            "tasks": ["comfort"],
        }
        with pytest.raises(BedsRefused, match="已有"):
            family.set_up(**again, on=ON)
        family.end(bed=bed, on=ON)
        assert family.set_up(**again, on=ON).pk


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 10**6))
def test_the_cut_lies_between_nothing_and_all_and_more_visits_never_cost(planned, signed, full) -> None:
    cut = family.subsidy(planned=planned, signed=signed, full_fen=full)
    assert 0 <= cut <= full
    assert family.subsidy(planned=planned, signed=signed + 1, full_fen=full) <= cut
    assert (cut == 0) or signed < planned


def test_days_in_the_future_are_refused(town) -> None:
    bed = set_up(town)
    with acting(town.manager(town.near)), pytest.raises(BedsRefused):
        visit(bed, 10, on=ON - timedelta(1))
