"""Readings of payments for screens and reports. Row-level security decides what the acting post sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.models import Batch, Order, ReturnFile, ReturnRow
from minzheng.kernel.payments.trace import find_order, trace_budget_line, trace_order
from minzheng.kernel.periods import Month

__all__ = [
    "batch_detail",
    "batches",
    "differences",
    "find_order",
    "held_orders",
    "month_totals",
    "open_overpayments",
    "open_returns",
    "orders_of_batch",
    "payments_of_award",
    "payments_of_person",
    "recent_months",
    "refused_rows",
    "return_files",
    "trace_budget_line",
    "trace_order",
    "waiting",
]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one programme and district are paid in a month, against the month before."""

    programme: str
    benefit: str
    district: str
    orders: int
    fen: int
    orders_before: int
    fen_before: int

    @property
    def change_fen(self) -> int:
        return self.fen - self.fen_before

    @property
    def change_orders(self) -> int:
        return self.orders - self.orders_before


def batches(*, month: Month | None = None, programme: str | None = None) -> QuerySet[Batch]:
    """Batches with who prepared and approved them, newest month first; each carries its count and sum."""
    found = Batch.objects.select_related("prepared_by", "approved_by").order_by(
        "-accounting_month", "programme", "-number"
    )
    if month:
        found = found.filter(accounting_month=month.first_day)
    return found.filter(programme=programme) if programme else found


def orders_of_batch(batch: Batch) -> QuerySet[Order]:
    """The orders of a batch in order of number, for a page of them. Found by month and programme: see the index."""
    return Order.objects.filter(
        accounting_month=batch.accounting_month, programme=batch.programme, batch_id=batch.pk
    ).order_by("id")


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch, its orders by kind, by state and by district, its files."""

    batch: Batch
    kinds: list[dict[str, Any]]
    states: list[dict[str, Any]]
    districts: list[dict[str, Any]]
    files: list[Any]


def batch_detail(batch_id: int) -> BatchDetail:
    """What an approver reads before approving.

    Raises:
        Batch.DoesNotExist: there is none, or the acting post does not see it.
    """
    batch = Batch.objects.select_related("prepared_by", "approved_by").get(pk=batch_id)
    orders = orders_of_batch(batch).order_by()
    sums = {"orders": Count("id"), "fen": Sum("amount_fen")}
    return BatchDetail(
        batch,
        list(orders.values("kind").annotate(**sums).order_by("kind")),
        list(orders.values("state").annotate(**sums).order_by("state")),
        _by_district(batch),
        list(batch.files.select_related("batch").order_by("id")),
    )


def _by_district(batch: Batch) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT left(division_code, 6), count(*), sum(amount_fen)::bigint FROM payments_order
               WHERE accounting_month = %s AND programme = %s AND batch_id = %s GROUP BY 1 ORDER BY 1""",
            [batch.accounting_month, batch.programme, batch.pk],
        )
        return [{"district": place, "orders": count, "fen": fen} for place, count, fen in cursor.fetchall()]


def waiting(*, month: Month) -> list[dict[str, Any]]:
    """Drafted and held orders of a month by programme: what could go into a batch now."""
    return list(
        Order.objects.filter(accounting_month=month.first_day, state__in=["drafted", "held"])
        .values("programme")
        .annotate(
            drafted=Count("id", filter=Q(state="drafted")),
            drafted_fen=Sum("amount_fen", filter=Q(state="drafted"), default=0),
            held=Count("id", filter=Q(state="held")),
        )
        .order_by("programme")
    )


def held_orders(*, month: Month | None = None) -> QuerySet[Order]:
    """Orders that cannot be paid yet, with why (`hold_reason`)."""
    found = (
        Order.objects.filter(state=Order.State.HELD).select_related("person").order_by("division_code", "id")
    )
    return found.filter(accounting_month=month.first_day) if month else found


