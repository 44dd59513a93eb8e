"""The whole city: every part of a snapshot through one engine, side by side on the cores, memory flat.

A part is a row group of whole households and needs no other part. A few parts are in memory at once, however large the
city is; they are written in order, so neither the engine nor the number of cores shows in the bytes.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from minzheng.kernel.rules.engines import BenefitRoll, columns_read, prepare, totalled
from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.findings import FINDINGS_FILE, RUN_FILE, FindingsWriter, RunRecord, write_record
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.snapshot import HOUSEHOLDS_FILE, PERSONS_FILE, read_snapshot_record

Made = TypeVar("Made")
#: The engine that is no way to compute a part but other machines to compute it on.
SPARK = "spark"
Progress = Callable[[int, int], None]
#: From so many people on, compiling the law takes less time than it saves (docs/reference/performance.md).
COMPILED_FROM = 1_000_000


def engine_for(persons: int) -> str:
    """The engine that is done first for so many people; the findings are the same."""
    return "kernel" if persons >= COMPILED_FROM else "polars"


class PartReader:
    """Reads one part after another; what stands at the files' ends is read once."""

    def __init__(self, snapshot_dir: Path, columns: dict[str, list[str]]) -> None:
        self._columns = columns
        self._paths = {PERSON: snapshot_dir / PERSONS_FILE, HOUSEHOLD: snapshot_dir / HOUSEHOLDS_FILE}
        self._ends = {kind: pq.read_metadata(path) for kind, path in self._paths.items()}
        if self._ends[PERSON].num_row_groups != self._ends[HOUSEHOLD].num_row_groups:
            raise SnapshotDamaged("两个文件的分段数不同 / the files have different numbers of parts")
        for kind, end in self._ends.items():
            missing = set(columns[kind]) - set(end.schema.names)
            if missing:
                raise SnapshotDamaged(f"快照缺少列 / the snapshot lacks columns: {sorted(missing)}")
        self.parts: int = self._ends[PERSON].num_row_groups

    def read(self, part: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """A part's (persons, households) with the columns asked for."""
        return self._frame(PERSON, part), self._frame(HOUSEHOLD, part)

    def _frame(self, kind: str, part: int) -> pl.DataFrame:
        with pq.ParquetFile(self._paths[kind], metadata=self._ends[kind]) as file:
            table = file.read_row_group(part, columns=self._columns[kind], use_threads=False)
        return pl.DataFrame(pl.from_arrow(table)).rechunk()


def in_order(work: Callable[[int], Made], count: int, threads: int | None = None) -> Iterator[Made]:
    """The results of work(0), work(1) …, computed on as many threads as there are cores, a few ahead."""
    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Made]] = deque()
        for number in range(count):
            waiting.append(pool.submit(work, number))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def evaluate_population(
    law: Law,
    snapshot_dir: Path,
    findings: Path,
    record: Path,
    *,
    engine: str | None = None,
    another_month: bool = False,
    progress: Progress | None = None,
    threads: int | None = None,
) -> RunRecord:
    """Evaluate everybody in a snapshot; writes the roll and the run's record to these files and returns the record.

    The roll is narrow: a row for each person or household that qualifies (2) or may (1), none for the others. The same
    snapshot and law give the same bytes by any engine. `progress(done, all)` is called after each part.

    The engine `spark` has Spark's executors take the place of this machine's threads.

    `another_month` allows a law of another month than the snapshot's: the facts stay as the snapshot has them, values,
    rules in force and ages are the law's month's.

    Raises:
        SnapshotDamaged: the files do not fit together, or the snapshot is of another month without leave.
    """
    if engine == SPARK:
        # Loaded only when asked for, as PySpark is large and wants Java.
        spark: Any = import_module("minzheng.kernel.rules.engines.spark")
        on_spark: RunRecord = spark.evaluate_on_spark(
            law, snapshot_dir, findings, record, another_month=another_month, progress=progress
        )
        return on_spark
    snapshot = read_snapshot_record(snapshot_dir)
    if snapshot.month != str(law.month) and not another_month:
        raise SnapshotDamaged(
            f"快照属于 {snapshot.month}，规则属于 {law.month} / the snapshot is of another month"
        )
    reader = PartReader(snapshot_dir, columns_read(law))
    evaluate = prepare(law, engine or engine_for(snapshot.persons))
    with FindingsWriter(law, findings) as writer:

        def work(part: int) -> tuple[pa.Table, list[BenefitRoll]]:
            rolls = totalled(evaluate(*reader.read(part)))
            return writer.table(rolls), rolls

        for done, (table, rolls) in enumerate(in_order(work, reader.parts, threads), 1):
            writer.add(table, rolls)
            if progress is not None:
                progress(done, reader.parts)
    run = writer.record(snapshot)
    write_record(run, record)
    return run


def evaluate_snapshot(
    law: Law,
    snapshot_dir: Path,
    out_dir: Path,
    *,
    engine: str | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
) -> RunRecord:
    """`evaluate_population` by the snapshot's own month, into a folder: findings.parquet and run.json.

    Raises:
        SnapshotDamaged: the files do not fit together, or the snapshot is of another month.
    """
    return evaluate_population(
        law,
        snapshot_dir,
        out_dir / FINDINGS_FILE,
        out_dir / RUN_FILE,
        engine=engine,
        progress=progress,
        threads=threads,
    )
