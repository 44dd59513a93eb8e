"""Letters about bookings (预约告知): reminders for tomorrow, offers, outcomes of draws, days that do not take place."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from minzheng.kernel.access import require
from minzheng.kernel.bookings.models import Booking, BookingState, Notice
from minzheng.kernel.bookings.purposes import purpose_of
from minzheng.kernel.bookings.rules import local_day
from minzheng.kernel.documents.model import Letter
from minzheng.kernel.periods import SHANGHAI

_S, _K = BookingState, Notice.Kind


@transaction.atomic
def write_notices(*, at: datetime, most: int = 5000) -> int:
    """Writes the letters that are due and not written, as a service; returns how many. Running it again adds nothing.

    Due are: a reminder the day before, an offer while it stands, the outcome of a draw, a withdrawal.
    """
    require("bookings.serve")
    on = local_day(at)
    due: list[tuple[str, Q]] = [
        (_K.REMINDER, Q(state=_S.BOOKED, day=on + timedelta(days=1))),
        (_K.OFFER, Q(state=_S.OFFERED, offered_until__gt=at)),
        (_K.DRAWN, Q(state__in=(_S.BOOKED, _S.WAITING), draw_rank__isnull=False, day__gt=on)),
        (_K.WITHDRAWN, Q(state=_S.WITHDRAWN, day__gte=on)),
    ]
    written: list[Notice] = []
    for kind, which in due:
        told = Notice.objects.filter(booking=OuterRef("pk"), kind=kind)
        if kind == _K.OFFER:  # Somebody may be offered a place twice, on another day.
            told = told.filter(day=on)
        rows: QuerySet[Booking] = (
            Booking.objects.filter(which).exclude(Exists(told)).select_related("facility")
        )
        written += [
            Notice(booking=one, calendar_id=one.calendar_id, kind=kind, day=on, text=text_of(kind, one))
            for one in rows.order_by("pk")[: most - len(written)]
        ]
    Notice.objects.bulk_create(written, batch_size=1000)
    return len(written)


def text_of(kind: str, one: Booking) -> str:
    """The letter's words, without names and numbers: they stand in the booking it belongs to."""
    item = purpose_of(one.purpose).item(one.item).name
    place = one.facility.name if one.facility else ""
    when = f"{one.day.year}年{one.day.month}月{one.day.day}日 {one.starts:%H:%M}"
    if kind == _K.REMINDER:
        return (
            f"您预约了{when}在{place}办理{item}，预约码 {one.code}。请当事人携带证件原件共同到场；不能前来的，请尽早取消，"
            "名额将给候补的人。"
        )
    if kind == _K.OFFER and one.offered_until is not None:
        until = one.offered_until.astimezone(SHANGHAI)
        return f"您候补的{place}{item}有名额空出：{when}。请在 {until:%Y-%m-%d %H:%M} 前登录确认；逾期未确认的，名额转给下一位。"
    if kind == _K.DRAWN:
        outcome = (
            f"已中签，时间为{when}，预约码 {one.code}"
            if one.state == _S.BOOKED
            else "未中签，已按抽签顺序列入候补"
        )
        return f"{place}{one.day.month}月{one.day.day}日{item}的抽签已完成，您的编号 {one.entry_number}：{outcome}。"
    return f"很抱歉，{place}取消了{when}的{item}预约。请另选时间预约。"


def letter(notice: Notice, *, to: str, is_synthetic: bool = False) -> Letter:
    """A notice as a letter for print; the parties' names are given by whoever may see them."""
    return Letter(
        office=notice.facility.name if notice.facility else "",
        title=str(_K(notice.kind).label),
        number=f"预约告知〔{notice.day.year}〕{notice.pk}号",
        addressee=to,
        opening=(notice.text,),
        date=notice.day,
        is_synthetic=is_synthetic,
    )


def reminders_for(day: date, calendar_id: int) -> QuerySet[Booking]:
    """Who is booked on a day at one office, by time (预约提醒名单)."""
    return Booking.objects.filter(calendar=calendar_id, day=day, state=_S.BOOKED).order_by("starts", "pk")
