"""What an office offers (放号): its weekly hours, the days unlike them, and the slots that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db import connection, transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.bookings.ending import offer_places, withdraw_day
from minzheng.kernel.bookings.errors import CalendarRefused, NoSuchBooking
from minzheng.kernel.bookings.models import Booking, Calendar, Draw, Opening, Slot, SpecialDay
from minzheng.kernel.bookings.purposes import purpose_of
from minzheng.kernel.bookings.rules import local_day, release_of, rules_on
from minzheng.kernel.bookings.scope import calendar_to
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import UnknownCalendarYear, weekday_served

#: weekday (Monday is 0), from, to, places in each slot.
Hours = tuple[int, time, time, int]
Span = tuple[time, time, int]


@transaction.atomic
def open_calendar(*, facility: Facility, purpose: str, hours: Sequence[Hours]) -> Calendar:
    """Begins a facility's calendar for a purpose with its weekly hours, or sets them anew (建立号源日历).

    Raises:
        CalendarRefused: the hours overlap or are empty.
        BookingRefused: no domain declared the purpose.
    """
    require("bookings.manage")
    purpose_of(purpose)
    made, _is_new = Calendar.objects.get_or_create(facility=facility, purpose=purpose)
    return set_hours(calendar=made, hours=hours)


@transaction.atomic
def set_hours(*, calendar: Calendar | int, hours: Sequence[Hours]) -> Calendar:
    """Replaces the weekly hours (每周模板); days that are offered already are reckoned anew by `open_slots`.

    Raises:
        CalendarRefused: two spans of a weekday overlap, or one ends before it begins.
    """
    place = calendar_to(calendar, "bookings.manage")
    for weekday in range(7):
        spans = sorted((opens, closes) for day, opens, closes, _places in hours if day == weekday)
        wrong = [span for span in spans if span[0] >= span[1]]
        wrong += [first for first, second in pairwise(spans) if second[0] < first[1]]
        if wrong:
            opens, closes = wrong[0]
            raise CalendarRefused(
                f"周{'一二三四五六日'[weekday]} {opens:%H:%M}–{closes:%H:%M} 的时间不成立或相互重叠 / "
                f"the hours {opens:%H:%M}–{closes:%H:%M} of weekday {weekday + 1} are empty or overlap"
            )
    Opening.objects.filter(calendar=place).delete()
    Opening.objects.bulk_create(
        Opening(calendar=place, weekday=day, opens=opens, closes=closes, places=places)
        for day, opens, closes, places in hours
    )
    _note(place, "set_hours", {"spans": len(hours)})
    return place


@transaction.atomic
def set_special_day(
    *,
    calendar: Calendar | int,
    day: date,
    reason: str,
    at: datetime,
    places: int = 0,
    opens: time | None = None,
    closes: time | None = None,
) -> int:
    """Gives a day its own hours and places, on a holiday too, or closes it (特殊日); returns how many bookings were taken back.

    Args:
        places: of each slot; 0 closes the day.

    Raises:
        CalendarRefused: the day has come, no reason is given, or the hours are missing.
    """
    place = calendar_to(calendar, "bookings.manage")
    if day <= local_day(at):
        raise CalendarRefused(f"只能设定以后的日期，不能设定 {day} / only days to come, not {day}")
    if not reason.strip():
        raise CalendarRefused("请写明原因 / say why")
    if places and (opens is None or closes is None or opens >= closes):
        raise CalendarRefused("开放的特殊日须有起止时间 / a day that opens needs hours")
    SpecialDay.objects.update_or_create(
        calendar=place,
        day=day,
        defaults={"places": places, "opens": opens, "closes": closes, "reason": reason.strip()},
    )
    taken_back = 0 if places else withdraw_day(calendar_id=place.pk, day=day, at=at)
    offer_day(place, day, at=at)
    _note(
        place,
        "set_special_day",
        {"day": str(day), "places": places, "reason": reason, "withdrawn": taken_back},
    )
    return taken_back


@transaction.atomic
def plan_draw(
    *, calendar: Calendar | int, day: date, entries_from: datetime, entries_until: datetime, at: datetime
) -> Draw:
    """Gives the places of a day by a draw (公开抽签): the seed's hash is public from now on, the seed after the entries.

    Raises:
        CalendarRefused: the day opens no slot, somebody is booked on it already, or the window is not before the day.
    """
    place = calendar_to(calendar, "bookings.manage")
    if not entries_from < entries_until or local_day(entries_until) >= day or entries_until <= at:
        raise CalendarRefused(
            f"报名须在 {day} 之前结束，且起早于止 / entries end before {day} and begin before they end"
        )
    made = Draw.objects.filter(calendar=place, day=day).first()
    if made is not None:
        return made
    if Booking.objects.filter(calendar=place, day=day).exists():
        raise CalendarRefused(
            f"{day} 已有预约，不能改为抽签 / {day} has bookings already and cannot be drawn"
        )
    if not any(spans_of([place], [day])[place.pk, day]):
        raise CalendarRefused(
            f"{day} 不开放，请先设为特殊日 / {day} does not open; set it as a special day first"
        )
    made = Draw.objects.create(
        calendar=place, day=day, entries_from=entries_from, entries_until=entries_until
    )
    made.refresh_from_db()
    offer_day(place, day, at=at)
    _note(place, "plan_draw", {"day": str(day), "commitment": made.commitment})
    return made


def spans_of(calendars: Iterable[Calendar], days: Sequence[date]) -> dict[tuple[int, date], list[Span]]:
    """The opening spans with their places, by calendar and day, three queries for all; a closed day has none.

    A special day goes before the weekday's hours. Public holidays are closed; a make-up Saturday has Monday's hours.
    Days of a year whose holidays are not announced yet are not offered.
    """
    wanted = [calendar.pk for calendar in calendars]
    special = {
        (row.calendar_id, row.day): row
        for row in SpecialDay.objects.filter(calendar__in=wanted, day__in=days)
    }
    weekly: dict[tuple[int, int], list[Span]] = {}
    for row in Opening.objects.filter(calendar__in=wanted).order_by("opens"):
        weekly.setdefault((row.calendar_id, row.weekday), []).append((row.opens, row.closes, row.places))
    found: dict[tuple[int, date], list[Span]] = {}
    for day in days:
        weekday = _weekday(day)
        for pk in wanted:
            own = special.get((pk, day))
            if own is not None:
                found[pk, day] = (
                    [(own.opens, own.closes, own.places)] if own.places and own.opens and own.closes else []
                )
            else:
                found[pk, day] = weekly.get((pk, weekday), []) if weekday is not None else []
    return found


def _weekday(day: date) -> int | None:
    """Whose weekday's hours hold; none where the State Council has not announced the year's holidays yet."""
    try:
        return weekday_served(day)
    except UnknownCalendarYear:
        return None


@transaction.atomic
def open_slots(*, at: datetime, calendars: Sequence[int] | None = None) -> int:
    """Sets out the coming days up to a week beyond those that may be booked (放号); returns how many slots there are.

    Days that were set out before are reckoned anew and keep what is taken. Run it daily.
    """
    require("bookings.manage")
    on = local_day(at)
    places = Calendar.objects.filter(is_open=True).order_by("pk")
    if calendars is not None:
        places = places.filter(pk__in=calendars)
    days = [on + timedelta(days=step) for step in range(int(rules_on(on).days_ahead) + 8)]
    return _write(list(places), days)


def offer_day(place: Calendar, day: date, *, at: datetime) -> None:
    """Sets one day out anew, and offers what became free to who waits."""
    _write([place], [day])
    offer_places(list(Slot.objects.filter(calendar=place, day=day).values_list("pk", flat=True)), at=at)


@transaction.atomic
def set_places(*, slot: Slot | int, places: int, at: datetime) -> Slot:
    """Gives one slot more or fewer places (调整名额), never fewer than are taken; what is added goes to the line first.

    Raises:
        CalendarRefused: fewer than are taken, or more than 500.
    """
    number = slot if isinstance(slot, int) else slot.pk
    found = Slot.objects.filter(pk=number).first()
    if found is None:
        raise NoSuchBooking("没有该时段 / there is no such time")
    calendar_to(found.calendar_id, "bookings.manage")
    if not 0 <= places <= 500:
        raise CalendarRefused(f"名额应为 0 至 500，不能为 {places} / 0 to 500 places, not {places}")
    if not Slot.objects.filter(pk=number, taken__lte=places).update(places=places):
        raise CalendarRefused(
            f"该时段已约 {found.taken} 个，名额不能少于此数 / {found.taken} places are taken; there cannot be fewer"
        )
    offer_places([number], at=at)
    found.refresh_from_db()
    record(
        "bookings.set_places",
        subject=f"slot:{found.pk}",
        division_code=found.division_code,
        detail={"day": str(found.day), "starts": f"{found.starts:%H:%M}", "places": places},
    )
    return found


def starts_of(spans: Sequence[Span], minutes: int) -> list[tuple[time, int]]:
    """The starts of the whole slots that fit into the spans, with their places.

    >>> starts_of([(time(9), time(10, 15), 4), (time(13), time(13, 30), 2)], 30)
    [(datetime.time(9, 0), 4), (datetime.time(9, 30), 4), (datetime.time(13, 0), 2)]
    """
    starts = []
    for opens, closes, places in spans:
        begin, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
        while begin + minutes <= end:
            starts.append((time(begin // 60, begin % 60), places))
            begin += minutes
    return starts


def _write(places: Sequence[Calendar], days: Sequence[date]) -> int:
    spans = spans_of(places, days)
    drawn = set(
        Draw.objects.filter(calendar__in=places, day__in=days, drawn_at=None).values_list(
            "calendar_id", "day"
        )
    )
    release = {day: release_of(day) for day in days}
    rows = [
        (place.pk, day, starts, count, release[day], (place.pk, day) in drawn)
        for place in places
        for day in days
        for starts, count in starts_of(spans[place.pk, day], place.slot_minutes)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(6)]
    with connection.cursor() as cursor:
        # A slot that the day no longer has keeps what is taken and offers nothing more.
        cursor.execute(
            """UPDATE bookings_slot s SET places = s.taken
               WHERE s.calendar_id = ANY(%s) AND s.day = ANY(%s) AND s.places > s.taken
                 AND NOT EXISTS (SELECT 1 FROM unnest(%s::bigint[], %s::date[], %s::time[]) AS n(c, d, t)
                                 WHERE n.c = s.calendar_id AND n.d = s.day AND n.t = s.starts)""",
            [[place.pk for place in places], list(days), *columns[:3]],
        )
        cursor.execute(
            """INSERT INTO bookings_slot (calendar_id, division_code, day, starts, places, opens_at, in_draw)
               SELECT c, '', d, t, n, o, w
               FROM unnest(%s::bigint[], %s::date[], %s::time[], %s::int[], %s::timestamptz[], %s::bool[])
                 AS new(c, d, t, n, o, w)
               ON CONFLICT (calendar_id, day, starts)
               DO UPDATE SET places = greatest(excluded.places, bookings_slot.taken), in_draw = excluded.in_draw""",
            columns,
        )
    return len(rows)


def _note(place: Calendar, act: str, detail: dict[str, object]) -> None:
    record(
        f"bookings.{act}",
        subject=f"calendar:{place.pk}",
        division_code=place.division_code,
        detail=detail,
    )
