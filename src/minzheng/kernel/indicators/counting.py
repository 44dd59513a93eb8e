"""Keeping the totals of every figure (指标计数): counted from the rows by the service, again only where something changed.

A period whose tables nobody changed since it was counted is left as it is. A closed period that comes out otherwise leaves
a restatement with the value before and after. Twice is the same as once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel.access import current_actor
from minzheng.kernel.access.actor import SERVICE
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.audit import record
from minzheng.kernel.indicators import counting_sql
from minzheng.kernel.indicators.marking import unfollowed
from minzheng.kernel.indicators.model import Indicator
from minzheng.kernel.indicators.models import Span, State
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.places.models import AbolishedCode

YEARS_KEPT = 2
"""A first count begins with last year, so that every figure has one to compare with; earlier years on request."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('indicators count'))"
# The count's own transaction stands among those still running: what it changes afterwards has not been counted, though
# PostgreSQL leaves it out of its own snapshots.
_VERSION = """
    SELECT CASE WHEN own >= pg_snapshot_xmax(seen) THEN seen::text
                ELSE format('%s:%s:%s', pg_snapshot_xmin(seen), pg_snapshot_xmax(seen),
                            (SELECT string_agg(running::text, ',' ORDER BY running)
                             FROM (SELECT pg_snapshot_xip(seen) AS running UNION SELECT own) AS r)) END
    FROM (SELECT pg_current_snapshot() AS seen, pg_current_xact_id() AS own) AS now
"""
# Changes that a count made under a snapshot did not see: they were made later, or were not committed yet.
_CHANGED = """
    SELECT s.version, c.table_name
    FROM (SELECT DISTINCT version FROM indicators_state) AS s
    JOIN indicators_change c ON NOT pg_visible_in_snapshot(c.transaction::text::xid8, s.version::pg_snapshot)
    GROUP BY s.version, c.table_name
"""


