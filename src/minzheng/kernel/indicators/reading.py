"""Reading figures (查询指标): of a place and period, by month, part and place, beside last year; from totals, so a page is quick.

Totals are under row-level security: a district reads its own, a statistician every count of their place and no row behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet

from minzheng.kernel.access import require
from minzheng.kernel.indicators.model import Entry, Fact, Indicator, Kind, Listing, Ratio, Read, Told
from minzheng.kernel.indicators.models import Basis, Restatement, Span, State, Total
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.parameters import Entry as Value
from minzheng.kernel.periods import Month
from minzheng.kernel.places.resolution import CITY


@dataclass(frozen=True, slots=True)
class Asked:
    """Which period and place: a whole month or year, one place's subtree, by today's divisions or those of the records."""

    span: str
    first: date
    place: str = CITY
    basis: str = Basis.CURRENT

    @property
    def last(self) -> date:
        """The period's last day."""
        if self.span == Span.MONTH:
            return Month.of(self.first).last_day
        return date(self.first.year, 12, 31)

    @property
    def text(self) -> str:
        """2022 or 2022-07."""
        return str(self.first.year) if self.span == Span.YEAR else str(Month.of(self.first))

    @property
    def year_before(self) -> Asked:
        return replace(self, first=self.first.replace(year=self.first.year - 1))

    @classmethod
    def year(cls, year: int, place: str = CITY) -> Asked:
        return cls(Span.YEAR, date(year, 1, 1), place)

    @classmethod
    def month(cls, month: Month, place: str = CITY) -> Asked:
        return cls(Span.MONTH, month.first_day, place)


@dataclass(frozen=True, slots=True)
class Answer:
    """One figure's value in its unit; None where the period was not counted, or nothing stands below a ratio's line.

    `value` is a count, whole fen, percent (0 to 100), or a fact's day or years. `day` is the last day that counted; `papers` and
    `records` are what tells a fact.
    """

    figure: Figure
    value: int | float | date | str | None
    rows: int | None = None
    day: date | None = None
    above: int | None = None
    below: int | None = None
    papers: tuple[Value, ...] = ()
    records: tuple[Entry, ...] = ()

    @property
    def is_assumed(self) -> bool:
        """It rests on a legal value or a record that no published paper gives."""
        return "illustrative" in {
            *(paper.provenance for paper in self.papers),
            *(record.provenance for record in self.records),
        }


def answers(asked: Asked, figures: Iterable[Figure] | None = None) -> dict[str, Answer]:
    """Figures of one place and period by id; three queries, whatever their number, and those of the facts that records tell."""
    require("statistics.look")
    chosen = list(registry().figures.values()) if figures is None else list(figures)
    wanted = {name for figure in chosen for name in _sides(figure)}
    totals = {row.indicator: row for row in _totals(asked, wanted).filter(dimension="")}
    days = {
        state.indicator: state.day
        for state in State.objects.filter(indicator__in=wanted, span=asked.span, first=asked.first)
    }
    until = _until(asked)
    facts = _facts(chosen, asked, until)
    return {figure.id: _answer(figure, totals, days, until, facts) for figure in chosen}


def answer(figure: Figure, asked: Asked) -> Answer:
    """One figure of one place and period."""
    return answers(asked, [figure])[figure.id]


def by_month(figure: Figure, asked: Asked, months: Sequence[Month]) -> list[int | float | None]:
    """The figure in each month; None where a month was not counted. Two queries."""
    return by_months([figure], asked, months)[figure.id]


