"""Many rows at once, in and out, by COPY on Django's own connection, so that they belong to the acting transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import polars as pl
import psycopg
from django.db import connection
from psycopg import sql

_PART = 64 * 2**20
"""Bytes of a query's text that are made a frame at once."""
_SESSION = ("app.post", "app.resident", "app.key", "enable_nestloop")
"""What a second session takes over from the first: who acts, and how sets are joined."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query, what is bound in it, and the columns that come of it."""

    text: str
    parameters: Sequence[Any] | Mapping[str, Any]
    schema: dict[str, Any]


def raw_connection() -> psycopg.Connection:
    """The psycopg connection under Django's; opened if need be."""
    connection.ensure_connection()
    return cast("psycopg.Connection", connection.connection)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Adds rows to a table by COPY; returns how many. Values may be Python objects psycopg knows."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with raw_connection().cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def copy_frame(table: str, frame: pl.DataFrame) -> int:
    """Adds a frame's rows to the table's columns of the same names; nulls stay null, empty text stays empty."""
    buffer = BytesIO()
    # An unquoted empty field is null and a quoted one is empty text, for both sides.
    frame.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with raw_connection().cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(buffer.getbuffer())
    return frame.height


def read_frame(
    query: str, parameters: Sequence[Any] | Mapping[str, Any] = (), *, schema: dict[str, Any]
) -> pl.DataFrame:
    """The rows of a query as a frame of the given schema, moved by COPY; parameters are bound by psycopg.

    Beside the frame no more than a part of its text is ever held.
    """
    return _read(raw_connection(), Query(query, parameters, schema))


def read_frames(queries: Sequence[Query], *, beside: bool = False) -> list[pl.DataFrame]:
    """The rows of several queries, in their order.

    Args:
        beside: a second session acts as the first does and takes from the end while the first takes from the beginning, so
            that two cores read. It sees what is committed and nothing that the acting transaction itself has changed.
    """
    found: dict[int, pl.DataFrame] = {}
    waiting = deque(enumerate(queries))

    def work(native: psycopg.Connection, take: Callable[[], tuple[int, Query]]) -> None:
        with suppress(IndexError):
            while True:
                at, query = take()
                found[at] = _read(native, query)

    if beside:
        with _second_session() as other, ThreadPoolExecutor(1) as pool:
            helping = pool.submit(work, other, waiting.pop)
            work(raw_connection(), waiting.popleft)
            helping.result()
    else:
        work(raw_connection(), waiting.popleft)
    return [found[at] for at in range(len(queries))]


@contextmanager
def _second_session() -> Iterator[psycopg.Connection]:
    """Another session of the same role that reads as whoever acts, by the same plans; it can write nothing."""
    names = list(_SESSION)
    kept = raw_connection().execute(
        "SELECT array_agg(coalesce(current_setting(name, true), '') ORDER BY at)"
        " FROM unnest(%s::text[]) WITH ORDINALITY AS kept(name, at)",
        [names],
    )
    (values,) = cast("tuple[list[str]]", kept.fetchone())
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SET TRANSACTION READ ONLY")
        other.execute(
            "SELECT set_config(name, value, true) FROM unnest(%s::text[], %s::text[]) AS kept(name, value)",
            [names, values],
        )
        yield other


def _read(native: psycopg.Connection, query: Query) -> pl.DataFrame:
    schema = query.schema
    bound = psycopg.ClientCursor(native).mogrify(query.text, query.parameters or None)
    buffer, parts = BytesIO(), []
    with (
        native.cursor() as cursor,
        cursor.copy(cast("Any", f"COPY ({bound}) TO STDOUT (FORMAT csv)")) as copy,
    ):
        for block in copy:  # A block ends where a row ends.
            buffer.write(block)
            if buffer.tell() > _PART:
                parts.append(_parsed(buffer, schema))
                buffer = BytesIO()
    if buffer.tell() or not parts:
        parts.append(_parsed(buffer, schema))
    return parts[0] if len(parts) == 1 else pl.concat(parts)


def _parsed(buffer: BytesIO, schema: dict[str, Any]) -> pl.DataFrame:
    if buffer.tell() == 0:
        return pl.DataFrame(schema=schema)
    buffer.seek(0)
    booleans = [name for name, dtype in schema.items() if dtype == pl.Boolean]
    # PostgreSQL writes booleans as t and f, which a CSV reader does not know.
    frame = pl.read_csv(
        buffer,
        has_header=False,
        new_columns=list(schema),
        schema={name: pl.String if name in booleans else dtype for name, dtype in schema.items()},
    )
    return frame.with_columns([(pl.col(name) == "t").alias(name) for name in booleans])


@contextmanager
def joined_by_hashing() -> Iterator[None]:
    """Joins sets by hashing within the block, as a service's bulk work does (decision 0007)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop')")
        (before,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [before])


def refresh_statistics(*tables: str) -> None:
    """Tells the planner how full these tables are now; call it after filling them, before joining them.

    The server does so by itself, but only after a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT storage_refresh_statistics(%s)", [list(tables)])
