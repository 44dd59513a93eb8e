"""A map of the sixteen districts, coloured by a figure.

Drawn on the server as SVG with classes only, so it needs no script and no inline style, prints, and its districts
are ordinary links that the keyboard reaches. The outlines are for orientation, not a survey.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from minzheng.kernel.ui import charts

OUTLINES = Path(__file__).parent / "static/vendor/shanghai-districts/shanghai-districts.geojson"
WIDTH = 640
LEVELS = 5
# The middle of these outlines falls into water or onto a neighbour's label, so the label stands elsewhere.
_LABEL_AT = {
    "310151": (121.62, 31.63),
    "310115": (121.68, 31.12),
    "310104": (121.435, 31.152),
    "310106": (121.443, 31.298),
    "310101": (121.482, 31.219),
    "310109": (121.487, 31.268),
    "310110": (121.532, 31.298),
    "310107": (121.385, 31.262),
    "310105": (121.385, 31.211),
    "310112": (121.42, 31.07),
    "310113": (121.42, 31.40),
    "310120": (121.56, 30.90),
    "310116": (121.22, 30.82),
}


@dataclass(frozen=True, slots=True)
class Outline:
    """One district drawn to the map's size."""

    code: str
    name: str
    path: str
    label_x: int
    label_y: int

    @property
    def is_central(self) -> bool:
        """One of the seven small districts (中心城区), whose labels crowd each other."""
        return self.code < "310111"

    @property
    def short_name(self) -> str:
        """The name without 区, since the small districts have room for two characters (浦东新区 → 浦东)."""
        return self.name.removesuffix("新区").removesuffix("区")


@dataclass(frozen=True, slots=True)
class District:
    """One district of one map."""

    outline: Outline
    text: str
    level: int
    href: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class DistrictMap:
    """Figures by six-digit district code.

    `href` gives each district's page. A district without a figure stays blank, which is not zero.
    """

    id: str
    title: str
    values: Mapping[str, int | float | None]
    unit: str = "count"
    value_label: str = ""
    href: Callable[[str], str] | None = None
    selected: str = ""
    note: str = ""

    @property
    def has_links(self) -> bool:
        return self.href is not None

    @property
    def view_box(self) -> str:
        return f"0 0 {WIDTH} {outlines()[1]}"

    @property
    def districts(self) -> list[District]:
        bounds = breaks(list(self.values.values()))
        return [
            District(
                outline=outline,
                text=charts.write(self.values.get(outline.code), self.unit),
                level=level_of(self.values.get(outline.code), bounds),
                href=self.href(outline.code) if self.href else "",
                is_selected=outline.code == self.selected,
            )
            for outline in outlines()[0]
        ]

    @property
    def ranked(self) -> list[District]:
        """The districts from the highest figure to the lowest, for the table beside the map."""
        known = {code: value for code, value in self.values.items() if value is not None}
        shown = [district for district in self.districts if district.outline.code in known]
        return sorted(shown, key=lambda district: (-known[district.outline.code], district.outline.code))

    @property
    def legend(self) -> list[tuple[int, str]]:
        """(level, 'from – to') for each colour in use."""
        known = [v for v in self.values.values() if v is not None]
        bounds = breaks(known)
        rows = []
        for level in range(1, len(bounds) + 2):
            inside = [v for v in known if level_of(v, bounds) == level]
            if inside:
                low, high = charts.write(min(inside), self.unit), charts.write(max(inside), self.unit)
                rows.append((level, low if low == high else f"{low} – {high}"))
        return rows


def breaks(values: Iterable[int | float | None]) -> list[int | float]:
    """Lower bounds of the second and higher colours, so that colours hold about equally many districts.

    Equal values always share a colour.

    >>> breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), breaks([4, 4, 4]), breaks([])
    ([3, 5, 7, 9], [], [])
    """
    known = sorted(v for v in values if v is not None)
    if not known:
        return []
    bounds = {known[len(known) * step // LEVELS] for step in range(1, LEVELS)}
    return sorted(bound for bound in bounds if bound > known[0])


def level_of(value: int | float | None, bounds: list[int | float]) -> int:
    """Colour 1 (low) to 5 (high); 0 for a district without a figure."""
    if value is None:
        return 0
    return 1 + sum(value >= bound for bound in bounds)


@cache
def _features() -> list[dict[str, Any]]:
    return list(json.loads(OUTLINES.read_text(encoding="utf-8"))["features"])


@cache
def _bounds() -> tuple[float, float, float, float, float]:
    """West, south and north edge in degrees, the squeeze of longitude, and the map's units a degree of latitude."""
    points = [p for f in _features() for poly in f["geometry"]["coordinates"] for ring in poly for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude here, by the cosine of the latitude.
    squeeze = math.cos(math.radians((south + north) / 2))
    return west, south, north, squeeze, (WIDTH - 16) / ((east - west) * squeeze)


def project(point: Sequence[float]) -> tuple[int, int]:
    """Where (longitude, latitude) in degrees lies on the map."""
    west, _south, north, squeeze, scale = _bounds()
    return round(8 + (point[0] - west) * squeeze * scale), round(8 + (north - point[1]) * scale)


@cache
def outlines() -> tuple[list[Outline], int]:
    """The districts drawn to the map's size, and the map's height."""
    drawn_districts = []
    for feature in _features():
        parts = []
        for poly in feature["geometry"]["coordinates"]:
            for ring in poly:
                drawn = [project(p) for p in ring]
                kept = [p for at, p in enumerate(drawn) if at == 0 or p != drawn[at - 1]]
                if len(kept) > 2:
                    parts.append("M" + "L".join(f"{x},{y}" for x, y in kept) + "Z")
        code, name = feature["properties"]["code"], feature["properties"]["name"]
        label = project(list(_LABEL_AT.get(code) or feature["properties"]["label_at"]))
        drawn_districts.append(Outline(code, name, "".join(parts), *label))
    _west, south, north, _squeeze, scale = _bounds()
    return drawn_districts, round(16 + (north - south) * scale)
