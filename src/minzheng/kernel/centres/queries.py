"""Readings of the centres: the register on a day, the nearest ones, a day's figures, who is at which counter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from minzheng.kernel.centres.models import AT_COUNTER, Appointment, Centre, Sitting, Ticket, TicketState


def centres_in_force(on: date) -> QuerySet[Centre]:
    """The centres and branches that exist on a day, by code."""
    return Centre.objects.filter(during__contains=on).order_by("code")


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance between two points (longitude, latitude) on the ground.

    >>> round(kilometres((121.47, 31.23), (121.47, 31.24)), 2)
    1.11
    """
    east = radians(b[0] - a[0])
    north = radians(b[1] - a[1])
    half = sin(north / 2) ** 2 + cos(radians(a[1])) * cos(radians(b[1])) * sin(east / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


def nearest(division_code: str, *, on: date, most: int = 8) -> list[tuple[Centre, float]]:
    """The centres nearest to a street's own, with kilometres (就近网点); its own comes first. One query."""
    every = list(centres_in_force(on))
    own = next((c for c in every if c.division_code == division_code and c.kind == Centre.Kind.MAIN), None)
    if own is None:
        return []
    here = (own.longitude, own.latitude)
    ranked = [(centre, kilometres(here, (centre.longitude, centre.latitude))) for centre in every]
    return sorted(ranked, key=lambda pair: (pair[1], pair[0].code))[:most]


_FIGURES = """
    SELECT c.id AS centre_id, count(t.id) AS taken,
      count(t.id) FILTER (WHERE t.state = 'done') AS served,
      count(t.id) FILTER (WHERE t.state = 'left') AS gone,
      count(t.id) FILTER (WHERE t.state = 'closed_out') AS carried,
      count(t.id) FILTER (WHERE t.state IN ('waiting', 'transferred', 'held')) AS waiting,
      count(t.id) FILTER (WHERE t.state IN ('called', 'serving')) AS at_counter,
      count(t.id) FILTER (WHERE t.priority <> '') AS with_precedence,
      count(t.id) FILTER (WHERE t.channel = 'appointment') AS booked,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.called_at - t.taken_at) / 60)
        FILTER (WHERE t.called_at IS NOT NULL) AS median_wait,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM t.called_at - t.taken_at) / 60)
        FILTER (WHERE t.called_at IS NOT NULL) AS long_wait
    FROM centres_centre c LEFT JOIN centres_ticket t ON t.centre_id = c.id AND t.day = %s
    WHERE c.id = ANY(%s) GROUP BY c.id
"""


def day_figures(centres: Iterable[int], *, day: date) -> dict[int, dict[str, Any]]:
    """A day's figures by centre (日报): taken = served + gone + carried + waiting + at_counter. One query.

    `median_wait` and `long_wait` (9 of 10 wait no longer) are minutes from number to call, None where nobody was called.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [day, list(centres)])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for key in ("median_wait", "long_wait"):
            row[key] = None if row[key] is None else round(row[key])
    return {row["centre_id"]: row for row in rows}


def by_half_hour(centre: Centre, *, day: date) -> list[tuple[str, int, int]]:
    """Numbers given and services ended in each half hour of a day, Shanghai time: ("09:30", 12, 8)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH moments AS (
                 SELECT taken_at AS at, 1 AS given, 0 AS ended FROM centres_ticket WHERE centre_id = %(c)s AND day = %(d)s
                 UNION ALL
                 SELECT ended_at, 0, 1 FROM centres_ticket WHERE centre_id = %(c)s AND day = %(d)s AND state = 'done')
               SELECT to_char(date_bin('30 minutes', at AT TIME ZONE 'Asia/Shanghai', '2000-01-01'), 'HH24:MI') AS half,
                 sum(given)::int, sum(ended)::int FROM moments GROUP BY half ORDER BY half""",
            {"c": centre.pk, "d": day},
        )
        return list(cursor.fetchall())


def open_sittings(centre: Centre, *, day: date) -> list[Sitting]:
    """Who sits where now, by counter; `present` on each is the ticket at the counter or None. Two queries."""
    found = list(
        Sitting.objects.filter(centre=centre, day=day, closed_at=None)
        .select_related("counter")
        .order_by("counter__number")
    )
    here = {t.counter_id: t for t in Ticket.objects.filter(centre=centre, day=day, state__in=AT_COUNTER)}
    for sitting in found:
        sitting.present = here.get(sitting.counter_id)  # type: ignore[attr-defined]
    return found


def held(centre: Centre, *, day: date) -> QuerySet[Ticket]:
    """Who is set aside and may be taken up again at any counter, longest first."""
    return Ticket.objects.filter(centre=centre, day=day, state=TicketState.HELD).order_by("id")


def appointments_of(person_id: int) -> QuerySet[Appointment]:
    """A person's appointments, the latest first."""
    return (
        Appointment.objects.filter(person=person_id)
        .select_related("centre")
        .order_by("-day", "-starts", "-id")
    )
