"""The register of marriage offices (婚姻登记处) and what they offer by time, from `data/offices.csv` (illustrative)."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from minzheng.domains.marriage_registration.booking import MARRIAGE
from minzheng.kernel.bookings.actions import open_calendar, open_slots
from minzheng.kernel.bookings.calendars import Hours
from minzheng.kernel.bookings.models import Calendar
from minzheng.kernel.facilities.actions import register_facility
from minzheng.kernel.facilities.models import Facility

KIND = "marriage_office"
FILE = Path(__file__).parent / "data/offices.csv"


@transaction.atomic
def load_offices(*, at: datetime) -> int:
    """Enters the offices that are missing with their calendars, and sets out the coming days; returns how many were added.

    An office that is there keeps what its head has set.

    Raises:
        ValueError: a row of the file cannot be read; says which.
    """
    with FILE.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    known = set(Facility.objects.filter(kind=KIND).values_list("code", flat=True))
    added = 0
    for line, row in enumerate(rows, 2):
        if row["code"] in known:
            continue
        try:
            hours = hours_of(row["hours"], int(row["places"]))
            since = date.fromisoformat(row["since"])
        except ValueError as error:
            raise ValueError(
                f"offices.csv 第 {line} 行（{row['code']}）：{error} / row {line} cannot be read"
            ) from error
        office = register_facility(
            code=row["code"], kind=KIND, name=row["name"], during=DateRange(since, None), address=row["address"],
            division_code=row["division_code"], phone=row["phone"], source=row["source"], provenance=row["provenance"],
        )  # fmt: skip
        open_calendar(facility=office, purpose=MARRIAGE.code, hours=hours)
        added += 1
    open_slots(at=at, calendars=list(marriage_calendars().values_list("pk", flat=True)))
    return added


def hours_of(text: str, places: int) -> list[Hours]:
    """Reads `0-5 09:00-11:30 13:30-16:30`: weekdays from Monday (0), then spans.

    >>> hours_of("5 09:00-11:30", 3)
    [(5, datetime.time(9, 0), datetime.time(11, 30), 3)]
    """
    days, *spans = text.split()
    first, _mark, last = days.partition("-")
    found = []
    for weekday in range(int(first), int(last or first) + 1):
        for span in spans:
            opens, closes = span.split("-")
            found.append((weekday, time.fromisoformat(opens), time.fromisoformat(closes), places))
    return found


def marriage_calendars() -> QuerySet[Calendar]:
    """The calendars of all marriage offices with their facilities, by district, the city's office first."""
    return (
        Calendar.objects.select_related("facility")
        .filter(purpose=MARRIAGE.code, facility__kind=KIND)
        .order_by("division_code", "pk")
    )
