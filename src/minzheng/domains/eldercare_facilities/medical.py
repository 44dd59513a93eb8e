"""The home's link to an internet hospital (养老院+互联网医院): the contract, and residents seen by a doctor."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import Consultation, HospitalLink
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.stays.models import Stay, StayState


@transaction.atomic
def link_hospital(
    *, facility: Facility, hospital: str, number: str, start: date, last: date | None
) -> HospitalLink:
    """A contract with an internet hospital (签约互联网医院).

    Raises:
        FacilityRefused: a contract with this hospital is valid in this time, or a word is missing.
    """
    require("facilities.edit")
    if not hospital.strip() or not number.strip() or (last is not None and last < start):
        raise FacilityRefused(
            "请填写医院名称、合同编号，到期日不早于起始日 / give the hospital, the number and days in order"
        )
    try:
        with transaction.atomic():
            made = HospitalLink.objects.create(
                facility=facility, hospital=hospital.strip(), number=number.strip(),
                during=DateRange(start, last + timedelta(days=1) if last else None),
            )  # fmt: skip
    except IntegrityError as fault:
        raise FacilityRefused(
            "与该医院已有有效合同 / a contract with this hospital is valid in this time"
        ) from fault
    _trace("facilities.link_hospital", made, None)
    return made


@transaction.atomic
def book_consultation(*, stay: Stay, link: HospitalLink, at: datetime) -> Consultation:
    """Books a resident in (预约互联网诊疗).

    Raises:
        FacilityRefused: the contract is not the home's or not valid on the day, or the resident is not in the home.
    """
    require("stays.admit")
    day = at.astimezone(SHANGHAI).date()
    if link.facility_id != stay.facility_id or day not in link.during:
        raise FacilityRefused(
            f"合同 {link.number} 不是本机构的或在 {day} 无效 / the contract is not the home's, or not valid on {day}"
        )
    if stay.state != StayState.PRESENT:
        raise FacilityRefused("该老人目前不在院 / the resident is not in the home now")
    made = Consultation.objects.create(
        link=link,
        facility_id=stay.facility_id,
        division_code=stay.division_code,
        person_id=stay.person_id,
        booked_for=at,
    )
    _trace("facilities.book_consultation", made, stay.person_id)
    return made


@transaction.atomic
def hold_consultation(
    *, consultation: Consultation, at: datetime, doctor: str, advice: str, prescription: str = ""
) -> Consultation:
    """Records what the doctor said (登记诊疗结果): doctor, time, advice, and the prescription's number if there is one."""
    require("stays.admit")
    found = Consultation.objects.select_for_update(of=("self",)).filter(pk=consultation.pk).first()
    if found is None or found.held_at is not None or found.cancelled:
        raise FacilityRefused("该预约已完成或已取消 / it was held or cancelled already")
    if not doctor.strip() or not advice.strip():
        raise FacilityRefused("请填写医师姓名和诊疗意见 / give the doctor's name and advice")
    found.held_at, found.doctor, found.advice, found.prescription = (
        at,
        doctor.strip(),
        advice.strip(),
        prescription.strip(),
    )
    found.save(update_fields=["held_at", "doctor", "advice", "prescription"])
    _trace("facilities.hold_consultation", found, found.person_id)
    return found


def _trace(act: str, row: HospitalLink | Consultation, person_id: int | None) -> None:
    record(
        act, subject=f"{row._meta.model_name}:{row.pk}", person_id=person_id, division_code=row.division_code,
        detail={"facility": row.facility_id},
    )  # fmt: skip
