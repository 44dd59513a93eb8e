"""The orders of a batch as a stream of lines for the bank, each order in the order of its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from minzheng.kernel.storage.bulk import raw_connection

# What XML 1.0 cannot carry and a bank's list must not: control characters and lone surrogates.
UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

END_TO_END = "'A' || o.award_id || 'M' || to_char(o.benefit_month, 'YYYYMM') || 'S' || o.sequence"
YUAN = "(o.amount_fen / 100) || '.' || lpad(mod(o.amount_fen, 100)::text, 2, '0')"

_LINES = f"""
SELECT {END_TO_END}, {YUAN}, o.amount_fen, o.payee_name, o.account_number, o.bank,
       to_char(o.benefit_month, 'YYYY-MM') || ' ' || o.benefit
FROM payments_order o WHERE o.batch_id = %s ORDER BY o.id
"""


class Line(NamedTuple):
    """One payment as the bank reads it; amounts in yuan as text, and in fen for the control sum."""

    end_to_end_id: str
    yuan: str
    fen: int
    payee: str
    account: str
    bank: str
    purpose: str


def lines(batch_id: int) -> Iterator[tuple[str, str, int, str, str, str, str]]:
    """The payments of a batch, in the columns of `Line`, read in blocks so that a million of them never stand in memory."""
    with raw_connection().cursor(name="payments_lines") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_LINES, [batch_id])
        yield from cursor


def clean(text: str, limit: int) -> str:
    """Text without what cannot be written, cut to the length the bank takes."""
    return UNWRITABLE.sub("", text)[:limit]
