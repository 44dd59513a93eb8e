"""Figures as they may be published (公布): which tables there are, and small cells hidden in all of them together.

All tables of a period tell the same parts, those that weigh most in the city, so that a district's table adds up to its row in
the city's. What a district's table hides follows from the city's, and the city's from every district: tables of people are
published by who sees the city.
"""

from __future__ import annotations

from dataclasses import replace

from minzheng.kernel.access import current_actor
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.model import Dimension, Indicator, Measure
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.indicators.registry import Figure
from minzheng.kernel.indicators.suppression import Cell, Published, publish
from minzheng.kernel.indicators.working_rules import small_cells
from minzheng.kernel.places.resolution import CITY

MOST_PARTS = 12
OTHER = "__other__"
"""The key of the parts that are not told by themselves."""


def is_published(figure: Figure) -> bool:
    """Only what adds up can be put into a table whose small cells are hidden."""
    return isinstance(figure, Indicator) and figure.measure is Measure.COUNT


def may_publish(figure: Indicator) -> bool:
    """Whether the post sees everything that decides what the figure's tables hide."""
    actor = current_actor()
    return not figure.names_people or (actor is not None and actor.reaches(CITY))


def published_by(figure: Indicator, asked: Asked) -> tuple[Dimension, ...]:
    """The dimensions by which the places below are told; a street's parts are kept by year alone."""
    return figure.dimensions if asked.span == Span.YEAR or asked.place == CITY else ()


def threshold_of(figure: Indicator, asked: Asked) -> int:
    """Cells from one to below it are hidden; what counts no people hides nothing."""
    return small_cells(asked.first) if figure.names_people else 1


def published(figure: Indicator, asked: Asked, dimension: str = "") -> Published:
    """The city's or a district's places below by the parts of one dimension; one query, two for a district.

    A street stands in its district's table.
    """
    place = asked.place[:6]
    above = None
    kept: list[str] = []
    for each in (CITY, place) if figure.names_people and place != CITY else (place,):
        cells = reading.by_place_and_part(figure, replace(asked, place=each), dimension)
        kept = kept if above else _weightiest(cells)
        inner: dict[Cell, int] = {}
        for (row, part), value in cells.items():
            at = (row, part if part in kept else OTHER)
            inner[at] = inner.get(at, 0) + value
        rows = sorted({row for row, _part in cells})
        above = publish(rows, kept, inner, threshold=threshold_of(figure, asked), above=above, place=each)
    assert above is not None
    return above


def _weightiest(cells: dict[Cell, int]) -> list[str]:
    sums: dict[str, int] = {}
    for (_place, part), value in cells.items():
        sums[part] = sums.get(part, 0) + value
    largest = sorted(sums, key=lambda part: (-sums[part], part))
    return largest if len(largest) <= MOST_PARTS else [*largest[: MOST_PARTS - 1], OTHER]
