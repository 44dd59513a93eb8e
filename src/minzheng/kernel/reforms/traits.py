"""What households are like, for the breakdown of a reform: place, size, who lives there, tenth of income.

Income is what the registers hold for the month: wages and pensions of the people alive, nothing where nobody told of any.
It is made comparable by dividing by the square root of the household's size, taken in whole yuan, and people are put into tenths
by it: a tenth begins where as many people live on less. Households of the same income stand in the same tenth, so tenths may be
of unequal size, and some empty, where many declare the same or nothing. Allowances are not part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.working_rules import working_rules
from minzheng.kernel.rules.snapshot import HOUSEHOLDS_FILE, PERSONS_FILE

TENTHS = 10
FEN_OF_A_YUAN = 100
LARGEST_SIZE = 4
_PERSON_COLUMNS = ["household_id", "birth_month", "is_alive", "wage_fen", "pension_fen", "disability_grade"]


class Population:
    """A snapshot read part by part: each part's households with what they are like."""

    def __init__(self, snapshot_dir: Path, month: Month) -> None:
        self._folder, self._month = snapshot_dir, month
        self._tenths = self._cut()

    def parts(self) -> Iterator[pl.DataFrame]:
        """One row a household: household_id, division, district, people, size, has_elder, has_child, has_disabled,
        tenth (1 to 10, the poorest first)."""
        for homes in self._read():
            yield homes.join(self._tenths, on="income", how="left", maintain_order="left").drop("income")

    def _read(self) -> Iterator[pl.DataFrame]:
        with (
            pq.ParquetFile(self._folder / PERSONS_FILE) as persons,
            pq.ParquetFile(self._folder / HOUSEHOLDS_FILE) as households,
        ):
            for group in range(persons.num_row_groups):
                people = pl.DataFrame(pl.from_arrow(persons.read_row_group(group, columns=_PERSON_COLUMNS)))
                homes = pl.DataFrame(
                    pl.from_arrow(households.read_row_group(group, columns=["household_id", "division_code"]))
                )
                told = _of_people(people, self._month)
                yield _described(homes.join(told, on="household_id", how="left", maintain_order="left"))

    def _cut(self) -> pl.DataFrame:
        """The tenth of each income: one row a yuan, however many people there are."""
        by_income = [
            homes.group_by("income").agg(pl.col("people").cast(pl.Int64).sum()) for homes in self._read()
        ]
        empty = pl.DataFrame(schema={"income": pl.Int64, "people": pl.Int64})
        steps = pl.concat([empty, *by_income]).group_by("income").agg(pl.col("people").sum()).sort("income")
        everybody = max(int(steps["people"].sum()), 1)
        below = pl.col("people").cum_sum() - pl.col("people")
        return steps.select(
            "income",
            (below * TENTHS // everybody).clip(upper_bound=TENTHS - 1).add(1).cast(pl.Int8).alias("tenth"),
        )


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


def _described(homes: pl.DataFrame) -> pl.DataFrame:
    size = pl.col("people").clip(lower_bound=1)
    per_person = pl.col("income_fen") / size.cast(pl.Float64).sqrt()
    return homes.select(
        "household_id",
        pl.col("division_code").alias("division"),
        (pl.col("division_code").fill_null(310_000_000_000) // 1_000_000).cast(pl.Int32).alias("district"),
        "people",
        size.clip(upper_bound=LARGEST_SIZE).cast(pl.Int8).alias("size"),
        "has_elder",
        "has_child",
        "has_disabled",
        (per_person // FEN_OF_A_YUAN).cast(pl.Int64).alias("income"),
    )
