"""Charts as data: a picture for the eye and the same figures as a table for everyone.

The page carries the figures in a JSON script tag, which a strict content policy allows, and `ui/charts.js` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from minzheng.kernel.ui import formats

KINDS = ("bar", "line", "pie")
UNITS = ("count", "fen", "percent")


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; a missing value is None, which is not zero."""

    name: str
    values: Sequence[int | float | None]
    tone: str = ""
    """A status tone where the colour says something; the name says it in words as well."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar, line or pie chart.

    `unit` says how values are written: "fen" (money), "count" or "percent" (0–100). With a `limit` the axis goes from −limit to
    limit, and what lies further is cut off in the picture and stands in the table.
    """

    id: str
    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    kind: str = "bar"
    unit: str = "count"
    category_label: str = ""
    is_stacked: bool = False
    is_horizontal: bool = False
    note: str = ""
    limit: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.unit not in UNITS:
            raise ValueError(f"chart {self.id}: kind must be one of {KINDS}, unit one of {UNITS}")
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise ValueError(
                    f"chart {self.id}: series {series.name!r} has {len(series.values)} values "
                    f"for {len(self.categories)} categories"
                )

    @property
    def data(self) -> dict:
        """What the script draws."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "stacked": self.is_stacked,
            "horizontal": self.is_horizontal,
            "title": str(self.title),
            "categories": [str(category) for category in self.categories],
            "series": [{"name": str(s.name), "values": list(s.values), "tone": s.tone} for s in self.series],
            "limit": self.limit,
        }

    @property
    def table_rows(self) -> list[tuple[str, list[str]]]:
        """The same figures, written out: (category, one text per series)."""
        return [
            (str(category), [write(series.values[at], self.unit) for series in self.series])
            for at, category in enumerate(self.categories)
        ]


def write(value: int | float | None, unit: str) -> str:
    """A figure in its unit.

    >>> write(150, "fen"), write(12.345, "percent"), write(None, "count")
    ('¥1.50', '12.3%', '—')
    """
    if value is None:
        return formats.DASH
    if unit == "fen":
        return formats.fen(int(value))
    if unit == "percent":
        return f"{value:.1f}%"
    return formats.count(int(value))
