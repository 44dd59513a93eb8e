"""What offices hold of the people beside their income: certificates, schooling, medical spending, checked assets."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.random import Generator

from minzheng.simulation.calibration import figure

# From which age on which stage is attended (codes of the fact catalogue), and how many years it has.
STAGES = ((3, 1, 3), (6, 2, 5), (12, 3, 4), (15, 4, 3), (18, 5, 4), (22, 0, 1))
UNIVERSITY = 5


def with_papers(persons: pl.DataFrame, on: date, rng: Generator) -> pl.DataFrame:
    """Adds certificate dates, school stage and medical spending (yuan of twelve months), and when deaths are registered."""
    count = persons.height
    day = np.datetime64(on, "D")
    issued = day - (100 + rng.random(count) * 3400).astype("timedelta64[D]")
    delays = np.array((0, 1, 1, 2, 2, 5, 40))[(rng.random(count) * 7).astype(np.int64)]
    ages = persons["age"].to_numpy()
    place = np.searchsorted([low for low, _, _ in STAGES], ages, side="right") - 1
    stage = np.where(place >= 0, np.array([code for _, code, _ in STAGES])[place], 0)
    years = np.array([length for _, _, length in STAGES])[place]
    begun = on.year - 1 - (rng.random(count) * years).astype(np.int64)
    attends = (stage > 0) & (rng.random(count) < figure("schooling"))
    attends &= (stage != UNIVERSITY) | (persons["employment"].to_numpy() == 0)
    spent = np.exp(9.0 + 0.8 * rng.standard_normal(count)).astype(np.int64)
    spends = rng.random(count) < figure("medical_spenders")
    certified = pl.col("disability_grade") > 0
    issue = pl.max_horizontal(pl.lit(pl.Series(issued)), "born")
    attends_now = pl.col("died").is_null() & pl.lit(pl.Series(attends))
    registered = pl.min_horizontal(pl.col("died") + pl.duration(days=pl.lit(pl.Series(delays))), pl.lit(on))
    return persons.with_columns(
        certificate_on=pl.when(certified).then(issue),
        certificate_until=pl.when(certified).then(
            pl.date(issue.dt.year() + 10, issue.dt.month(), pl.min_horizontal(issue.dt.day(), 28))
        ),
        is_cancelled=certified & pl.col("died").is_not_null() & pl.lit(pl.Series(rng.random(count) < 0.3)),
        school_stage=pl.when(attends_now).then(pl.lit(pl.Series(stage))).cast(pl.Int8),
        enrolled_on=pl.when(attends_now).then(
            pl.max_horizontal(pl.date(pl.lit(pl.Series(begun)), 9, 1), "born")
        ),
        medical_spending=pl.when(pl.lit(pl.Series(spends))).then(pl.lit(pl.Series(spent))),
        death_registered_on=pl.when(pl.col("died").is_not_null()).then(registered),
    )


def with_assets(households: pl.DataFrame, on: date, rng: Generator) -> pl.DataFrame:
    """Adds what the check centre found, where a household signed for it: those in need, and some others."""
    count = households.height
    needy = (households["is_in_hardship"] | households["is_low_income"]).to_numpy()
    known = households["is_wholly_local"].to_numpy() & ~households["is_collective"].to_numpy()
    checked = np.where(needy, True, known & (rng.random(count) < figure("assets_checked")))
    size = households["size"].to_numpy()
    wealth = np.exp(0.8 * rng.standard_normal(count))
    little = np.minimum(9_000 * wealth, 29_000) * size
    money = np.where(needy, little, 90_000 * wealth * np.maximum(size, 1)).astype(np.int64)
    luck = rng.random(count)
    homes = np.where(needy, luck < 0.62, np.searchsorted((0.20, 0.78, 0.96), luck, side="right")).astype(
        np.int64
    )
    shops = (rng.random(count) < np.where(needy, 0, 0.05)).astype(np.int64)
    cars = (rng.random(count) < np.where(needy, 0, 0.35)).astype(np.int64)
    asked = np.datetime64(on, "D") - (5 + rng.random(count) * 115).astype("timedelta64[D]")
    columns = {
        "money_assets": money,
        "homes": homes,
        "non_residential": shops,
        "vehicles": cars,
        "checked_on": asked,
    }
    told = pl.lit(pl.Series(checked))
    return households.with_columns(
        **{name: pl.when(told).then(pl.lit(pl.Series(values))) for name, values in columns.items()}
    )
