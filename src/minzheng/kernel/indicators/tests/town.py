"""A few counted cases and centres for tests of figures: rows that name nobody and need no history."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import Counted
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.indicators.counting import Refreshed, refresh

STREET, OTHER = "310107014", "310151101"
ON = date(2022, 8, 20)
_numbers = count(202290000000001)
_codes = count(1)


def case(accepted: date, *, place: str = STREET, state: str = "granted", ended: date | None = None, item: str = "hukou_death",
         channel: str = "counter", papers: int = 0, is_late: bool = False) -> Counted:  # fmt: skip
    """One case in the base of casework's figures, decided on the day of its acceptance unless told otherwise."""
    with acting_as_service("test"):
        return Counted.objects.create(
            case_id=next(_numbers), item=item, domain="cases", channel=channel, accepting_division=place,
            deciding_division=place, state=state, submitted_on=accepted, accepted_on=accepted, ended_on=ended or accepted,
            is_late=is_late, departs=False, is_online=False, is_crossed=False, papers_needed=papers, papers_fetched=0,
            papers_failed=0, is_rated_low=False,
        )  # fmt: skip


def centre(since: date, until: date | None = None, *, place: str = STREET, kind: str = "main") -> Centre:
    """A service centre that stands from a day until the day before another."""
    with acting_as_service("test"):
        return Centre.objects.create(
            code=f"T{next(_codes):04d}", name="测试中心", kind=kind, division_code=place, address="", longitude=121.4,
            latitude=31.2, during=DateRange(since, until), source="测试",
        )  # fmt: skip


def count_all(on: date = ON, *only: str, since_year: int | None = None) -> Refreshed:
    """Counts as the service does; some figures or all."""
    with acting_as_service("test"):
        return refresh(on=on, since_year=since_year, only=only or None)
