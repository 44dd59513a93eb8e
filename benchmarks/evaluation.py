"""How long the law takes for a whole population, held against a hand-written Polars plan of the same rules.

Both read the same snapshot and write the same roll, equal to the fen (checked before anything is timed). Runs alternate,
so that a slow moment of the machine falls on both; the ratio of the medians is what counts, never a time alone.

    python benchmarks/evaluation.py --residents 1000000
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import polars as pl

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import evaluate_snapshot, write_snapshot

MONTH = Month(2022, 7)
GOAL = 1.5
Engine = Literal["in-memory", "streaming"]
ENGINES: tuple[Engine, ...] = ("in-memory", "streaming")


def residents(count: int, seed: int = 20220701) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Synthetic people and households with the shape of a great city: ages, hukou, income, certificates, checks.

    Drawn by hashing row numbers, so that the same count gives the same people everywhere.
    """

    def draw(column: str, salt: int) -> pl.Expr:
        return (pl.col(column).hash(seed + salt) % 1_000_000).cast(pl.Int64)

    homes_wanted = max(count * 10 // 24, 1)
    people = pl.select(person_id=pl.int_range(1, count + 1, dtype=pl.Int64)).with_columns(
        household_id=(pl.col("person_id") * homes_wanted // (count + 1)) + 1
    )
    people = people.with_columns(
        place=pl.int_range(pl.len()).over("household_id"),
        age=draw("person_id", 1) % (95 * 12),
        luck=draw("person_id", 2),
        purse=draw("person_id", 3),
    )
    adult, old = (pl.col("age") >= 18 * 12), (pl.col("age") >= 60 * 12)
    people = people.with_columns(
        birth_month=pl.when(draw("person_id", 4) < 3_000).then(None).otherwise(MONTH.index - pl.col("age")),
        sex=(draw("person_id", 5) % 2 + 1),
        is_alive=draw("person_id", 6) >= 500,
        death_month=pl.when(draw("person_id", 6) < 800).then(MONTH.index - draw("person_id", 7) % 3),
        hukou_is_local=draw("household_id", 8) < 620_000,
        relation=pl.when(pl.col("place") == 0).then(1).when(pl.col("place") == 1).then(2)
        .when(~adult).then(3).when(old).then(4).otherwise(9),
        wage_fen=pl.when(adult & ~old & (pl.col("luck") < 820_000)).then(pl.col("purse") * 2),
        pension_fen=pl.when(old & (pl.col("luck") < 900_000)).then(120_000 + pl.col("purse") // 2),
        disability_grade=pl.when(draw("person_id", 9) < 45_000).then(draw("person_id", 10) % 4 + 1),
        is_extreme_poverty_supported=draw("person_id", 12) < 100,
        is_child_basic_living=~adult & (draw("person_id", 13) < 300),
        work_injury_care_fen=pl.when(draw("person_id", 14) < 400).then(draw("person_id", 15) % 60_000),
    ).with_columns(
        disability_kind=pl.when(pl.col("disability_grade").is_not_null()).then(draw("person_id", 11) % 7 + 1)
    )  # fmt: skip
    homes = people.select("household_id").unique(maintain_order=True).with_columns(
        division_code=pl.lit(310107014001, dtype=pl.Int64),
        checked=draw("household_id", 20) < 400_000,
    )  # fmt: skip
    homes = homes.with_columns(
        money_assets_fen=pl.when("checked").then(draw("household_id", 21) * 12),
        homes=pl.when("checked").then((draw("household_id", 22) % 10 > 7).cast(pl.Int32) + 1),
        non_residential_properties=pl.when("checked").then(
            (draw("household_id", 23) % 20 == 0).cast(pl.Int32)
        ),
        vehicles=pl.when("checked").then((draw("household_id", 24) % 4 == 0).cast(pl.Int32)),
        is_low_income_recognised=draw("household_id", 25) < 9_000,
    )
    return people.drop("place", "age", "luck", "purse"), homes.drop("checked")


def hand_written(snapshot: Path, out: Path, engine: Engine) -> None:
    """The same rules as one lazy Polars plan, as somebody would write it who had no rules engine.

    Household sums are windows over the sorted household number, the fastest form that was found by trial; household
    columns come in by one join.
    """
    index = MONTH.index
    p = pl.scan_parquet(snapshot / "persons.parquet")
    h = pl.scan_parquet(snapshot / "households.parquet").drop("division_code")

    def over(expression: pl.Expr) -> pl.Expr:
        return expression.over("household_id")

    local, alive = pl.col("hukou_is_local").fill_null(False), pl.col("is_alive").fill_null(True)
    kin, grade = pl.col("relation").fill_null(9), pl.col("disability_grade").fill_null(0).cast(pl.Int64)
    kind = pl.col("disability_kind").fill_null(0)
    tekun = pl.col("is_extreme_poverty_supported").fill_null(False)
    orphan = pl.col("is_child_basic_living").fill_null(False)
    injury = pl.col("work_injury_care_fen").fill_null(0)
    born = pl.col("birth_month").cast(pl.Int64)
    p = p.join(h, on="household_id", how="left", maintain_order="left")
    p = p.with_columns(
        couple=over((alive & local & kin.is_in([1, 2])).any()),
        has_local=over((alive & local).any()),
        age=pl.when(born.is_not_null()).then((index - born) // 12),
    )
    p = p.with_columns(member=alive & (local | (kin.is_in([1, 2, 3]) & pl.col("couple"))))
    own = (
        pl.when("member")
        .then(pl.col("wage_fen").fill_null(0) + pl.col("pension_fen").fill_null(0))
        .otherwise(0)
    )
    p = p.with_columns(
        members=over(pl.col("member").cast(pl.Int64).sum()),
        income=over(own.sum()),
        mobility=over((pl.col("member") & (grade > 0)).cast(pl.Int64).sum()),
    )
    p = p.with_columns(per_capita=(pl.col("income") // pl.col("members")).fill_null(0))
    limit = pl.when(pl.col("members") <= 2).then(3_300_000).otherwise(3_000_000)
    vehicles, homes = pl.col("vehicles").cast(pl.Int64), pl.col("homes").cast(pl.Int64)
    properties = pl.col("non_residential_properties")
    money = pl.col("money_assets_fen")
    certain = pl.all_horizontal(pl.col("has_local"), pl.col("per_capita") < 142_000)
    met = (
        certain & (money.fill_null(0) <= limit * pl.col("members")) & (vehicles.fill_null(0) <= pl.col("mobility"))
        & (properties.fill_null(0) <= 0) & (homes.fill_null(0) <= 2)
    )  # fmt: skip
    known = (
        money.is_not_null() & properties.is_not_null()
        & (vehicles.is_not_null() & ((vehicles <= 0) | (vehicles > pl.col("mobility"))))
        & (homes.is_not_null() & ((homes <= 1) | (homes > 2)))
    ).fill_null(False)  # fmt: skip
    p = p.with_columns(dibao=pl.when(met & known).then(2).when(met).then(1).otherwise(0))
    standard = pl.when((pl.col("age") <= 16).fill_null(False)).then(185_000).otherwise(142_000)
    share = pl.when(pl.col("member") & ~tekun & ~orphan).then(
        (standard - pl.col("per_capita")).clip(lower_bound=0)
    ).otherwise(0)  # fmt: skip
    p = p.with_columns(net=over(pl.when(pl.col("dibao") > 0).then(share).otherwise(0).sum()))
    open_ = pl.col("member") & (pl.col("dibao") == 1)
    low = pl.col("is_low_income_recognised").fill_null(False)
    on_dibao = pl.col("member") & (pl.col("dibao") == 2)
    ground = alive & local & (grade > 0) & ~tekun & ~orphan & ~(injury > 0)
    first = grade == 1
    severe = first | (grade == 2) | ((grade == 3) & kind.is_in([5, 6]))
    nursing = pl.when(first).then(30_000).otherwise(15_000)
    old = pl.col("age")
    p = p.with_columns(
        old_status=pl.when(alive & local & (old >= 65).fill_null(False)).then(2)
        .when(alive & local & old.is_null()).then(1).otherwise(0),
        old_amount=pl.when(old >= 100).then(60_000).when(old >= 90).then(35_000).when(old >= 80).then(18_000)
        .when(old >= 70).then(15_000).when(old >= 65).then(7_500).otherwise(0),
        living_status=pl.when(ground & (low | on_dibao)).then(2).when(ground & open_).then(1).otherwise(0),
        living_amount=pl.when(on_dibao | (open_ & ~low)).then(41_000).otherwise(29_000),
        nursing_status=pl.when(alive & local & severe & ~((injury >= nursing) & (injury > 0))).then(2).otherwise(0),
        nursing_amount=nursing,
    )  # fmt: skip
    everything = p.select(
        "household_id", "person_id", "dibao", "net", "old_status", "old_amount", "living_status", "living_amount",
        "nursing_status", "nursing_amount",
    )  # fmt: skip

    def roll(
        frame: pl.LazyFrame, programme: str, benefit: str, status: str, amount: str, person: bool
    ) -> pl.LazyFrame:
        return frame.filter(pl.col(status) > 0).select(
            pl.lit(programme).alias("programme"),
            pl.lit(benefit).alias("benefit"),
            "household_id",
            (pl.col("person_id") if person else pl.lit(None, dtype=pl.Int64)).alias("person_id"),
            pl.col(status).cast(pl.Int8).alias("status"),
            pl.col(amount).cast(pl.Int64).alias("amount_fen"),
        )

    heads = everything.filter(
        (pl.col("household_id") != pl.col("household_id").shift(1)).fill_null(True)
        & ((pl.col("dibao") == 1) | (pl.col("net") > 0))
    )
    disability = "disability_subsidies"
    pl.concat(
        [
            roll(heads, "subsistence_allowance", "subsistence_allowance", "dibao", "net", False),
            roll(everything, "old_age_allowance", "old_age_allowance", "old_status", "old_amount", True),
            roll(everything, disability, "disability_living", "living_status", "living_amount", True),
            roll(everything, disability, "disability_nursing", "nursing_status", "nursing_amount", True),
        ]
    ).collect(engine=engine).write_parquet(out, compression="zstd")


def timed(action: Callable[[], object]) -> float:
    """Seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Generate, check that both rolls are equal, time both in turn, print medians and their ratio."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--residents", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        snapshot, ours, theirs = (
            Path(folder, "snapshot"),
            Path(folder, "ours"),
            Path(folder, "theirs.parquet"),
        )
        record = write_snapshot(*residents(chosen.residents), snapshot, month=MONTH, as_of=date(2022, 7, 31))
        print(f"residents {record.persons:,}  households {record.households:,}  parts {record.parts}")
        law = compile_law(load_programmes(DOMAINS), MONTH)
        run = evaluate_snapshot(law, snapshot, ours)
        # The rival is given the engine that serves it best.
        trials: dict[Engine, float] = {}
        for engine in ENGINES:
            hand_written(snapshot, theirs, engine)
            trials[engine] = min(timed(partial(hand_written, snapshot, theirs, engine)) for _ in range(2))
        best = min(trials, key=trials.__getitem__)
        order = ["benefit", "household_id", "person_id"]
        mine = pl.read_parquet(ours / "findings.parquet").sort(order)
        if not mine.equals(pl.read_parquet(theirs).select(mine.columns).sort(order)):
            raise SystemExit("the two rolls differ: the comparison would be worth nothing")
        print(f"findings {run.rows:,}, equal to the fen")
        for total in run.totals:
            print(f"  {total.benefit:24} {total.eligible:>9,} eligible {total.may_qualify:>9,} may qualify")
        times: dict[str, list[float]] = {"rules": [], "hand": []}
        for _ in range(chosen.runs):
            times["rules"].append(timed(lambda: evaluate_snapshot(law, snapshot, ours)))
            times["hand"].append(timed(lambda: hand_written(snapshot, theirs, best)))
        rules, hand = (statistics.median(times[k]) for k in ("rules", "hand"))
        print(f"rules engine   median {rules:.3f} s  {[round(t, 3) for t in times['rules']]}")
        print(f"hand-written   median {hand:.3f} s  {[round(t, 3) for t in times['hand']]}  ({best} engine)")
        print(f"ratio {rules / hand:.2f} (goal at most {GOAL})")


if __name__ == "__main__":
    main()
