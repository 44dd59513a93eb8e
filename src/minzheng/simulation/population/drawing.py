"""Draws the city's population as frames: the same seed draws the same people, to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil
from random import Random
from typing import Any

import numpy as np
import polars as pl
from numpy.random import PCG64, Generator

from minzheng.kernel.periods import Month
from minzheng.simulation.calibration import figure
from minzheng.simulation.identifiers import ACCOUNTS, employer_code
from minzheng.simulation.population.identities import births, citizen_numbers, named
from minzheng.simulation.population.living import EMPLOYED, Living
from minzheng.simulation.population.papers import with_assets, with_papers
from minzheng.simulation.population.places import (
    ELSEWHERE,
    Settled,
    committees_by_district,
    counts_by_district,
    settle,
)
from minzheng.simulation.population.rosters import amounts, roster
from minzheng.simulation.population.statistics import MONTHS_OF_DEATHS, district_table

Progress = Callable[[int, int], None]
_EMPLOYERS = 40
LARGEST = 20
"""A city of one to less than this is drawn in equal shares of one to so many or smaller, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Population:
    """The people of a city of one to `scale` on a day.

    `persons`: one row each, in order of their households, the head first; `person` is the row's number. Amounts are yuan a
    month, codes those of the register. Who died in the last months is among them, with `died`.
    `households`: one row each; assets where the check centre reported them (yuan, numbers).
    `roster`: who is being paid what: sheet, person, household, start, fen a month.
    `share`: which of the `shares` that make up the city together; each is a small city of its own, drawn to every statistic.
    """

    scale: float
    seed: int
    on: date
    persons: pl.DataFrame
    households: pl.DataFrame
    roster: pl.DataFrame
    share: int = 0
    shares: int = 1

    @property
    def sample(self) -> float:
        """For how many real people one stands here, where the whole city has one to `scale`."""
        return self.scale * self.shares


def generator(seed: int | str, purpose: str) -> Generator:
    """Chance for one purpose, apart from all others of the same seed."""
    return Generator(PCG64(int.from_bytes(hashlib.sha256(f"{seed}|{purpose}".encode()).digest()[:16])))


def draw_shares(
    *, scale: float, seed: int, on: date, progress: Progress | None = None
) -> Iterator[Population]:
    """Draws a city of any size, one share after the other; a city of one to `LARGEST` or smaller is one share."""
    shares = ceil(LARGEST / scale)
    for share in range(shares):
        yield draw(scale=scale, seed=seed, on=on, progress=progress, share=share, shares=shares)


def draw(
    *, scale: float, seed: int, on: date, progress: Progress | None = None, share: int = 0, shares: int = 1
) -> Population:
    """Draws the population as it stands on a day, or a share of it; without a database, in seconds for one to a hundred."""
    chance = f"{seed}.{share}" if share else seed
    of_all = progress and (lambda done, total: progress(share * total + done, shares * total))
    people, district = _settled(scale * shares, chance, of_all)
    homes = int(people.household[-1]) + 1 if people.household.size else 0
    law = amounts(Month.of(on))
    standard = int(law["subsistence_allowance"].standard) / 100
    living = Living(people, scale * shares, generator(chance, "living"), homes, standard)
    living.settle()
    persons = _persons(people, living, chance, on, (share, shares))
    households = _households(people, living, district, chance, on, (share, shares))
    persons = _placed(persons, households, chance, on, _employers(seed))
    rng = generator(chance, "papers")
    persons = with_papers(persons, on, rng)
    households = with_assets(households, on, rng)
    listed = roster(persons, households, on, generator(chance, "rosters"), law)
    account = generator(chance, "accounts").integers(0, 10**15, persons.height)
    persons = persons.with_columns(
        account=pl.when(pl.col("person").is_in(listed["person"].unique().implode())).then(
            pl.lit(ACCOUNTS) + pl.Series(account).cast(pl.String).str.zfill(15)
        )
    )
    return Population(scale, seed, on, persons, households, listed, share, shares)


def _settled(
    scale: float, seed: int | str, progress: Progress | None
) -> tuple[Settled, np.ndarray[Any, Any]]:
    """The people of all districts one after the other, and the district of each household by its place."""
    codes, _ = district_table()
    living, dead = counts_by_district(scale, generator(seed, "counts"))
    parts, districts, first = [], [], 0
    for place, code in enumerate(codes):
        part = settle(living[place], dead[place], generator(seed, f"homes {code}"))
        count = int(part.household.max(initial=-1)) + 1
        parts.append((part.household + first, *(getattr(part, name) for name in Settled.__slots__[1:])))
        districts.append(np.full(count, place))
        first += count
        if progress:
            progress(place + 1, len(codes))
    return Settled(*(np.concatenate(column) for column in zip(*parts, strict=True))), np.concatenate(
        districts
    )