def month_totals(*, month: Month) -> list[dict[str, Any]]:
    """Orders and sums of an accounting month by programme, benefit and state."""
    return list(
        Order.objects.filter(accounting_month=month.first_day)
        .exclude(state=Order.State.CANCELLED)
        .values("programme", "benefit", "state")
        .annotate(orders=Count("id"), fen=Sum("amount_fen"))
        .order_by("programme", "benefit", "state")
    )


# Digits of a code: six make a district, nine a street, twelve a committee.
_DIGITS = {"district": 6, "street": 9, "committee": 12}


def differences(
    *, month: Month, before: Month | None = None, programme: str | None = None, level: str = "district"
) -> list[Difference]:
    """What a month pays against another (the one before by default), by benefit and place; cancelled and held ones left out.

    A re-issue counts no second time: its money was counted when it was first ordered. For a quarterly benefit give the
    quarter's month before.
    """
    earlier = before or month - 1
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT programme, benefit, left(division_code, %(digits)s),
                 count(*) FILTER (WHERE accounting_month = %(month)s),
                 coalesce(sum(amount_fen) FILTER (WHERE accounting_month = %(month)s), 0)::bigint,
                 count(*) FILTER (WHERE accounting_month = %(before)s),
                 coalesce(sum(amount_fen) FILTER (WHERE accounting_month = %(before)s), 0)::bigint
               FROM payments_order
               WHERE accounting_month IN (%(month)s, %(before)s) AND state NOT IN ('cancelled', 'held')
                 AND kind <> 'reissue' AND (%(programme)s::text IS NULL OR programme = %(programme)s)
               GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            {
                "month": month.first_day,
                "before": earlier.first_day,
                "programme": programme,
                "digits": _DIGITS[level],
            },
        )
        return [Difference(*row) for row in cursor.fetchall()]


def open_returns(*, programme: str | None = None) -> QuerySet[ReturnRow]:
    """Returned payments that wait to be re-issued or given up, oldest first."""
    found = (
        ReturnRow.objects.filter(state=ReturnRow.State.OPEN)
        .select_related("file", "order__person")
        .order_by("id")
    )
    return found.filter(programme=programme) if programme else found


def return_files() -> QuerySet[ReturnFile]:
    """The bank's answers, newest first; their rows are `answers`."""
    return ReturnFile.objects.select_related("imported_by").order_by("-id")


def refused_rows(file: ReturnFile) -> QuerySet[ReturnRow]:
    """Rows of an answer that were not taken, with why (`outcome`)."""
    return file.answers.exclude(outcome__in=["settled", "returned"]).order_by("row_number")


def payments_of_person(person_id: int) -> QuerySet[Order]:
    """A person's payments, newest first; a resident sees their own. Dropped drafts are left out."""
    return (
        Order.objects.filter(person_id=person_id)
        .exclude(state=Order.State.CANCELLED, batch__isnull=True)
        .order_by("-accounting_month", "-benefit_month", "-id")
    )


def payments_of_award(award_id: int) -> QuerySet[Order]:
    """The orders of one award by month and sequence."""
    return Order.objects.filter(award_id=award_id).order_by("benefit_month", "sequence")


def open_overpayments(*, programme: str | None = None) -> QuerySet[Overpayment]:
    """What was paid beyond what was due and waits to be recovered."""
    found = Overpayment.objects.filter(state="open").select_related("award__person").order_by("month", "id")
    return found.filter(programme=programme) if programme else found


# From each month to the one before it by the index, so that no page reads a city's orders to name two years of months.
_MONTHS = """
WITH RECURSIVE found AS (
  (SELECT accounting_month FROM payments_order ORDER BY accounting_month DESC LIMIT 1)
  UNION ALL
  SELECT (SELECT o.accounting_month FROM payments_order o WHERE o.accounting_month < f.accounting_month
          ORDER BY o.accounting_month DESC LIMIT 1)
  FROM found f WHERE f.accounting_month IS NOT NULL
)
SELECT accounting_month FROM found WHERE accounting_month IS NOT NULL LIMIT %s
"""


def recent_months(at_most: int = 24) -> list[date]:
    """The newest accounting months that have orders, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [at_most])
        return [month for (month,) in cursor.fetchall()]
