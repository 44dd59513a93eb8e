"""The whole city: the same graph over columns, part by part.

A part is a row group of whole households. Its people stand in order of household, so a household's sum is
the difference of two running sums, and what a household knows reaches its people by one gather: no join, no
hashing, no other part. Parts run on as many threads as there are cores and are written in order, so the
bytes never differ.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.law import ELIGIBLE, MAY_QUALIFY, Law
from minzheng.kernel.rules.parts import Part, compute_all, plan, roll
from minzheng.kernel.rules.snapshot import HOUSEHOLDS_FILE, PERSONS_FILE, file_sha256, read_snapshot_record

FINDINGS_FILE, RUN_FILE = "findings.parquet", "run.json"
FINDINGS_SCHEMA = pa.schema(
    [
        ("programme", pa.string()),
        ("benefit", pa.string()),
        ("household_id", pa.int64()),
        ("person_id", pa.int64()),
        ("status", pa.int8()),
        ("amount_fen", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class BenefitTotal:
    """How many a run found for one benefit, and for how much a month."""

    programme: str
    benefit: str
    eligible: int
    may_qualify: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run was made of and what it found; nothing in it depends on when or where it ran."""

    month: str
    law: str
    snapshot: str
    findings_sha256: str
    rows: int
    households: int
    persons: int
    totals: tuple[BenefitTotal, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def _parts(snapshot_dir: Path, columns: dict[str, list[str]]) -> Iterator[Callable[[], Part]]:
    """A loader for each part, run on the worker's thread."""
    paths = {PERSON: snapshot_dir / PERSONS_FILE, HOUSEHOLD: snapshot_dir / HOUSEHOLDS_FILE}
    groups = {kind: pq.read_metadata(path).num_row_groups for kind, path in paths.items()}
    if groups[PERSON] != groups[HOUSEHOLD]:
        raise SnapshotDamaged("两个文件的分段数不同 / the files have different numbers of parts")

    def load(group: int) -> Part:
        frames = {}
        for kind, path in paths.items():
            with pq.ParquetFile(path) as file:
                missing = set(columns[kind]) - set(file.schema_arrow.names)
                if missing:
                    raise SnapshotDamaged(f"快照缺少列 / the snapshot lacks columns: {sorted(missing)}")
                table = file.read_row_group(group, columns=columns[kind], use_threads=False)
            frames[kind] = pl.DataFrame(pl.from_arrow(table)).rechunk()
        return Part(frames[PERSON], frames[HOUSEHOLD])

    for group in range(groups[PERSON]):
        yield partial(load, group)


def _columns_read(law: Law, order: list[int]) -> dict[str, list[str]]:
    columns = {PERSON: ["person_id", "household_id"], HOUSEHOLD: ["household_id"]}
    for number in order:
        node = law.graph.nodes[number]
        if node.op in ("input", "known", "input_or") and node.name not in columns[node.entity]:
            columns[node.entity].append(node.name)
    return columns


def evaluate_snapshot(
    law: Law,
    snapshot_dir: Path,
    out_dir: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    threads: int | None = None,
) -> RunRecord:
    """Evaluate everybody in a snapshot; writes findings.parquet and run.json and returns the record.

    The roll is narrow: a row for each person or household that qualifies (2) or may (1), none for the
    others. The same snapshot and law give the same bytes. `progress(done, all)` is called after each part.

    Raises:
        SnapshotDamaged: the files do not fit together, or the snapshot is of another month.
    """
    record = read_snapshot_record(snapshot_dir)
    if record.month != str(law.month):
        raise SnapshotDamaged(
            f"快照属于 {record.month}，规则属于 {law.month} / the snapshot is of another month"
        )
    keep = set(law.roots())
    order, last_use = plan(law, law.roots())
    codes = [(b.programme, b.code) for b in law.benefits.values()]
    programmes = pa.array([p for p, _ in codes], pa.string())
    benefits = pa.array([b for _, b in codes], pa.string())
    counts = {code: [0, 0, 0] for _, code in codes}
    rows = 0

    def work(load: Callable[[], Part]) -> list[tuple[int, pl.DataFrame]]:
        part = load()
        compute_all(law, part, order, last_use, keep)
        return roll(law, part)

    out_dir.mkdir(parents=True, exist_ok=True)
    unfinished = out_dir / (FINDINGS_FILE + ".partial")
    workers = threads or os.cpu_count() or 1
    with (
        ThreadPoolExecutor(workers) as pool,
        pq.ParquetWriter(unfinished, FINDINGS_SCHEMA, compression="zstd", store_schema=False) as writer,
    ):
        waiting: deque[Future[list[tuple[int, pl.DataFrame]]]] = deque()
        loaders = list(_parts(snapshot_dir, _columns_read(law, order)))
        upcoming = iter(loaders)
        for done in range(len(loaders)):
            # Only a few parts are in memory at once, however large the city is.
            while len(waiting) <= workers and (loader := next(upcoming, None)) is not None:
                waiting.append(pool.submit(work, loader))
            tables = []
            for at, frame in waiting.popleft().result():
                rows += frame.height
                sure = frame["status"] == ELIGIBLE
                count = counts[codes[at][1]]
                count[0] += int(sure.sum())
                count[1] += int((frame["status"] == MAY_QUALIFY).sum())
                count[2] += int(frame["amount_fen"].filter(sure).sum())
                at_rows = pl.repeat(at, frame.height, dtype=pl.Int8, eager=True).to_arrow()
                table = frame.to_arrow()
                tables.append(
                    pa.table(
                        [
                            pa.DictionaryArray.from_arrays(at_rows, programmes).cast(pa.string()),
                            pa.DictionaryArray.from_arrays(at_rows, benefits).cast(pa.string()),
                            *table.columns,
                        ],
                        schema=FINDINGS_SCHEMA,
                    )
                )
            writer.write_table(pa.concat_tables(tables).combine_chunks())
            if progress is not None:
                progress(done + 1, len(loaders))
    unfinished.replace(out_dir / FINDINGS_FILE)
    run = RunRecord(
        month=str(law.month),
        law=law.identity,
        snapshot=record.identity,
        findings_sha256=file_sha256(out_dir / FINDINGS_FILE),
        rows=rows,
        households=record.households,
        persons=record.persons,
        totals=tuple(BenefitTotal(p, b, *counts[b]) for p, b in codes),
    )
    (out_dir / RUN_FILE).write_text(
        json.dumps(run.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return run


def read_findings(out_dir: Path) -> pl.DataFrame:
    """The roll of a run.

    Raises:
        SnapshotDamaged: the file is not the one that the run's record names.
    """
    record = json.loads((out_dir / RUN_FILE).read_text(encoding="utf-8"))
    path = out_dir / FINDINGS_FILE
    if file_sha256(path) != record["findings_sha256"]:
        raise SnapshotDamaged(f"{path}: 与运行记录不符 / the file is not the one that run.json names")
    return pl.read_parquet(path)


def evaluate_frames(law: Law, persons: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """The findings of frames in memory, sorted by household as a snapshot is."""
    part = Part(persons, households)
    order, last_use = plan(law, law.roots())
    compute_all(law, part, order, last_use, set(law.roots()))
    codes = [(b.programme, b.code) for b in law.benefits.values()]
    return pl.concat(
        [
            frame.select(
                pl.lit(codes[at][0]).alias("programme"), pl.lit(codes[at][1]).alias("benefit"), pl.all()
            )
            for at, frame in roll(law, part)
        ]
    )


def rule_values(law: Law, persons: pl.DataFrame, households: pl.DataFrame) -> dict[str, pl.Series]:
    """Every rule's column over frames in memory, for tests and for indicators that need more."""
    roots = [r.node for r in law.rules.values()]
    part = Part(persons, households)
    order, last_use = plan(law, roots)
    compute_all(law, part, order, last_use, set(roots))
    return {name: part.column(r.node, law.graph.nodes[r.node]).alias(name) for name, r in law.rules.items()}
