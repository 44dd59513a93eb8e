"""Verbs of the unified assessment of care needs: request, assign two assessors, fill, bring together, decide (需求评估)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median_high
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from minzheng.domains.eldercare_beds.catalogue import rules_on, scoring
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.models import Assessment, AssessmentState, AssessorForm, Reason
from minzheng.kernel.access import NotPermitted, current_actor, require
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit import record
from minzheng.kernel.people.models import Person, Residence
from minzheng.kernel.periods import Month, age_in_years

_OPEN = (AssessmentState.REQUESTED, AssessmentState.ASSIGNED)


@transaction.atomic
def request_assessment(*, person: Person, on: date, because: str = "") -> Assessment:
    """Asks for an assessment (申请评估): the person online, a clerk or a neighbourhood worker in their stead.

    Asking again while one is open returns it. A grade in force makes the new one a re-assessment.

    Raises:
        BedsRefused: the person is under the age, has died, or their birth is unknown.
        NotPermitted: a resident would ask for somebody else.
    """
    channel = _who_asks(person.pk)
    _require_of_age(person, on)
    before = open_assessment(person.pk)
    if before is not None:
        return before
    held = grade_in_force(person.pk, on=on)
    return _create(person, on, channel, Reason.AGAIN if held else Reason.FIRST, held, because)


@transaction.atomic
def request_review(*, assessment: Assessment, on: date, because: str) -> Assessment:
    """Asks for a review of a grade (申请复核), by assessors who did not make it; the grade holds meanwhile.

    Raises:
        BedsRefused: no reason is given, the days for it are over, or it was a review already.
    """
    channel = _who_asks(assessment.person_id)
    days = int(rules_on(on).review_days)
    if assessment.state != AssessmentState.DECIDED or assessment.decided_on is None:
        raise BedsRefused("等级尚未确认，不能申请复核 / there is no grade to review yet")
    if assessment.reason == Reason.REVIEW:
        raise BedsRefused("复核结论为最终结论，可重新申请评估 / a review is final; ask to be assessed anew")
    if (on - assessment.decided_on).days > days:
        raise BedsRefused(f"申请复核期限为 {days} 天，已过期 / a review may be asked for within {days} days")
    if len(because.strip()) < 4:
        raise BedsRefused("请说明复核理由（至少四个字） / say why, in at least four characters")
    before = open_assessment(assessment.person_id)
    if before is not None:
        return before
    person = Person.objects.get(pk=assessment.person_id)
    return _create(person, on, channel, Reason.REVIEW, assessment, because.strip()[:500])


def _create(
    person: Person, on: date, channel: str, reason: str, follows: Assessment | None, because: str
) -> Assessment:
    made = Assessment(
        person=person, division_code=person.division_code, reason=reason, follows=follows, because=because,
        requested_on=on, channel=channel,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as fault:
        found = open_assessment(person.pk) if "beds_assessed_once" in str(fault) else None
        if found is None:
            raise
        return found
    _trace("assessments.request", made, reason=reason)
    return made


def _who_asks(person_id: int) -> str:
    actor = current_actor()
    if actor is not None and actor.kind == RESIDENT:
        if actor.person_id != person_id:
            raise NotPermitted("只能为本人申请。You can ask for yourself only.")
        return "online"
    require("assessments.request")
    return "counter"


def _require_of_age(person: Person, on: date) -> None:
    least = int(rules_on(on).assessment_age)
    if person.death_date is not None:
        raise BedsRefused("此人已登记死亡 / the person has died")
    if person.birth_date is None:
        raise BedsRefused(
            "出生日期未登记，请先更正人员档案 / the date of birth is unknown; correct the record first"
        )
    age = age_in_years(person.birth_date, on)
    if age < least:
        raise BedsRefused(
            f"评估对象为 {least} 周岁及以上，现为 {age} 周岁 / an assessment is for people of {least} and older; this person is {age}"
        )


def assessors_for(assessment: Assessment, *, on: date) -> QuerySet[Post]:
    """The posts of assessors of the person's district; for a review, those who did not make the grade."""
    posts = Post.objects.filter(
        role="care_assessor", division_code=assessment.division_code[:6], during__contains=on
    ).select_related("official")
    if assessment.reason == Reason.REVIEW and assessment.follows_id:
        made = AssessorForm.objects.filter(assessment=assessment.follows_id).values("assessor_id")
        posts = posts.exclude(official_id__in=made)
    return posts.order_by("official__name", "pk")


