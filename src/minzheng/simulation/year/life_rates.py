"""Reads `data/life.yaml`, the rates at which the simulated city lives."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import yaml

from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import DATA


@cache
def life() -> dict[str, Any]:
    """The whole file."""
    return dict(yaml.safe_load((DATA / "life.yaml").read_text(encoding="utf-8")))


def rate(path: str) -> Any:
    """One value by its path, for example `births.boys`."""
    part, name = path.split(".")
    return life()[part][name]["value"]


def season(path: str, month: Month) -> float:
    """A month's share of its year in twelve values that need not add up: they are taken against their sum."""
    part, name = path.split(".")
    values = life()[part][name]["values"]
    return float(values[month.number - 1] / sum(values))


def by_age(path: str, age: pl.Expr) -> pl.Expr:
    """The value of the band that an age lies in; 0 outside all."""
    part, name = path.split(".")
    found: pl.Expr = pl.lit(0.0)
    for low, high, value in life()[part][name]["bands"]:
        found = pl.when((age >= low) & (age < high)).then(float(value)).otherwise(found)
    return found
