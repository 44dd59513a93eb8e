"""A file of index readings: one row a month, refused as a whole with the row and field that is wrong."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from minzheng.domains.price_linkage.actions import enter_reading
from minzheng.domains.price_linkage.models import IndexReading
from minzheng.kernel.eventgrants.errors import GrantRefused
from minzheng.kernel.periods import Month

COLUMNS = ("month", "cpi_percent", "food_percent", "source", "provenance")
#: The readings of 2022 that a demonstration starts from; marked illustrative.
DEMONSTRATION = Path(__file__).parent / "data" / "readings-2022.csv"
_PERCENT = re.compile(r"^[+-]?\d{1,2}(\.\d)?%?$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of a file: a series' rise in a month, in thousandths, and its publication."""

    series: str
    month: Month
    rise_permille: int
    source: str
    provenance: str


def permille(text: str) -> int:
    """A rise in percent with one decimal, as thousandths.

    >>> permille("2.8"), permille("-3.9%"), permille("6")
    (28, -39, 60)

    Raises:
        ValueError: not a percentage with at most one decimal.
    """
    plain = text.strip()
    if not _PERCENT.match(plain):
        raise ValueError(
            f"涨幅 {text!r} 须写作百分数，至多一位小数，例如 2.8 / write percent with at most one decimal, such as 2.8"
        )
    whole, _, tenth = plain.removesuffix("%").partition(".")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * 10 + sign * int(tenth or 0)


def readings_of(path: Path) -> list[Reading]:
    """The readings of a file.

    Raises:
        GrantRefused: names the row, the field, what was expected.
    """
    readings = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise GrantRefused(
                f"{path.name}：表头须为 {','.join(COLUMNS)} / the header must be these columns"
            )
        for number, row in enumerate(rows, 2):
            field = "month"
            try:
                month = Month.parse(row["month"])
                for series in ("cpi", "food"):
                    field = f"{series}_percent"
                    if (row[field] or "").strip():
                        readings.append(
                            Reading(
                                series,
                                month,
                                permille(row[field]),
                                row["source"] or "",
                                row["provenance"] or "",
                            )
                        )
            except ValueError as error:
                raise GrantRefused(f"{path.name} 第 {number} 行 {field}：{error}") from error
    return readings


@transaction.atomic
def import_readings(*, path: Path, on: date) -> tuple[int, int]:
    """Enters a file of readings (导入指数), all or none; returns (rows read, readings added).

    Raises:
        GrantRefused: names the row, the field, what was expected.
    """
    readings = readings_of(path)
    before = IndexReading.objects.count()
    for r in readings:
        enter_reading(
            series=r.series, month=r.month, rise_permille=r.rise_permille, source=r.source,
            provenance=r.provenance, on=on,
        )  # fmt: skip
    return len(readings), IndexReading.objects.count() - before
