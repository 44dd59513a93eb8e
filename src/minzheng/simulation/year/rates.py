"""The rates of what a month serves, each with its source, and how a year's whole number is shared out over months."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import yaml

from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import DATA


@cache
def services() -> dict[str, Any]:
    """The whole file."""
    return dict(yaml.safe_load((DATA / "services.yaml").read_text(encoding="utf-8")))


def rate(path: str) -> Any:
    """One value by its path, such as `casework.online`; a list or mapping where it is one."""
    found: Any = services()
    for key in path.split("."):
        found = found[key]
    return found["value"] if "value" in found else found["values"]


def in_month(whole: float, weights: Sequence[float], month: Month) -> int:
    """A month's whole part of a year's number; the parts add up to the year's number, rounded.

    >>> [in_month(5.4, [1] * 12, Month(2022, number)) for number in range(1, 13)]
    [0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0]
    """

    def until(number: int) -> int:
        return int(round(whole) * sum(weights[:number]) / sum(weights) + 0.5)

    return until(month.number) - until(month.number - 1)
