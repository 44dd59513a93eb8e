"""A home's residents: taken in by their card, with their right to the bed and their contract; changing beds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.errors import FacilityRefused
from minzheng.domains.eldercare_facilities.models import BedRelease, Closure, Contract, Occupant
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.stays import actions
from minzheng.kernel.stays.models import Bed, Stay
from minzheng.kernel.stays.queries import find_person


@dataclass(frozen=True, slots=True)
class Right:
    """By which right somebody has a bed: one of `kinds.ENTITLEMENTS`, the care grade (0–6), the paper that shows it."""

    entitlement: str
    grade: int | None = None
    paper: str = ""


@transaction.atomic
def take_in(*, number: str, name: str, bed: Bed, right: Right, on: date) -> Stay:
    """Moves somebody in on showing an identity card (凭身份证办理入住).

    Raises:
        FacilityRefused: nobody has this card, the facility is closed, or the bed belongs to the city's pool for now.
        StayRefused: the bed or the person is taken, or the bed does not fit.
    """
    require("stays.admit")
    person = find_person(number=number, name=name)
    if person is None:
        raise FacilityRefused(
            "姓名与身份证号码不一致，或本市人员库中没有此人，请核对证件 / name and number do not agree, or nobody has them; "
            "check the card"
        )
    _require_open(bed.facility_id, on)
    if BedRelease.objects.filter(bed=bed, during__contains=on).exists():
        raise FacilityRefused(
            f"床位 {bed} 空置超过上限，已释放到全市统筹池，由民政部门安排入住 / bed {bed} was released to the city's pool"
        )
    stay = actions.admit(person_id=person, bed=bed, on=on)
    record_right(stay=stay, right=right, on=on)
    return stay


@transaction.atomic
def record_right(*, stay: Stay, right: Right, on: date) -> Occupant:
    """Keeps by which right the resident has the bed (登记入住资格); a later record replaces it.

    Raises:
        FacilityRefused: no such right, or the right by grade without a grade.
    """
    require("stays.admit")
    if right.entitlement not in kinds.ENTITLEMENTS:
        raise FacilityRefused(
            f"入住资格“{right.entitlement}”不在列表中：{'、'.join(kinds.ENTITLEMENTS)} / no such entitlement"
        )
    if right.grade is not None and not 0 <= right.grade <= 6:
        raise FacilityRefused(f"照护等级 {right.grade} 应为 0 至 6 / a care grade is 0 to 6")
    if right.entitlement == "grade" and right.grade is None:
        raise FacilityRefused("以照护等级入住的，请填写评估等级 / give the care grade that entitles")
    kept, _new = Occupant.objects.update_or_create(
        stay=stay,
        defaults={
            "facility_id": stay.facility_id, "division_code": stay.division_code, "person_id": stay.person_id,
            "entitlement": right.entitlement, "grade": right.grade, "paper": right.paper, "recorded_on": on,
        },
    )  # fmt: skip
    record(
        "facilities.record_right", subject=f"stays.stay:{stay.pk}", person_id=stay.person_id,
        division_code=stay.division_code, detail={"entitlement": right.entitlement, "grade": right.grade},
    )  # fmt: skip
    return kept


@transaction.atomic
def change_bed(*, stay: Stay, bed: Bed, on: date) -> Stay:
    """Moves a resident to another bed; the right to it goes along and is checked against the new bed's kind later."""
    _require_open(bed.facility_id, on)
    moved = actions.move_stay(stay=stay, bed=bed, on=on)
    right = Occupant.objects.filter(stay=stay).first()
    if right is not None:
        record_right(stay=moved, right=Right(right.entitlement, right.grade, right.paper), on=on)
    return moved


@transaction.atomic
def sign_contract(
    *, stay: Stay, number: str, grade: int, monthly_fen: int, on: date, signed_by: str = ""
) -> Contract:
    """Records the service contract (签订入住服务合同); the one before ends the day before.

    Raises:
        FacilityRefused: the number is in use, the sum is negative, or a contract of this day exists.
    """
    require("facilities.edit")
    if monthly_fen < 0 or not number.strip() or not 0 <= grade <= 6:
        raise FacilityRefused(
            "请填写合同编号、0 至 6 的照护等级和不为负的月费 / give the number, a grade 0 to 6 and a monthly sum"
        )
    before = Contract.objects.filter(
        facility_id=stay.facility_id, person_id=stay.person_id, during__contains=on
    ).first()
    try:
        with transaction.atomic():
            if before is not None and before.during.lower < on:
                before.during = DateRange(before.during.lower, on)
                before.save(update_fields=["during"])
            made = Contract.objects.create(
                facility_id=stay.facility_id, division_code=stay.division_code, person_id=stay.person_id,
                number=number.strip(), grade=grade, monthly_fen=monthly_fen, signed_on=on, signed_by=signed_by,
                during=DateRange(on, None),
            )  # fmt: skip
    except IntegrityError as fault:
        raise FacilityRefused(
            f"合同编号 {number} 已使用，或当日已签合同，请核对 / the number is in use, or a contract of this day exists"
        ) from fault
    _trace("facilities.sign_contract", stay, number=made.number, grade=grade, monthly_fen=monthly_fen)
    return made


@transaction.atomic
def leave(*, stay: Stay, on: date, because: str = "left") -> Stay:
    """Ends the stay and the contract with it (离院)."""
    ended = actions.end_stay(stay=stay, on=on, because=because)
    contract = Contract.objects.filter(
        facility_id=stay.facility_id, person_id=stay.person_id, during__endswith__isnull=True
    ).first()
    if contract is not None and contract.during.lower < ended.during.upper:
        contract.during = DateRange(contract.during.lower, ended.during.upper)
        contract.save(update_fields=["during"])
    return ended


def _require_open(facility_id: int, on: date) -> None:
    closure = Closure.objects.filter(facility_id=facility_id, during__contains=on).first()
    if closure is not None:
        raise FacilityRefused(
            f"机构自 {closure.during.lower} 起暂停服务（{closure.reason}），暂不能办理入住 / the facility is closed since "
            f"{closure.during.lower}; nobody moves in"
        )


def _trace(act: str, stay: Stay, **detail: Any) -> None:
    record(
        act, subject=f"stays.stay:{stay.pk}", person_id=stay.person_id, division_code=stay.division_code,
        detail={"facility": stay.facility_id, **detail},
    )  # fmt: skip
