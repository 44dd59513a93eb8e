"""Following money (资金追溯): from an order to its entries and the bank's answer, and from a budget line to its orders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from minzheng.kernel.payments.chart import account_name
from minzheng.kernel.payments.models import Order, ReturnRow, Transfer
from minzheng.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """Everything one order went through: its entries, its batch and file, the bank's answers, what came before and after."""

    order: Order
    transfers: list[Transfer]
    files: list[Any]
    answers: list[ReturnRow]
    original: Order | None
    followers: list[Order]

    def as_json(self) -> dict[str, Any]:
        order, batch = self.order, self.order.batch
        return {
            "order": order.end_to_end_id,
            "programme": order.programme,
            "benefit": order.benefit,
            "benefit_month": str(Month.of(order.benefit_month)),
            "accounting_month": str(Month.of(order.accounting_month)),
            "kind": order.kind,
            "state": order.state,
            "amount_fen": order.amount_fen,
            "batch": batch.message_id if batch else None,
            "prepared_by": batch.prepared_by.name if batch else None,
            "approved_by": batch.approved_by.name if batch and batch.approved_by else None,
            "files": [
                {"name": file.name, "sha256": file.sha256, "instruction": file.is_instruction}
                for file in self.files
            ],
            "entries": [
                {
                    "id": entry.pk,
                    "kind": entry.kind,
                    "debit": entry.debit_account,
                    "debit_name": account_name(entry.debit_account),
                    "credit": entry.credit_account,
                    "credit_name": account_name(entry.credit_account),
                    "amount_fen": entry.amount_fen,
                    "on": entry.on.isoformat(),
                    "accounting_month": str(Month.of(entry.accounting_month)),
                    "reverses": entry.reverses_id,
                }
                for entry in self.transfers
            ],
            "bank": [
                {
                    "message": row.file.message_id,
                    "row": row.row_number,
                    "outcome": row.outcome,
                    "reason": row.reason_code,
                    "state": row.state,
                }
                for row in self.answers
            ],
            "original": self.original.end_to_end_id if self.original else None,
            "followers": [follower.end_to_end_id for follower in self.followers],
        }


def trace_order(order_id: int) -> OrderTrace:
    """The whole way of one order.

    Raises:
        Order.DoesNotExist: there is none, or the acting post does not see it.
    """
    order = Order.objects.select_related("batch__prepared_by", "batch__approved_by", "original").get(
        pk=order_id
    )
    return OrderTrace(
        order,
        list(Transfer.objects.filter(order_id=order.pk).order_by("id")),
        list(order.batch.files.select_related("batch").order_by("id")) if order.batch else [],
        list(ReturnRow.objects.select_related("file").filter(order_id=order.pk).order_by("id")),
        order.original,
        list(Order.objects.filter(original_id=order.pk).order_by("sequence")),
    )


def find_order(number: str) -> Order:
    """The order with this number at the bank (`A1M202207S0`) or this row number.

    Raises:
        Order.DoesNotExist: there is none, or the acting post does not see it.
    """
    found = re.fullmatch(r"A(\d{1,18})M(\d{4})(\d{2})S(\d{1,4})", number.strip())
    if found:
        if not (1 <= int(found[3]) <= 12 and int(found[2])):
            raise Order.DoesNotExist(number)
        month = Month(int(found[2]), int(found[3]))
        return Order.objects.get(
            award_id=int(found[1]), benefit_month=month.first_day, sequence=int(found[4])
        )
    return Order.objects.get(pk=int(number) if number.strip().isdecimal() else 0)


_LINE = """
SELECT t.accounting_month, left(t.division_code, 6), t.kind, CASE WHEN t.debit_account = %(account)s THEN 1 ELSE -1 END AS side,
       count(*), sum(t.amount_fen)::bigint
FROM payments_transfer t
WHERE (t.debit_account = %(account)s OR t.credit_account = %(account)s)
  AND (%(month)s::date IS NULL OR t.accounting_month = %(month)s::date)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

# Where the money of a line stands now: the state of the orders that burden it, re-issues in place of what came back.
_STANDS = """
SELECT o.state, count(*), sum(o.amount_fen)::bigint
FROM payments_order o
WHERE o.budget_line = %(line)s AND (%(month)s::date IS NULL OR o.accounting_month = %(month)s::date) AND o.batch_id IS NOT NULL
  AND o.state <> 'reissued'
GROUP BY 1 ORDER BY 1
"""


def trace_budget_line(line: str, *, month: Month | None = None) -> dict[str, Any]:
    """What a budget line was charged and given back, by month, district and kind of entry, and where the money stands.

    Returns:
        `entries`: rows of month, district, kind, orders, fen (given back is negative); `net_fen`; `orders` by state.
    """
    values = {"account": f"budget:{line}", "line": line, "month": month.first_day if month else None}
    with connection.cursor() as cursor:
        cursor.execute(_LINE, values)
        entries = [
            {
                "month": str(Month.of(first)),
                "district": district,
                "kind": kind,
                "orders": count,
                "fen": side * fen,
            }
            for first, district, kind, side, count, fen in cursor.fetchall()
        ]
        cursor.execute(_STANDS, values)
        orders = [{"state": state, "orders": count, "fen": fen} for state, count, fen in cursor.fetchall()]
    return {
        "line": line,
        "account": account_name(f"budget:{line}"),
        "entries": entries,
        "net_fen": sum(entry["fen"] for entry in entries),
        "orders": orders,
    }
