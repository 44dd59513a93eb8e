"""Moving frames in and out of temporary tables, and the outcomes that verbs over many rows return.

COPY does not enter tables under row-level security, so rows are copied into a temporary table and inserted from there:
the policies then judge every row, and one statement serves any number of them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl
from django.db import connection

from minzheng.kernel.storage.bulk import copy_rows, read_frame

_numbers = itertools.count(1)


class Outcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    """Nothing was written: a stronger office or newer news stands."""
    DUPLICATE = "duplicate"
    """The same row came before in the same file."""
    CONFLICT = "conflict"
    """Nothing was written: a person has to look."""
    REFUSED = "refused"
    """Nothing was written: the row cannot be true."""


@dataclass(slots=True)
class RowResult:
    """One row's outcome: what was written, what was kept against it, and why."""

    row: int
    outcome: Outcome
    person_id: int | None = None
    reason: str = ""
    note: str = ""
    applied: list[str] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)


RESULT_SCHEMA = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "outcome": pl.String,
    "reason": pl.String,
    "note": pl.String,
    "applied": pl.String,
    "kept": pl.String,
}


def result_frame(results: Iterable[RowResult]) -> pl.DataFrame:
    """Outcomes as a frame sorted by row; `applied` is comma-separated, `kept` JSON."""
    rows = [
        (
            r.row,
            r.person_id,
            str(r.outcome),
            r.reason,
            r.note,
            ",".join(r.applied),
            json.dumps(r.kept, ensure_ascii=False, default=str) if r.kept else "",
        )
        for r in results
    ]
    return pl.DataFrame(rows, schema=RESULT_SCHEMA, orient="row").sort("row")


def conform(frame: pl.DataFrame, schema: dict[str, Any]) -> pl.DataFrame:
    """The frame with exactly the schema's columns; a missing column holds nulls.

    Raises:
        ValueError: a column the verb does not know.
    """
    unknown = set(frame.columns) - set(schema)
    if unknown:
        raise ValueError(f"unknown columns {sorted(unknown)}; the verb takes {sorted(schema)}")
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def new_stage(columns: dict[str, str]) -> str:
    """A new, empty temporary table of these columns and types; ends with the transaction."""
    name = f"people_stage_{next(_numbers)}"
    typed = ", ".join(f'"{column}" {sql_type}' for column, sql_type in columns.items())
    execute(f"CREATE TEMP TABLE {name} ({typed}) ON COMMIT DROP")
    return name


def stage(columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> str:
    """Copies rows into a new temporary table of these columns and types; returns its name. Ends with the transaction."""
    name = new_stage(columns)
    copy_rows(name, list(columns), rows)
    execute(f"ANALYZE {name}")
    return name


def drop(*tables: str) -> None:
    """Removes temporary tables before the transaction's end, so that long loads do not pile them up."""
    execute(f"DROP TABLE {', '.join(tables)}")


def execute(query: str, parameters: Sequence[Any] = ()) -> int:
    """Runs one statement on the acting connection; returns the rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return int(cursor.rowcount)


def fetch(query: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return list(cursor.fetchall())


def new_ids(table: str, count: int) -> list[int]:
    """That many fresh primary keys of a table, in order."""
    rows = fetch(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
    )
    return [row[0] for row in rows]


def span(start: date | None, end: date | None) -> str:
    """A daterange as COPY writes it; a missing bound is infinite."""
    return f"[{start or ''},{end or ''})"


__all__ = [
    "RESULT_SCHEMA",
    "Outcome",
    "RowResult",
    "conform",
    "drop",
    "execute",
    "fetch",
    "new_ids",
    "new_stage",
    "read_frame",
    "result_frame",
    "span",
    "stage",
]
