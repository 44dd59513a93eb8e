"""What moved through each account (科目发生额): kept for closed months, summed from the entries for the open ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.periods import Month, iter_months

# A district's six digits: no post that looks at the books stands below a district.
BY_DISTRICT = """
    SELECT accounting_month, account, programme, left(division_code, 6) AS district, sum(debit)::bigint AS debit_fen,
      sum(credit)::bigint AS credit_fen
    FROM (SELECT accounting_month, debit_account AS account, programme, division_code, amount_fen AS debit, 0 AS credit
          FROM payments_transfer {where}
          UNION ALL SELECT accounting_month, credit_account, programme, division_code, 0, amount_fen
          FROM payments_transfer {where}) AS entry
    GROUP BY 1, 2, 3, 4
"""
_OPEN = (
    "WHERE accounting_month < %(first)s OR accounting_month > %(last)s OR accounting_month = ANY(%(between)s)"
)


@dataclass(frozen=True, slots=True)
class AccountTurnover:
    """One account: what was debited and credited since the books were opened, in fen."""

    account: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Positive where it stands in debit."""
        return self.debit_fen - self.credit_fen


def keep_turnover(month: Month) -> None:
    """Sums a month that is being closed, in the transaction that closes it; for a post that sees all of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_turnover (month, account, programme, division_code, debit_fen, credit_fen)"
            + BY_DISTRICT.format(where="WHERE accounting_month = %(month)s"),
            {"month": month.first_day},
        )


def account_turnover() -> list[AccountTurnover]:
    """Every account of the acting post's scope with its turnover, in order of its code.

    Costs the entries of the open months and a few rows for each closed one, however long the books have been kept.
    """
    closed = [Month.of(day) for day in MonthClose.objects.order_by("month").values_list("month", flat=True)]
    where = _OPEN if closed else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT account, sum(debit_fen)::bigint, sum(credit_fen)::bigint FROM (
                  SELECT account, debit_fen, credit_fen FROM payments_turnover
                  UNION ALL SELECT account, debit_fen, credit_fen FROM ({BY_DISTRICT.format(where=where)}) AS open_month
                ) AS every GROUP BY 1 ORDER BY 1""",
            _bounds(closed),
        )
        return [AccountTurnover(*row) for row in cursor.fetchall()]


def _bounds(closed: Sequence[Month]) -> dict[str, Any]:
    if not closed:
        return {}
    between = set(iter_months(closed[0], closed[-1])) - set(closed)
    return {
        "first": closed[0].first_day,
        "last": closed[-1].first_day,
        "between": [month.first_day for month in sorted(between)],
    }
