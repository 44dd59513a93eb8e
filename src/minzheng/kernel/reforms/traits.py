"""What households are like, for the breakdown of a reform: place, size, who lives there, tenth of income.

Income is what the registers hold for the month: wages and pensions of the people alive, nothing where nobody told of any.
It is made comparable by dividing by the square root of the household's size, and people are put into tenths by it: a
tenth begins where as many people live on less. Households of the same income stand in the same tenth, so tenths may be
of unequal size, and some empty, where many declare the same or nothing. Allowances are not part of it.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.working_rules import working_rules

TENTHS = 10
LARGEST_SIZE = 4
_PERSON_COLUMNS = ["household_id", "birth_month", "is_alive", "wage_fen", "pension_fen", "disability_grade"]


def household_traits(snapshot_dir: Path, month: Month) -> pl.DataFrame:
    """One row a household, read part by part: household_id, division, district, people, size, has_elder, has_child,
    has_disabled, income_fen (for one person, as said above), tenth (1 to 10, the poorest first).
    """
    parts = []
    with (
        pq.ParquetFile(snapshot_dir / "persons.parquet") as persons,
        pq.ParquetFile(snapshot_dir / "households.parquet") as households,
    ):
        for group in range(persons.num_row_groups):
            people = pl.DataFrame(pl.from_arrow(persons.read_row_group(group, columns=_PERSON_COLUMNS)))
            homes = pl.DataFrame(
                pl.from_arrow(households.read_row_group(group, columns=["household_id", "division_code"]))
            )
            parts.append(homes.join(_of_people(people, month), on="household_id", how="left"))
    return _with_tenths(pl.concat(parts)) if parts else pl.DataFrame()


def _of_people(people: pl.DataFrame, month: Month) -> pl.DataFrame:
    rules = working_rules().at(month)
    age = (pl.lit(month.index) - pl.col("birth_month")).floordiv(12)
    lives = pl.col("is_alive").fill_null(True)
    income = pl.col("wage_fen").fill_null(0) + pl.col("pension_fen").fill_null(0)
    return people.group_by("household_id").agg(
        lives.sum().cast(pl.Int32).alias("people"),
        (lives & (age >= rules.elder_age)).fill_null(False).any().alias("has_elder"),
        (lives & (age < rules.child_age)).fill_null(False).any().alias("has_child"),
        (lives & (pl.col("disability_grade").fill_null(0) > 0)).any().alias("has_disabled"),
        income.filter(lives).sum().cast(pl.Int64).alias("income_fen"),
    )


def _with_tenths(homes: pl.DataFrame) -> pl.DataFrame:
    size = pl.col("people").clip(lower_bound=1)
    homes = homes.with_columns(
        (pl.col("division_code").fill_null(310_000_000_000) // 1_000_000).cast(pl.Int32).alias("district"),
        size.clip(upper_bound=LARGEST_SIZE).cast(pl.Int8).alias("size"),
        (pl.col("income_fen") / size.cast(pl.Float64).sqrt()).floor().cast(pl.Int64).alias("income_fen"),
    ).rename({"division_code": "division"})
    steps = homes.group_by("income_fen").agg(pl.col("people").sum().cast(pl.Int64)).sort("income_fen")
    everybody = max(int(steps["people"].sum()), 1)
    below = pl.col("people").cum_sum() - pl.col("people")
    steps = steps.select(
        "income_fen",
        (below * TENTHS // everybody).clip(upper_bound=TENTHS - 1).add(1).cast(pl.Int8).alias("tenth"),
    )
    return homes.join(steps, on="income_fen", how="left", maintain_order="left")
