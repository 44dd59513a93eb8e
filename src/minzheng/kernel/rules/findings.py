"""The roll of a run on disk: one narrow file, and a record of what it was made of.

Parts are written in their order whatever engine or core computed them, so the same snapshot and law give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from minzheng.kernel.rules.engines import BenefitRoll
from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.snapshot import SnapshotRecord, file_sha256

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
    """What a run was made of and what it found; nothing in it depends on when, where or by which engine it ran.

    `month` is the law's; `population` the month the snapshot's facts are of.
    """

    month: str
    population: str
    law: str
    snapshot: str
    findings_sha256: str
    rows: int
    households: int
    persons: int
    totals: tuple[BenefitTotal, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class FindingsWriter:
    """Writes the rolls of parts, in order, into one file; it appears under its name when everything is in it."""

    def __init__(self, law: Law, path: Path) -> None:
        self._law, self._path = law, path
        codes = [(b.programme, b.code) for b in law.benefits.values()]
        self._programmes = pa.array([p for p, _ in codes], pa.string())
        self._benefits = pa.array([b for _, b in codes], pa.string())
        self._totals = [[0, 0, 0] for _ in codes]
        self._rows = 0
        self._partial = path.with_name(path.name + ".partial")

    def __enter__(self) -> FindingsWriter:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(
            self._partial, FINDINGS_SCHEMA, compression="zstd", store_schema=False
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        if error is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)

    def table(self, rolls: list[BenefitRoll]) -> pa.Table:
        """A part's findings as they are written; may run on a worker's thread."""
        frames = [
            r.frame.select(pl.lit(at, dtype=pl.Int8).alias("at"), pl.all()) for at, r in enumerate(rolls)
        ]
        columns = pl.concat(frames).rechunk().to_arrow().columns
        at = columns[0].combine_chunks()
        at = at.chunk(0) if isinstance(at, pa.ChunkedArray) else at
        names = [
            pa.DictionaryArray.from_arrays(at, n).cast(pa.string())
            for n in (self._programmes, self._benefits)
        ]
        return pa.table([*names, *columns[1:]], schema=FINDINGS_SCHEMA)

    def add(self, table: pa.Table, rolls: list[BenefitRoll]) -> None:
        """The next part."""
        self._writer.write_table(table)
        self._rows += table.num_rows
        for total, r in zip(self._totals, rolls, strict=True):
            total[0] += r.eligible
            total[1] += r.may_qualify
            total[2] += r.amount_fen

    def record(self, snapshot: SnapshotRecord) -> RunRecord:
        """The run's record, once the file is whole."""
        codes = [(b.programme, b.code) for b in self._law.benefits.values()]
        return RunRecord(
            month=str(self._law.month),
            population=snapshot.month,
            law=self._law.identity,
            snapshot=snapshot.identity,
            findings_sha256=file_sha256(self._path),
            rows=self._rows,
            households=snapshot.households,
            persons=snapshot.persons,
            totals=tuple(BenefitTotal(p, b, *t) for (p, b), t in zip(codes, self._totals, strict=True)),
        )


def write_record(run: RunRecord, path: Path) -> None:
    path.write_text(json.dumps(run.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


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
