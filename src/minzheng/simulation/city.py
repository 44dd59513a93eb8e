"""Writes the files of a whole synthetic city: sixteen districts, eight offices, one month."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from minzheng.simulation.files import FILES, OfficeFiles
from minzheng.simulation.population.drawing import Population, draw


@dataclass(frozen=True)
class CitySummary:
    """How many of each the files hold."""

    folder: Path
    people: int
    households: int
    recipients: dict[str, int]


def write_city_files(
    folder: Path,
    *,
    scale: int = 1000,
    seed: int = 1,
    on: date = date(2022, 6, 30),
    progress: Callable[[int, int], None] | None = None,
    faults: bool = True,
) -> CitySummary:
    """Writes the eight offices' files of a city of one to `scale`; the same seed writes the same city.

    The files appear in `folder` together when all are whole; a kill leaves none of them there.

    Args:
        progress: told (districts drawn, districts in all).
        faults: whether rows have the faults that such files have now and then.
    """
    if scale < 1:
        raise ValueError(f"scale 必须为正整数 / scale must be a positive whole number, not {scale}")
    return write_files(folder, draw(scale=scale, seed=seed, on=on, progress=progress), faults=faults)


def write_files(folder: Path, population: Population, *, faults: bool = True) -> CitySummary:
    """Writes the files of a population that was drawn."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    rng = Random(f"{population.seed} files")
    with OfficeFiles(partial, on=population.on, rng=rng, faults=faults) as files:
        files.write(population)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (partial / name).replace(folder / name)
    partial.rmdir()
    return CitySummary(folder, population.persons.height, population.households.height, files.counts)
