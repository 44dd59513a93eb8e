"""Two rolls over the same people, joined: what changes for whom, and the figures of it.

Everything is a join or a grouped sum; no household is looked at by itself. What is surely paid counts (status 2, after
stacking); people who may qualify are counted beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.traits import household_traits
from minzheng.kernel.rules import ELIGIBLE, MAY_QUALIFY
from minzheng.kernel.rules.columns import FINDINGS_FILE

MONTHS_OF_A_YEAR = 12
#: How often something is the case, then sums of money; in this order in files.
COUNTS = ("households", "people", "covered_before", "covered_after", "gainers", "losers", "same", "started", "ended",
          "may_before", "may_after")  # fmt: skip
AMOUNTS = ("before_fen", "after_fen", "gains_fen", "losses_fen")
ALL, PROGRAMME, BENEFIT, DISTRICT, SIZE, MEMBERS, TENTH = (
    "all", "programme", "benefit", "district", "size", "members", "tenth",
)  # fmt: skip
DIMENSIONS = (ALL, PROGRAMME, BENEFIT, DISTRICT, SIZE, MEMBERS, TENTH)
#: Who lives in a household; one household may be in several of the first three.
MEMBER_KEYS = ("elder", "child", "disabled", "none")
_HOLDER = ["programme", "benefit", "household_id", "person_id"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a breakdown. Households are counted, by benefit those who would hold it (persons or households).

    `gainers` receive more than before, among them `started` who received nothing; `losers` less, among them `ended`;
    gainers + losers + same = households, in the line of a benefit = everybody who holds it before or after.
    """

    dimension: str
    key: str
    values: dict[str, int]

    @property
    def change_fen(self) -> int:
        """Cost of the reform a month; a year is twelve of them."""
        return self.values["after_fen"] - self.values["before_fen"]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures, and every household for whom something changes."""

    figures: tuple[Figure, ...]
    changed: pl.DataFrame

    @property
    def total(self) -> Figure:
        return next(f for f in self.figures if f.dimension == ALL)

    def of(self, dimension: str) -> list[Figure]:
        return [f for f in self.figures if f.dimension == dimension]


def compare(snapshot_dir: Path, before_dir: Path, after_dir: Path, month: Month) -> Comparison:
    """Who gains and who loses between two runs over one snapshot.

    `changed` has one row for each household whose sum changes: household_id, division, district, people, size,
    has_elder, has_child, has_disabled, tenth, before_fen, after_fen.
    """
    holders = _holders(before_dir, after_dir)
    homes = household_traits(snapshot_dir, month)
    sums = _summed(holders, ["household_id"])
    homes = homes.join(sums, on="household_id", how="left", maintain_order="left").with_columns(
        pl.col("before_fen", "after_fen", "may_before", "may_after").fill_null(0)
    )
    figures = [Figure(ALL, "", _row(homes.select(_measures())))]
    by_programme = _summed(holders, ["programme", "household_id"])
    figures += _grouped(by_programme, PROGRAMME, "programme")
    # All households have the programmes open to them; the roll names only those who are found.
    figures[1:] = [_over_all(f, homes.height) for f in figures[1:]]
    figures += _grouped(holders, BENEFIT, "benefit")
    for dimension in (DISTRICT, SIZE, TENTH):
        figures += _grouped(homes, dimension, dimension)
    figures += _members(homes)
    changed = homes.filter(pl.col("before_fen") != pl.col("after_fen")).drop(
        "income_fen", "may_before", "may_after"
    )
    return Comparison(tuple(figures), changed)


def _holders(before_dir: Path, after_dir: Path) -> pl.DataFrame:
    """Everybody found in either run, one row a holder of a benefit: before_fen, after_fen, may_before, may_after."""

    def roll(folder: Path, when: str) -> pl.LazyFrame:
        sure = pl.col("status") == ELIGIBLE
        return pl.scan_parquet(folder / FINDINGS_FILE).select(
            *_HOLDER,
            pl.when(sure).then("amount_fen").otherwise(0).alias(f"{when}_fen"),
            (pl.col("status") == MAY_QUALIFY).cast(pl.Int8).alias(f"may_{when}"),
        )

    joined = roll(before_dir, "before").join(
        roll(after_dir, "after"), on=_HOLDER, how="full", coalesce=True, nulls_equal=True
    )
    return joined.with_columns(
        pl.col("before_fen", "after_fen", "may_before", "may_after").fill_null(0)
    ).collect(engine="streaming")


def _summed(holders: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return holders.group_by(keys).agg(
        pl.col("before_fen", "after_fen").sum(), pl.col("may_before", "may_after").max()
    )


def _measures() -> list[pl.Expr]:
    before, after = pl.col("before_fen"), pl.col("after_fen")
    change = after - before
    return [
        pl.len().alias("households"),
        pl.col("people").sum().alias("people"),
        *(e.sum().alias(name) for name, e in (
            ("covered_before", before > 0), ("covered_after", after > 0),
            ("gainers", change > 0), ("losers", change < 0), ("same", change == 0),
            ("started", (before == 0) & (after > 0)), ("ended", (before > 0) & (after == 0)),
        )),
        pl.col("may_before").cast(pl.Int64).sum().alias("may_before"),
        pl.col("may_after").cast(pl.Int64).sum().alias("may_after"),
        before.sum().alias("before_fen"),
        after.sum().alias("after_fen"),
        change.filter(change > 0).sum().alias("gains_fen"),
        (-change.filter(change < 0)).sum().alias("losses_fen"),
    ]  # fmt: skip


def _row(frame: pl.DataFrame) -> dict[str, int]:
    found = frame.row(0, named=True)
    return {name: int(found[name] or 0) for name in (*COUNTS, *AMOUNTS)}


def _grouped(frame: pl.DataFrame, dimension: str, key: str) -> list[Figure]:
    if "people" not in frame.columns:
        frame = frame.with_columns(pl.lit(0).alias("people"))
    rows = frame.group_by(key).agg(_measures()).sort(key)
    return [
        Figure(dimension, str(row[key]), {name: int(row[name] or 0) for name in (*COUNTS, *AMOUNTS)})
        for row in rows.to_dicts()
    ]


def _over_all(figure: Figure, households: int) -> Figure:
    values = figure.values | {"same": figure.values["same"] + households - figure.values["households"]}
    return Figure(figure.dimension, figure.key, values | {"households": households})


def _members(homes: pl.DataFrame) -> list[Figure]:
    has = [pl.col(f"has_{key}") for key in MEMBER_KEYS[:-1]]
    conditions = [*has, ~pl.any_horizontal(has)]
    return [
        Figure(MEMBERS, key, _row(homes.filter(condition).select(_measures())))
        for key, condition in zip(MEMBER_KEYS, conditions, strict=True)
    ]
