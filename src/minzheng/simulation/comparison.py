"""The simulated year beside what the summary printed (模拟与总结对比): each printed figure at the city's scale, and how far off ours is.

The printed values are read here and nowhere else; they are compared with and never become a result. Which of them are divided
by the scale stands in `data/comparison.yaml`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import minzheng.domains
from minzheng.kernel.indicators.summary import Derived, Stated, derive
from minzheng.simulation.calibration import DATA, load
from minzheng.simulation.models import LivedStep, SimulatedCity

NEAR, CLOSE = 1.0, 5.0  # percent


class NothingPrinted(LookupError):
    """No summary of the year is at hand to compare with; the message says of which year one is."""


class Judgement(StrEnum):
    """How near a figure comes, the best first."""

    SAME = "same"  # 一致
    NEAR = "near"  # 1 % 以内
    CLOSE = "close"  # 5 % 以内
    NOISE = "noise"  # 更远，但在抽样误差之内
    FAR = "far"  # 更远
    UNCOUNTED = "uncounted"  # 没有数值


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as the summary prints it: its words and its value in the list's unit, with the step it was rounded to."""

    id: str
    printed: str
    value: int | float | str
    precision: float | None
    qualifier: str


@dataclass(frozen=True, slots=True)
class Line:
    """One derived figure beside the printed one.

    `expected` is the printed value at the city's scale, in the list's unit (yuan, persons, ...) or a text; `noise` is the
    sampling band in percent of it (two standard deviations of a count, 2·√n of n); None for what stands in full.
    """

    derived: Derived
    printed: Printed
    is_scaled: bool
    expected: float | str
    noise: float | None

    @property
    def stated(self) -> Stated:
        return self.derived.stated

    @property
    def deviation(self) -> float | None:
        """Percent over the printed value at scale; of “more than n” over the nearest number that the words allow."""
        value = self.derived.value
        if not isinstance(value, int | float) or isinstance(self.expected, str):
            return None
        expected = self._nearest(float(value))
        if not expected:
            return 0.0 if value == expected else None
        return (value - expected) / abs(expected) * 100

    @property
    def is_within_noise(self) -> bool | None:
        """Whether the deviation is no larger than chance makes it; None where nothing was drawn."""
        return None if self.noise is None or self.deviation is None else abs(self.deviation) <= self.noise

    @property
    def judgement(self) -> Judgement:
        value, off = self.derived.value, self.deviation
        if value is None:
            return Judgement.UNCOUNTED
        if off is None:
            return Judgement.SAME if str(value) == str(self.expected) else Judgement.FAR
        if off == 0:
            return Judgement.SAME
        if abs(off) <= NEAR:
            return Judgement.NEAR
        if abs(off) <= CLOSE:
            return Judgement.CLOSE
        return Judgement.NOISE if self.is_within_noise else Judgement.FAR

    def _nearest(self, value: float) -> float:
        assert not isinstance(self.expected, str)
        if self.printed.qualifier != "more_than" or not self.printed.precision or not self.printed.value:
            return self.expected
        top = self.expected * (1 + self.printed.precision / float(self.printed.value))
        return min(max(value, self.expected), top)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A simulated city's year beside the summary's; `lived` is the last month that was lived, None where none was."""

    year: int
    city: SimulatedCity
    lived: date | None
    lines: tuple[Line, ...]
    missing: tuple[Stated, ...]

    @property
    def is_whole(self) -> bool:
        """Whether all of the year was lived; before, flows are those of a part of it."""
        return self.lived is not None and self.lived >= date(self.year, 12, 1)

    @property
    def counts(self) -> dict[Judgement, int]:
        found = dict.fromkeys(Judgement, 0)
        for line in self.lines:
            found[line.judgement] += 1
        return found


def compare(year: int) -> Comparison | None:
    """The year's comparison as far as the acting post sees totals; None on an installation without a simulated city.

    Raises:
        NothingPrinted: no summary of the year is at hand.
    """
    told = printed(year)
    city = SimulatedCity.objects.order_by("pk").first()
    if city is None:
        return None
    last = (
        LivedStep.objects.filter(month__year=year).order_by("-month").values_list("month", flat=True).first()
    )
    found = derive(year)
    lines = tuple(
        _line(one, told, city.scale) for one in found if one.answer is not None and one.stated.id in told
    )
    missing = tuple(one.stated for one in found if one.answer is None)
    return Comparison(year, city, last, lines, missing)


@cache
def printed(year: int) -> dict[str, Printed]:
    """What the summary of a year prints, by id.

    Raises:
        NothingPrinted: no such summary.
    """
    folder = Path(minzheng.domains.__path__[0])
    path = folder / f"summary_{year}_printed.yaml"
    if not path.exists():
        known = ", ".join(sorted(one.name.split("_")[1] for one in folder.glob("summary_*_printed.yaml")))
        raise NothingPrinted(
            f"没有 {year} 年总结可供对比，现有：{known} / no printed summary of {year}; there is {known}"
        )
    return {entry["id"]: Printed(**entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}


def rules() -> dict[str, Any]:
    """The table of what is divided by the scale."""
    return load(DATA / "comparison.yaml")


def plain_lines(found: Comparison) -> list[dict[str, Any]]:
    """The comparison as plain values by name, for files and programs; amounts in the list's unit, deviations in percent."""
    return [
        {
            "id": line.stated.id,
            "name": line.stated.name,
            "domain": line.stated.domain,
            "unit": line.stated.unit,
            "value": line.derived.value,
            "printed": line.printed.value,
            "expected": line.expected if isinstance(line.expected, str) else round(line.expected, 4),
            "scaled": line.is_scaled,
            "deviation": None if line.deviation is None else round(line.deviation, 2),
            "noise": None if line.noise is None else round(line.noise, 2),
            "within_noise": line.is_within_noise,
            "judgement": str(line.judgement),
        }
        for line in found.lines
    ]


def is_scaled(stated: Stated) -> bool:
    """Whether a printed figure is divided by the scale of the city."""
    told = rules()
    return (
        stated.unit in told["scaled_units"]
        and stated.kind not in told["kinds_in_full"]
        and stated.id not in told["figures_in_full"]
    )


def is_decided(stated: Stated) -> bool:
    """Whether the table says of a figure if it is divided."""
    told = rules()
    return (
        stated.unit in told["scaled_units"]
        or stated.unit in told["units_in_full"]
        or stated.kind in told["kinds_in_full"]
    )


def _line(one: Derived, told: dict[str, Printed], scale: int) -> Line:
    own = told[one.stated.id]
    scaled = is_scaled(one.stated)
    if not isinstance(own.value, int | float):
        return Line(one, own, False, str(own.value), None)
    expected = own.value / scale if scaled else own.value
    drawn = told[rules()["varies_with"].get(one.stated.id, one.stated.id)] if scaled else None
    return Line(one, own, scaled, expected, _noise(drawn, one.stated, scale) if drawn else None)


def _noise(drawn: Printed, stated: Stated, scale: int) -> float | None:
    """Two standard deviations of the number of people drawn, in percent; unknown for money whose receivers nobody named."""
    if stated.unit == "yuan" and drawn.id == stated.id:
        return None
    count = float(drawn.value) / scale
    return 200 / math.sqrt(count) if count > 0 else None
