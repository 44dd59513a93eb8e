"""Courses for care workers (技能培训): enrolled by their facility, examined by officials, subsidised once a level."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from minzheng.domains.eldercare_workforce import kinds
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import (
    Certificate,
    Course,
    Employment,
    Enrolment,
    TrainingSubsidy,
)
from minzheng.domains.eldercare_workforce.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record


@transaction.atomic
def open_course(
    *, title: str, division_code: str, level: int, hours: int, first_day: date, last_day: date, places: int
) -> Course:
    """Opens a course for facilities to send workers to (开设培训班)."""
    require("workforce.decide")
    if level not in kinds.LEVELS or hours < 1 or places < 1 or last_day < first_day or not title.strip():
        raise WorkforceRefused(
            "请填写名称、1 至 5 级、课时、名额，结束不早于开始 / give a title, a level 1 to 5, hours, places, and an end not "
            "before the start"
        )
    made = Course.objects.create(
        title=title.strip(), division_code=division_code, level=level, hours=hours, first_day=first_day,
        last_day=last_day, places=places,
    )  # fmt: skip
    record(
        "workforce.open_course",
        subject=f"course:{made.pk}",
        division_code=division_code,
        detail={"level": level},
    )
    return made


@transaction.atomic
def enrol(*, employment: Employment, course: Course, on: date) -> Enrolment:
    """A facility sends one of its workers to a course (报名).

    Raises:
        WorkforceRefused: the worker is not employed on the day, the course has begun or is full, or the worker
            is enrolled already.
    """
    require("workforce.edit")
    if on not in employment.during:
        raise WorkforceRefused(f"该人员在 {on} 不在职，不能报名 / the worker is not employed on {on}")
    if on > course.first_day:
        raise WorkforceRefused(
            f"培训已于 {course.first_day} 开始，不再接受报名 / the course began on {course.first_day}"
        )
    try:
        with transaction.atomic():
            made = Enrolment.objects.create(
                course=course, worker_id=employment.worker_id, facility_id=employment.facility_id,
                division_code=employment.division_code, enrolled_on=on,
            )  # fmt: skip
    except IntegrityError as fault:
        if "workforce_course_full" in str(fault):
            raise WorkforceRefused("培训名额已满 / every place of the course is taken") from fault
        raise WorkforceRefused(
            "该人员已报名本期培训 / the worker is enrolled in this course already"
        ) from fault
    _trace("workforce.enrol", made)
    return made


@transaction.atomic
def book_attendance(*, enrolment: Enrolment, hours: int) -> Enrolment:
    """Books the hours attended so far (登记出勤).

    Raises:
        WorkforceRefused: less than none or more than the course has, or the exam is over.
    """
    require("workforce.edit")
    found = _locked(enrolment)
    if not 0 <= hours <= found.course.hours:
        raise WorkforceRefused(
            f"出勤课时 {hours} 应为 0 至 {found.course.hours} / hours attended are 0 to {found.course.hours}"
        )
    found.hours_attended = hours
    found.save(update_fields=["hours_attended"])
    _trace("workforce.book_attendance", found, hours=hours)
    return found


@transaction.atomic
def book_result(*, enrolment: Enrolment, score: int, certificate: str, on: date) -> Enrolment:
    """Books the exam (登记考试结果): who passes has the certificate and, once a level, their facility the subsidy.

    Raises:
        WorkforceRefused: the score is not 0 to 100, too little was attended, the exam is over, or the certificate of one who
            passes is missing or booked already.
    """
    require("workforce.decide")
    found = _locked(enrolment)
    rules = rules_on(on)
    if not 0 <= score <= 100:
        raise WorkforceRefused(f"成绩 {score} 应为 0 至 100 / a score is 0 to 100")
    if found.hours_attended * 100 < found.course.hours * int(rules.attendance_share):
        raise WorkforceRefused(
            f"出勤 {found.hours_attended}/{found.course.hours} 课时，不足 {int(rules.attendance_share)}%，不能参加考试 / "
            f"attended {found.hours_attended} of {found.course.hours} hours, less than {int(rules.attendance_share)}%"
        )
    found.score, found.is_passed, found.examined_on = score, score >= int(rules.pass_score), on
    found.save(update_fields=["score", "is_passed", "examined_on"])
    if found.is_passed:
        _certify(found, certificate.strip(), on)
        TrainingSubsidy.objects.bulk_create(
            [
                TrainingSubsidy(
                    enrolment=found, worker_id=found.worker_id, facility_id=found.facility_id,
                    division_code=found.division_code, level=found.course.level,
                    sum_fen=rules.training_fen[5 - found.course.level], on=on,
                )
            ],
            ignore_conflicts=True,  # The level was subsidised before: one row stands, and the database keeps it so.
        )  # fmt: skip
    _trace("workforce.book_result", found, score=score, passed=found.is_passed)
    return found


def _certify(enrolment: Enrolment, number: str, on: date) -> None:
    if not number:
        raise WorkforceRefused("考试合格的，请填写证书编号 / who passes has a certificate; give its number")
    try:
        with transaction.atomic():
            Certificate.objects.create(
                worker_id=enrolment.worker_id, facility_id=enrolment.facility_id,
                division_code=enrolment.division_code, level=enrolment.course.level, number=number, issued_on=on,
                enrolment=enrolment,
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused(
            f"证书编号 {number} 已登记，请核对 / the certificate {number} is booked already"
        ) from fault


def _locked(enrolment: Enrolment) -> Enrolment:
    found = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("course")
        .filter(pk=enrolment.pk)
        .first()
    )
    if found is None or found.score is not None:
        raise WorkforceRefused("考试结果已登记，不能再改 / the result is booked and stays as it is")
    return found


def _trace(act: str, row: Enrolment, **detail: object) -> None:
    record(
        act, subject=f"enrolment:{row.pk}", division_code=row.division_code,
        detail={"facility": row.facility_id, "worker": row.worker_id, "course": row.course_id, **detail},
    )  # fmt: skip
