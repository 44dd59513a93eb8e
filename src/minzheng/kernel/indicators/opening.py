"""Opening a figure to its rows (查看明细): read from the records under the reader's own rights, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.access import require
from minzheng.kernel.indicators.counting_sql import probe
from minzheng.kernel.indicators.model import Indicator, Kind, Measure
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.places.queries import scope

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One thing counted, with its place, day, parts and sum; `key` is what its own page is asked by."""

    id: int
    on_day: date
    division_code: str
    key: int
    amount: int | None
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, the latest first; `after` continues below them, or is None at the end."""

    rows: list[Row]
    after: tuple[date, int] | None


def rows(
    indicator: Indicator,
    asked: Asked,
    *,
    until: date,
    dimension: str = "",
    part: str = "",
    after: tuple[date, int] | None = None,
    size: int = PAGE,
) -> Page:
    """The rows behind a figure, by today's places; only as far as the acting post sees them.

    Args:
        until: the last day that counted; a stock is read on it.
        dimension, part: only the rows of one part.
        after: day and id of the last row of the page before.

    Raises:
        NotPermitted: the rows are people, and the post may see counts only.
        ValueError: the figure has no such dimension.
    """
    require("statistics.look")
    if indicator.names_people:
        require("people.look")
    columns = [one.column for one in indicator.dimensions]
    if dimension and dimension not in columns:
        raise ValueError(f"{indicator.id}: 没有分组 {dimension} / no such dimension; there are {columns}")
    low, high = scope(asked.place)
    values: dict[str, Any] = _days(indicator, asked, until) | {
        "low": low, "high": high, "part": part, "size": size + 1,
        "after_day": after[0] if after else None, "after_id": after[1] if after else None,
    }  # fmt: skip
    amount = "r.amount" if indicator.measure is Measure.SUM else "NULL::bigint"
    parts = "".join(f", coalesce(r.{name}::text, '')" for name in columns)
    narrowed = f" AND coalesce(r.{dimension}::text, '') = %(part)s" if dimension else ""
    older = " AND (r.on_day, r.id) < (%(after_day)s, %(after_id)s)" if after else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.on_day, r.division_code, r.{indicator.opens_by}, {amount}{parts}"
            f" FROM ({indicator.rows}) AS r WHERE r.division_code >= %(low)s AND r.division_code < %(high)s"
            f"{narrowed}{older} ORDER BY r.on_day DESC, r.id DESC LIMIT %(size)s",
            values,
        )
        found = [
            Row(line[0], line[1], line[2], line[3], line[4], dict(zip(columns, line[5:], strict=True)))
            for line in cursor.fetchall()
        ]
    more = found[size - 1] if len(found) > size else None
    return Page(found[:size], (more.on_day, more.id) if more else None)


_TYPES = {20: "bigint", 1082: "date", 25: "text", 1043: "text", 23: "integer", 21: "smallint"}
_EXPECTED = {
    "id": {"bigint"},
    "on_day": {"date"},
    "division_code": {"text"},
    "amount": {"bigint"},
    "counted": {"bigint"},
}


def faults_of_rows(indicator: Indicator) -> Iterator[str]:
    """What the database says about a figure's SELECT: columns that are missing or of another type than declared."""
    wanted = ["id", "on_day", "division_code", indicator.opens_by, *(d.column for d in indicator.dimensions)]
    wanted += {Measure.SUM: ["amount"], Measure.DISTINCT: ["counted"]}.get(indicator.measure, [])
    day = date(2022, 12, 31)
    with connection.cursor() as cursor:
        cursor.execute(probe(indicator), {"first": day, "last": day, "on": day})
        found = {
            column.name: _TYPES.get(column.type_code, str(column.type_code)) for column in cursor.description
        }
    for name in dict.fromkeys(wanted):
        if name not in found:
            yield f"{indicator.id}: rows 缺少列 {name} / no such column in its rows; there are {sorted(found)}"
        elif found[name] not in _EXPECTED.get(name, {found[name]}):
            yield f"{indicator.id}: 列 {name} 的类型为 {found[name]} / of this type, expected {_EXPECTED[name]}"


def _days(indicator: Indicator, asked: Asked, until: date) -> dict[str, date]:
    last = min(asked.last, until)
    return {"on": last} if indicator.kind is Kind.STOCK else {"first": asked.first, "last": last}
