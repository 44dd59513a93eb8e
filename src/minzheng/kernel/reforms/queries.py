"""Readings of what-ifs for screens: as far as the acting post may see, by the database's word."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from minzheng.kernel.access import may
from minzheng.kernel.reforms.models import Promotion, PromotionState, Reform, ReformExample, ReformFigure

Values = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a breakdown as the reader may see it; hidden values are None."""

    dimension: str
    key: str
    values: Values

    @property
    def is_hidden(self) -> bool:
        return self.values["gainers"] is None

    @property
    def change_fen(self) -> int | None:
        before, after = self.values["before_fen"], self.values["after_fen"]
        return None if before is None or after is None else after - before


def reforms() -> QuerySet[Reform]:
    """Own reforms and shared ones, the newest first."""
    return Reform.objects.select_related("created_by").order_by("-id")


def lines_of(reform: Reform) -> dict[str, list[Line]]:
    """A reform's breakdowns by dimension; in full for those who may see people, else with small figures hidden."""
    found: dict[str, list[Line]] = {}
    rows = ReformFigure.objects.filter(reform=reform, is_masked=not may("people.look")).order_by("position")
    for row in rows:
        found.setdefault(row.dimension, []).append(Line(row.dimension, row.key, row.values))
    return found


def examples_of(reform: Reform) -> QuerySet[ReformExample]:
    """Households the reform changes something for; nothing for those who may see nobody."""
    return ReformExample.objects.filter(reform=reform).order_by("kind", "id")


def open_promotion(reform: Reform) -> Promotion | None:
    """The proposal that waits or was confirmed."""
    return (
        Promotion.objects.filter(reform=reform)
        .exclude(state=PromotionState.REJECTED)
        .select_related("proposed_by", "decided_by")
        .first()
    )


def waiting_promotions() -> QuerySet[Promotion]:
    """Proposals that wait for another officer."""
    return (
        Promotion.objects.filter(state=PromotionState.PROPOSED)
        .select_related("reform", "proposed_by")
        .order_by("id")
    )
