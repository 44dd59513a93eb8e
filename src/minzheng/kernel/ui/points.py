"""A map of the districts with places on it: each a point that is a link, the list beside it says the same in words.

Drawn like `maps`, on the same outlines, so it needs no script and nothing from outside. With a district chosen the picture shows
that district alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from minzheng.kernel.ui.maps import Outline, outlines, project

TONES = ("1", "2", "3", "4", "5", "here")


@dataclass(frozen=True, slots=True)
class Point:
    """A place: degrees (WGS 84), its name, where it leads, and one of `TONES`."""

    longitude: float
    latitude: float
    label: str
    href: str = ""
    tone: str = "1"


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point drawn to the map's size."""

    point: Point
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PointMap:
    """Points on the districts; `legend` gives (tone, words), `selected` a district that fills the picture."""

    id: str
    title: str
    points: Sequence[Point]
    legend: Sequence[tuple[str, str]] = ()
    selected: str = ""
    note: str = ""

    @property
    def districts(self) -> list[Outline]:
        return outlines()[0]

    @property
    def placed(self) -> list[PlacedPoint]:
        return [PlacedPoint(point, *project((point.longitude, point.latitude))) for point in self.points]

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """x, y, width, height of what the picture shows."""
        found, height = outlines()
        chosen = next((one for one in found if one.code == self.selected), None)
        if chosen is None:
            return 0, 0, 640, height
        numbers = [int(number) for number in re.findall(r"-?\d+", chosen.path)]
        across, down = numbers[::2], numbers[1::2]
        margin = max(4, (max(across) - min(across)) // 12)
        left, top = min(across) - margin, min(down) - margin
        return left, top, max(across) - left + margin, max(down) - top + margin

    @property
    def view_box(self) -> str:
        return " ".join(map(str, self.frame))

    @property
    def radius(self) -> float:
        """So that a point looks the same size on the city and on a district."""
        _x, _y, width, height = self.frame
        return round(max(width, height) / 80, 1)