def by_months(
    figures: Sequence[Figure], asked: Asked, months: Sequence[Month]
) -> dict[str, list[int | float | None]]:
    """Several figures month by month, by id; two queries, whatever their number."""
    require("statistics.look")
    sides = [name for figure in figures for name in _sides(figure)]
    firsts = [month.first_day for month in months]
    month_asked = replace(asked, span=Span.MONTH)
    found: dict[date, dict[str, Total]] = {first: {} for first in firsts}
    known: dict[date, dict[str, date]] = {first: {} for first in firsts}
    if sides:
        for row in _placed(month_asked, sides).filter(span=Span.MONTH, first__in=firsts, dimension=""):
            found[row.first][row.indicator] = row
        for state in State.objects.filter(indicator__in=sides, span=Span.MONTH, first__in=firsts):
            known[state.first][state.indicator] = state.day
    values: dict[str, list[int | float | None]] = {figure.id: [] for figure in figures}
    for first in firsts:
        one = replace(month_asked, first=first)
        facts = _facts(figures, one, one.last)
        for figure in figures:
            answered = _answer(figure, found[first], known[first], one.last, facts)
            values[figure.id].append(_number(answered.value))
    return values


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a dimension, or one place below, makes of a figure."""

    code: str
    value: int | float | None
    rows: int
    before: int | float | None = None


def by_part(figure: Indicator, asked: Asked) -> dict[str, list[Part]]:
    """For each dimension its parts, the largest first, beside last year; two queries."""
    require("statistics.look")
    before = {
        (row.dimension, row.part): row.value
        for row in _totals(asked.year_before, [figure.id]).exclude(dimension="")
    }
    found: dict[str, list[Part]] = {dimension.column: [] for dimension in figure.dimensions}
    for row in _totals(asked, [figure.id]).exclude(dimension="").order_by("-value", "part"):
        if row.dimension in found:
            found[row.dimension].append(
                Part(row.part, row.value, row.rows, before.get((row.dimension, row.part)))
            )
    return found


def by_place(figure: Figure, asked: Asked) -> list[Part]:
    """The figure in the places directly below, by code, beside last year; empty for a street and for what has no place.

    By the divisions of the records, an abolished place stands beside the one that took it over.
    """
    require("statistics.look")
    sides = _sides(figure)
    if not sides or len(asked.place) > 6:
        return []
    now, then = _below(figure, asked, sides), _below(figure, asked.year_before, sides)
    parts = []
    for code in sorted(now):
        value = _of_sides(figure, now[code])
        rows = now[code][sides[0]].rows if sides[0] in now[code] else 0
        parts.append(Part(code, value, rows, _of_sides(figure, then[code]) if code in then else None))
    return parts


def by_place_and_part(figure: Indicator, asked: Asked, dimension: str = "") -> dict[tuple[str, str], int]:
    """(place below, part) → value, for figures that add up over places; without a dimension the part is empty.

    What belongs to none of the places below stands under the place's own code. One query.
    """
    require("statistics.look")
    found = Total.objects.filter(
        indicator=figure.id, span=asked.span, first=asked.first, basis=Basis.CURRENT, dimension=dimension
    )
    cells: dict[tuple[str, str], int] = {}
    rest: dict[str, int] = {}
    size = 6 if asked.place == CITY else 9
    for place, part, value in found.values_list("place", "part", "value"):
        if place == asked.place:
            rest[part] = rest.get(part, 0) + value
        elif len(place) == size and place != CITY and (size == 6 or place.startswith(asked.place)):
            cells[place, part] = value
            rest[part] = rest.get(part, 0) - value
    return cells | {(asked.place, part): value for part, value in rest.items() if value}


def entries(figure: Listing, asked: Asked) -> Sequence[Entry]:
    """What a listing counts on the period's last day, or on the day in hand where it is not over."""
    require("statistics.look")
    day = _until(asked)
    return figure.entries(day) if figure.kept_from is None or day >= figure.kept_from else []


def restatements(figure: Indicator, asked: Asked) -> list[Restatement]:
    """What changed in the period's figure after it had closed, the latest first; at most twenty."""
    found = Restatement.objects.filter(
        indicator=figure.id, span=asked.span, first=asked.first, division_code=asked.place
    )
    return list(found.order_by("-pk")[:20])


def counted_at(figure: Figure, asked: Asked) -> datetime | None:
    """When the figure's period was last counted."""
    states = State.objects.filter(indicator__in=_sides(figure), span=asked.span, first=asked.first)
    return states.order_by("counted_at").values_list("counted_at", flat=True).first()


def kept_years() -> list[int]:
    """The years that were counted, the latest first."""
    years = State.objects.filter(span=Span.YEAR).order_by("-first").values_list("first", flat=True).distinct()
    return [first.year for first in years]


def growth(value: Any, before: Any) -> float | None:
    """Percent over the value before; None where there is none to compare with, and between days or years.

    >>> growth(110, 100), growth(3, 0), growth("2022", "2021")
    (10.0, None, None)
    """
    if not isinstance(value, int | float) or not isinstance(before, int | float) or not before:
        return None
    return float((value - before) / before * 100)


