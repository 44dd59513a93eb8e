"""Taking a place in time (预约), standing in line for one (候补), or entering its draw (抽签报名)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.audit import record
from minzheng.kernel.bookings.errors import (
    BookingRefused,
    NoSuchBooking,
    NotReleased,
    OneBookingOnly,
    SlotFull,
)
from minzheng.kernel.bookings.models import HOPES, Booking, BookingState, Draw, Party, Slot
from minzheng.kernel.bookings.purposes import purpose_of
from minzheng.kernel.bookings.rules import local_day, rules_on
from minzheng.kernel.bookings.scope import calendar_to, resident
from minzheng.kernel.people.identifiers import normalise, parse_citizen
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.periods import SHANGHAI

_S = BookingState


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who comes along, as told: name, number, kind of document (`Identifier.Kind`)."""

    name: str
    number: str
    kind: str = Identifier.Kind.CITIZEN


def told_of(person_id: int) -> Told:
    """A person as their own record tells them.

    Raises:
        BookingRefused: the record holds no identity number.
    """
    found = (
        Identifier.objects.filter(person=person_id)
        .exclude(kind=Identifier.Kind.DISABILITY)
        .order_by("-is_primary", "kind")
        .first()
    )
    name = Person.objects.filter(pk=person_id).values_list("name", flat=True).first()
    if found is None or name is None:
        raise BookingRefused(
            "您的登记档案中没有证件号码，请到现场或电话预约 / your record holds no identity number; book by telephone or on site"
        )
    return Told(name, found.value, found.kind)


@transaction.atomic
def book(
    *,
    slot: Slot | int,
    item: str,
    parties: Sequence[Told],
    at: datetime,
    key: str = "",
    channel: str = "counter",
    detail: Mapping[str, Any] | None = None,
) -> Booking:
    """Takes a place for everybody named (预约): a resident online and as one of them, a post by telephone or on site.

    Args:
        parties: who comes along, one to four.
        key: names one press of the button; pressed twice, it books once.
        channel: of a post: counter or phone.
        detail: what the domain asked besides; no names and no numbers.

    Raises:
        SlotFull: somebody else took the last place.
        OneBookingOnly: one of them holds an open booking of this purpose.
        NotReleased: the places of the day are not released yet, or are drawn.
        BookingRefused: the day has come or is too far, or the people named are not what the item asks for.
    """
    asked = _Asked(slot, item, parties, at, key, channel, detail or {})
    before = asked.made_before()
    if before is not None:
        return before
    asked.require_time()
    found = asked.slot
    if found.in_draw:
        raise NotReleased(
            f"{found.day} 的名额抽签产生，请报名抽签 / the places of {found.day} are drawn; enter the draw"
        )
    if at < found.opens_at:
        raise NotReleased(
            f"{found.day} 的名额于 {_instant(found.opens_at)} 放出 / the places of {found.day} are released at "
            f"{_instant(found.opens_at)}"
        )
    asked.require_no_pause()
    if found.taken >= found.places:
        raise _full(found)
    return asked.insert(_S.BOOKED)


@transaction.atomic
def join_waiting(
    *,
    slot: Slot | int,
    item: str,
    parties: Sequence[Told],
    at: datetime,
    any_time: bool = False,
    key: str = "",
    channel: str = "counter",
    detail: Mapping[str, Any] | None = None,
) -> Booking:
    """Stands in line for a place that others may give back (候补); `any_time` takes any time of that day.

    Raises:
        BookingRefused: a place is free, the line is closed, or one of them stands in it already.
        OneBookingOnly, NotReleased.
    """
    asked = _Asked(slot, item, parties, at, key, channel, detail or {}, any_time)
    before = asked.made_before()
    if before is not None:
        return before
    asked.require_time()
    found = asked.slot
    if found.in_draw or at < found.opens_at:
        raise NotReleased(f"{found.day} 的名额尚未放出 / the places of {found.day} are not released yet")
    if found.taken < found.places:
        raise BookingRefused("该时段还有名额，请直接预约 / a place is free at this time; book it")
    asked.require_no_pause()
    asked.require_hopes()
    return asked.insert(_S.WAITING)


