"""Courses, recognitions and contests: who passes is certified, a level is subsidised once, the list is kept true."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.domains.eldercare_supervision.models import Grading
from minzheng.domains.eldercare_workforce import recognition
from minzheng.domains.eldercare_workforce.contests import book_place, hold_contest
from minzheng.domains.eldercare_workforce.employment import end_employment
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.indicators import INDICATORS
from minzheng.domains.eldercare_workforce.models import Certificate, Enrolment, Recognition, TrainingSubsidy
from minzheng.domains.eldercare_workforce.tests.conftest import make_worker
from minzheng.domains.eldercare_workforce.training import book_attendance, book_result, enrol, open_course
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.indicators.model import Kind, Measure

DAY = date(2022, 8, 1)


def course(district, level=4, title="四级护理员班"):
    with acting(district):
        return open_course(
            title=title, division_code="310107", level=level, hours=80, first_day=DAY, last_day=date(2022, 8, 20),
            places=30,
        )  # fmt: skip


def sent(employment, manager, to, hours=80):
    with acting(manager):
        return book_attendance(enrolment=enrol(employment=employment, course=to, on=DAY), hours=hours)


def value(id_: str) -> int:
    one = next(one for one in INDICATORS if one.id == id_)
    asked = {"on": DAY} if one.kind == Kind.STOCK else {"first": date(2022, 1, 1), "last": date(2022, 12, 31)}
    how = {Measure.COUNT: "count(*)", Measure.SUM: "sum(amount)", Measure.DISTINCT: "count(DISTINCT counted)"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {how[one.measure]} FROM ({one.rows}) r", asked)
        return int(cursor.fetchone()[0] or 0)


@pytest.mark.parametrize("score,passed", [(59, False), (60, True), (61, True)])
def test_sixty_points_pass_and_bring_the_certificate_and_the_subsidy(home, manager, district, score, passed):
    made = sent(make_worker(home, manager), manager, course(district))
    with acting(district):
        assert book_result(enrolment=made, score=score, certificate="N4", on=DAY).is_passed is passed
        assert Certificate.objects.filter(number="N4", level=4).exists() is passed
        assert list(TrainingSubsidy.objects.values_list("sum_fen", flat=True)) == ([90_000] if passed else [])
        with pytest.raises(WorkforceRefused, match="不能再改"):
            book_result(enrolment=made, score=100, certificate="N5", on=DAY)


@pytest.mark.parametrize("hours,admitted", [(63, False), (64, True), (65, True)])
def test_four_fifths_of_the_hours_admit_to_the_exam(home, manager, district, hours, admitted):
    made = sent(make_worker(home, manager), manager, course(district), hours)
    with acting(district):
        if admitted:
            assert book_result(enrolment=made, score=70, certificate="N4", on=DAY).is_passed
        else:
            with pytest.raises(WorkforceRefused, match="不足 80%"):
                book_result(enrolment=made, score=70, certificate="N4", on=DAY)


def test_a_level_is_subsidised_once_and_another_level_again(home, manager, district):
    worker = make_worker(home, manager)
    for number, (level, title) in enumerate(((4, "甲班"), (4, "乙班"), (3, "丙班"))):
        made = sent(worker, manager, course(district, level, title))
        with acting(district):
            book_result(enrolment=made, score=80, certificate=f"N{number}", on=DAY)
    with acting(district):
        assert sorted(TrainingSubsidy.objects.values_list("level", "sum_fen")) == [(3, 120_000), (4, 90_000)]
        assert value("eldercare.trained") == 3 and value("eldercare.trained_subsidised") == 2
        assert value("eldercare.care_workers") == value("eldercare.care_workers_certified") == 1


def test_who_does_not_work_here_or_comes_late_is_not_enrolled_and_results_are_officials_to_write(
    home, manager, district
):
    gone, worker, to = make_worker(home, manager), make_worker(home, manager), course(district)
    with acting(manager):
        end_employment(employment=gone, on=DAY, because="resigned")
        gone.refresh_from_db()
        with pytest.raises(WorkforceRefused, match="不在职"):
            enrol(employment=gone, course=to, on=DAY)
        with pytest.raises(WorkforceRefused, match="已于"):
            enrol(employment=worker, course=to, on=date(2022, 8, 2))
        made = enrol(employment=worker, course=to, on=DAY)
        with pytest.raises(WorkforceRefused, match="已报名"):
            enrol(employment=worker, course=to, on=DAY)
        with pytest.raises(WorkforceRefused, match="0 至 80"):
            book_attendance(enrolment=made, hours=81)
        with pytest.raises(NotPermitted):
            book_result(enrolment=made, score=99, certificate="N", on=DAY)
        with pytest.raises(DatabaseError, match="考试结果"), transaction.atomic():
            Enrolment.objects.filter(pk=made.pk).update(score=99, is_passed=True, examined_on=DAY)


def test_who_comes_after_the_last_place_is_told_so_whichever_home_sends_them(
    home, other, manager, rival, district
):
    with acting(district):
        to = open_course(
            title="小班", division_code="310107", level=5, hours=8, first_day=DAY, last_day=DAY, places=1
        )
    sent(make_worker(home, manager), manager, to, 8)
    late = make_worker(other, rival)
    with acting(rival), pytest.raises(WorkforceRefused, match="名额已满"):
        enrol(employment=late, course=to, on=DAY)


def graded(home, grade):
    with acting_as_service("test"):
        Grading.objects.create(
            facility=home, division_code=home.division_code, grade=grade, decided_on=date(2022, 1, 1),
            until=date(2022, 12, 31), source="test",
        )  # fmt: skip


@pytest.mark.parametrize("grade,points", [(3, 50), (4, 60), (5, 70)])
def test_an_application_is_scored_from_the_register_and_sixty_points_recognise(
    home, manager, rival, district, grade, points
):
    """No level yet counts as B (30), six beds reach no step of size (0), a grade of four brings 30."""
    graded(home, grade)
    with acting(manager):
        asked = recognition.apply(facility=home, on=DAY)
        assert [one["points"] for one in asked.conditions] == [30, points - 30, 0] and asked.points == points
        with pytest.raises(WorkforceRefused, match="等待审核"):
            recognition.apply(facility=home, on=DAY)
        with pytest.raises(NotPermitted):
            recognition.decide(application=asked, on=DAY)
    with acting(rival):
        assert not Recognition.objects.exists()
    with acting(district):
        if points < 60:
            with pytest.raises(WorkforceRefused, match="低于 60"):
                recognition.decide(application=asked, on=DAY)
            assert recognition.decide(application=asked, on=DAY, why_not="等级不足").state == "refused"
            return
        made = recognition.decide(application=asked, on=DAY)
        assert (made.during.lower, made.during.upper) == (DAY, date(2025, 8, 1))
    with acting(rival):  # Published: everybody reads the list.
        assert [one.facility_id for one in recognition.listed(on=DAY)] == [home.pk]


def test_a_later_breach_takes_the_institution_off_with_its_reason(home, manager, district):
    graded(home, 4)
    with acting(manager):
        asked = recognition.apply(facility=home, on=DAY)
    with acting(district):
        made = recognition.decide(application=asked, on=DAY)
        assert recognition.take_off_breached(on=date(2022, 12, 31)) == []
        with pytest.raises(WorkforceRefused, match="理由"):
            recognition.take_off(recognition=made, because="", on=DAY)
        # The grading ends with the year and its points with it.
        (gone,) = recognition.take_off_breached(on=date(2023, 1, 1))
        assert (gone.state, gone.words, gone.removed_on) == (
            "removed",
            "得分降至 30 分，低于 60 分",
            date(2023, 1, 1),
        )
        assert list(recognition.listed(on=date(2023, 1, 1))) == []
        assert value("eldercare.key_institutions") == 1


def test_a_contest_and_its_places_make_the_figures(home, manager, district):
    worker = make_worker(home, manager)
    with acting(district):
        held = hold_contest(
            title="全国选拔赛",
            division_code="310107",
            level="national",
            held_on=DAY,
            source="通知",
            number=11,
        )
        book_place(contest=held, employment=worker, place=1, award="一等奖")
        with pytest.raises(WorkforceRefused, match="已有名次"):
            book_place(contest=held, employment=worker, place=2)
        assert value("eldercare.contest_places") == 1 and value("eldercare.national_contest_round") == 11
        assert all(value(one.id) >= 0 for one in INDICATORS)
    with acting(manager), pytest.raises(NotPermitted):
        book_place(contest=held, employment=worker, place=1)
