"""Figures of casework (办件统计指标): each with its numerator, denominator, unit and the day that puts a case into a period.

They are read from totals, so a page costs the same whether the city has a thousand cases or thirteen million; medians
come from histograms, which add up over places. Every figure opens to the rows it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from minzheng.kernel.access import require
from minzheng.kernel.cases.counting_sql import MEASURES
from minzheng.kernel.cases.models import Counted, DaysTotal, IssuerTotal, Side, Total, TotalsMark
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import children, scope

Sums = dict[str, int]
_EVERY = Q()
_DECIDED = Q(state__in=["granted", "refused"])
_NO_SUMS: Sums = dict.fromkeys(MEASURES, 0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: the measures added up above and below the line; without a denominator it is a count.

    `of` and `among` choose the rows that numerator and denominator were counted from. A figure that adds up something
    else than cases (papers, days, points) names the column of `Counted` in `adds` and `adds_below`.
    """

    code: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    unit: str = "count"  # count, percent, days, points
    basis: str = "ended_on"
    of: Q = _EVERY
    among: Q = _EVERY
    adds: str = ""
    adds_below: str = ""

    def above(self, sums: Sums) -> int:
        """The numerator."""
        return sum(sums[name] for name in self.numerator)

    def below(self, sums: Sums) -> int | None:
        """The denominator; None for a count."""
        return sum(sums[name] for name in self.denominator) if self.denominator else None

    def value(self, sums: Sums) -> float | int | None:
        """The figure in its unit, percent from 0 to 100; None where nothing stands below the line.

        >>> FIGURES["in_time"].value({**_NO_SUMS, "in_time": 9, "granted": 8, "refused": 2})
        90.0
        """
        below = self.below(sums)
        if below is None:
            return self.above(sums)
        if below == 0:
            return None
        return self.above(sums) / below * (100 if self.unit == "percent" else 1)


_ALL = (
    Figure("submitted", ("submitted",), basis="submitted_on"),
    Figure("accepted", ("accepted",), basis="accepted_on"),
    Figure("decided", ("granted", "refused"), of=_DECIDED),
    Figure("granted", ("granted",), of=Q(state="granted")),
    Figure("refused", ("refused",), of=Q(state="refused")),
    Figure("withdrawn", ("withdrawn",), of=Q(state="withdrawn")),
    Figure("grant_rate", ("granted",), ("granted", "refused"), "percent", of=Q(state="granted"), among=_DECIDED),
    Figure("in_time", ("in_time",), ("granted", "refused"), "percent", of=_DECIDED & Q(is_late=False), among=_DECIDED),
    Figure("departs", ("departs",), ("granted", "refused"), "percent", of=_DECIDED & Q(departs=True), among=_DECIDED),
    Figure("online", ("online",), ("granted", "refused"), "percent", of=_DECIDED & Q(is_online=True), among=_DECIDED),
    Figure("crossed", ("crossed",), ("accepted",), "percent", "accepted_on", of=Q(is_crossed=True)),
    Figure("handover", ("handover_days",), ("handed_over",), "days", "accepted_on",
           of=Q(handover_days__isnull=False), among=Q(handover_days__isnull=False), adds="handover_days"),
    Figure("exemption", ("papers_fetched",), ("papers_needed",), "percent", "submitted_on",
           of=Q(papers_fetched__gt=0), among=Q(papers_needed__gt=0), adds="papers_fetched", adds_below="papers_needed"),
    Figure("papers_saved", ("papers_fetched",), basis="submitted_on", of=Q(papers_fetched__gt=0), adds="papers_fetched"),
    Figure("rating", ("rating_points",), ("rated",), "points", "rated_on", adds="score"),
    Figure("rated_low", ("rated_low",), ("rated",), "percent", "rated_on", of=Q(is_rated_low=True)),
)  # fmt: skip
FIGURES: dict[str, Figure] = {figure.code: figure for figure in _ALL}
ABOVE, BELOW = "above", "below"


@dataclass(frozen=True, slots=True)
class Question:
    """Which totals are asked for: a place's subtree on one side, whole months, perhaps one item or channel."""

    place: str
    first: Month
    last: Month
    side: str = Side.DECIDING
    item: str = ""
    channel: str = ""

    def narrow(self, model: type[Any], **more: Any) -> QuerySet[Any]:
        """The rows of a table of totals; conditions on places in `more` take the place of the question's own."""
        found = model._default_manager.filter(
            side=self.side,
            month__gte=self.first.first_day,
            month__lte=self.last.first_day,
            **(more or {"division_code": self.place}),
        )
        return found.filter(item=self.item) if self.item else found


