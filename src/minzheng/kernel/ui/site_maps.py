"""A map of points within the outline of a district or of the whole city, drawn on the server as SVG (点位图).

As the map of districts: classes only, no script, printable, its points ordinary links. Offline: the outline comes from the same file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from minzheng.kernel.ui import charts
from minzheng.kernel.ui.maps import OUTLINES, breaks, level_of

WIDTH = 640
MARGIN = 14


@dataclass(frozen=True, slots=True)
class SitePoint:
    """One point: what it is, where, how much, and its look.

    `tone` is "value" (coloured by rank of `value`), "new" (to be built) or "standing" (stands already).
    """

    name: str
    longitude: float
    latitude: float
    value: int | float | None = None
    tone: str = "value"
    href: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point drawn to the map's size."""

    point: SitePoint
    x: float
    y: float
    radius: float
    level: int
    text: str

    # Written here: a template would write a decimal comma in some languages.
    @property
    def cx(self) -> str:
        return f"{self.x:.1f}"

    @property
    def cy(self) -> str:
        return f"{self.y:.1f}"

    @property
    def r(self) -> str:
        return f"{self.radius:.1f}"

    @property
    def left(self) -> str:
        return f"{self.x - 6:.1f}"

    @property
    def top(self) -> str:
        return f"{self.y - 6:.1f}"


@dataclass(frozen=True)  # no slots: the frame is kept once reckoned
class SiteMap:
    """Points over the outline of `within`, a six-digit district code or "310000" for the city."""

    id: str
    title: str
    points: Sequence[SitePoint]
    within: str = "310000"
    unit: str = "count"
    value_label: str = ""
    note: str = ""

    @cached_property
    def _frame(self) -> tuple[float, float, float, float, float]:
        corners = [p for _code, ring in _rings() for p in ring if self._shows(_code)]
        west, east = min(p[0] for p in corners), max(p[0] for p in corners)
        south, north = min(p[1] for p in corners), max(p[1] for p in corners)
        squeeze = math.cos(math.radians((south + north) / 2))
        scale = (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, north - south)
        return west, north, squeeze, scale, (north - south) * scale + 2 * MARGIN

    def _shows(self, code: str) -> bool:
        return self.within == "310000" or code == self.within

    def _place(self, longitude: float, latitude: float) -> tuple[float, float]:
        west, north, squeeze, scale, _height = self._frame
        return round(MARGIN + (longitude - west) * squeeze * scale, 1), round(
            MARGIN + (north - latitude) * scale, 1
        )

    @property
    def view_box(self) -> str:
        width = max(self._place(x, y)[0] for code, ring in _rings() if self._shows(code) for x, y in ring)
        return f"0 0 {math.ceil(width + MARGIN)} {math.ceil(self._frame[4])}"

    @property
    def outlines(self) -> list[tuple[str, bool]]:
        """The path of each part of every outline, and whether it is the place's own; the neighbours' give bearing."""
        parts = [
            ("M" + "L".join("{},{}".format(*self._place(*p)) for p in ring) + "Z", self._shows(code))
            for code, ring in _rings()
        ]
        return sorted(parts, key=lambda part: part[1])

    @property
    def dots(self) -> list[Dot]:
        """The points inside the picture: those with values first, new and standing sites over them."""
        values = [p.value for p in self.points if p.tone == "value"]
        bounds, most = breaks(values), max((v for v in values if v is not None), default=0)
        _, _, width, height = map(int, self.view_box.split())
        drawn = []
        for point in sorted(self.points, key=lambda p: ("value", "standing", "new").index(p.tone)):
            x, y = self._place(point.longitude, point.latitude)
            if not (0 <= x <= width and 0 <= y <= height):
                continue
            level = level_of(point.value, bounds) if point.tone == "value" else 0
            size = 3 + 8 * math.sqrt(max(point.value or 0, 0) / most) if most > 0 else 4.0
            radius = round(size, 1) if point.tone == "value" else 7.0
            drawn.append(Dot(point, x, y, radius, level, point.text or charts.write(point.value, self.unit)))
        return drawn

    @property
    def legend(self) -> list[tuple[int, str]]:
        """(level, 'from – to') for each colour in use."""
        known = [p.value for p in self.points if p.tone == "value" and p.value is not None]
        bounds, rows = breaks(known), []
        for level in range(1, len(bounds) + 2):
            inside = [v for v in known if level_of(v, bounds) == level]
            if inside:
                low, high = charts.write(min(inside), self.unit), charts.write(max(inside), self.unit)
                rows.append((level, low if low == high else f"{low} – {high}"))
        return rows

    @property
    def tones(self) -> set[str]:
        return {point.tone for point in self.points}


@cache
def _rings() -> list[tuple[str, list[tuple[float, float]]]]:
    """(district, outer or inner ring) of every part of every outline."""
    return [
        (str(feature["properties"]["code"]), [(x, y) for x, y in ring])
        for feature in json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]
        for part in feature["geometry"]["coordinates"]
        for ring in part
    ]
