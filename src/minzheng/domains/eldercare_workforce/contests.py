"""Skill contests (职业技能竞赛): which were held, who came in where."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from minzheng.domains.eldercare_workforce import kinds
from minzheng.domains.eldercare_workforce.errors import WorkforceRefused
from minzheng.domains.eldercare_workforce.models import Contest, ContestResult, Employment
from minzheng.kernel.access import require
from minzheng.kernel.audit import record


@transaction.atomic
def hold_contest(
    *, title: str, division_code: str, level: str, held_on: date, source: str, number: int | None = None
) -> Contest:
    """Enters a contest (登记竞赛); `number` is which time it was held (届次)."""
    require("workforce.decide")
    if level not in kinds.CONTESTS or not title.strip() or not source.strip():
        raise WorkforceRefused("请填写竞赛名称、级别和依据 / give the contest's title, level and paper")
    try:
        with transaction.atomic():
            made = Contest.objects.create(
                title=title.strip(), division_code=division_code, level=level, held_on=held_on,
                source=source.strip(), round=number,
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused("该竞赛已登记 / the contest is entered already") from fault
    record(
        "workforce.hold_contest",
        subject=f"contest:{made.pk}",
        division_code=division_code,
        detail={"level": level},
    )
    return made


@transaction.atomic
def book_place(*, contest: Contest, employment: Employment, place: int, award: str = "") -> ContestResult:
    """Books a worker's place (登记名次), with the facility that they worked for on the day.

    Raises:
        WorkforceRefused: the worker was not employed there on the day, has a place already, or the place is below one.
    """
    require("workforce.decide")
    if contest.held_on not in employment.during:
        raise WorkforceRefused(
            f"该人员在竞赛之日 {contest.held_on} 不在该机构任职 / the worker was not employed there on {contest.held_on}"
        )
    if place < 1:
        raise WorkforceRefused("名次从 1 起 / places begin at one")
    try:
        with transaction.atomic():
            made = ContestResult.objects.create(
                contest=contest, worker_id=employment.worker_id, facility_id=employment.facility_id,
                division_code=employment.division_code, place=place, award=award.strip(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise WorkforceRefused(
            "该人员在本次竞赛中已有名次 / the worker has a place in this contest already"
        ) from fault
    record(
        "workforce.book_place", subject=f"contestresult:{made.pk}", division_code=made.division_code,
        detail={"contest": contest.pk, "worker": made.worker_id, "place": place},
    )  # fmt: skip
    return made
