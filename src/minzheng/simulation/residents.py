"""Residents for measuring: as many people in households as one likes, with what the law reads and nothing else.

The synthetic city (`simulation.city`) lives and has names; these people are columns only. Everything about somebody is
drawn from their number and their household's, by arithmetic that stays the same everywhere, so the same count gives the
same people however they are cut into parts, and a population of any size passes through memory part by part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.kernel.rules import SnapshotRecord, SnapshotWriter

PART_PERSONS = 100_000
SEED = 20220701
MILLION = 1_000_000
#: Of a hundred households, how many have at most 1, 2 … people: 2.3 on average, as in the census of 2020.
SIZES = ((1, 29), (2, 63), (3, 85), (4, 94), (5, 98), (6, 100))
#: Two odd numbers whose products scatter the bits of a running number.
_SCATTER, _AGAIN = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


def parse_count(text: str) -> int:
    """A number of people as one writes it: 250000, 250k, 25m.

    Raises:
        ValueError: it is none.
    """
    units = {"k": 1_000, "m": MILLION}
    plain = text.strip().lower().replace("_", "").replace(",", "")
    number, unit = (plain[:-1], units[plain[-1]]) if plain[-1:] in units else (plain, 1)
    if not number.isdecimal() or int(number) == 0:
        raise ValueError(
            f"{text!r}: 人数须写作 250000、250k 或 25m / write a number of people as 250000, 250k or 25m"
        )
    return int(number) * unit


def _draw(column: str, salt: int, below: int = MILLION, seed: int = SEED) -> pl.Expr:
    """A number from 0 up to, not including, `below`, drawn by scattering the bits of a running number."""
    bits = (pl.col(column).cast(pl.UInt64) + (seed * 1_000 + salt) * 0x1F123BB5) * _SCATTER
    bits = (bits ^ (bits // 2**32)) * _AGAIN
    return (((bits ^ (bits // 2**32)) // 2**20) % below).cast(pl.Int64)


def _sizes(first: int, count: int) -> pl.DataFrame:
    """Households from a running number on, each with its number of people."""
    homes = pl.select(household_id=pl.int_range(first, first + count, dtype=pl.Int64))
    chance = _draw("household_id", 0, 100)
    size: pl.Expr = pl.lit(SIZES[-1][0])
    for people, at_most in reversed(SIZES[:-1]):
        size = pl.when(chance < at_most).then(people).otherwise(size)
    return homes.with_columns(people=size.cast(pl.Int64))


def _persons(homes: pl.DataFrame, first_person: int, month: Month) -> pl.DataFrame:
    """The people of households, numbered onwards."""
    people = (
        homes.select("household_id", place=pl.int_ranges(0, pl.col("people")))
        .explode("place")
        .with_columns(person_id=pl.int_range(first_person, first_person + pl.len(), dtype=pl.Int64))
    )
    head = 20 * 12 + (_draw("household_id", 1, 38 * 12) + _draw("household_id", 2, 38 * 12))
    older, younger = head + _draw("person_id", 3, 96) - 48, head - 22 * 12 - _draw("person_id", 3, 180)
    place, luck = pl.col("place"), _draw("person_id", 4)
    people = people.with_columns(
        # A child may be drawn to be born a few months after the month: feeds bring such children too.
        age=pl.when(place == 0).then(head).when(place == 1).then(older).when(luck < 750_000).then(younger)
        .otherwise(head + 24 * 12).clip(-3, 108 * 12),
        is_partner=(place == 1) & (luck < 850_000),
        is_child=(place > 1) & (luck < 750_000),
        has_job=_draw("person_id", 5) < 820_000,
        purse=_draw("person_id", 6),
        has_pension=_draw("person_id", 7) < 900_000,
    )  # fmt: skip
    adult, old = pl.col("age") >= 18 * 12, pl.col("age") >= 60 * 12
    health = _draw("person_id", 9)
    return people.select(
        "person_id",
        "household_id",
        birth_month=pl.when(_draw("person_id", 10) >= 3_000).then(month.index - pl.col("age")),
        sex=_draw("person_id", 11, 2) + 1,
        is_alive=health >= 500,
        death_month=pl.when(health < 800).then(month.index - _draw("person_id", 12, 3)),
        hukou_is_local=_draw("household_id", 13) < 620_000,
        relation=pl.when(place == 0).then(1).when("is_partner").then(2).when("is_child").then(3)
        .when(old).then(4).otherwise(9),
        wage_fen=pl.when(adult & ~old & pl.col("has_job")).then(pl.col("purse") * 2),
        pension_fen=pl.when(old & pl.col("has_pension")).then(120_000 + pl.col("purse") // 2),
        disability_grade=pl.when(_draw("person_id", 14) < 45_000).then(_draw("person_id", 15, 4) + 1),
        disability_kind=pl.when(_draw("person_id", 14) < 45_000).then(_draw("person_id", 16, 7) + 1),
        is_extreme_poverty_supported=_draw("person_id", 17) < 100,
        is_child_basic_living=~adult & (_draw("person_id", 18) < 300),
        work_injury_care_fen=pl.when(_draw("person_id", 19) < 400).then(_draw("person_id", 20, 60_000)),
    )  # fmt: skip


def _households(homes: pl.DataFrame) -> pl.DataFrame:
    """What is known of households; of four in ten the check centre has reported."""
    checked = _draw("household_id", 30) < 400_000
    return homes.select(
        "household_id",
        division_code=pl.lit(310107014001, dtype=pl.Int64),
        money_assets_fen=pl.when(checked).then(_draw("household_id", 31) * 12),
        homes=pl.when(checked).then((_draw("household_id", 32, 10) > 7).cast(pl.Int64) + 1),
        non_residential_properties=pl.when(checked).then((_draw("household_id", 33, 20) == 0).cast(pl.Int64)),
        vehicles=pl.when(checked).then((_draw("household_id", 34, 4) == 0).cast(pl.Int64)),
        is_low_income_recognised=_draw("household_id", 35) < 9_000,
    )


def residents(
    count: int, month: Month, part_persons: int = PART_PERSONS
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Parts of (persons, households), sorted, of about `part_persons` people in whole households.

    The last household is cut to the count. Facts are of the month: the same count gives people of the same age in any.
    """
    person, home = 1, 1
    while person <= count:
        wanted = min(part_persons, count - person + 1)
        # There is at least one person in a household, so this many are enough.
        homes = _sizes(home, wanted)
        until = homes["people"].cum_sum()
        homes = homes.head(int((until < wanted).sum()) + 1)
        over = int(homes["people"].sum()) - (count - person + 1)
        if over > 0:
            last = pl.col("household_id") == home + homes.height - 1
            homes = homes.with_columns(people=pl.col("people") - pl.when(last).then(over).otherwise(0))
        yield _persons(homes, person, month), _households(homes)
        person += int(homes["people"].sum())
        home += homes.height


def write_residents(
    count: int,
    folder: Path,
    month: Month,
    *,
    part_persons: int = PART_PERSONS,
    progress: Callable[[int, int], None] | None = None,
) -> SnapshotRecord:
    """Writes a population as a snapshot of the month, in flat memory; `progress(people, all)` after each part."""
    done = 0
    with SnapshotWriter(folder, month=month, as_of=month.first_day) as writer:
        for persons, households in residents(count, month, part_persons):
            writer.add(persons, households)
            done += persons.height
            if progress is not None:
                progress(done, count)
    return writer.record
