"""Names and citizen numbers for many people at once. Any likeness is by chance: no place ever had these area codes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray

from minzheng.simulation.calibration import names
from minzheng.simulation.identifiers import RESERVED_AREAS, citizen_number
from minzheng.simulation.population.families import PARENT, SPOUSE, Floats, Ints
from minzheng.simulation.population.statistics import AGES

_PER_AREA = 500


class NumbersExhausted(RuntimeError):
    """More people were born on one day than the reserved areas have numbers for."""


def births(age: Ints, within: Floats, on: date) -> NDArray[np.datetime64]:
    """Birth dates of people so old on a day: `within` is the part of a year since the last birthday, 0 on that very day."""
    last = np.array([_birthday(on, years) for years in range(AGES + 1)], dtype="datetime64[D]")
    days = (last[:-1] - last[1:]).astype(np.int64)
    return last[age] - (within * days[age]).astype("timedelta64[D]")


def _birthday(on: date, years: int) -> date:
    """The latest day of birth of somebody who is so many full years old."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return date(on.year - years, 3, 1) - timedelta(days=1)


def citizen_numbers(
    born: NDArray[np.datetime64], is_man: NDArray[np.bool_], share: tuple[int, int] = (0, 1)
) -> pl.Series:
    """A number for each person, none twice: the serial counts up by birth date and sex, odd for men (GB 11643).

    Args:
        share: which of how many shares of the city these people are; the shares count in turn.

    Raises:
        NumbersExhausted: the reserved areas do not suffice.
    """
    people = pl.DataFrame({"born": born, "is_man": is_man})
    own, all_shares = share
    taken = people.select(pl.int_range(pl.len()).over("born", "is_man") * all_shares + own).to_series()
    if int(taken.to_numpy().max(initial=0)) // _PER_AREA >= len(RESERVED_AREAS):
        raise NumbersExhausted(
            "同日出生者过多，保留的区划代码不够用 / more people born on a day than numbers reserved"
        )
    areas = pl.Series(RESERVED_AREAS, dtype=pl.String).gather(taken // _PER_AREA)
    number = citizen_number(
        area=pl.lit(areas), born=pl.col("born"), place=pl.lit(taken % _PER_AREA), is_man=pl.col("is_man")
    )
    return people.select(number.alias("number")).to_series()


def named(people: pl.DataFrame, rng: Generator) -> pl.DataFrame:
    """The people (household, relation, is_man) with `name` and `ethnicity`; families share a surname, wives have their own."""
    told, count = names(), people.height
    homes = int(people["household"].to_numpy().max(initial=0)) + 1
    surnames = np.array(list(told["surnames"].values()), dtype=np.float64)
    weights = np.cumsum(surnames / surnames.sum())
    shared = np.searchsorted(weights, rng.random(homes), side="right")[people["household"].to_numpy()]
    own = np.searchsorted(weights, rng.random(count), side="right")
    is_man, relation = people["is_man"].to_numpy(), people["relation"].to_numpy()
    apart = (relation == SPOUSE) | ((relation == PARENT) & ~is_man)
    surname = _picked(list(told["surnames"]), np.minimum(np.where(apart, own, shared), surnames.size - 1))
    first, second = (_given(is_man, rng) for _ in range(2))
    han = (
        surname
        + first
        + pl.select(
            pl.when(pl.lit(pl.Series(rng.random(count) < 0.22))).then(pl.lit("")).otherwise(pl.lit(second))
        ).to_series()
    )
    minority = told["minority"]
    is_other = pl.Series(rng.random(count) < minority["share"])
    other = (
        _picked(minority["names"], (rng.random(count) * len(minority["names"])).astype(np.int64))
        + "·"
        + _picked(minority["patronyms"], (rng.random(count) * len(minority["patronyms"])).astype(np.int64))
    )
    return people.with_columns(
        name=pl.when(is_other).then(other).otherwise(han),
        ethnicity=pl.when(is_other).then(pl.lit(minority["ethnicity"])).otherwise(pl.lit("汉族")),
    )


def _given(is_man: NDArray[np.bool_], rng: Generator) -> pl.Series:
    told = names()
    signs = [*told["male"], *told["female"]]
    place = rng.random(is_man.size)
    men = (place * len(told["male"])).astype(np.int64)
    women = len(told["male"]) + (place * len(told["female"])).astype(np.int64)
    return _picked(signs, np.where(is_man, men, women))


def _picked(values: list[str], places: Ints) -> pl.Series:
    return pl.Series(values).gather(pl.Series(places))
