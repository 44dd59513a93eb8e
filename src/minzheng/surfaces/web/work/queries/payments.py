"""Figures of the payment pages: what waits, by programme and month, each in one query over the acting post's orders."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Left

from minzheng.kernel.payments.models import Batch, MonthClose, Order, ReturnRow
from minzheng.kernel.periods import Month


def closed_months() -> set[date]:
    return set(MonthClose.objects.values_list("month", flat=True))


def not_closed() -> QuerySet[Order]:
    """Orders of the months that still take entries: what is open never lies in a closed one, so older years stay unread."""
    last = MonthClose.objects.order_by("-month").values_list("month", flat=True).first()
    return Order.objects.filter(accounting_month__gt=last) if last else Order.objects.all()


def held_count() -> int:
    return not_closed().filter(state="held").count()


def by_programme(month: date) -> list[dict[str, Any]]:
    """Orders of one accounting month by programme: waiting, held, in batches, paid, come back; amounts beside counts."""

    def count(*states: str) -> Count:
        return Count("id", filter=Q(state__in=states))

    def fen(*states: str) -> Sum:
        return Sum("amount_fen", filter=Q(state__in=states), default=0)

    return list(
        Order.objects.filter(accounting_month=month)
        .exclude(state="cancelled")
        .values("programme")
        .annotate(
            orders=Count("id"),
            fen=Sum("amount_fen", default=0),
            drafted=count("drafted"),
            drafted_fen=fen("drafted"),
            held=count("held"),
            held_fen=fen("held"),
            batched=count("in_batch", "sent"),
            batched_fen=fen("in_batch", "sent"),
            paid=count("paid"),
            paid_fen=fen("paid"),
            returned=count("returned"),
            returned_fen=fen("returned"),
        )
        .order_by("programme")
    )


def batches(month: date | None = None) -> QuerySet[Batch]:
    found = Batch.objects.select_related("prepared_by", "approved_by").order_by(
        "-accounting_month", "programme", "-number"
    )
    return found.filter(accounting_month=month) if month else found


def earlier_batch(batch: Batch) -> Batch | None:
    """The batch of the same programme and place that was paid last before this one, to compare with."""
    return (
        Batch.objects.filter(
            programme=batch.programme,
            division_code=batch.division_code,
            accounting_month__lt=batch.accounting_month,
        )
        .exclude(state="withdrawn")
        .order_by("-accounting_month", "-number")
        .first()
    )


def batch_parts(batch: Batch) -> list[dict[str, Any]]:
    """A batch by benefit and kind of order."""
    return list(
        batch.orders.values("benefit", "kind")
        .annotate(orders=Count("id"), fen=Sum("amount_fen", default=0))
        .order_by("benefit", "kind")
    )


def batch_places(batch: Batch, *, length: int = 6) -> list[dict[str, Any]]:
    """A batch by district (6), street (9) or committee (12), the largest sum first, at most fifty."""
    return list(
        batch.orders.annotate(place=Left("division_code", length))
        .values("place")
        .annotate(orders=Count("id"), fen=Sum("amount_fen", default=0))
        .order_by("-fen", "place")[:50]
    )


def batch_states(batch: Batch) -> dict[str, int]:
    """How many of a batch's orders stand in each state."""
    return dict(batch.orders.values("state").annotate(n=Count("id")).values_list("state", "n"))


def settled_returns() -> QuerySet[ReturnRow]:
    return (
        ReturnRow.objects.filter(outcome="returned")
        .exclude(state="open")
        .select_related("order", "file")
        .order_by("-id")
    )


def waiting_batches(states: tuple[str, ...], limit: int = 8) -> list[Batch]:
    """Batches that wait for somebody's next step, the oldest first."""
    return list(
        Batch.objects.filter(state__in=states)
        .select_related("prepared_by")
        .order_by("accounting_month", "id")[:limit]
    )


def waiting_drafts(limit: int = 12) -> list[dict[str, Any]]:
    """Drafted orders that no batch holds yet, by month and programme."""
    return list(
        not_closed()
        .filter(state="drafted")
        .values("accounting_month", "programme")
        .annotate(orders=Count("id"), fen=Sum("amount_fen", default=0))
        .order_by("accounting_month", "programme")[:limit]
    )


def month_of(text: str) -> Month | None:
    """A month as an address carries it; None for anything else."""
    try:
        return Month.parse(text)
    except (ValueError, TypeError):
        return None