@transaction.atomic
def assign(*, assessment: Assessment | int, assessors: Sequence[int], on: date) -> list[AssessorForm]:
    """Gives the assessment to two different assessors, or to a third where the two lie too far apart (指派评估员).

    Raises:
        BedsRefused: not two different officials, one who is no assessor of the district, or one who made the grade under review.
    """
    require("assessments.decide")
    found = _locked(assessment, *_OPEN)
    filled = list(found.forms.all())
    needed = 1 if needs_third(filled, on) else 2 - len(filled)
    wanted = sorted(set(assessors))
    if needed <= 0:
        raise BedsRefused("已指派评估员 / assessors are assigned already")
    if len(wanted) != needed:
        raise BedsRefused(
            f"须指派 {needed} 名不同的评估员 / choose {needed} different assessor{'s' if needed > 1 else ''}"
        )
    allowed = set(assessors_for(found, on=on).values_list("official_id", flat=True))
    allowed -= {form.assessor_id for form in filled}
    if set(wanted) - allowed:
        raise BedsRefused(
            "所选人员不是本区评估员、已评估过，或参与过被复核的评估 / not an assessor of this district, or took part already"
        )
    person = Person.objects.get(pk=found.person_id)
    home = (
        Residence.objects.filter(person=person, during__contains=on).values_list("address", flat=True).first()
    )
    made = [
        AssessorForm.objects.create(
            assessment=found, assessor_id=one, division_code=found.division_code, person_name=person.name,
            birth_date=person.birth_date or on, sex=person.sex, address=home or "", assigned_on=on,
        )
        for one in wanted
    ]  # fmt: skip
    found.state = AssessmentState.ASSIGNED
    found.save(update_fields=["state"])
    _trace("assessments.assign", found, assessors=wanted)
    return made


@transaction.atomic
def fill(
    *,
    form: AssessorForm | int,
    answers: Mapping[str, Any],
    diagnosed: bool,
    visited_on: date,
    on: date,
    note: str = "",
) -> AssessorForm:
    """An assessor fills their own form after the visit (填写评估表); it is signed by it and does not change again.

    Raises:
        BedsRefused: an item is missing, the day is in the future or before the assignment, or it was filled before.
        NotPermitted: it is another assessor's.
    """
    actor = require("assessments.assess")
    number = form if isinstance(form, int) else form.pk
    found = AssessorForm.objects.select_for_update().filter(pk=number).first()
    if found is None or found.assessor_id != actor.official:
        raise NotPermitted("只能填写指派给本人的评估表。This form is another assessor's.")
    if found.grade is not None:
        raise BedsRefused("评估表已提交，不能修改 / the form was handed in and does not change")
    if not found.assigned_on <= visited_on <= on:
        raise BedsRefused(
            f"上门日期须在 {found.assigned_on} 至 {on} 之间 / the visit must lie between {found.assigned_on} and {on}"
        )
    model = scoring()
    found.points, found.grade = model.score(answers)
    found.answers = {item.code: int(answers[item.code]) for item in model.items}
    found.has_cognitive_diagnosis, found.visited_on, found.note = diagnosed, visited_on, note[:1000]
    found.save()
    record(
        "assessments.fill", subject=f"eldercare_beds.form:{found.pk}", division_code=found.division_code,
        detail={"grade": found.grade, "points": found.points},
    )  # fmt: skip
    return found


def needs_third(forms: Iterable[AssessorForm], on: date) -> bool:
    """Whether two filled forms lie so far apart that a third assessor must come."""
    grades = [form.grade for form in forms]
    return (
        len(grades) == 2
        and None not in grades
        and abs(grades[0] - grades[1]) > int(rules_on(on).grade_gap_allowed)  # type: ignore[operator]
    )


