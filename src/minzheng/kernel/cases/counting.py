"""Keeps the totals of casework up to date (统计刷新): set-based, from the events since the last time, in any order.

For each case that had an event, what it counted for is taken away and what it counts for now is added, so a refresh
that is done twice, late, or over the same events again changes nothing that is right already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from django.db import connection, transaction

from minzheng.kernel.access import SERVICE, NotPermitted
from minzheng.kernel.audit import record
from minzheng.kernel.cases import counting_sql as sql
from minzheng.kernel.cases.clocks import works
from minzheng.kernel.cases.models import TotalsMark
from minzheng.kernel.cases.moving import who_acts

FIRST_YEAR, LAST_YEAR = 2020, 2035


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: `looked_at` cases had events, `changed` of them count for something else now."""

    looked_at: int
    changed: int
    counted_until: datetime


@transaction.atomic
def refresh_totals(*, everything: bool = False) -> Refreshed:
    """Counts what happened since the last refresh (刷新办件统计).

    It looks at the few cases of the last hours, so let the service act with `in_bulk=False`; counting everything is bulk.

    Args:
        everything: looks at every case, whatever its events; for after a repair of the record.

    Raises:
        NotPermitted: somebody else than the platform's service, who sees every case of the city.
    """
    if who_acts().kind != SERVICE:
        raise NotPermitted("办件统计由系统刷新 / the platform itself refreshes the totals")
    mark = TotalsMark.objects.select_for_update().get()
    with connection.cursor() as cursor:
        # A full count adds up tens of millions of parts; in a few megabytes it would do so on disk.
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(sql.HORIZON)
        (until,) = cursor.fetchone()
        if everything or mark.counted_until is None:
            cursor.execute(sql.EVERYTHING)
        else:
            cursor.execute(sql.CHANGED, [mark.counted_until])
        looked_at = cursor.rowcount
        cursor.execute("ANALYZE cases_changed")
        cursor.execute(sql.FRESH, [_workdays()])
        cursor.execute(sql.LEAVE_ALIKE)
        changed = looked_at - cursor.rowcount
        cursor.execute(sql.SIGNED)
        for statement in (sql.TOTALS, sql.DAYS, sql.ISSUERS, sql.FORGET, sql.KEEP, *sql.EMPTY):
            cursor.execute(statement)
        cursor.execute("DROP TABLE cases_changed, cases_fresh, cases_signed")
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    mark.counted_until, mark.refreshed_at = until, now
    mark.save(update_fields=["counted_until", "refreshed_at"])
    record("cases.refresh_totals", detail={"looked_at": looked_at, "changed": changed})
    return Refreshed(looked_at, changed, until)


@cache
def _workdays() -> list[date]:
    first = date(FIRST_YEAR, 1, 1)
    days = (first + timedelta(days=step) for step in range((date(LAST_YEAR + 1, 1, 1) - first).days))
    return [day for day in days if works(day)]
