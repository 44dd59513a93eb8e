"""When a centre is open (开放时间): weekday spans, closing days, public holidays and make-up days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from minzheng.kernel.centres.models import Centre, Closure, Hours
from minzheng.kernel.periods import SHANGHAI, weekday_served

Span = tuple[time, time]


def spans_of(centres: Iterable[int], day: date) -> dict[int, list[Span]]:
    """The opening spans of centres on a day, two queries for all; a centre that stays closed has none."""
    wanted = list(centres)
    found: dict[int, list[Span]] = {pk: [] for pk in wanted}
    weekday = weekday_served(day)
    if weekday is None:
        return found
    closed = set(Closure.objects.filter(centre__in=wanted, day=day).values_list("centre_id", flat=True))
    rows = Hours.objects.filter(centre__in=wanted, weekday=weekday).order_by("opens")
    for centre_id, opens, closes in rows.values_list("centre_id", "opens", "closes"):
        if centre_id not in closed:
            found[centre_id].append((opens, closes))
    return found


def next_open_day(centre: Centre, after: date) -> date:
    """The first day after one on which the centre opens; at most 30 days are looked through.

    Raises:
        LookupError: none of them is open.
    """
    for step in range(1, 31):
        day = after + timedelta(days=step)
        if spans_of([centre.pk], day)[centre.pk]:
            return day
    raise LookupError(f"{centre.name}：{after} 之后 30 天均不开放 / not open within 30 days after {after}")


def slot_starts(spans: list[Span], minutes: int) -> list[time]:
    """The starts of the whole slots that fit into the spans.

    >>> slot_starts([(time(8, 30), time(9, 45)), (time(13), time(13, 30))], 30)
    [datetime.time(8, 30), datetime.time(9, 0), datetime.time(13, 0)]
    """
    starts = []
    for opens, closes in spans:
        at, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
        while at + minutes <= end:
            starts.append(time(at // 60, at % 60))
            at += minutes
    return starts


def moment(at: datetime, clock: time) -> datetime:
    """A time of day on the calendar day of an instant, in Shanghai."""
    return datetime.combine(at.astimezone(SHANGHAI).date(), clock, SHANGHAI)
