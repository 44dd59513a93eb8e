"""Reach of service centres (服务可达): how many residents of each street live further than a set walk from one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from django.db.models import Min

from minzheng.domains.eldercare_facilities import CENTRE
from minzheng.domains.eldercare_layout.distances import Floats, nearest_metres
from minzheng.domains.eldercare_layout.models import AreaElders, AreaPoint
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import names, scope


@dataclass(frozen=True, slots=True)
class Area:
    """One place of demand with its point."""

    code: str
    longitude: float
    latitude: float
    elders: float
    residents: int


@dataclass(slots=True)
class StreetReach:
    """One street: its people, and those beyond the set walk."""

    code: str
    name: str
    residents: int = 0
    residents_beyond: int = 0
    elders: float = 0.0
    elders_beyond: float = 0.0
    walks: list[float] = field(default_factory=list)

    @property
    def share_beyond(self) -> float | None:
        """Percent of the residents."""
        return 100 * self.residents_beyond / self.residents if self.residents else None


def areas_of(*, within: str, year: int | None = None) -> list[Area]:
    """The areas of a place that have a point, by code; the base year by default."""
    low, high = scope(within)
    rows = AreaElders.objects.filter(division_code__gte=low, division_code__lt=high)
    wanted = year if year is not None else base_year()
    if wanted is None:
        return []
    points = {
        p.division_code: p for p in AreaPoint.objects.filter(division_code__gte=low, division_code__lt=high)
    }
    return [
        Area(
            row.division_code, points[row.division_code].longitude, points[row.division_code].latitude, row.elders,
            row.residents or 0,
        )
        for row in rows.filter(year=wanted).order_by("division_code")
        if row.division_code in points
    ]  # fmt: skip


def base_year() -> int | None:
    """The year that was counted and not expected."""
    found = AreaElders.objects.aggregate(year=Min("year"))
    return found["year"]


def points_array(rows: list[Area] | list[Facility]) -> Floats:
    """Shape: (rows, 2), longitude and latitude in degrees."""
    return np.array([(row.longitude, row.latitude) for row in rows], dtype=float).reshape(-1, 2)


def standing_centres(on: date) -> list[Facility]:
    """Service centres that are open on a day and whose place is known, of the whole city: a neighbour's may be nearer."""
    return list(
        Facility.objects.filter(kind=CENTRE, during__contains=on, longitude__isnull=False).order_by("code")
    )


def street_reach(*, within: str, reach_metres: int, detour_percent: int, on: date) -> list[StreetReach]:
    """Every street of a place, most residents beyond the walk first. A walk of exactly the distance is within it."""
    areas = areas_of(within=within)
    walks = nearest_metres(
        points_array(areas), points_array(standing_centres(on)), detour_percent=detour_percent
    )
    streets: dict[str, StreetReach] = defaultdict(lambda: StreetReach("", ""))
    for area, walk in zip(areas, walks, strict=True):
        if len(area.code) < 9:
            continue
        one = streets[area.code[:9]]
        one.residents += area.residents
        one.elders += area.elders
        one.walks.append(float(walk))
        if walk > reach_metres:
            one.residents_beyond += area.residents
            one.elders_beyond += area.elders
    known = names(streets)
    for code, one in streets.items():
        one.code, one.name = code, known.get(code, code)
    return sorted(streets.values(), key=lambda one: (-one.residents_beyond, one.code))