def bring_together(forms: Sequence[AssessorForm], on: date) -> tuple[int, str]:
    """The grade that follows from the forms, and by which rule (合并评估结果).

    Two alike: that grade. Two within the allowed gap: the higher, in the person's favour. Three: the middle one.

    Raises:
        BedsRefused: a form is not filled yet, or a third assessor must come first.
    """
    grades = [form.grade for form in forms if form.grade is not None]
    if len(grades) < max(2, len(forms)):
        raise BedsRefused("还有评估表未提交 / a form has not been handed in yet")
    if needs_third(forms, on):
        raise BedsRefused(
            "两名评估员等级相差过大，请指派第三名 / the two lie too far apart; assign a third assessor"
        )
    if len(grades) > 2:
        return median_high(grades), "middle"
    return max(grades), "same" if grades[0] == grades[1] else "higher"


@transaction.atomic
def decide(*, assessment: Assessment | int, on: date) -> Assessment:
    """Confirms the grade that follows from the forms, and until when it holds (确认评估等级).

    Raises:
        BedsRefused: as for `bring_together`.
    """
    actor = require("assessments.decide")
    found = _locked(assessment, AssessmentState.ASSIGNED)
    forms = list(found.forms.order_by("pk"))
    found.grade, found.rule = bring_together(forms, on)
    at_grade = [form.points for form in forms if form.grade == found.grade and form.points is not None]
    found.points = max(at_grade, default=None)
    found.has_cognitive_diagnosis = any(form.has_cognitive_diagnosis for form in forms)
    found.model, found.state = scoring().version, AssessmentState.DECIDED
    found.decided_on, found.decided_by_id = on, actor.official
    found.valid_until = last_day(on)
    found.save()
    _trace("assessments.decide", found, grade=found.grade, rule=found.rule)
    return found


def last_day(on: date) -> date:
    """The last day that a grade decided on a day holds."""
    month = Month.of(on) + int(rules_on(on).validity_months)
    return date.fromordinal(month.first_day.replace(day=min(on.day, month.last_day.day)).toordinal() - 1)


@transaction.atomic
def withdraw(*, assessment: Assessment | int, on: date) -> Assessment:
    """Takes a request back before it is decided (撤回评估申请)."""
    found = _locked(assessment, *_OPEN, AssessmentState.WITHDRAWN)
    _who_asks(found.person_id)
    if found.state != AssessmentState.WITHDRAWN:
        found.state = AssessmentState.WITHDRAWN
        found.save(update_fields=["state"])
        _trace("assessments.withdraw", found)
    return found


def open_assessment(person_id: int) -> Assessment | None:
    """The request that is under way."""
    return Assessment.objects.filter(person=person_id, state__in=_OPEN).first()


def grade_in_force(person_id: int, *, on: date) -> Assessment | None:
    """The latest grade that still holds on a day."""
    held = Q(decided_on__lte=on, valid_until__gte=on)
    return (
        Assessment.objects.filter(held, person=person_id, state=AssessmentState.DECIDED)
        .order_by("-decided_on", "-pk")
        .first()
    )


def _locked(assessment: Assessment | int, *states: AssessmentState) -> Assessment:
    number = assessment if isinstance(assessment, int) else assessment.pk
    found = Assessment.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise BedsRefused("没有这个评估，或不在您的管理范围 / no such assessment, or not in your charge")
    if found.state not in states:
        raise BedsRefused(
            f"评估{found.get_state_display()}，不能办理此项 / the assessment is {found.state}; reload the page"
        )
    return found


def _trace(act: str, one: Assessment, **detail: Any) -> None:
    record(
        act, subject=f"eldercare_beds.assessment:{one.pk}", person_id=one.person_id, division_code=one.division_code,
        detail=detail,
    )  # fmt: skip


@transaction.atomic
def take_over(rows: Sequence[Assessment]) -> int:
    """Enters grades that were decided before this register began (接收既有评估结果); one entry in the trace."""
    require("assessments.decide")
    made = Assessment.objects.bulk_create(rows, batch_size=2000)
    record("assessments.take_over", detail={"count": len(made)})
    return len(made)