def _persons(
    people: Settled, living: Living, seed: int | str, on: date, share: tuple[int, int]
) -> pl.DataFrame:
    rng = generator(seed, "persons")
    born = births(people.age, people.within, on)
    died = np.datetime64(on, "D") - (rng.random(born.size) * 30 * MONTHS_OF_DEATHS).astype("timedelta64[D]")
    struck = (rng.random(born.size) < 0.6) & people.is_dead
    frame = pl.DataFrame(
        {
            "person": np.arange(born.size),
            "household": people.household,
            "relation": people.relation.astype(np.int8),
            "age": people.age,
            "is_man": people.is_man,
            "sex": np.where(people.is_man, 1, 2).astype(np.int8),
            "is_local": people.is_local,
            "is_collective": people.is_collective,
            "born": born,
            "number": citizen_numbers(born, people.is_man, share),
            "pension": living.pension,
            "pension_kind": living.pension_kind.astype(np.int8),
            "wage": living.wage,
            "employment": living.employment.astype(np.int8),
            "disability_kind": living.disability_kind.astype(np.int8),
            "disability_grade": living.disability_grade.astype(np.int8),
            "is_dead": people.is_dead,
            "last_day": np.maximum(died, born),
            "is_struck": struck,
        }
    )
    frame = frame.with_columns(died=pl.when("is_dead").then(pl.col("last_day"))).with_columns(
        struck_on=pl.when("is_struck").then(
            pl.min_horizontal(pl.col("died") + pl.duration(days=15), pl.lit(on))
        )
    )
    return named(frame.drop("is_dead", "last_day", "is_struck"), generator(seed, "names"))


def _households(
    people: Settled,
    living: Living,
    district: np.ndarray[Any, Any],
    seed: int | str,
    on: date,
    share: tuple[int, int],
) -> pl.DataFrame:
    """One row a household: its number, home, the hukou of its local members and of the others, when it came."""
    rng, count = generator(seed, "households"), district.size
    codes, _ = district_table()
    known = committees_by_district()
    sizes = np.array([len(known[code]) for code in codes])
    starts = np.cumsum(sizes) - sizes
    committees = pl.Series([committee for code in codes for committee in known[code]])

    def somewhere() -> np.ndarray[Any, Any]:
        return starts[district] + (rng.random(count) * sizes[district]).astype(np.int64)

    home, other = somewhere(), somewhere()
    away = rng.random(count) < figure("households.lives_away_from_hukou")
    first = np.append(True, people.household[1:] != people.household[:-1])
    is_collective, head_is_local = people.is_collective[first], people.is_local[first]
    came = np.datetime64(on, "D") - (60 + rng.random(count) * 8940).astype("timedelta64[D]")
    frame = pl.DataFrame(
        {
            "household": np.arange(count),
            "district": pl.Series(codes).gather(pl.Series(district)),
            "is_collective": is_collective,
            "home": committees.gather(pl.Series(home)),
            "local_hukou": committees.gather(pl.Series(np.where(away, other, home))),
            "other_hukou": pl.Series(ELSEWHERE).gather(
                pl.Series((rng.random(count) * len(ELSEWHERE)).astype(np.int64))
            ),
            "has_come": ~head_is_local | (rng.random(count) < 0.08),
            "came_on": came,
            "is_in_hardship": living.is_in_hardship,
            "is_low_income": living.is_low_income,
            "is_wholly_local": living.by_home(people.is_local) == living.by_home(np.ones_like(people.age)),
            "size": living.by_home(~people.is_dead).astype(np.int64),
        }
    )
    # The shares of a city count in turn, so that none has another's numbers.
    serial = (pl.int_range(pl.len()).over("district") * share[1] + share[0] + 1).cast(pl.String).str.zfill(7)
    letter = pl.when("is_collective").then(pl.lit("J")).otherwise(pl.lit("H"))
    return frame.with_columns(
        household_number=letter + pl.col("district").str.slice(2) + serial,
        came_on=pl.when("has_come").then("came_on"),
    ).drop("has_come")


def _employers(seed: int) -> list[str]:
    """The city's employers, so many in each district, one district after the other."""
    codes, _ = district_table()
    return [
        employer_code(chance)
        for chance in (Random(f"{seed} {code} employers") for code in codes)
        for _ in range(_EMPLOYERS)
    ]


def _placed(
    persons: pl.DataFrame, households: pl.DataFrame, seed: int | str, on: date, employers: list[str]
) -> pl.DataFrame:
    """The persons with home, hukou, the day they came, and their employer."""
    rng = generator(seed, "employers")
    codes, _ = district_table()
    places = {code: place * _EMPLOYERS for place, code in enumerate(codes)}
    frame = persons.join(
        households.select(
            "household", "household_number", "district", "home", "local_hukou", "other_hukou", "came_on",
            "is_in_hardship", "is_low_income",
        ),
        on="household", how="left", maintain_order="left",
    )  # fmt: skip
    at = frame["district"].replace_strict(places, return_dtype=pl.Int64) + pl.Series(
        (rng.random(frame.height) * _EMPLOYERS).astype(np.int64)
    )
    return frame.with_columns(
        hukou=pl.when("is_local").then("local_hukou").otherwise("other_hukou"),
        # Nobody comes before the birth or after the death.
        moved_in=pl.when(pl.col("came_on").is_not_null()).then(
            pl.min_horizontal(pl.max_horizontal("came_on", "born"), "died")
        ),
        employer=pl.when(pl.col("employment") == EMPLOYED).then(pl.Series(employers).gather(at)),
    ).drop("local_hukou", "other_hukou", "came_on")
