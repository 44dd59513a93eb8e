"""Early detection (早发现): a form that scores itself, a referral with consent and a day, counts without names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from minzheng.domains.dementia_care.catalogue import rules_on, screening_form
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import Referral, Screening
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.models import Person

STREET_DIGITS = 9


@transaction.atomic
def screen(
    *, person: Person, answers: Mapping[str, Any], on: date, consent: bool | None = None, consent_by: str = ""
) -> Screening:
    """A form is filled with a person of the street (社区筛查) and scores itself; under the cut-off a referral is opened.

    Args:
        answers: question to points.
        consent: what the person, or a guardian, said to being referred; None where it is asked later.
        consent_by: who said so.

    Raises:
        NotPermitted
        DementiaRefused: the post is above a street, an answer is missing, or the person was screened that day.
    """
    actor = require("dementia.report")
    if len(actor.division_code) < STREET_DIGITS or not actor.reaches(person.division_code):
        raise DementiaRefused(
            "筛查由老人所在街镇、居村登记 / a screening is entered by the person's own street or neighbourhood"
        )
    form, cut_off = screening_form(), int(rules_on(on).cut_off)
    score = form.score(answers)
    if Screening.objects.filter(person=person, screened_on=on).exists():
        raise DementiaRefused(f"{on} 已登记过筛查 / this person was screened on {on} already")
    made = Screening.objects.create(
        person=person, division_code=person.division_code, screened_on=on, form=form.version,
        answers={one.code: answers[one.code] for one in form.questions}, score=score, most=form.most, cut_off=cut_off,
        by_id=actor.official,
    )  # fmt: skip
    _trace("screen", made, positive=made.is_positive, on=on)
    if made.is_positive:
        referral = Referral.objects.create(
            screening=made, person=person, division_code=made.division_code, opened_on=on,
            due_on=on + timedelta(days=int(rules_on(on).referral_days)),
        )  # fmt: skip
        _trace("open_referral", made, due_on=referral.due_on)
        if consent is not None:
            settle_consent(referral=referral, is_given=consent, by=consent_by, on=on)
    return made


@transaction.atomic
def settle_consent(*, referral: Referral, is_given: bool, by: str, on: date) -> Referral:
    """What the person or a guardian said to being referred (知情同意).

    Raises:
        NotPermitted
        DementiaRefused: nobody is named, or it was answered already.
    """
    require("dementia.report")
    found = Referral.objects.select_for_update(of=("self",)).select_related("screening").get(pk=referral.pk)
    if not by.strip():
        raise DementiaRefused("请写明由谁同意（本人或监护人） / say who consents: the person or a guardian")
    if found.is_consented is not None:
        raise DementiaRefused("已经答复过是否同意转介 / consent was answered already")
    found.is_consented, found.consent_by, found.consent_on = is_given, by.strip()[:50], on
    found.save(update_fields=["is_consented", "consent_by", "consent_on"])
    _trace("settle_consent", found.screening, is_given=is_given, on=on)
    return found


@transaction.atomic
def record_result(*, referral: Referral, is_diagnosed: bool, hospital: str, on: date) -> Referral:
    """What the hospital found (诊断结果).

    Raises:
        NotPermitted
        DementiaRefused: there is no consent, no hospital is named, or the result is known.
    """
    require("dementia.report")
    found = Referral.objects.select_for_update(of=("self",)).select_related("screening").get(pk=referral.pk)
    if not found.is_consented:
        raise DementiaRefused("未经同意不能登记诊断结果 / without consent no result is entered")
    if found.is_diagnosed is not None:
        raise DementiaRefused("诊断结果已登记 / the result was entered already")
    if not hospital.strip():
        raise DementiaRefused("请写明医疗机构 / name the hospital")
    found.is_diagnosed, found.hospital, found.result_on = is_diagnosed, hospital.strip()[:100], on
    found.save(update_fields=["is_diagnosed", "hospital", "result_on"])
    _trace("record_result", found.screening, on=on)
    return found


def _trace(act: str, screening: Screening, **detail: object) -> None:
    record(
        f"dementia.{act}",
        subject=f"dementia.screening:{screening.pk}",
        division_code=screening.division_code,
        person_id=screening.person_id,
        detail=dict(detail),
    )


@dataclass(frozen=True, slots=True)
class StreetCount:
    """Persons of one street, screened in a period: each counted once in each column."""

    street: str
    screened: int
    positive: int
    referred: int
    diagnosed: int


def counts_by_street(first: date, last: date) -> list[StreetCount]:
    """Counts of the streets of the acting post's place; the database gives numbers where it gives no row.

    Raises:
        NotPermitted
    """
    require("dementia.look")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dementia_counts(%s, %s) ORDER BY 1", [first, last])
        return [StreetCount(*row) for row in cursor.fetchall()]
