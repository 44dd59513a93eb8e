"""Points of areas (坐标): illustrative ones made from the tree alone, replaced one by one by a survey's.

The city's open files name its committees and not where they are. Each street stands where its reception centre is taken to be,
and its committees lie in a spiral around it, half as far out as the next street. Good enough to try a method, no ground to
build on.
"""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

import numpy as np
from django.db import transaction

from minzheng.domains.eldercare_layout.errors import LayoutRefused
from minzheng.domains.eldercare_layout.models import AreaPoint
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.places.models import Division

SOURCE = "按区划树合成的示意坐标，非实测"
_GOLDEN = math.pi * (3 - math.sqrt(5))
FIELDS = ("division_code", "longitude", "latitude", "source")


@transaction.atomic
def place_points(*, on: date) -> int:
    """Gives every street and committee in force that has no point yet an illustrative one; returns how many (布设示意点)."""
    require("layout.plan")
    known = set(AreaPoint.objects.values_list("division_code", flat=True))
    made = [
        AreaPoint(division_code=code, longitude=x, latitude=y, source=SOURCE)
        for code, (x, y) in illustrative_points(on).items()
        if code not in known
    ]
    AreaPoint.objects.bulk_create(made, batch_size=2000)
    if made:
        record("layout.place", detail={"points": len(made)})
    return len(made)


def illustrative_points(on: date) -> dict[str, tuple[float, float]]:
    """(longitude, latitude) of every street and committee, the same each time."""
    streets = list(
        Division.objects.filter(level=Division.Level.STREET, during__contains=on)
        .order_by("code")
        .values_list("code", flat=True)
    )
    centres = dict(
        Centre.objects.filter(kind="main").values_list("division_code", "longitude").order_by("code")
    )
    if not centres:
        raise LayoutRefused(
            "没有受理中心的坐标可作街镇位置，请先导入受理中心名册（minzheng centres load） / "
            "load the register of reception centres first: streets stand where these do"
        )
    latitudes = dict(Centre.objects.filter(kind="main").values_list("division_code", "latitude"))
    middle: dict[str, tuple[float, float]] = {c: (centres[c], latitudes[c]) for c in streets if c in centres}
    for code in streets:
        if code not in middle:  # A development zone has no centre of its own: the middle of its district's.
            near = [middle[c] for c in streets if c in centres and c[:6] == code[:6]] or list(middle.values())
            x, y = np.array(near).mean(axis=0)
            middle[code] = (float(x) + 0.0007 * (int(code[-3:]) % 9), float(y))
    at = np.array([middle[code] for code in streets])
    squeeze = np.array([math.cos(math.radians(31.2)), 1.0])
    apart = np.linalg.norm((at[:, None] - at[None]) * squeeze, axis=2) + np.eye(len(at)) * 9
    radius = dict(zip(streets, np.clip(apart.min(axis=1) / 2, 0.003, 0.05), strict=True))
    points = dict(middle)
    below: dict[str, list[str]] = {}
    rows = Division.objects.filter(level=Division.Level.COMMITTEE, during__contains=on).order_by("code")
    for code in rows.values_list("code", flat=True):
        below.setdefault(code[:9], []).append(code)
    for street, committees in below.items():
        if street not in middle:
            continue
        x, y = middle[street]
        for number, code in enumerate(committees):
            far, turn = radius[street] * math.sqrt((number + 0.5) / len(committees)), number * _GOLDEN
            points[code] = (
                round(x + far * math.cos(turn) / squeeze[0], 6),
                round(y + far * math.sin(turn), 6),
            )
    return points


@transaction.atomic
def import_points(path: Path) -> int:
    """Takes surveyed points from a CSV file (division_code, longitude, latitude, source) in the place of illustrative ones.

    Raises:
        LayoutRefused: names the row and the field, and what was expected. Nothing is taken then.
    """
    require("layout.plan")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in FIELDS if name not in (reader.fieldnames or [])]
        if missing:
            raise LayoutRefused(
                f"{path.name} 缺少列 {'、'.join(missing)}，应有 {'、'.join(FIELDS)} / the columns are {', '.join(FIELDS)}"
            )
        rows = [_surveyed(row, f"{path.name} 第 {number} 行") for number, row in enumerate(reader, 2)]
    codes = {row.division_code for row in rows}
    known = set(Division.objects.filter(code__in=codes).values_list("code", flat=True))
    if codes - known:
        raise LayoutRefused(
            f"{path.name} 中的区划代码 {'、'.join(sorted(codes - known)[:5])} 不存在 / no such division; "
            "use the codes of streets (9 digits) and committees (12 digits)"
        )
    AreaPoint.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["division_code"],
        update_fields=["longitude", "latitude", "source", "provenance"],
    )  # fmt: skip
    record("layout.import_points", detail={"file": path.name, "points": len(rows)})
    return len(rows)


def _surveyed(row: dict[str, str], where: str) -> AreaPoint:
    numbers = {}
    for field, most in (("longitude", 180), ("latitude", 90)):
        try:
            numbers[field] = float(row[field])
        except (TypeError, ValueError):
            numbers[field] = math.nan
        if not abs(numbers[field]) <= most:
            raise LayoutRefused(
                f"{where} 的 {field} 为“{row[field]}”，应为 ±{most} 以内的度数，如 121.4737 / "
                f"{field} must be degrees within ±{most}; correct the row and send the file again"
            )
    if not (row["source"] or "").strip():
        raise LayoutRefused(f"{where} 的 source 为空，请写明测绘资料的名称 / source must name the survey")
    return AreaPoint(
        division_code=row["division_code"].strip(),
        source=row["source"].strip(),
        provenance="public",
        **numbers,
    )
