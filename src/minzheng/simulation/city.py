"""Writes the files of a whole synthetic city: sixteen districts, eight offices, one month."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import minzheng.kernel.places
from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import calibration, figure
from minzheng.simulation.economy import check_assets, let_die, settle_income, some_employers
from minzheng.simulation.files import FILES, OfficeFiles
from minzheng.simulation.identifiers import CitizenNumbers
from minzheng.simulation.people import draw_households
from minzheng.simulation.rosters import amounts, roster_entries

_COMMITTEES = Path(minzheng.kernel.places.__file__).parent / "data" / "shanghai-committees.csv"


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
) -> CitySummary:
    """Writes the eight offices' files of a city of one to `scale`; the same seed writes the same city.

    The files appear in `folder` together when all are whole; a kill leaves none of them there.

    Args:
        progress: told (districts done, districts in all).
    """
    if scale < 1:
        raise ValueError(f"scale 必须为正整数 / scale must be a positive whole number, not {scale}")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    districts = calibration()["population"]["districts"]["values"]
    committees = committees_by_district()
    numbers, law = CitizenNumbers(), amounts(Month.of(on))
    residents = figure("population.residents") / scale / sum(districts.values())
    people = families = 0
    recipients: dict[str, int] = defaultdict(int)
    with OfficeFiles(partial, on=on, rng=Random(f"{seed} files")) as files:
        for done, (code, population) in enumerate(districts.items()):
            district = str(code)
            rng = Random(f"{seed} {district}")
            households = list(
                draw_households(
                    district=district,
                    committees=committees[district],
                    people=round(population * residents),
                    on=on,
                    rng=rng,
                    numbers=numbers,
                )
            )
            employers = some_employers(rng)
            for household in households:
                settle_income(household, on=on, rng=rng, employers=employers)
            let_die([person for household in households for person in household.people], on=on, rng=rng)
            for household in households:
                check_assets(household, rng=rng)
                files.household(household)
                people += len(household.people)
            for sheet, entry in roster_entries(households, on=on, rng=rng, law=law):
                files.recipient(sheet, entry)
                recipients[sheet] += 1
            families += len(households)
            if progress:
                progress(done + 1, len(districts))
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (partial / name).replace(folder / name)
    partial.rmdir()
    return CitySummary(folder, people, families, dict(recipients))


def committees_by_district() -> dict[str, list[str]]:
    """The committees of each district, from the real tree of divisions."""
    found: dict[str, list[str]] = defaultdict(list)
    with _COMMITTEES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["code"][:6]].append(row["code"])
    return found
