"""What Spark costs and where: the same law and people on one machine's threads, as Spark's tasks, and as Spark SQL.

All on this machine, so that only the ways differ and not the hardware. The first two must leave the same bytes and the
third the same rows before anything is timed. Starting Spark is told apart: it is paid once, whatever the size. Runs
alternate; the ratio of the medians is what counts, never a time alone.

    python benchmarks/spark.py --residents 1000000
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import RunRecord, evaluate_snapshot
from minzheng.kernel.rules.engines.spark import evaluate_on_spark, open_session
from minzheng.kernel.rules.engines.tables import evaluate_tables
from minzheng.simulation.residents import write_residents

MONTH = Month(2022, 7)


def timed(action: Callable[[], object]) -> float:
    """Seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Generate, start Spark, check that all ways agree, time them in turn, print medians and ratios."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--residents", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    chosen = options.parse_args()
    os.environ.setdefault(
        "PYSPARK_SUBMIT_ARGS", "--driver-memory 2g --conf spark.ui.enabled=false pyspark-shell"
    )
    law = compile_law(load_programmes(DOMAINS), MONTH)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = write_residents(chosen.residents, folder / "snapshot", MONTH)
        print(f"residents {record.persons:,}  households {record.households:,}  parts {record.parts}")
        began = time.perf_counter()
        session = open_session()
        session.sparkContext.setLogLevel("ERROR")
        print(
            f"Spark {session.version} on {session.sparkContext.master} started in {time.perf_counter() - began:.1f} s"
        )
        snapshot, tables = folder / "snapshot", folder / "tables"
        tables.mkdir()
        for file in ("persons.parquet", "households.parquet"):
            pl.read_parquet(snapshot / file).sample(fraction=1, shuffle=True, seed=1).write_parquet(
                tables / file
            )

        def files(way: str) -> tuple[Path, Path]:
            return folder / way / "findings.parquet", folder / way / "run.json"

        def on_spark(way: str, engine: str) -> RunRecord:
            return evaluate_on_spark(law, snapshot, *files(way), engine=engine, session=session)

        ways: dict[str, Callable[[], RunRecord]] = {
            "polars": lambda: evaluate_snapshot(law, snapshot, folder / "polars", engine="polars"),
            "kernel": lambda: evaluate_snapshot(law, snapshot, folder / "kernel", engine="kernel"),
            "spark, polars in tasks": lambda: on_spark("spark-polars", "polars"),
            "spark, kernel in tasks": lambda: on_spark("spark-kernel", "kernel"),
            "spark SQL, any order": lambda: evaluate_tables(law, tables, *files("sql"), session=session),
        }
        found = {way: run() for way, run in ways.items()}
        for way, told in found.items():
            if told.totals != found["polars"].totals or (
                "SQL" not in way and told.findings_sha256 != found["polars"].findings_sha256
            ):
                raise SystemExit(f"{way} differs from polars: the comparison would be worth nothing")
        print(f"findings {found['polars'].rows:,}, the same by every way")
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(chosen.runs):
            for way, run in ways.items():
                times[way].append(timed(run))
        base = statistics.median(times["polars"])
        for way, taken in times.items():
            middle = statistics.median(taken)
            print(
                f"{way:24} median {middle:7.3f} s  ratio to polars {middle / base:5.2f}  {[round(t, 2) for t in taken]}"
            )


if __name__ == "__main__":
    main()
