"""One run at a time, and progress that others can read while it works.

Both need a connection of their own: the lock must outlive each step's transaction and vanish with a killed process,
and progress written inside a step's transaction would stay unseen until its end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from minzheng.kernel.monthend.errors import MonthBusy

_KEY = "hashtext('minzheng month run')"


class Side:
    """A second connection beside Django's, committing at once."""

    def __init__(self, native: psycopg.Connection) -> None:
        self._native = native
        self._last: dict[int, float] = {}

    def progress(self, step_id: int, done: int, total: int) -> None:
        """Writes a step's progress, at most twice a second; only where the step is already on record."""
        now = time.monotonic()
        if done < total and now - self._last.get(step_id, 0.0) < 0.5:
            return
        self._last[step_id] = now
        self._native.execute(
            "UPDATE monthend_monthstep SET done = %s, total = %s WHERE id = %s", [done, total, step_id]
        )


@contextmanager
def only_run(*, wait: bool) -> Iterator[Side]:
    """Holds the lock of month end for the time of the block.

    Raises:
        MonthBusy: another process holds it and `wait` is false.
    """
    settings = connection.settings_dict
    options = {k: v for k, v in settings["OPTIONS"].items() if k not in ("application_name", "pool")}
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        dbname=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        application_name="minzheng month run",
        autocommit=True,
        **options,
    ) as native:
        if wait:
            native.execute(f"SELECT pg_advisory_lock({_KEY})")
        else:
            row = native.execute(f"SELECT pg_try_advisory_lock({_KEY})").fetchone()
            if row is None or not row[0]:
                raise MonthBusy(
                    "另一个月度办理正在进行，请稍后再试或查看进度 / another month run is at work; see `minzheng month status`"
                )
        yield Side(native)
