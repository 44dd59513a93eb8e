"""Two rolls over the same people, joined: what changes for whom, and the figures of it.

Everything is a join or a grouped sum over one part of the population after the other, so memory does not grow with it; no
household is looked at by itself. What is surely paid counts (status 2, after stacking); people who may qualify are counted
beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.traits import Population
from minzheng.kernel.rules import ELIGIBLE, MAY_QUALIFY
from minzheng.kernel.rules.findings import FINDINGS_FILE

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
Sums = dict[tuple[str, str], dict[str, int]]
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
    sums: Sums = {}
    changed = []
    households = 0
    for homes in Population(snapshot_dir, month).parts():
        holders = _holders(before_dir, after_dir, homes["household_id"])
        homes = homes.join(
            _summed(holders, ["household_id"]), on="household_id", how="left", maintain_order="left"
        ).with_columns(pl.col("before_fen", "after_fen", "may_before", "may_after").fill_null(0))
        households += homes.height
        _add(sums, ALL, "", homes)
        _add_grouped(sums, _summed(holders, ["programme", "household_id"]), PROGRAMME, "programme")
        _add_grouped(sums, holders, BENEFIT, "benefit")
        for dimension in (DISTRICT, SIZE, TENTH):
            _add_grouped(sums, homes, dimension, dimension)
        has = [pl.col(f"has_{key}") for key in MEMBER_KEYS[:-1]]
        for key, condition in zip(MEMBER_KEYS, [*has, ~pl.any_horizontal(has)], strict=True):
            _add(sums, MEMBERS, key, homes.filter(condition))
        changed.append(
            homes.filter(pl.col("before_fen") != pl.col("after_fen")).drop("may_before", "may_after")
        )
    return Comparison(_figures(sums, households), pl.concat(changed) if changed else pl.DataFrame())


def _figures(sums: Sums, households: int) -> tuple[Figure, ...]:
    found = [Figure(dimension, key, values) for (dimension, key), values in sums.items()]
    # All households have the programmes open to them; the roll names only those who are found.
    found = [_over_all(f, households) if f.dimension == PROGRAMME else f for f in found]
    order = {dimension: at for at, dimension in enumerate(DIMENSIONS)}
    by_key = {key: at for at, key in enumerate(MEMBER_KEYS)}
    return tuple(
        sorted(
            found,
            key=lambda f: (
                order[f.dimension],
                by_key.get(f.key, 0),
                len(f.key) if f.key.isdigit() else 0,
                f.key,
            ),
        )
    )


def _holders(before_dir: Path, after_dir: Path, households: pl.Series) -> pl.DataFrame:
    """Everybody of a part found in either run, one row a holder of a benefit: before_fen, after_fen, may_before, may_after.

    Rolls are in order of household, so that a part's rows are found by the file's own statistics.
    """
    first, last = households.min(), households.max()

    def roll(folder: Path, when: str) -> pl.LazyFrame:
        sure = pl.col("status") == ELIGIBLE
        found = pl.scan_parquet(folder / FINDINGS_FILE).filter(pl.col("household_id").is_between(first, last))
        return found.select(
            *_HOLDER,
            pl.when(sure).then("amount_fen").otherwise(0).alias(f"{when}_fen"),
            (pl.col("status") == MAY_QUALIFY).cast(pl.Int8).alias(f"may_{when}"),
        )

    joined = roll(before_dir, "before").join(
        roll(after_dir, "after"), on=_HOLDER, how="full", coalesce=True, nulls_equal=True
    )
    return joined.with_columns(
        pl.col("before_fen", "after_fen", "may_before", "may_after").fill_null(0)
    ).collect()


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


def _add(sums: Sums, dimension: str, key: str, frame: pl.DataFrame) -> None:
    _count(sums, dimension, key, frame.select(_measures()).row(0, named=True))


def _add_grouped(sums: Sums, frame: pl.DataFrame, dimension: str, key: str) -> None:
    if "people" not in frame.columns:
        frame = frame.with_columns(pl.lit(0).alias("people"))
    for row in frame.group_by(key).agg(_measures()).to_dicts():
        _count(sums, dimension, str(row[key]), row)


def _count(sums: Sums, dimension: str, key: str, row: dict[str, Any]) -> None:
    values = sums.setdefault((dimension, key), dict.fromkeys((*COUNTS, *AMOUNTS), 0))
    for name in values:
        values[name] += int(row[name] or 0)


def _over_all(figure: Figure, households: int) -> Figure:
    values = figure.values | {"same": figure.values["same"] + households - figure.values["households"]}
    return Figure(figure.dimension, figure.key, values | {"households": households})
