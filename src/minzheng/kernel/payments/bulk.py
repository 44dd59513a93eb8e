"""Statements over many rows: how the database is told that it is one of those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def for_many_rows(**planner: str) -> Iterator[None]:
    """Gives the block's statements memory for a month end, and planner settings; both end with the block.

    What a statement changed is kept for its triggers; with the ordinary few megabytes it would go through files.
    """
    chosen = {"work_mem": "256MB", **planner}
    with connection.cursor() as cursor:
        before = {}
        for name, value in chosen.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            before[name] = cursor.fetchone()[0]
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        # An exception rolls the settings back with the transaction or savepoint.
        yield
        for name, value in before.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