def sums(question: Question) -> Sums:
    """Every measure of the place, added up; one query."""
    found: Sums = _with_channel(question, question.narrow(Total)).aggregate(**_added())
    return found


def sums_by(question: Question, key: str) -> dict[Any, Sums]:
    """Every measure by month, item or channel; one query."""
    if key not in ("month", "item", "channel"):
        raise ValueError(f"{key}: give month, item or channel")
    return _grouped(_with_channel(question, question.narrow(Total)), key)


def sums_by_place(question: Question) -> dict[str, Sums]:
    """Every measure of the places directly below; what belongs to none of them stands under the place's own code.

    Two queries and the names of the places.
    """
    placed = _grouped(_with_channel(question, question.narrow(Total, **_below(question))), "division_code")
    whole = sums(question)
    rest = {name: whole[name] - sum(one[name] for one in placed.values()) for name in MEASURES}
    return placed | ({question.place: rest} if any(rest.values()) else {})


def days_by(question: Question, key: str = "") -> dict[str, dict[int, int]]:
    """How many decided cases took so many working days, by item, or all together under an empty key; one query.

    Channels are not told apart here.
    """
    require("statistics.look")
    keys = ("item", "days") if key == "item" else ("days",)
    spread: dict[str, dict[int, int]] = {}
    for *of, days, cases in question.narrow(DaysTotal).values_list(*keys).annotate(Sum("cases")).order_by():
        if cases:
            spread.setdefault(of[0] if of else "", {})[days] = cases
    return spread


def percentile(spread: dict[int, int], percent: int) -> int | None:
    """The smallest number of days that covers so many percent of the cases (nearest rank); None without any.

    >>> percentile({1: 5, 3: 4, 30: 1}, 50), percentile({1: 5, 3: 4, 30: 1}, 90), percentile({}, 50)
    (1, 3, None)
    """
    needed = -(-sum(spread.values()) * percent // 100)
    seen = 0
    for days in sorted(spread):
        seen += spread[days]
        if seen >= needed:
            return days
    return None


def by_issuer(question: Question) -> list[tuple[str, int, int]]:
    """Papers by issuing office: fetched in the applicant's stead, and not to be had; the most first. One query."""
    require("statistics.look")
    found = question.narrow(IssuerTotal).values_list("issuer").annotate(Sum("fetched"), Sum("failed"))
    rows = [(issuer, fetched, failed) for issuer, fetched, failed in found.order_by() if fetched or failed]
    return sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))


def rows(figure: Figure, question: Question, part: str = ABOVE) -> QuerySet[Counted]:
    """The cases that a figure was made of, the latest first; only as far as the acting post sees cases.

    Args:
        part: `above` the line or `below` it.

    Raises:
        NotPermitted: the post sees totals only.
    """
    require("cases.look")
    low, high = scope(question.place)
    first, last = question.first.first_day, question.last.last_day
    side = f"{question.side}_division"
    chosen = {f"{side}__gte": low, f"{side}__lt": high, f"{figure.basis}__range": (first, last)}
    found = Counted.objects.filter(figure.of if part == ABOVE else figure.among, **chosen)
    if question.item:
        found = found.filter(item=question.item)
    if question.channel:
        found = found.filter(channel=question.channel)
    return found.order_by(f"-{figure.basis}", "-case_id")


def counted_until() -> datetime | None:
    """Up to when events are in the totals; None before the first refresh."""
    return TotalsMark.objects.values_list("counted_until", flat=True).first()


def _below(question: Question) -> dict[str, Any]:
    low, high = scope(question.place)
    if low != "31":
        return {"division_code__gt": low, "division_code__lt": high}
    # The streets of the whole city are many more rows than its districts, so these are named.
    districts = children(question.place, question.last.first_day)
    return {"division_code__in": list(districts.values_list("code", flat=True))}


def _with_channel(question: Question, found: QuerySet[Total]) -> QuerySet[Total]:
    require("statistics.look")
    return found.filter(channel=question.channel) if question.channel else found


def _added() -> dict[str, Any]:
    return {name: Sum(name, default=0) for name in MEASURES}


def _grouped(found: QuerySet[Total], key: str) -> dict[Any, Sums]:
    grouped: Iterable[dict[str, Any]] = found.order_by().values(key).annotate(**_added())
    return {row.pop(key): row for row in grouped}
