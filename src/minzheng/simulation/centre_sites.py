"""Plausible sites, hours and counters for the 287 centres, made from the division tree alone (示意).

The seed gives the number of centres and branches at the end of 2022, not where they stand. Every official street, town and
township (215) gets its centre; the 72 with the most residents' and village committees get a branch. Within a district the
sites are spread evenly over its outline and dealt out in the order of the codes, so they are illustrative: no map of the
real ones. `write_sites` gives the same bytes each time; a test holds the block's file against it.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from pathlib import Path

from minzheng.kernel.places import models as places
from minzheng.kernel.ui.maps import OUTLINES

DATA = Path(places.__file__).parent / "data"
CENTRES, BRANCHES = 215, 72
OFFICIAL = ("street", "town", "township")
FIELDS = (
    "code", "name", "kind", "division_code", "address", "longitude", "latitude", "hours", "counters", "since",
    "source", "provenance",
)  # fmt: skip
SOURCE = "按行政区划合成，站点、时间、窗口均为示意；总数 287 见 2022 年工作总结"
_MAIN_HOURS = "0-4 08:30-16:30; 5 09:00-15:00"
_BRANCH_HOURS = "0-4 08:30-11:30,13:00-16:30"
# Counters by size: letters are the series of the item groups, * serves everything.
_SMALL, _MIDDLE, _LARGE = "ABCH DG EF *", "ABC ABCH DG EF EF *", "ABC ABC DG DG EF EF H *"
_BRANCH = "ABCG DEF *"

Point = tuple[float, float]
Ring = list[Point]


def sites() -> list[dict[str, str]]:
    """The rows of the file, by code."""
    streets = [row for row in _read("shanghai-divisions.csv") if row["kind"] in OFFICIAL]
    committees = Counter(row["parent"] for row in _read("shanghai-committees.csv"))
    assert len(streets) == CENTRES
    largest = sorted(streets, key=lambda row: (-committees[row["code"]], row["code"]))[:BRANCHES]
    with_branch = {row["code"] for row in largest}
    names = {row["code"]: row["name"] for row in _read("shanghai-divisions.csv")}
    rows = []
    for district in sorted({row["parent"] for row in streets}):
        own = [row for row in streets if row["parent"] == district]
        for street, at in zip(own, _spread(_outline(district), len(own)), strict=True):
            size = committees[street["code"]]
            counters = _SMALL if size < 18 else _MIDDLE if size < 32 else _LARGE
            name, town = street["name"], names[district]
            stem = name.removesuffix("街道").removesuffix("路")
            number = 20 + int(street["code"][-3:]) * 7 % 480
            rows.append(
                _row(
                    street,
                    0,
                    f"{name}社区事务受理服务中心",
                    f"上海市{town}{stem}路{number}号（示意）",
                    at,
                    _MAIN_HOURS,
                    counters,
                )
            )
            if street["code"] in with_branch:
                beside = (at[0] + 0.012, at[1] - 0.008)
                branch = f"{name}社区事务受理服务中心分中心"
                rows.append(
                    _row(
                        street,
                        1,
                        branch,
                        f"上海市{town}{stem}东路{number + 11}号（示意）",
                        beside,
                        _BRANCH_HOURS,
                        _BRANCH,
                    )
                )
    return rows


def write_sites(path: Path) -> int:
    """Writes the file and returns the number of centres."""
    rows = sites()
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _row(
    street: dict[str, str], number: int, name: str, address: str, at: Point, hours: str, counters: str
) -> dict[str, str]:
    return {
        "code": f"{street['code']}-{number}",
        "name": name,
        "kind": "branch" if number else "main",
        "division_code": street["code"],
        "address": address,
        "longitude": f"{at[0]:.4f}",
        "latitude": f"{at[1]:.4f}",
        "hours": hours,
        "counters": counters,
        "since": "2018-01-01",
        "source": SOURCE,
        "provenance": "illustrative",
    }


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _outline(district: str) -> Ring:
    """The outer ring of a district's largest part."""
    shapes = json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]
    parts = next(s["geometry"]["coordinates"] for s in shapes if str(s["properties"]["code"]) == district)
    rings: list[Ring] = [[(x, y) for x, y in part[0]] for part in parts]
    return max(
        rings,
        key=lambda ring: (
            (max(x for x, _ in ring) - min(x for x, _ in ring))
            * (max(y for _, y in ring) - min(y for _, y in ring))
        ),
    )


def _spread(ring: Ring, wanted: int) -> list[Point]:
    """So many points inside a ring, each as far as may be from those before it, out of an even sprinkling."""
    left, right = min(x for x, _ in ring), max(x for x, _ in ring)
    low, high = min(y for _, y in ring), max(y for _, y in ring)
    sprinkled: list[Point] = []
    at = 0
    while len(sprinkled) < wanted * 12:
        at += 1
        point = (left + (right - left) * _halton(at, 2), low + (high - low) * _halton(at, 3))
        if _inside(ring, point):
            sprinkled.append(point)
    chosen = [sprinkled[0]]
    apart = [math.dist(chosen[0], point) for point in sprinkled]
    while len(chosen) < wanted:
        furthest = max(range(len(sprinkled)), key=apart.__getitem__)
        chosen.append(sprinkled[furthest])
        apart = [min(d, math.dist(chosen[-1], p)) for d, p in zip(apart, sprinkled, strict=True)]
    return sorted(chosen, key=lambda point: (round(point[0], 2), point[1]))


def _halton(index: int, base: int) -> float:
    """The sequence of Halton: evenly spread numbers between 0 and 1, the same each time."""
    result, fraction = 0.0, 1.0
    while index:
        fraction /= base
        result += fraction * (index % base)
        index //= base
    return result


def _inside(ring: Ring, point: Point) -> bool:
    """Whether a point lies in a ring: a line from it to the right crosses the edge an odd number of times."""
    x, y = point
    crossings = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings = not crossings
    return crossings