def _sides(figure: Figure) -> list[str]:
    """The counted figures a figure is made of, and the one it rests on."""
    if isinstance(figure, Indicator):
        return [figure.id, figure.rests_on] if figure.rests_on else [figure.id]
    if isinstance(figure, Ratio):
        return [figure.numerator, figure.denominator]
    return []


def _placed(asked: Asked, names: Iterable[str]) -> QuerySet[Total]:
    """The rows of one place by the divisions that were asked for.

    By those of the records, a place that took over another has rows of its own; every other place is the same on both.
    """
    found = Total.objects.filter(indicator__in=list(names), place=asked.place)
    if asked.basis == Basis.CURRENT or asked.place == CITY:
        return found.filter(basis=Basis.CURRENT)
    touched = _touched(names)
    return found.filter(basis=Basis.RECORDED if asked.place[:6] in touched else Basis.CURRENT)


def _totals(asked: Asked, names: Iterable[str]) -> QuerySet[Total]:
    return _placed(asked, names).filter(span=asked.span, first=asked.first)


def _touched(names: Iterable[str]) -> set[str]:
    """Districts with records under a code that was abolished since, and those codes."""
    rows = Total.objects.filter(indicator__in=list(names), basis=Basis.RECORDED, dimension="")
    pairs = rows.values_list("place", "division_code").distinct()
    return {code[:6] for pair in pairs for code in pair}


def _below(figure: Figure, asked: Asked, sides: list[str]) -> dict[str, dict[str, Total]]:
    found = Total.objects.filter(indicator__in=sides, span=asked.span, first=asked.first, dimension="")
    if asked.place == CITY:
        found = found.extra(where=["length(place) = 6"]).exclude(place=CITY)
    else:
        found = found.filter(place__gt=asked.place, place__lt=asked.place + ":")
    touched = _touched(sides) if asked.basis == Basis.RECORDED else set()
    placed: dict[str, dict[str, Total]] = {}
    for row in found:
        own = Basis.RECORDED if row.place[:6] in touched else Basis.CURRENT
        if row.basis == own:
            placed.setdefault(row.place, {})[row.indicator] = row
    return placed


def _until(asked: Asked) -> date:
    """The last day of the period that was counted; its own last day where it never was."""
    day: date | None = State.objects.filter(span=asked.span, first=asked.first).aggregate(day=Max("day"))[
        "day"
    ]
    return day or asked.last


def _facts(figures: Iterable[Figure], asked: Asked, until: date) -> Mapping[str, Told]:
    """What the facts among the figures are told; figures of one reading are read once."""
    reads: dict[Read, None] = dict.fromkeys(one.read for one in figures if isinstance(one, Fact))
    return {name: told for read in reads for name, told in read(asked.first, until, asked.place).items()}


def _answer(
    figure: Figure, totals: dict[str, Total], days: dict[str, date], until: date, facts: Mapping[str, Told]
) -> Answer:
    if isinstance(figure, Fact):
        told = facts.get(figure.id)
        if told is None:
            return Answer(figure, None)
        return Answer(figure, told.value, day=until, papers=told.papers, records=told.records)
    if isinstance(figure, Listing):
        if figure.kept_from is not None and until < figure.kept_from:
            return Answer(figure, None)
        count = len(figure.entries(until))
        return Answer(figure, count, count, until)
    sides = _sides(figure)
    if any(name not in days for name in sides):
        return Answer(figure, None)
    day = min(days[name] for name in sides)
    value = _of_sides(figure, totals)
    rows = totals[sides[0]].rows if sides[0] in totals else 0
    if isinstance(figure, Ratio):
        above, below = (totals[name].value if name in totals else 0 for name in sides)
        return Answer(figure, value, rows, day, above, below)
    return Answer(figure, value, rows, day)


def _of_sides(figure: Figure, totals: dict[str, Total]) -> int | float | None:
    """The value made of the totals of one place and period; a missing row of a counted period is zero."""
    values = [totals[name].value if name in totals else 0 for name in _sides(figure)]
    if isinstance(figure, Ratio):
        return values[0] / values[1] * 100 if values[1] else None
    return values[0] if all(values[1:]) else None


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) else None


def is_flow(figure: Figure) -> bool:
    """Whether the figure adds up over a period; a ratio and a fact do not."""
    return isinstance(figure, Indicator) and figure.kind is Kind.FLOW


def grows(figure: Figure) -> bool:
    """Whether a growth over last year says anything: not of a share, a day, a document's number."""
    return figure.unit not in ("%", "date", "year", "year_range", "serial_in_year")
