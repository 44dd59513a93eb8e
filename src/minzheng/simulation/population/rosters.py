"""Who is being paid what on the day (在享名册), by the amounts of the law in force then.

The rosters know nearly all whom the law entitles, not all, and a few whom it no longer does: that difference is what a
month end is there to find. Amounts are read from the programmes' parameters.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.random import Generator

from minzheng.kernel.parameters import MonthParameters
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.simulation.calibration import figure

SUBSISTENCE, NURSING, LIVING, OLD_AGE = "低保", "重度残疾人护理补贴", "困难残疾人生活补贴", "老年综合津贴"
SHEETS = (SUBSISTENCE, NURSING, LIVING, OLD_AGE)
_INTELLECTUAL_OR_MENTAL = (5, 6)
_FIRST_MONTH = Month(2016, 5)  # of the old-age allowance


def amounts(month: Month) -> dict[str, MonthParameters]:
    """The parameters of each programme as they stood in the month."""
    return {programme.code: programme.parameters.at(month) for programme in load_programmes()}


def roster(
    persons: pl.DataFrame, households: pl.DataFrame, on: date, rng: Generator, law: dict[str, MonthParameters]
) -> pl.DataFrame:
    """Everybody who is paid: `sheet`, `person`, `household`, `start` (first of a month), `fen` a month."""
    month = Month.of(on)
    since_death = month.index - (pl.col("died").dt.year() * 12 + pl.col("died").dt.month() - 1)
    # A death is known to the roster's office after a while; most of last month's are not yet.
    is_known = (since_death >= 3) | ((since_death >= 1) & _luck(persons.height, rng, 0.75))
    people = persons.with_columns(
        birth=pl.col("born").dt.year().cast(pl.Int64) * 12 + pl.col("born").dt.month() - 1,
        is_gone=is_known.fill_null(value=False),
    ).filter("is_local", ~pl.col("is_gone"))
    relief = _subsistence(persons, households, month, rng, law["subsistence_allowance"])
    disability = law["disability_subsidies"]
    parts = [
        relief,
        _nursing(people, month, rng, disability),
        _living(people, relief, month, rng, disability),
        _old_age(people, month, rng, law["old_age_allowance"]),
    ]
    return pl.concat(parts).sort("household", "person", "sheet")


def _luck(count: int, rng: Generator, share: float) -> pl.Expr:
    return pl.lit(pl.Series(rng.random(count) < share))


def _listed(people: pl.DataFrame, sheet: str, start: pl.Expr) -> pl.DataFrame:
    """The roster's columns; `start` counts months from the year 0."""
    return people.select(
        pl.lit(sheet).alias("sheet"),
        "person",
        "household",
        pl.date(start // 12, start % 12 + 1, 1).alias("start"),
        pl.col("fen").cast(pl.Int64),
    )


def _begun(people: pl.DataFrame, month: Month, rng: Generator, years: int) -> pl.Expr:
    """A month within the last years, none before the birth."""
    back = 1 + (rng.random(people.height) * (12 * years - 1)).astype(np.int64)
    return pl.max_horizontal(pl.lit(pl.Series(month.index - back)), "birth")


def _subsistence(
    persons: pl.DataFrame, households: pl.DataFrame, month: Month, rng: Generator, law: MonthParameters
) -> pl.DataFrame:
    """Households whose income is below the standard, by the gap; through their first member."""
    age = month.index - (pl.col("born").dt.year().cast(pl.Int64) * 12 + pl.col("born").dt.month() - 1)
    standard = (
        pl.when(age // 12 <= int(law.minor_age)).then(int(law.minor_standard)).otherwise(int(law.standard))
    )
    own = (pl.col("wage") + pl.col("pension")) * 100
    members = persons.filter("is_in_hardship", pl.col("died").is_null())
    income = own.sum().over("household") // pl.len().over("household")
    found = (
        members.with_columns(gap=(standard - income).clip(0), income=income)
        .filter(pl.col("income") < int(law.standard))
        .group_by("household", maintain_order=True)
        .agg(pl.col("person").first(), pl.col("gap").sum().alias("fen"))
    )
    found = found.filter(_luck(found.height, rng, figure("rosters.subsistence_allowance")))
    others = households.filter(
        "is_wholly_local", ~pl.col("is_collective"), ~pl.col("is_in_hardship"), ~pl.col("is_low_income"),
        pl.col("size") > 0,
    )  # fmt: skip
    strayed = np.sort(rng.permutation(others.height)[: round(found.height * figure("rosters.not_eligible"))])
    heads = (
        persons.filter(pl.col("died").is_null())
        .group_by("household", maintain_order=True)
        .agg(pl.col("person").first())
    )
    wrong = (
        others[strayed]
        .select("household")
        .join(heads, on="household", maintain_order="left")
        .with_columns(fen=pl.lit(int(law.standard), dtype=pl.Int64))
    )
    both = pl.concat([found, wrong.select(found.columns)]).with_columns(birth=pl.lit(0, dtype=pl.Int64))
    return _listed(both, SUBSISTENCE, _begun(both, month, rng, 8))


def _nursing(people: pl.DataFrame, month: Month, rng: Generator, law: MonthParameters) -> pl.DataFrame:
    grade, kind = pl.col("disability_grade"), pl.col("disability_kind")
    other = (grade == 2) | ((grade == 3) & kind.is_in(_INTELLECTUAL_OR_MENTAL))
    severe = people.filter((grade == 1) | other).with_columns(
        fen=pl.when(grade == 1).then(int(law.nursing_amount_first)).otherwise(int(law.nursing_amount_other))
    )
    paid = severe.filter(_luck(severe.height, rng, figure("rosters.disability_nursing")))
    return _listed(paid, NURSING, _begun(paid, month, rng, 5))


def _living(
    people: pl.DataFrame, relief: pl.DataFrame, month: Month, rng: Generator, law: MonthParameters
) -> pl.DataFrame:
    on_relief = pl.col("is_in_hardship") & pl.col("household").is_in(relief["household"].implode())
    holders = people.filter(
        pl.col("disability_grade") > 0, pl.col("died").is_null(), on_relief | pl.col("is_low_income")
    ).with_columns(
        fen=pl.when("is_low_income")
        .then(int(law.living_amount_low_income))
        .otherwise(int(law.living_amount_subsistence))
    )
    paid = holders.filter(_luck(holders.height, rng, figure("rosters.disability_living")))
    return _listed(paid, LIVING, _begun(paid, month, rng, 5))


def _old_age(people: pl.DataFrame, month: Month, rng: Generator, law: MonthParameters) -> pl.DataFrame:
    """Everybody old enough before this very month; few are missing, and few have the amount of the band before."""
    ages = [int(age) for age, _ in law.amounts]
    fen = pl.Series([int(amount) for _, amount in law.amounts])
    months = month.index - pl.col("birth")
    old = people.filter(months > ages[0] * 12)
    old = old.filter(_luck(old.height, rng, figure("rosters.old_age_allowance")))
    band = np.searchsorted(ages, old.select(months // 12).to_series().to_numpy(), side="right") - 1
    late = (band > 0) & (rng.random(old.height) < figure("rosters.band_not_raised"))
    listed = old.with_columns(fen=fen.gather(pl.Series(band - late)))
    return _listed(listed, OLD_AGE, pl.max_horizontal(pl.col("birth") + ages[0] * 12, _FIRST_MONTH.index))
