"""Beds at home (家庭照护床位): contract and plan, visits signed, the month's subsidy with what fewer visits take off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Q

from minzheng.domains.eldercare_beds.assessments import grade_in_force
from minzheng.domains.eldercare_beds.catalogue import care_tasks, rules_on
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.models import CareVisit, FamilyBed
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person, Residence
from minzheng.kernel.periods import SHANGHAI, Month


@transaction.atomic
def set_up(
    *,
    person: Person,
    facility: Facility,
    contract_number: str,
    visits_a_month: int,
    tasks: Sequence[str],
    on: date,
) -> FamilyBed:
    """Sets a bed up at home (设立家庭照护床位); it counts from `on`. By the district, which has the assessment.

    Raises:
        BedsRefused: the grade is missing or too low, a task is unknown, or the person has such a bed already.
    """
    require("assessments.decide")
    grade, least = grade_in_force(person.pk, on=on), int(rules_on(on).family_bed_grade)
    if grade is None or (grade.grade or 0) < least:
        raise BedsRefused(
            f"须有有效的评估等级且不低于 {least} 级 / a grade in force of at least {least} is needed"
        )
    _require_tasks(tasks)
    if not 1 <= visits_a_month <= 60 or not contract_number.strip():
        raise BedsRefused(
            "请填写合同编号和每月上门次数（1至60次） / give the contract's number and 1 to 60 visits a month"
        )
    home = (
        Residence.objects.filter(person=person, during__contains=on).values_list("address", flat=True).first()
    )
    try:
        with transaction.atomic():
            made = FamilyBed.objects.create(
                person=person, division_code=person.division_code, facility=facility, assessment=grade,
                contract_number=contract_number.strip(), person_name=person.name, address=home or "",
                visits_a_month=visits_a_month, tasks=list(tasks), during=DateRange(on, None),
            )  # fmt: skip
    except IntegrityError as fault:
        raise BedsRefused(
            "此人已有家庭照护床位，或合同编号重复 / the person has a bed at home already, or the contract's number is taken"
        ) from fault
    record(
        "family_beds.set_up", subject=f"family_bed:{made.pk}", person_id=person.pk, division_code=made.division_code,
        detail={"facility": facility.pk, "contract": made.contract_number, "visits": visits_a_month},
    )  # fmt: skip
    return made


@transaction.atomic
def sign_visit(
    *,
    bed: FamilyBed,
    began_at: datetime,
    minutes: int,
    tasks: Sequence[str],
    worker: str,
    signed_by: str,
    on: date,
) -> CareVisit:
    """A visit with time and tasks, signed by both sides (签收上门服务); sending the same one twice changes nothing.

    Raises:
        BedsRefused: no signature, no task of the list, a time that has not come, or the bed did not exist that day.
    """
    require("stays.admit")
    day = began_at.astimezone(SHANGHAI).date()
    if day > on or bed.during.lower > day or (bed.during.upper is not None and day >= bed.during.upper):
        raise BedsRefused(
            f"上门日期 {day} 须在床位设立以后、不晚于今天 / the visit of {day} must lie after the set-up and not after today"
        )
    if not tasks:
        raise BedsRefused("请选择服务内容 / choose what was done")
    _require_tasks(tasks)
    if not worker.strip() or not signed_by.strip():
        raise BedsRefused("服务人员和签收人都须签名 / both the worker and the family sign")
    if not 1 <= minutes <= 720:
        raise BedsRefused("服务时长为 1 至 720 分钟 / a visit takes 1 to 720 minutes")
    made, is_new = CareVisit.objects.get_or_create(
        bed=bed, began_at=began_at,
        defaults={
            "facility_id": bed.facility_id, "division_code": bed.division_code, "person_id": bed.person_id,
            "minutes": minutes, "tasks": list(tasks), "worker": worker.strip(), "signed_by": signed_by.strip(),
        },
    )  # fmt: skip
    if is_new:
        record(
            "family_beds.visit", subject=f"family_bed:{bed.pk}", person_id=bed.person_id,
            division_code=bed.division_code, detail={"at": began_at, "minutes": minutes, "tasks": list(tasks)},
        )  # fmt: skip
    return made


@transaction.atomic
def end(*, bed: FamilyBed, on: date) -> FamilyBed:
    """The bed's last day was the day before `on` (撤销家庭照护床位)."""
    require("assessments.decide")
    if bed.during.upper is None and on > bed.during.lower:
        bed.during = DateRange(bed.during.lower, on)
        bed.save(update_fields=["during"])
        record(
            "family_beds.end",
            subject=f"family_bed:{bed.pk}",
            person_id=bed.person_id,
            division_code=bed.division_code,
        )
    return bed


@dataclass(frozen=True, slots=True)
class MonthOfBed:
    """One bed's month: visits planned and signed, the full subsidy, what is taken off and what is left, in fen."""

    bed: FamilyBed
    planned: int
    signed: int
    full_fen: int
    cut_fen: int

    @property
    def due_fen(self) -> int:
        return self.full_fen - self.cut_fen


def subsidy(*, planned: int, signed: int, full_fen: int) -> int:
    """What visits fewer than planned take off (扣减补贴): the full sum times the missing share, rounded down to a fen.

    >>> subsidy(planned=12, signed=9, full_fen=50_000), subsidy(planned=12, signed=15, full_fen=50_000)
    (12500, 0)
    """
    return full_fen * max(planned - signed, 0) // planned


def month_of_beds(month: Month, *, facility_id: int | None = None, most: int = 500) -> list[MonthOfBed]:
    """The month of every bed the reader may see; a month that began or ended inside counts its planned share, rounded up."""
    last = month.last_day
    inside = Q(
        visits__began_at__gte=datetime(month.first_day.year, month.first_day.month, 1, tzinfo=SHANGHAI)
    )
    after = (month + 1).first_day
    inside &= Q(visits__began_at__lt=datetime(after.year, after.month, 1, tzinfo=SHANGHAI))
    beds = FamilyBed.objects.filter(during__overlap=DateRange(month.first_day, after)).select_related(
        "facility"
    )
    if facility_id is not None:
        beds = beds.filter(facility=facility_id)
    full = int(rules_on(last).family_bed_subsidy)
    rows = []
    for bed in beds.annotate(signed=Count("visits", filter=inside)).order_by("facility", "contract_number")[
        :most
    ]:
        days = last.day
        first = max(bed.during.lower, month.first_day)
        until = min(bed.during.upper or after, after)
        held = (until - first).days
        planned = max(1, -(-bed.visits_a_month * held // days))
        due = full * held // days
        rows.append(
            MonthOfBed(
                bed, planned, bed.signed, due, subsidy(planned=planned, signed=bed.signed, full_fen=due)
            )
        )
    return rows


def _require_tasks(tasks: Sequence[str]) -> None:
    unknown = [task for task in tasks if task not in care_tasks()]
    if unknown:
        raise BedsRefused(f"没有服务内容“{unknown[0]}” / there is no task {unknown[0]}")
