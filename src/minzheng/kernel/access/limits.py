"""How often something may be asked within a minute, counted in PostgreSQL so that it holds over several processes."""

from __future__ import annotations

import hashlib
import random
import time

from django.conf import settings
from django.db import connection

from minzheng.kernel.access.errors import LimitExceeded

_COUNT = """
    INSERT INTO access_requestcount (key, minute, count) VALUES (%s, %s, 1)
    ON CONFLICT (key, minute) DO UPDATE SET count = access_requestcount.count + 1 RETURNING count
"""


def _now() -> float:
    return time.time()


def limit(key: str, per_minute: int, *, now: float | None = None) -> None:
    """Counts one request under a key such as `login:10.0.0.8`; refuses the ones above the limit (限流).

    The key is kept as a digest, because it may hold an address or a name. Inside a transaction the count belongs to
    it: requests of one key then wait for each other, and one that is rolled back does not count.

    Args:
        now: seconds since 1970; the clock where not given.

    Raises:
        LimitExceeded: more than `per_minute` within this minute.
    """
    if not getattr(settings, "MINZHENG_RATE_LIMITS", True):
        return
    minute = int((_now() if now is None else now) // 60)
    digest = hashlib.sha256(key.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [digest, minute])
        (count,) = cursor.fetchone()
        if random.random() < 0.02:
            cursor.execute("DELETE FROM access_requestcount WHERE minute < %s", [minute - 60])
    if count > per_minute:
        raise LimitExceeded("请求过于频繁，请一分钟后再试。Too many requests; try again in a minute.")
