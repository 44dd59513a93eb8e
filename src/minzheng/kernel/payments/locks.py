"""Advisory locks of the payments block, taken in this order: draft, then month, then batch rows.

A closing month is held exclusively and everything that writes into a month shares it, so that nothing slips into a
month between its check and its closing. The trigger on the tables takes the same shared lock.
"""

from __future__ import annotations

from django.db import connection

from minzheng.kernel.periods import Month

DRAFTING, MONTH, PREPARING, RETURNS = 7_401, 7_402, 7_403, 7_404


def hold(kind: int, key: int) -> None:
    """Waits for the lock and keeps it to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, key])


def hold_month(month: Month) -> None:
    """Keeps everyone else from writing into an accounting month."""
    hold(MONTH, month.index)


def share_month(month: Month) -> None:
    """Lets others write into an accounting month too, but nobody close it, to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [MONTH, month.index])
