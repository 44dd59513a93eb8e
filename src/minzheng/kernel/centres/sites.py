"""The register of centres: loading it, its closing days, and the times it offers for booking."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.centres.capacity import places_by_slot, rate_per_slot
from minzheng.kernel.centres.catalogue import item_groups, rules_on
from minzheng.kernel.centres.errors import CentreRefused
from minzheng.kernel.centres.models import (
    Appointment,
    AppointmentState,
    Centre,
    Closure,
    Counter,
    Hours,
    Slot,
)
from minzheng.kernel.centres.opening import slot_starts, spans_of
from minzheng.kernel.centres.scope import centre_to_work_at

SITES = Path(__file__).parent / "data/centres.csv"


@transaction.atomic
def load_centres(path: Path = SITES) -> int:
    """Writes the centres of a file that the register does not hold yet, with hours and counters (建立中心名册).

    Returns how many were added; loading again adds none.
    """
    require("centres.manage")
    known = set(Centre.objects.values_list("code", flat=True))
    with path.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["code"] not in known]
    made = Centre.objects.bulk_create([_site(row) for row in rows])
    Hours.objects.bulk_create(
        [
            Hours(centre=centre, weekday=weekday, opens=opens, closes=closes)
            for centre, row in zip(made, rows, strict=True)
            for weekday, opens, closes in parse_hours(row["hours"])
        ],
        batch_size=2000,
    )
    Counter.objects.bulk_create(
        [
            Counter(centre=centre, number=number, groups=groups)
            for centre, row in zip(made, rows, strict=True)
            for number, groups in enumerate(parse_counters(row["counters"]), 1)
        ],
        batch_size=2000,
    )
    if made:
        record("centres.load", detail={"centres": len(made)})
    return len(made)


def _site(row: dict[str, str]) -> Centre:
    return Centre(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        division_code=row["division_code"],
        address=row["address"],
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        during=DateRange(date.fromisoformat(row["since"]), None),
        source=row["source"],
        provenance=row["provenance"],
    )


def parse_hours(text: str) -> list[tuple[int, time, time]]:
    """Hours as they stand in the file: weekdays from Monday 0, then spans.

    >>> parse_hours("0-1 08:30-11:30,13:00-16:30; 5 09:00-15:00")[1:]
    [(0, datetime.time(13, 0), datetime.time(16, 30)), (1, datetime.time(8, 30), datetime.time(11, 30)), \
(1, datetime.time(13, 0), datetime.time(16, 30)), (5, datetime.time(9, 0), datetime.time(15, 0))]
    """
    found = []
    for part in text.split(";"):
        days, spans = part.split()
        first, _, last = days.partition("-")
        for weekday in range(int(first), int(last or first) + 1):
            for span in spans.split(","):
                opens, closes = span.split("-")
                found.append((weekday, time.fromisoformat(opens), time.fromisoformat(closes)))
    return found


def parse_counters(text: str) -> list[list[str]]:
    """Counters as they stand in the file: the series letters each serves, `*` for all.

    >>> parse_counters("AB *")[0]
    ['social_assistance', 'eldercare']
    """
    by_series = {group.series: group.code for group in item_groups().values()}
    return [
        list(item_groups()) if letters == "*" else [by_series[letter] for letter in letters]
        for letters in text.split()
    ]


@transaction.atomic
def open_slots(*, on: date, days: int | None = None, centres: Iterable[int] | None = None) -> int:
    """Offers the coming days for booking (放号): places from the counters' capacity, hours and closing days.

    Days offered before are reckoned anew; places already taken stay. Writes each day with one statement.

    Args:
        days: how many after `on`; the working rules' number where not given.
        centres: all within the acting post's place where not given.

    Returns the places offered on these days.
    """
    require("centres.manage")
    rules = rules_on(on)
    chosen = Centre.objects.filter(during__contains=on)
    chosen = chosen.filter(pk__in=list(centres)) if centres is not None else chosen
    counters: dict[int, list[list[str]]] = {}
    for centre_id, groups in Counter.objects.filter(centre__in=chosen, is_in_use=True).values_list(
        "centre_id", "groups"
    ):
        counters.setdefault(centre_id, []).append(groups)
    rates = {
        pk: rate_per_slot(groups, slot_minutes=rules.slot_minutes, reserved_percent=rules.reserved_percent)
        for pk, groups in counters.items()
    }
    total = 0
    for step in range(1, (days or rules.booking_days) + 1):
        day = on + timedelta(days=step)
        rows = []
        for pk, spans in spans_of(rates, day).items():
            starts = slot_starts(spans, rules.slot_minutes)
            for group, rate in rates[pk].items():
                rows += [
                    (pk, start, group, places)
                    for start, places in zip(starts, places_by_slot(rate, len(starts)), strict=True)
                    if places
                ]
        total += _offer(day, rows)
    return total


def _offer(day: date, rows: Sequence[tuple[int, time, str, int]]) -> int:
    if not rows:
        return 0
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO centres_slot (centre_id, day, starts, group_code, places, division_code)
               SELECT r.centre, %s, r.starts, r.group_code, r.places, ''
               FROM unnest(%s::bigint[], %s::time[], %s::text[], %s::int[]) r (centre, starts, group_code, places)
               ON CONFLICT (centre_id, day, group_code, starts) DO UPDATE
               SET places = greatest(excluded.places, centres_slot.taken)""",
            [day, *columns],
        )
    return sum(places for _centre, _start, _group, places in rows)