@transaction.atomic
def enter_draw(
    *,
    slot: Slot | int,
    item: str,
    parties: Sequence[Told],
    at: datetime,
    any_time: bool = False,
    key: str = "",
    channel: str = "counter",
    detail: Mapping[str, Any] | None = None,
) -> Booking:
    """Enters the draw of a day (抽签报名) with a wished time; the entry's number decides with the seed, nothing else.

    Raises:
        BookingRefused: the day is not drawn, its entries have not begun or have ended, or one of them has entered.
    """
    asked = _Asked(slot, item, parties, at, key, channel, detail or {}, any_time)
    before = asked.made_before()
    if before is not None:
        return before
    found = asked.slot
    draw = Draw.objects.filter(calendar=found.calendar_id, day=found.day).first()
    if draw is None or draw.drawn_at is not None:
        raise BookingRefused(f"{found.day} 没有待抽签的名额 / there is no draw to enter for {found.day}")
    if not draw.entries_from <= at < draw.entries_until:
        raise BookingRefused(
            f"报名时间为 {_instant(draw.entries_from)} 至 {_instant(draw.entries_until)} / entries are taken from "
            f"{_instant(draw.entries_from)} to {_instant(draw.entries_until)}"
        )
    asked.require_no_pause()
    asked.require_hopes()
    return asked.insert(_S.ENTERED)


class _Asked:
    """One request, checked step by step; the database checks again what must hold."""

    def __init__(
        self, slot: Slot | int, item: str, parties: Sequence[Told], at: datetime, key: str, channel: str,
        detail: Mapping[str, Any], any_time: bool = False,
    ) -> None:  # fmt: skip
        number = slot if isinstance(slot, int) else slot.pk
        found = Slot.objects.select_related("calendar").filter(pk=number).first()
        if found is None:
            raise NoSuchBooking("没有该时段，请重新选择 / there is no such time; choose again")
        self.slot, self.at, self.key, self.any_time = found, at, key, any_time
        self.on: date = local_day(at)
        self.person = resident()
        if self.person is None:
            calendar_to(found.calendar_id, "bookings.serve")
        self.channel = "online" if self.person else channel
        self.item = purpose_of(found.calendar.purpose).item(item)
        self.detail = dict(detail)
        self.parties = _checked(parties, self.item.least, self.item.most, self.on)

    def made_before(self) -> Booking | None:
        """What this very press of the button made already."""
        return Booking.objects.filter(client_key=self.key).first() if self.key else None

    def require_time(self) -> None:
        rules = rules_on(self.on)
        least = int(rules.least_days_ahead) if self.person else 0
        first, last = self.on + timedelta(days=least), self.on + timedelta(days=int(rules.days_ahead))
        if not self.slot.calendar.is_open:
            raise BookingRefused("该处暂停预约 / this office takes no bookings at present")
        if not first <= self.slot.day <= last:
            raise BookingRefused(
                f"可约 {first} 至 {last}，不能约 {self.slot.day} / book from {first} to {last}, not {self.slot.day}"
            )

    def require_no_pause(self) -> None:
        """Whoever did not come several times books by telephone or on site for a while."""
        if self.person is None:
            return
        rules = rules_on(self.on)
        missed = list(
            Booking.objects.filter(
                purpose=self.slot.calendar.purpose,
                state=_S.NO_SHOW,
                day__gte=self.on - timedelta(days=int(rules.no_show_window_days)),
            )
            .order_by("-day")
            .values_list("day", flat=True)[: int(rules.no_show_limit)]
        )
        until = missed[0] + timedelta(days=int(rules.no_show_pause_days)) if missed else self.on
        if len(missed) >= int(rules.no_show_limit) and self.on <= until:
            raise BookingRefused(
                f"近期有 {len(missed)} 次预约未到，网上预约暂停至 {until}，可电话或现场预约 / "
                f"{len(missed)} bookings were not taken up; online booking is paused until {until}; call or come"
            )

    def require_hopes(self) -> None:
        if self.person is None:
            return
        mine = Booking.objects.filter(purpose=self.slot.calendar.purpose)
        if mine.filter(state__in=(_S.OFFERED, _S.BOOKED), day__gte=self.on).exists():
            raise OneBookingOnly(
                "您已有有效预约，请先取消再候补或报名 / you hold an open booking; cancel it before you wait or enter"
            )
        most = int(rules_on(self.on).open_hopes)
        if mine.filter(state__in=HOPES, day__gte=self.on).count() >= most:
            raise BookingRefused(
                f"最多同时候补或报名 {most} 天 / you may wait for or enter {most} days at a time at most"
            )

    def insert(self, state: BookingState) -> Booking:
        for _attempt in range(6):
            try:
                with transaction.atomic():
                    made = self._write(state)
                break
            except IntegrityError as refusal:
                text = str(refusal)
                if "bookings_booking_code_once" in text:
                    continue
                if "bookings_booking_key_once" in text:
                    return Booking.objects.get(client_key=self.key)
                raise self._why(text) from refusal
        else:
            raise BookingRefused("暂时无法预约，请再试一次 / could not book; please try again")
        made.refresh_from_db()
        if self.person is not None and self.person.person_id not in made.persons:
            raise NotPermitted("只能预约本人参加的事项。You can book only what you come to yourself.")
        record(
            f"bookings.{state}",
            subject=f"booking:{made.pk}",
            person_id=made.persons[0] if made.persons else None,
            division_code=made.division_code,
            detail={"day": str(made.day), "starts": f"{made.starts:%H:%M}", "item": made.item},
        )
        return made

    def _write(self, state: BookingState) -> Booking:
        made = Booking(
            slot=self.slot, calendar_id=self.slot.calendar_id, day=self.slot.day, starts=self.slot.starts,
            item=self.item.code, state=state, any_time=self.any_time, code=f"{secrets.randbelow(1_000_000):06d}",
            channel=self.channel, requested_by_id=self.person.person_id if self.person else None, detail=self.detail,
            booked_at=self.at, client_key=self.key,
        )  # fmt: skip
        made.save(force_insert=True)
        # In the order of their numbers, so that two couples who share somebody wait for each other one way round.
        for place in sorted(range(len(self.parties)), key=lambda n: self.parties[n].number):
            told = self.parties[place]
            Party(
                calendar_id=made.calendar_id, booking=made, position=place + 1, name=told.name,
                identifier_kind=told.kind, number=told.number,
            ).save(force_insert=True)  # fmt: skip
        return made

    def _why(self, text: str) -> BookingRefused:
        if "bookings_party_one_open_booking" in text:
            return OneBookingOnly(
                "当事人中有人已有有效预约，每个证件号码只能持有一个 / one of you holds an open booking; each identity number "
                "holds one only"
            )
        if "bookings_party_one_hope_a_day" in text:
            return OneBookingOnly(
                "当事人中有人已在当日候补或报名 / one of you waits for this day or has entered its draw"
            )
        if "姓名与证件号码不符" in text:
            return BookingRefused(
                "姓名与证件号码不符，请核对证件 / name and number do not belong together; check the document"
            )
        if "约满" in text:
            return _full(self.slot)
        if "抽签放号" in text or "不抽签" in text:
            return NotReleased(
                f"{self.slot.day} 的名额抽签产生，或已截止报名 / the places of {self.slot.day} are drawn, or entries ended"
            )
        raise BookingRefused(
            "预约未能保存，请重新填写 / the booking could not be kept; please fill it in again"
        )


