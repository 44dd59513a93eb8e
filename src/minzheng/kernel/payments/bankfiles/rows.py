"""The lines of a bank file, written by the database itself and passed on as a stream.

A layout gives one SQL expression, or the columns of a CSV line, over an order `o`. The database writes the text of each
payment and COPY carries the blocks: no payment becomes a Python object, and no file stands in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from psycopg import ClientCursor

from minzheng.kernel.payments.batches import OF_BATCH, of_batch
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.storage.bulk import raw_connection

END_TO_END = "'A' || o.award_id || 'M' || to_char(o.benefit_month, 'YYYYMM') || 'S' || o.sequence"
YUAN = "(o.amount_fen / 100) || '.' || lpad(mod(o.amount_fen, 100)::text, 2, '0')"
PURPOSE = "to_char(o.benefit_month, 'YYYY-MM') || ' ' || o.benefit"

# What XML 1.0 cannot carry and a bank's list must not: control characters and what is no character.
_UNWRITABLE = r"[\u0001-\u001f\u007f-\u009f\ufffe\uffff]"
_UNWRITABLE_HERE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_sql(column: str, limit: int) -> str:
    """SQL for a text without what cannot be written, cut to the length the bank takes."""
    return f"left(regexp_replace({column}, '{_UNWRITABLE}', '', 'g'), {limit})"


def clean(text: str, limit: int) -> str:
    """The same for a text of our own."""
    return _UNWRITABLE_HERE.sub("", text)[:limit]


def copy_lines(put: Callable[[bytes], object], line: str, batch: Batch, *, csv: bool) -> int:
    """Write a line for each order of a batch, in the order of their numbers; returns how many lines were written.

    Args:
        line: an SQL expression whose text holds neither a newline nor a backslash, or columns for a CSV line.
    """
    native = raw_connection()
    query = ClientCursor(native).mogrify(
        f"SELECT {line.replace('%', '%%')} FROM payments_order o WHERE {OF_BATCH} ORDER BY o.id",
        of_batch(batch),
    )
    count = 0
    form = " (FORMAT csv)" if csv else ""
    with native.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT{form}") as copy:  # type: ignore[arg-type]
        rows = iter(copy)
        # COPY hands over one line at a time; joined, they cost a write and a hash per block instead of per line.
        while block := b"".join(islice(rows, 200)):
            put(block)
            count += block.count(b"\n")
    return count