@transaction.atomic
def close_on(*, centre: Centre | int, day: date, reason: str, on: date) -> int:
    """Declares a closing day (设闭门日); who is booked then is told, and the times are taken off.

    Returns how many appointments were withdrawn; their people find the reason beside their appointment.
    """
    place = centre_to_work_at(centre if isinstance(centre, int) else centre.pk, "centres.manage")
    if day <= on:
        raise CentreRefused(
            f"{day} 已到或已过，请改用停止取号 / {day} is not in the future; close the queue instead"
        )
    if not reason.strip():
        raise CentreRefused("请写明闭门原因 / say why the centre stays closed")
    Closure.objects.update_or_create(centre=place, day=day, defaults={"reason": reason.strip()})
    withdrawn = _take_off([place.pk], [day])
    record(
        "centres.close_on",
        subject=f"centre:{place.pk}",
        detail={"day": str(day), "appointments": withdrawn},
        reason=reason.strip(),
        division_code=place.division_code,
    )
    return withdrawn


def _take_off(centres: Sequence[int], days: Sequence[date]) -> int:
    """Withdraws who is booked at centres on days and takes the times off; returns how many were booked."""
    withdrawn = Appointment.objects.filter(
        centre__in=centres, day__in=days, state=AppointmentState.BOOKED
    ).update(state=AppointmentState.WITHDRAWN)
    Slot.objects.filter(centre__in=centres, day__in=days).update(places=0)
    return withdrawn


@transaction.atomic
def close_many(*, centres: Sequence[int], days: Sequence[date], reason: str, on: date) -> int:
    """Declares the same closing days for many centres at once (批量设闭门日), as `close_on` does for one; days known stay.

    Returns how many closing days were declared now. One entry in the trace.

    Raises:
        CentreRefused: a day that is not in the future, or no reason.
    """
    require("centres.manage")
    if any(day <= on for day in days):
        raise CentreRefused(
            f"闭门日须晚于 {on} / closing days lie after {on}; close the queue of a day that has come"
        )
    if not reason.strip():
        raise CentreRefused("请写明闭门原因 / say why the centres stay closed")
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO centres_closure (centre_id, day, reason, division_code)
               SELECT c, d, %s, '' FROM unnest(%s::bigint[]) c, unnest(%s::date[]) d ON CONFLICT (centre_id, day) DO NOTHING""",
            [reason.strip(), list(centres), list(days)],
        )
        declared = int(cursor.rowcount)
    withdrawn = _take_off(centres, days)
    detail = {
        "centres": len(centres),
        "days": [str(day) for day in days],
        "declared": declared,
        "appointments": withdrawn,
    }
    record("centres.close_many", detail=detail, reason=reason.strip())
    return declared