@dataclass(frozen=True, slots=True)
class Period:
    """One kept period; `day` is the last day of it that counts."""

    span: str
    first: date
    day: date


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did."""

    counted: tuple[str, ...]
    periods: int
    restated: int


@transaction.atomic
def refresh(
    *, on: date, since_year: int | None = None, only: Iterable[str] | None = None, closed: bool = True
) -> Refreshed:
    """Counts what changed since it was last counted, up to and including the day `on`.

    Two refreshes take turns. One set-based statement for each figure counted.

    Args:
        since_year: the first year to keep; the years already kept, or last year, where it is not given.
        only: figures by id; every one where it is not given.
        closed: closed periods too, where something changed since they were counted; without, they wait for the night.
    """
    actor = current_actor()
    if actor is None or actor.kind != SERVICE:
        # A post that sees a part would count a part.
        raise NotPermitted(
            "指标由系统统一计数。Figures are counted by the platform; ask for the job or the command."
        )
    chosen = list(registry().indicators.values())
    if only is not None:
        wanted = set(only)
        chosen = [one for one in chosen if one.id in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_VERSION)
        version = str(cursor.fetchone()[0])
        changed = _changes(cursor)
        unmarked = set(unfollowed(cursor))
    moved = json.dumps(list(_moved(on)))
    states = _states(chosen)
    counted, waiting, periods, restated = [], [], 0, 0
    for indicator in chosen:
        known = states.get(indicator.id, {})
        wanted_periods = periods_until(on, since_year or _first_year(known, on))
        stale = [
            period
            for period in wanted_periods
            if _is_stale(known.get((period.span, period.first)), period, indicator, changed, unmarked)
        ]
        late = [] if closed else [p for p in stale if p.day < on and (p.span, p.first) in known]
        if late:
            waiting.append(indicator.id)
            stale = [period for period in stale if period not in late]
        if not stale:
            continue
        restated += _count(indicator, stale, version=version, moved=moved, on=on)
        counted.append(indicator.id)
        periods += len(stale)
    if only is None:
        _have_seen(version, waiting)
    if counted:
        record(
            "indicators.refresh",
            detail={"figures": len(counted), "periods": periods, "restated": restated, "on": str(on)},
        )
    return Refreshed(tuple(counted), periods, restated)


def periods_until(on: date, since_year: int) -> list[Period]:
    """Every month and year from January of a year to the day.

    >>> [str(p.day) for p in periods_until(date(2022, 2, 3), 2022)]
    ['2022-01-31', '2022-02-03', '2022-02-03']
    """
    months = iter_months(Month(since_year, 1), Month.of(on))
    return [
        *(Period(Span.MONTH, month.first_day, min(month.last_day, on)) for month in months),
        *(
            Period(Span.YEAR, date(year, 1, 1), min(date(year, 12, 31), on))
            for year in range(since_year, on.year + 1)
        ),
    ]


def definition_of(indicator: Indicator) -> str:
    """A digest of how a figure is counted: another declaration counts anew."""
    text = repr((indicator.rows, indicator.kind, indicator.measure, indicator.domain,
                 [dimension.column for dimension in indicator.dimensions]))  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_stale(
    state: State | None,
    period: Period,
    indicator: Indicator,
    changed: set[tuple[str, str]],
    unmarked: set[str],
) -> bool:
    return (
        state is None
        or state.day != period.day
        or any((state.version, table) in changed for table in indicator.tables)
        or state.definition != definition_of(indicator)
        or not unmarked.isdisjoint(indicator.tables)
    )


def _count(indicator: Indicator, asked: list[Period], *, version: str, moved: str, on: date) -> int:
    values: dict[str, Any] = {
        "indicator": indicator.id,
        "domain": indicator.domain,
        "asked": json.dumps([{"span": p.span, "first": str(p.first), "day": str(p.day)} for p in asked]),
        "moved": moved,
        "version": version,
        "definition": definition_of(indicator),
        "on": on,
        "first": min(period.first for period in asked),
        "last": max(period.day for period in asked),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {counting_sql.TEMPORARY}")
        cursor.execute(counting_sql.statement(indicator), values)
        cursor.execute(counting_sql.DIFFERENCES, values)
        restated = int(cursor.rowcount)
        for step in (counting_sql.FORGET, counting_sql.KEEP, counting_sql.REMEMBER):
            cursor.execute(step, values)
    return restated


def _changes(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(_CHANGED)
    return {(version, table) for version, table in cursor.fetchall()}


def _states(chosen: list[Indicator]) -> dict[str, dict[tuple[str, date], State]]:
    found: dict[str, dict[tuple[str, date], State]] = {}
    for state in State.objects.filter(indicator__in=[one.id for one in chosen]):
        found.setdefault(state.indicator, {})[state.span, state.first] = state
    return found


def _first_year(known: dict[tuple[str, date], State], on: date) -> int:
    return min([on.year - YEARS_KEPT + 1, *(first.year for _span, first in known)])


def _moved(on: date) -> Iterable[dict[str, str]]:
    """Abolished codes with the prefix that stands for them on a day, however often it was renamed since."""
    known = {
        row.old_prefix: row.new_prefix
        for row in AbolishedCode.objects.filter(since__lte=on).order_by("since")
    }
    for old in known:
        new = known[old]
        while new in known and known[new] != old:
            new = known[new]
        yield {"old": old, "new": new}


def _have_seen(version: str, waiting: list[str]) -> None:
    """Every period holds as of this snapshot, but for the closed ones that wait; what all have seen need not be remembered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE indicators_state SET version = %s WHERE version <> %s AND indicator <> ALL(%s)",
            [version, version, waiting],
        )
        cursor.execute(
            "DELETE FROM indicators_change c WHERE NOT EXISTS ("
            " SELECT 1 FROM (SELECT DISTINCT version FROM indicators_state) AS s"
            " WHERE NOT pg_visible_in_snapshot(c.transaction::text::xid8, s.version::pg_snapshot))"
        )