def _checked(parties: Sequence[Told], least: int, most: int, on: date) -> list[Told]:
    if not least <= len(parties) <= most:
        needed = f"{least}" if least == most else f"{least} 至 {most}"
        raise BookingRefused(
            f"需填写 {needed} 名当事人，现有 {len(parties)} 名 / {least} to {most} people are to be named, not {len(parties)}"
        )
    checked = []
    for place, told in enumerate(parties, 1):
        name, number = "".join(told.name.split()), normalise(told.number)
        if not name or len(name) > 60:
            raise BookingRefused(f"第 {place} 名当事人缺少姓名 / name of person {place} is missing")
        if told.kind == Identifier.Kind.CITIZEN:
            read = parse_citizen(told.number, on=on)
            if not read.is_valid:
                raise BookingRefused(
                    f"第 {place} 名当事人的证件号码有误：{read.errors[0].advice} / the number of person {place} cannot be "
                    f"right ({read.errors[0].code}); check the document"
                )
            number = read.value
        elif not 5 <= len(number) <= 30 or told.kind not in Identifier.Kind.values:
            raise BookingRefused(
                f"第 {place} 名当事人的证件号码应为 5 至 30 位 / the number of person {place} has 5 to 30 characters"
            )
        checked.append(Told(name, number, told.kind))
    if len({(told.kind, told.number) for told in checked}) < len(checked):
        raise BookingRefused("当事人的证件号码相同 / two of the people have the same number")
    return checked


def _full(slot: Slot) -> SlotFull:
    return SlotFull(
        f"{slot.day} {slot.starts:%H:%M} 刚刚约满，请另选时间或候补 / {slot.day} {slot.starts:%H:%M} has just been taken; "
        "choose another time or join the waiting list"
    )


def _instant(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
