"""Tables that are not laid out by household, on Spark: the law as one SQL statement.

For people and households as some other system keeps them: a file or a folder of Parquet files each, in any order. What
a snapshot promises by its layout is asked of the data instead. Spark has to bring each household's people together,
which is what this way costs; data that is evaluated more than once is better written as a snapshot.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from minzheng.kernel.rules.engines import totalled
from minzheng.kernel.rules.engines.spark import failures_told, open_session, scratch_folder
from minzheng.kernel.rules.engines.sql import SPARK, findings_sql
from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.findings import FindingsWriter, RunRecord, write_record
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.population import Progress
from minzheng.kernel.rules.snapshot import (
    HOUSEHOLDS_FILE,
    PERSONS_FILE,
    SnapshotRecord,
    file_sha256,
    snapshot_schema,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WHOLE = ("tinyint", "smallint", "int", "bigint", "boolean")
_NAMES = {PERSON: ("minzheng_persons", PERSONS_FILE), HOUSEHOLD: ("minzheng_households", HOUSEHOLDS_FILE)}


def evaluate_tables(
    law: Law,
    tables_dir: Path,
    findings: Path,
    record: Path,
    *,
    progress: Progress | None = None,
    session: SparkSession | None = None,
) -> RunRecord:
    """Evaluate everybody in two tables of any order; writes the roll and the run's record and returns the record.

    `tables_dir` holds `persons.parquet` and `households.parquet`, each a file or a folder of files, with columns of the
    catalogue as whole numbers or yes/no; a column that is missing counts as unknown, as in a snapshot. The facts are
    taken as the law's month's. The rows and totals are those of a snapshot of the same people, ordered by benefit,
    household and person; `snapshot` in the record is a digest of the files' bytes and the month.

    Raises:
        SparkMissing: PySpark or Java is missing, or a task failed.
        SnapshotDamaged: a key is empty or doubled, a person's household is missing, or a column is unknown or not whole.
    """
    session = session or open_session()
    with failures_told():
        for entity, (name, file) in _NAMES.items():
            table = session.read.parquet(str((tables_dir / file).resolve()))
            _conformed(table, entity, file).createOrReplaceTempView(name)
        persons, households = _counted(session)
    snapshot = SnapshotRecord(_identity(law, tables_dir), str(law.month), "", persons, households, 0, 0)
    text = findings_sql(law, SPARK, persons=_NAMES[PERSON][0], households=_NAMES[HOUSEHOLD][0])
    with scratch_folder(findings) as scratch, FindingsWriter(law, findings) as writer:
        with failures_told():
            session.sql(text).write.parquet(str(scratch / "found"))
        for place in range(len(law.benefits)):
            # One benefit at a time is in memory, and each is written in one order.
            frames = [_found(scratch / "found", at if at == place else -1) for at in range(len(law.benefits))]
            rolls = totalled(frames)
            writer.add(writer.table(rolls), rolls)
            if progress is not None:
                progress(place + 1, len(law.benefits))
    run = writer.record(snapshot)
    write_record(run, record)
    return run


def _conformed(table: DataFrame, entity: str, file: str) -> DataFrame:
    """The columns of the catalogue; one that nobody brought is unknown throughout."""
    keys = ("person_id", "household_id") if entity == PERSON else ("household_id",)
    schema, there = snapshot_schema(entity), dict(table.dtypes)
    lost = [key for key in keys if key not in there]
    if lost:
        raise SnapshotDamaged(f"{file}: 缺少列 / lacks the columns: {lost}")
    unknown = sorted(set(there) - set(schema))
    if unknown:
        raise SnapshotDamaged(f"{file}: 没有这些输入 / not in the catalogue of inputs: {unknown}")
    broken = sorted(f"{name} ({kind})" for name, kind in there.items() if kind not in _WHOLE)
    if broken:
        raise SnapshotDamaged(
            f"{file}: 应为整数或是否，金额以分计 / must be whole numbers or yes and no, money in fen: {broken}"
        )
    kinds = {name: "BOOLEAN" if kind == pl.Boolean else "BIGINT" for name, kind in schema.items()}
    return table.selectExpr(
        *(f"CAST({name if name in there else 'NULL'} AS {kind}) AS {name}" for name, kind in kinds.items())
    )


def _counted(session: SparkSession) -> tuple[int, int]:
    """People and the households they live in, once the keys are known to be sound."""
    people, homes = _NAMES[PERSON][0], _NAMES[HOUSEHOLD][0]
    counts = "COUNT(*), COUNT({0}), COUNT(DISTINCT {0})"
    ((everybody, named, different, placed, lived_in),) = session.sql(
        f"SELECT {counts.format('person_id')}, COUNT(household_id), COUNT(DISTINCT household_id) FROM {people}"
    ).collect()
    ((rows, known, once),) = session.sql(f"SELECT {counts.format('household_id')} FROM {homes}").collect()
    if named < everybody or placed < everybody or known < rows:
        raise SnapshotDamaged("人员或家庭编号为空 / person_id and household_id must not be empty")
    if different < everybody:
        raise SnapshotDamaged("同一人出现两次 / a person stands twice")
    if once < rows:
        raise SnapshotDamaged("同一家庭出现两次 / a household stands twice")
    lost = session.sql(
        f"SELECT DISTINCT household_id FROM {people} ANTI JOIN {homes} USING (household_id) LIMIT 5"
    ).collect()
    if lost:
        numbers = [row[0] for row in lost]
        raise SnapshotDamaged(f"人员所属家庭不在家庭表中 / households missing for people: {numbers}")
    return everybody, lived_in


def _found(folder: Path, place: int) -> pl.DataFrame:
    """The findings of the benefit at this place of the law, by household and person."""
    return (
        pl.scan_parquet(folder / "*.parquet")
        .filter(pl.col("place") == place)
        .select("household_id", "person_id", pl.col("status").cast(pl.Int8), "amount_fen")
        .sort("household_id", "person_id")
        .collect()
    )


def _identity(law: Law, tables_dir: Path) -> str:
    """A digest of the month and every file's bytes, by name."""
    digest = hashlib.sha256(f"{law.month} tables".encode())
    for _, file in _NAMES.values():
        table = tables_dir / file
        for path in sorted(table.rglob("*.parquet")) if table.is_dir() else [table]:
            digest.update(f"{path.relative_to(tables_dir)} {file_sha256(path)}\n".encode())
    return digest.hexdigest()
