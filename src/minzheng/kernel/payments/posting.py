"""Posting (记账): transfers for many orders in one statement, and the counter-entry of what was posted wrongly."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.payments.chart import POSTINGS
from minzheng.kernel.periods import Month

_COLUMNS = """debit_account, credit_account, amount_fen, kind, order_id, batch_id, "on", accounting_month,
  programme, division_code"""


def post(kind: str, *, where: str, values: dict[str, Any], on: date, month: Month | None = None) -> int:
    """Post one kind of transfer for every order `o` that fulfils a condition; returns how many.

    The key (order, kind, batch) is unique, so a second posting of the same step fails as a whole instead of counting
    money twice.

    Args:
        where: SQL over `payments_order o`, written in this block, never from outside.
        month: the accounting month; by default the order's own.
    """
    debit, credit = POSTINGS[kind]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO payments_transfer ({_COLUMNS})
            SELECT {debit}, {credit}, o.amount_fen, %(kind)s, o.id, o.batch_id, %(on)s::date,
                   coalesce(%(month)s::date, o.accounting_month), o.programme, o.division_code
            FROM payments_order o WHERE {where} ORDER BY o.id
            """,
            {**values, "kind": kind, "on": on, "month": month.first_day if month else None},
        )
        return cursor.rowcount


def reverse_transfers(*, batch_id: int, kind: str, on: date, month: Month) -> int:
    """Add the counter-entry (红字冲销) of every transfer of one kind of a batch; returns how many.

    The first entry stays. Each can be reversed once, which the database holds.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO payments_transfer ({_COLUMNS}, reverses_id)
            SELECT t.credit_account, t.debit_account, t.amount_fen, 'reversal', t.order_id, t.batch_id, %s::date, %s::date,
                   t.programme, t.division_code, t.id
            FROM payments_transfer t WHERE t.batch_id = %s AND t.kind = %s
            """,
            [on, month.first_day, batch_id, kind],
        )
        return cursor.rowcount
