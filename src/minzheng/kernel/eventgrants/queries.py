"""Named readings of grants by event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Min, QuerySet, Sum

from minzheng.kernel.access import Actor
from minzheng.kernel.eventgrants.models import Activation, Entry


def proposals_for(actor: Actor, programme: str) -> dict[str, Any]:
    """`count` and earliest `month` of the starts that another official proposed and that wait for this one."""
    found = Activation.objects.filter(programme=programme, state=Activation.State.PROPOSED)
    return found.exclude(proposed_by=actor.official_id).aggregate(count=Count("id"), month=Min("month"))


@dataclass(frozen=True, slots=True)
class Row:
    """One activation with its list as it is and what became of its money, in fen.

    `paid_on` is the day on which the bank had answered for the last batch that was paid.
    """

    activation: Activation
    late: int
    struck: int
    ordered_fen: int
    paid: int
    paid_fen: int
    held: int
    paid_on: date | None

    @property
    def is_paid(self) -> bool:
        return self.activation.state == Activation.State.APPROVED and 0 < self.ordered_fen == self.paid_fen

    @property
    def is_in_time(self) -> bool:
        """Everything was paid by the day to be paid by."""
        by, on = self.activation.pay_by, self.paid_on
        return self.is_paid and by is not None and on is not None and on <= by

    def is_overdue(self, on: date) -> bool:
        """The day to be paid by has passed and not everything is paid."""
        return self.activation.pay_by is not None and self.activation.pay_by < on and not self.is_paid


def activations(programme: str) -> QuerySet[Activation]:
    """A programme's activations within the acting post's scope, the latest month first."""
    return (
        Activation.objects.filter(programme=programme)
        .select_related("proposed_by", "approved_by")
        .order_by("-month", "-id")
    )


_MONEY = """
    SELECT o.benefit, o.benefit_month, coalesce(sum(o.amount_fen) FILTER (WHERE o.kind <> 'reissue'), 0)::bigint,
      count(*) FILTER (WHERE o.state = 'paid'),
      coalesce(sum(o.amount_fen) FILTER (WHERE o.state = 'paid'), 0)::bigint,
      count(*) FILTER (WHERE o.state = 'held'), max(b.settled_on) FILTER (WHERE o.state = 'paid')
    FROM payments_order o LEFT JOIN payments_batch b ON b.id = o.batch_id
    WHERE o.programme = %s AND o.benefit_month = ANY(%s) AND o.state <> 'cancelled'
    GROUP BY o.benefit, o.benefit_month
"""


def rows(programme: str) -> list[Row]:
    """Every activation with its figures: a mechanism starts a few times a year, so all fit a page."""
    found = list(activations(programme)[:200])
    late = _counted(Entry.objects.filter(activation__in=found, is_late=True))
    struck = _counted(Entry.objects.filter(activation__in=found, strike__isnull=False))
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, [programme, [a.month for a in found]])
        money = {row[:2]: row[2:] for row in cursor.fetchall()}
    none = (0, 0, 0, 0, None)
    return [
        Row(a, late.get(a.pk, 0), struck.get(a.pk, 0),
            *(money.get((a.benefit, a.month), none) if a.state == Activation.State.APPROVED else none))
        for a in found
    ]  # fmt: skip


def _counted(entries: QuerySet[Entry]) -> dict[int, int]:
    return dict(entries.values_list("activation_id").annotate(n=Count("id")))


def year_figures(every: list[Row], year: int) -> dict[str, int]:
    """Of a programme's activations: starts decided in a year, persons on their lists, and fen paid for them."""
    started = [r for r in every if r.activation.approved_on and r.activation.approved_on.year == year]
    return {
        "activations": len(started),
        "listed": sum(r.activation.list_count + r.late - r.struck for r in started),
        "listed_fen": sum(r.activation.list_fen for r in started),
        "paid_fen": sum(r.paid_fen for r in started),
    }


def grounds(activations: Iterable[Activation]) -> list[dict[str, Any]]:
    """`activation_id`, `ground`, `persons` and `fen` of each list by ground, struck-off entries left out; one query."""
    return list(
        Entry.objects.filter(activation__in=activations, strike__isnull=True)
        .values("activation_id", "ground")
        .annotate(persons=Count("id"), fen=Sum("amount_fen"))
        .order_by("-activation_id", "ground")
    )
