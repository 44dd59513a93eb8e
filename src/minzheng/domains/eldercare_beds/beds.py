"""From the grade to the bed: apply, take in, answer, what the night does (床位申请、轮候、配位)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from minzheng.domains.eldercare_beds.assessments import decide, grade_in_force
from minzheng.domains.eldercare_beds.catalogue import classes
from minzheng.domains.eldercare_beds.closing import follow_closures
from minzheng.domains.eldercare_beds.entitlement import Standing, standing
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.models import Assessment
from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.residents import Right, record_right
from minzheng.kernel.access import require
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays import offers, waiting
from minzheng.kernel.stays.models_waiting import Offer, OfferState, Waiting, WaitingState

POOLED = (kinds.BASIC, kinds.DEMENTIA)
#: Class of the queue → entitlement kept beside the stay.
RIGHTS = {
    "general": "grade", "low_income": "grade", "cognitive": "dementia", "extreme_poverty": "extreme_poverty",
    "preferential": "preferential", "special_family": "special_family",
}  # fmt: skip


@transaction.atomic
def apply(*, person: Person, kind: str, homes: Sequence[int], on: date, claimed_class: str = "") -> Waiting:
    """An assessed person applies for a bed with ranked homes (申请轮候); what follows is done by `take_in`'s job.

    Raises:
        BedsRefused: there is no grade in force, the kind is not shared out, or a dementia bed lacks the diagnosis.
        StayRefused: the homes do not hold.
    """
    if kind not in POOLED:
        raise BedsRefused("只能申请保基本床位或认知障碍照护床位 / apply for a basic or a dementia-care bed")
    if claimed_class and claimed_class not in classes():
        raise BedsRefused("没有这一保障类别，请重新选择 / there is no such class; choose again")
    grade = grade_in_force(person.pk, on=on)
    if grade is None:
        raise BedsRefused("尚无有效的评估等级，请先申请评估 / no grade in force; ask for an assessment first")
    if kind == kinds.DEMENTIA and not grade.has_cognitive_diagnosis:
        raise BedsRefused(
            "认知障碍照护床位须经医疗机构确诊 / a dementia-care bed needs a diagnosis confirmed by a hospital"
        )
    made = waiting.apply_for_bed(person=person, kind=kind, homes=homes, on=on, claimed_class=claimed_class)
    _later("take_in", waiting_id=made.pk, on=on)
    return made


@transaction.atomic
def take_in(*, waiting_id: int, on: date) -> Waiting:
    """Confirms class and grade from what the registers show (核定); a class by paper waits for an official.

    Confirming again, after a new grade, brings both up to date; run as the service or by the place's district.
    """
    found = Waiting.objects.select_related("person").get(pk=waiting_id)
    if found.goes_before_all:
        return found
    stands = standing_of(found, on=on)
    if stands.entitlement is None:
        return waiting.reject(waiting=found, because=stands.because, on=on)
    if stands.needs_paper and found.class_code != stands.entitlement.code:
        return found
    return _confirm(found, stands.entitlement.code, on)


@transaction.atomic
def confirm_paper(*, waiting_id: int, accepts: bool, on: date) -> Waiting:
    """An official has seen the paper of the class that was claimed, or it does not show it (核验类别证明)."""
    require("stays.allocate")
    found = Waiting.objects.select_related("person").get(pk=waiting_id)
    stands = standing_of(found, on=on)
    if stands.needs_paper and accepts and stands.entitlement is not None:
        return _confirm(found, stands.entitlement.code, on)
    without = standing(found.person, grade_in_force(found.person_id, on=on), claimed="", on=on)
    if without.entitlement is None:
        return waiting.reject(waiting=found, because=without.because, on=on)
    return _confirm(found, without.entitlement.code, on)


def standing_of(found: Waiting, *, on: date) -> Standing:
    """The class somebody stands in by what is known on a day."""
    grade = grade_in_force(found.person_id, on=on)
    return standing(found.person, grade, claimed=found.claimed_class, on=on)


def _confirm(found: Waiting, class_code: str, on: date) -> Waiting:
    grade = grade_in_force(found.person_id, on=on)
    return waiting.confirm(
        waiting=found, class_code=class_code, rank=classes()[class_code].rank,
        grade=(grade.grade if grade else 0) or 0, on=on,
    )  # fmt: skip


@transaction.atomic
def confirm_grade(*, assessment_id: int, on: date) -> Assessment:
    """Confirms an assessment's grade; whoever waits is sorted anew by it, keeping the day waiting began.

    Raises:
        BedsRefused: as for `assessments.decide`.
    """
    made = decide(assessment=assessment_id, on=on)
    waits = [WaitingState.SUBMITTED, WaitingState.WAITING]
    for number in Waiting.objects.filter(person=made.person_id, state__in=waits).values_list("pk", flat=True):
        _later("take_in", waiting_id=number, on=on)
    return made


@transaction.atomic
def reply(*, offer_id: int, accepts: bool, on: date) -> Offer:
    """Accepts or declines a bed (答复配位); the reservation, or the next offer, follows by a job of the same transaction."""
    made = offers.reply(offer=offer_id, accepts=accepts, on=on)
    if made.followed_on is None:
        _later("follow_up", offer_id=made.pk, on=on)
    return made


@transaction.atomic
def withdraw(*, waiting_id: int, on: date) -> Waiting:
    """Leaves the queue; an offered bed goes to the next the same hour."""
    made = waiting.withdraw(waiting=waiting_id, on=on)
    _later("share_out", on=on)
    return made


@transaction.atomic
def follow_up(*, offer_id: int, on: date) -> Offer:
    """Carries an answer out, and keeps with the reservation by which right the person has the bed."""
    made = offers.follow_up(offer=offer_id, on=on)
    if made.stay is not None and made.state == OfferState.ACCEPTED:
        right = Right(RIGHTS.get(made.class_code, kinds.NOT_ENTITLED), made.grade, made.waiting.number)
        if right.entitlement != kinds.NOT_ENTITLED:
            record_right(stay=made.stay, right=right, on=on)
    return made


def nightly(*, on: date) -> dict[str, int]:
    """What each night does, each step in its own transaction (每日轮候清理与配位). Run as the service.

    Deaths and moves, applications that a lost job left, offers that expired, answers not carried out, and then every
    free bed to the first it fits.
    """
    told = waiting.sweep(on=on)
    told["closures"] = follow_closures(on=on)
    submitted = (
        Waiting.objects.filter(state=WaitingState.SUBMITTED).order_by("pk").values_list("pk", flat=True)
    )
    for number in list(submitted):
        take_in(waiting_id=number, on=on)
    told["expired"] = len(offers.expire_offers(on=on))
    for number in offers.unfollowed():
        follow_up(offer_id=number, on=on)
    told["given_back"] = offers.give_back_cancelled(on=on)
    told["offered"] = len(offers.offer_free_beds(on=on))
    return told


def _later(task: str, *, on: date, **what: int) -> None:
    from minzheng.domains.eldercare_beds import tasks

    getattr(tasks, f"{task}_job").defer(on=on.isoformat(), **what)
