"""The city on Spark: one task for each part, running the evaluator that one machine runs.

A part needs no other part, so nothing is shuffled and Spark has only to hand out part numbers: a task reads its row
group from a folder that all machines see, computes it with an ordinary engine, and leaves a file beside the findings.
The driver puts these together in order, so the bytes are those of a run on one machine. PySpark and Java are wanted
only here, and only when asked for.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from minzheng.kernel.rules.engines import BenefitRoll, PartEvaluator, columns_read, prepare, totalled
from minzheng.kernel.rules.errors import LawError, SnapshotDamaged
from minzheng.kernel.rules.findings import FindingsWriter, RunRecord, write_record
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.population import PartReader, Progress
from minzheng.kernel.rules.snapshot import read_snapshot_record

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
#: The engine that computes a part inside a task.
IN_TASKS = "kernel"
PACKAGE = Path(__file__).resolve().parents[3]


class SparkMissing(LawError):
    """PySpark or Java is not there, or Spark could not finish; the message says what to do."""


def open_session() -> SparkSession:
    """The session of whoever started us (spark-submit, a test), or a new one as SPARK_CONF_DIR describes it.

    Without any word of a cluster it is `local[*]`: this machine's cores.

    Raises:
        SparkMissing: PySpark is not installed, or there is no Java 17 or later.
    """
    if find_spec("pyspark") is None:
        raise SparkMissing(
            "未安装 PySpark，请运行 pip install 'minzheng[spark]' 或改用其他引擎 / "
            "PySpark is not installed: pip install 'minzheng[spark]', or choose another engine"
        )
    found = java_version()
    if found is None or found < JAVA:
        what = "未找到 Java" if found is None else f"Java 版本为 {found}"
        raise SparkMissing(
            f"{what}；Spark 需要 Java {JAVA} 或更高版本（Debian：apt-get install openjdk-{JAVA}-jre-headless，"
            f"或设置 JAVA_HOME） / Spark needs Java {JAVA} or later and found {found or 'none'}: "
            f"apt-get install openjdk-{JAVA}-jre-headless, or set JAVA_HOME"
        )
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    # The executors' Python is this one, and finds this code, where the machines share these folders.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("minzheng rules")
    for key, value in {
        "spark.executorEnv.PYTHONPATH": str(PACKAGE.parent),
        # A task has one core; the next task has the other.
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "Asia/Shanghai",
    }.items():
        builder = builder.config(key, value)
    session: SparkSession = builder.getOrCreate()
    return session


def java_version() -> int | None:
    """The major version of the Java that Spark would start, or None."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    if java is None:
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else None


@cache
def code_identity() -> str:
    """A digest of the code that turns a law into findings; machines that differ in it must not share a run."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).resolve().parents[1].rglob("*.py")):
        if "tests" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


# --- on the executors -----------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _prepared(law_bytes: bytes, engine: str, code: str) -> tuple[Law, PartEvaluator]:
    """The law and its evaluator, made once in each worker's process."""
    if code != code_identity():
        raise LawError(
            "执行节点的程序版本与驱动程序不同 / this worker runs other code than the driver: install the same "
            f"release on every machine ({PACKAGE})"
        )
    law: Law = pickle.loads(law_bytes)
    return law, prepare(law, engine)


def _compute(
    law_bytes: bytes, engine: str, code: str, snapshot_dir: str, scratch: str, part: int
) -> list[list[int]]:
    """A task: one part's findings into a file of its own; returns the totals of each benefit.

    The file appears whole or not at all, so a task that Spark repeats does no harm.
    """
    law, evaluate = _prepared(law_bytes, engine, code)
    rolls = totalled(evaluate(*PartReader(Path(snapshot_dir), columns_read(law)).read(part)))
    table = FindingsWriter(law, Path(scratch)).table(rolls)
    unfinished = Path(scratch, f"{uuid.uuid4().hex}.partial")
    with pa.ipc.new_file(
        unfinished, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
    ) as file:
        file.write_table(table)
    unfinished.replace(_part_file(Path(scratch), part))
    return [[r.eligible, r.may_qualify, r.amount_fen] for r in rolls]


def _part_file(scratch: Path, part: int) -> Path:
    return scratch / f"{part:06}.arrow"


# --- on the driver --------------------------------------------------------------------------------------------


def evaluate_on_spark(
    law: Law,
    snapshot_dir: Path,
    findings: Path,
    record: Path,
    *,
    engine: str = IN_TASKS,
    another_month: bool = False,
    progress: Progress | None = None,
    session: SparkSession | None = None,
) -> RunRecord:
    """`evaluate_population` with Spark's executors in the place of threads; the same arguments and the same bytes.

    The snapshot's folder and the findings' folder are seen by the driver and every executor under the same path.

    Raises:
        SparkMissing: PySpark or Java is missing, or a task failed.
        SnapshotDamaged: the files do not fit together, or the snapshot is of another month without leave.
    """
    snapshot = read_snapshot_record(snapshot_dir)
    if snapshot.month != str(law.month) and not another_month:
        raise SnapshotDamaged(
            f"快照属于 {snapshot.month}，规则属于 {law.month} / the snapshot is of another month"
        )
    parts = PartReader(snapshot_dir, columns_read(law)).parts
    prepare(law, engine)
    session = session or open_session()
    with scratch_folder(findings) as scratch, FindingsWriter(law, findings) as writer:
        fixed = (pickle.dumps(law), engine, code_identity(), str(snapshot_dir.resolve()), str(scratch))
        totals = _on_executors(session, lambda part: _compute(*fixed, part), parts)
        for part in range(parts):
            with pa.memory_map(str(_part_file(scratch, part))) as source:
                table = pa.ipc.open_file(source).read_all().combine_chunks()
                writer.add(table, [BenefitRoll(pl.DataFrame(), *t) for t in totals[part]])
            if progress is not None:
                progress(part + 1, parts)
    run = writer.record(snapshot)
    write_record(run, record)
    return run


def _on_executors(
    session: SparkSession, work: Callable[[int], list[list[int]]], parts: int
) -> dict[int, list[list[int]]]:
    """The totals of every part, one task for each."""
    from pyspark.sql.functions import udf

    # Plain pickling: what comes back is a few numbers, and Arrow's way would want pandas on every machine.
    task = udf(work, "array<array<bigint>>", useArrow=False).asNondeterministic()
    with failures_told():
        rows = session.range(0, parts, 1, max(parts, 1)).select("id", task("id").alias("totals")).collect()
    return {row["id"]: row["totals"] for row in rows}


@contextmanager
def scratch_folder(findings: Path) -> Iterator[Path]:
    """A folder beside the findings for what the executors leave; gone afterwards."""
    folder = findings.resolve().with_name(f"{findings.name}.spark-{uuid.uuid4().hex[:8]}")
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def failures_told() -> Iterator[None]:
    """A failure on an executor in one sentence instead of pages of two languages' stacks."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        told = next(
            (line for line in reversed(lines) if re.match(r"[\w.]+(Error|Damaged|Missing): ", line)), lines[0]
        )
        raise SparkMissing(f"Spark 任务失败 / a Spark task failed: {told}") from error
