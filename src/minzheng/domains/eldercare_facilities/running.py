"""What a facility tells of its running: prices, licences, incidents, meals; and when it shuts for a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import (
    Closure,
    Home,
    Incident,
    IncidentStep,
    Licence,
    MealDay,
    OfFacility,
    Price,
)
from minzheng.domains.eldercare_facilities.working_rules import rules_on
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.stays.models import StayState
from minzheng.kernel.stays.queries import stays_on


@transaction.atomic
def publish_price(
    *, facility: Facility, item: str, unit: str, amount_fen: int, start: date, on: date
) -> Price:
    """A price from a day on (公示收费标准); the one before ends then, so that any past day can be read.

    Raises:
        FacilityRefused: a negative sum, or a price that would begin before it is published or before one that stands.
    """
    require("facilities.edit")
    if amount_fen < 0 or not item.strip():
        raise FacilityRefused("请填写收费项目和不为负的金额 / name the item and a sum that is not negative")
    if start < on:
        raise FacilityRefused(
            f"价格自 {start} 起执行，早于公示日期 {on}；调价须先公示 / a price begins on or after the day it is published"
        )
    before = Price.objects.filter(facility=facility, item=item.strip(), during__endswith__isnull=True).first()
    if before is not None:
        if before.during.lower >= start:
            raise FacilityRefused(
                f"“{item}”已有自 {before.during.lower} 起的价格，新价格须晚于该日 / a price from {before.during.lower} stands; "
                "begin after it"
            )
        before.during = DateRange(before.during.lower, start)
        before.save(update_fields=["during"])
    made = Price.objects.create(
        facility=facility, item=item.strip(), unit=unit, amount_fen=amount_fen,
        during=DateRange(start, None), published_on=on,
    )  # fmt: skip
    _trace("facilities.publish_price", made, item=made.item, amount_fen=amount_fen, start=start)
    return made


@transaction.atomic
def record_licence(
    *, facility: Facility, kind: str, number: str, issuer: str, start: date, last: date | None
) -> Licence:
    """A licence with its last day (登记许可证件); a renewal begins after the one before.

    Raises:
        FacilityRefused: no such kind, the days are the wrong way round, or one of the kind is valid in this time.
    """
    require("facilities.edit")
    if kind not in kinds.LICENCES:
        raise FacilityRefused(f"证件类型“{kind}”不在列表中：{'、'.join(kinds.LICENCES)} / no such licence")
    if last is not None and last < start:
        raise FacilityRefused(f"有效期止 {last} 早于起始 {start} / the last day is before the first")
    try:
        with transaction.atomic():
            made = Licence.objects.create(
                facility=facility, kind=kind, number=number, issuer=issuer,
                during=DateRange(start, last + timedelta(days=1) if last else None),
            )  # fmt: skip
    except IntegrityError as fault:
        raise FacilityRefused(
            "同类证件在此期间已有一份有效，续期应自其到期次日起 / one of this kind is valid in this time; a renewal begins after it"
        ) from fault
    _trace("facilities.record_licence", made, kind=kind, number=number, last=last)
    return made


@transaction.atomic
def set_medical(
    *, facility: Facility, form: str, partner: str = "", number: str = "", last: date | None = None
) -> Home:
    """How residents get medical care (医养结合形式): own clinic, contracted one, none; with the paper's last day.

    Raises:
        FacilityRefused: a clinic or contract without name, number or last day.
    """
    require("facilities.edit")
    if form not in kinds.MEDICAL:
        raise FacilityRefused(f"医养结合形式“{form}”不在列表中：{'、'.join(kinds.MEDICAL)} / no such form")
    if form != kinds.NO_MEDICAL and not (partner and number and last):
        raise FacilityRefused(
            "内设或签约医疗机构须填写名称、许可或合同编号和到期日 / give the clinic's name, its number and the last day"
        )
    if form == kinds.NO_MEDICAL:
        partner, number, last = "", "", None
    home = Home.objects.select_for_update(of=("self",)).get(facility=facility)
    home.medical_form, home.medical_partner, home.medical_number, home.medical_until = (
        form,
        partner,
        number,
        last,
    )
    home.save(update_fields=["medical_form", "medical_partner", "medical_number", "medical_until"])
    record(
        "facilities.set_medical", subject=f"facility:{facility.pk}", division_code=facility.division_code,
        detail={"form": form, "partner": partner, "number": number, "last": last},
    )  # fmt: skip
    return home


@transaction.atomic
def report_incident(
    *,
    facility: Facility,
    kind: str,
    happened_at: datetime,
    reported_at: datetime,
    words: str,
    person_id: int | None = None,
) -> Incident:
    """Something went wrong (报告突发事件); late when reported after the hours allowed.

    Raises:
        FacilityRefused: no such kind, no words, or reported before it happened.
    """
    require("facilities.edit")
    if kind not in kinds.INCIDENTS:
        raise FacilityRefused(
            f"事件类型“{kind}”不在列表中：{'、'.join(kinds.INCIDENTS)} / no such kind of incident"
        )
    if reported_at < happened_at:
        raise FacilityRefused(
            "报告时间早于发生时间，请核对 / it was reported before it happened; check the times"
        )
    if len(words.strip()) < 4:
        raise FacilityRefused("请简述经过和已采取的措施 / say what happened and what was done")
    hours = int(rules_on(happened_at.astimezone(SHANGHAI).date()).incident_hours)
    made = Incident.objects.create(
        facility=facility, kind=kind, person_id=person_id, happened_at=happened_at, reported_at=reported_at,
        due_at=happened_at + timedelta(hours=hours), words=words.strip(),
    )  # fmt: skip
    _trace("facilities.report_incident", made, person_id=person_id, kind=kind, late=made.is_late)
    return made


@transaction.atomic
def follow_up(*, incident: Incident, words: str, at: datetime, closes: bool = False) -> IncidentStep:
    """What was done about it (后续处置); `closes` ends the matter with these words."""
    actor = require("facilities.edit")
    found = Incident.objects.select_for_update(of=("self",)).filter(pk=incident.pk).first()
    if found is None:
        raise FacilityRefused(
            "没有这条事件记录，或不在您的管理范围 / no such incident, or not in your charge"
        )
    if found.closed_on is not None:
        raise FacilityRefused("事件已办结，如有新情况请另行报告 / the incident is closed; report anew")
    if not words.strip():
        raise FacilityRefused("请写明处置情况 / say what was done")
    step = IncidentStep.objects.create(
        incident=found, facility_id=found.facility_id, division_code=found.division_code, at=at,
        by=actor.label, words=words.strip(),
    )  # fmt: skip
    if closes:
        found.closed_on, found.outcome = at.astimezone(SHANGHAI).date(), words.strip()
        found.save(update_fields=["closed_on", "outcome"])
    _trace("facilities.follow_up", found, person_id=found.person_id, closed=closes)
    return step


@transaction.atomic
def record_meals(
    *, facility: Facility, day: date, meals: int, price_fen: int, subsidy_fen: int, on: date
) -> MealDay:
    """A day of a meal site (助餐日报); sent again, it replaces what was told.

    Raises:
        FacilityRefused: no meal site, a day to come, or a negative number.
    """
    require("facilities.edit")
    if facility.kind not in (kinds.MEAL_SITE, kinds.CENTRE):
        raise FacilityRefused(f"{facility.name} 不是助餐场所 / is no meal site")
    if day > on or min(meals, price_fen, subsidy_fen) < 0:
        raise FacilityRefused(
            "日期不能在今天之后，份数和金额不能为负 / not a day to come, and no negative numbers"
        )
    made, _new = MealDay.objects.update_or_create(
        facility=facility, day=day,
        defaults={"division_code": facility.division_code, "meals": meals, "price_fen": price_fen, "subsidy_fen": subsidy_fen},
    )  # fmt: skip
    _trace("facilities.record_meals", made, day=day, meals=meals)
    return made


@transaction.atomic
def close_for_a_time(*, facility: Facility, reason: str, on: date) -> Closure:
    """The district shuts a facility from a day on (责令暂停服务); whoever is in its beds has to be placed elsewhere.

    Raises:
        FacilityRefused: it is shut already, or no reason is given.
    """
    require("facilities.approve")
    if len(reason.strip()) < 4:
        raise FacilityRefused("请写明暂停服务的原因 / say why the facility is shut")
    residents = stays_on(facility.pk, on=on).filter(state__in=(StayState.PRESENT, StayState.AWAY)).count()
    try:
        with transaction.atomic():
            made = Closure.objects.create(
                facility=facility, during=DateRange(on, None), reason=reason.strip(), residents=residents
            )
    except IntegrityError as fault:
        raise FacilityRefused("机构已处于暂停服务状态 / the facility is shut already") from fault
    _trace("facilities.close_for_a_time", made, residents=residents)
    return made


@transaction.atomic
def reopen(*, closure: Closure, on: date) -> Closure:
    """The facility serves again from `on` (恢复服务)."""
    require("facilities.approve")
    found = Closure.objects.select_for_update(of=("self",)).filter(pk=closure.pk).first()
    if found is None or found.during.upper is not None:
        raise FacilityRefused("机构未处于暂停服务状态 / the facility is not shut")
    if on <= found.during.lower:
        raise FacilityRefused(
            f"恢复日期须晚于暂停日期 {found.during.lower} / reopen after {found.during.lower}"
        )
    found.during = DateRange(found.during.lower, on)
    found.save(update_fields=["during"])
    _trace("facilities.reopen", found, on=on)
    return found


def _trace(act: str, row: OfFacility, *, person_id: int | None = None, **detail: Any) -> None:
    record(
        act, subject=f"{row._meta.model_name}:{row.pk}", person_id=person_id, division_code=row.division_code,
        detail={"facility": row.facility_id, **detail},
    )  # fmt: skip
