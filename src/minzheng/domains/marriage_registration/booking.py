"""Booking the registration of a marriage (婚姻登记预约): what may be booked, and at which office on which day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from minzheng.domains.marriage_registration.jurisdiction import CITY, Jurisdiction, may_register_at
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.actions import Told
from minzheng.kernel.bookings.errors import BookingRefused, NoSuchBooking
from minzheng.kernel.bookings.models import Booking, Slot
from minzheng.kernel.bookings.purposes import Item, Purpose
from minzheng.kernel.people.models import Identifier, Person

MARRIAGE = Purpose(
    "marriage",
    "婚姻登记",
    "marriage registration",
    (
        Item("marry", "结婚登记", "marriage", 2, 2),
        Item("divorce_apply", "离婚申请", "application for divorce", 2, 2),
        Item("divorce_certificate", "离婚发证", "divorce certificate", 2, 2),
        Item("reissue", "补领证件", "replacement of a certificate", 1, 2),
    ),
)
WAYS: dict[str, Callable[..., Booking]] = {
    "book": actions.book,
    "wait": actions.join_waiting,
    "draw": actions.enter_draw,
}


class WrongOffice(BookingRefused):
    """This office may not register this couple on this day."""


@dataclass(frozen=True, slots=True)
class Comer:
    """One of the couple as they tell it; `hukou` is the district's code of six digits, None outside the city."""

    name: str
    number: str
    hukou: str | None = None
    kind: str = Identifier.Kind.CITIZEN


def oneself_as_comer(person_id: int) -> Comer:
    """The resident as their own record tells them.

    Raises:
        BookingRefused: the record holds no identity number.
    """
    told = actions.told_of(person_id)
    code, is_local = Person.objects.values_list("hukou_division_code", "hukou_is_local").get(pk=person_id)
    return Comer(told.name, told.number, code[:6] if is_local and code.startswith("31") else None, told.kind)


def office_takes(office_district: str, comers: Sequence[Comer], *, on: date) -> Jurisdiction:
    """Whether an office may serve these people on a day (管辖); the day of the visit decides, not today.

    The city's office serves couples of whom one is no mainland resident, and nobody else; the districts' offices the others.
    """
    is_foreign = any(comer.kind != Identifier.Kind.CITIZEN for comer in comers)
    if is_foreign and office_district != CITY:
        return Jurisdiction(
            False, False, "涉外、涉港澳台婚姻登记由市涉外婚姻登记处办理",
            "couples of whom one is no mainland resident are served by the city's office",
        )  # fmt: skip
    if not is_foreign and office_district == CITY:
        return Jurisdiction(
            False, False, "市涉外婚姻登记处只办理涉外、涉港澳台婚姻登记，请选择区婚姻登记中心",
            "the city's office serves couples of whom one is no mainland resident; choose a district's",
        )  # fmt: skip
    return may_register_at(
        office_district=office_district, hukou_districts=[comer.hukou for comer in comers], on=on
    )


def book_marriage(
    *,
    slot: Slot | int,
    item: str,
    comers: Sequence[Comer],
    at: datetime,
    way: str = "book",
    any_time: bool = False,
    channel: str = "counter",
    key: str = "",
) -> Booking:
    """Books for a couple, stands in line or enters the draw for them (婚姻登记预约), where the office may register them.

    A resident names themself first and their partner second; the partner need not confirm, sees the booking and may cancel it.
    What is told of the hukou is the couple's word and is checked at the office.

    Args:
        way: book, wait or draw.

    Raises:
        WrongOffice: the office may not register them on the day; says which paper.
        BookingRefused and its kinds: see `kernel.bookings.actions.book`.
    """
    number = slot if isinstance(slot, int) else slot.pk
    found = Slot.objects.select_related("calendar").filter(pk=number).first()
    if found is None or found.calendar.purpose != MARRIAGE.code:
        raise NoSuchBooking("没有该时段，请重新选择 / there is no such time; choose again")
    office = found.division_code[:6]
    told = office_takes(office, comers, on=found.day)
    if not told.allowed:
        raise WrongOffice(
            f"{found.day} 不能在该处办理：{told.reason} / not at this office on {found.day}: {told.reason_en}"
        )
    more = {"any_time": any_time} if way != "book" else {}
    return WAYS[way](
        slot=found, item=item, parties=[Told(comer.name, comer.number, comer.kind) for comer in comers], at=at,
        channel=channel, key=key,
        detail={"hukou": [comer.hukou or "" for comer in comers], "is_cross_district": told.is_cross_district}, **more,
    )  # fmt: skip
