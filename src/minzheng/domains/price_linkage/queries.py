"""Named readings of the price linkage: the index series with its thresholds, month by month."""

from __future__ import annotations

from dataclasses import dataclass

from minzheng.domains.price_linkage.models import IndexReading
from minzheng.domains.price_linkage.trigger import Trigger, parameters, subsidy_fen, trigger_of
from minzheng.kernel.parameters import Entry
from minzheng.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of the series: its rises, thresholds, whether it starts the mechanism, and the sum it would pay."""

    month: Month
    trigger: Trigger
    amount_fen: int
    sources: tuple[str, ...]
    is_illustrative: bool


def paper_of_sum(month: Month) -> Entry:
    """The parameter entry that says which rise measures the sum, with its reasoning as `source` and its `provenance`."""
    return parameters(month).entry("measured_by_trigger")


def series(first: Month, last: Month) -> list[MonthLine]:
    """The months from first to last that have a reading, with the readings that hold (the last entered)."""
    found = (
        IndexReading.objects.filter(month__gte=first.first_day, month__lte=last.first_day)
        .order_by("month", "series", "-id")
        .distinct("month", "series")
    )
    by_month: dict[Month, dict[str, IndexReading]] = {}
    for reading in found:
        by_month.setdefault(Month.of(reading.month), {})[reading.series] = reading
    lines = []
    for month, held in sorted(by_month.items()):
        cpi, food = (held[s].rise_permille if s in held else None for s in ("cpi", "food"))
        trigger = trigger_of(month, cpi=cpi, food=food)
        amount = subsidy_fen(month, trigger.measure)
        lines.append(
            MonthLine(
                month,
                trigger,
                amount,
                tuple(dict.fromkeys(r.source for r in held.values())),
                any(r.provenance == "illustrative" for r in held.values()),
            )
        )
    return lines
