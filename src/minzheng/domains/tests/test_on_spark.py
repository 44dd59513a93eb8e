"""The city on Spark: the bytes of one machine from its parts, the same findings from tables in any order."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import Law, LawError, SnapshotDamaged, evaluate_snapshot, write_snapshot
from minzheng.kernel.rules.engines import spark
from minzheng.kernel.rules.engines.sql import SPARK, operations
from minzheng.kernel.rules.engines.tables import evaluate_tables
from minzheng.kernel.rules.inputs import Input, inputs_of
from minzheng.kernel.rules.operations import OPERATIONS
from minzheng.kernel.rules.snapshot import snapshot_schema

MONTHS = [Month(2021, 12), Month(2022, 5), Month(2022, 7)]
FILES = ("findings.parquet", "run.json")
FIGURES = (0, 133_000, 142_000, 284_000, 30_000, 15_000, 3_300_000, 6_600_000)
#: Little memory, two cores, and a compiler that starts fast.
LOCAL = (
    "--master local[2] --driver-memory 1g --driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' "
    "--conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.sql.shuffle.partitions=2 "
    "--conf spark.sql.codegen.wholeStage=false pyspark-shell"
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """One Spark for the module, opened as the command opens it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_SUBMIT_ARGS", LOCAL)
        made = spark.open_session()
        made.sparkContext.setLogLevel("OFF")
        yield made
        gateway = made.sparkContext._gateway
        made.stop()
        gateway.shutdown()
        # Java ends when nobody holds its input any more; the tests after these want the memory.
        gateway.proc.stdin.close()
        gateway.proc.wait(60)
        type(made.sparkContext)._gateway = type(made.sparkContext)._jvm = None
        os.environ.pop("PYSPARK_PYTHON", None)


@cache
def law_of(month: Month) -> Law:
    return compile_law(load_programmes(DOMAINS), month)


def frames(month: Month, households: int = 400) -> tuple[pl.DataFrame, pl.DataFrame]:
    """People and households with every input, close to the lines the law draws, and unknown one time in five."""
    chance = random.Random(month.index)

    def value(column: Input) -> Any:
        if column.name == "division_code":
            return 310107014001
        if chance.random() < 0.2:
            return None
        if column.dtype == "bool":
            return chance.random() < 0.7
        if column.name == "birth_month":
            # Some are born after the month: their ages are below zero and still round down.
            return month.index + 11 - chance.randrange(100 * 12)
        if column.name == "death_month":
            return month.index + chance.randint(-2, 2)
        if column.codes:
            return chance.choice(column.codes)[0]
        if column.unit.startswith("fen"):
            return max(chance.choice(FIGURES) + chance.randint(-1, 1), 0)
        return chance.randint(0, 3)

    def frame(entity: str, keys: list[dict[str, int]]) -> pl.DataFrame:
        rows = [k | {c.name: value(c) for c in inputs_of(entity)} for k in keys]
        return pl.DataFrame(rows, schema=snapshot_schema(entity))

    homes = [{"household_id": n} for n in range(1, households + 1)]
    people = [
        {"person_id": n * 10 + at, "household_id": n}
        for n in range(1, households + 1)
        for at in range(chance.randint(0 if n > 1 else 1, 5))
    ]
    return frame("person", people), frame("household", homes)


def run(law: Law, snapshot: Path, out: Path, **options: Any) -> Any:
    return spark.evaluate_on_spark(law, snapshot, out / FILES[0], out / FILES[1], **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("month", "engine"), list(zip(MONTHS, ("polars", "kernel", "spark"), strict=True)), ids=str
)
def test_parts_computed_by_spark_give_the_bytes_of_one_machine(
    session: Any, month: Month, engine: str, tmp_path: Path
) -> None:
    law = law_of(month)
    record = write_snapshot(
        *frames(month), tmp_path / "s", month=month, as_of=date(2022, 7, 31), row_group_persons=300
    )
    assert record.parts > 2 and record.households_without_people > 10
    here = evaluate_snapshot(law, tmp_path / "s", tmp_path / "here")
    told: list[tuple[int, int]] = []

    def step(done: int, parts: int) -> None:
        told.append((done, parts))

    if engine == "spark":
        # As whoever chooses an engine by its name; the session that is open serves.
        there = evaluate_snapshot(law, tmp_path / "s", tmp_path / "there", engine=engine, progress=step)
    else:
        there = run(law, tmp_path / "s", tmp_path / "there", engine=engine, session=session, progress=step)
    assert there == here and here.rows > 200
    for name in FILES:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert sorted(os.listdir(tmp_path / "there")) == sorted(FILES)
    assert told == [(n, record.parts) for n in range(1, record.parts + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_tables_in_any_order_and_several_files_give_the_same_rows_and_totals(
    session: Any, month: Month, tmp_path: Path
) -> None:
    law, (people, homes) = law_of(month), frames(month)
    write_snapshot(people, homes, tmp_path / "s", month=month, as_of=date(2022, 7, 31))
    here = evaluate_snapshot(law, tmp_path / "s", tmp_path / "here")
    shuffled = people.sample(fraction=1, shuffle=True, seed=3)
    (tmp_path / "t" / "persons.parquet").mkdir(parents=True)
    for at in range(3):
        shuffled[at::3].write_parquet(tmp_path / "t" / "persons.parquet" / f"{at}.parquet")
    homes.sample(fraction=1, shuffle=True, seed=4).write_parquet(tmp_path / "t" / "households.parquet")
    there = evaluate_tables(
        law, tmp_path / "t", tmp_path / "out" / FILES[0], tmp_path / "out" / FILES[1], session=session
    )
    assert there.totals == here.totals
    assert (there.rows, there.persons, there.households) == (here.rows, here.persons, here.households)
    order = ["programme", "benefit", "household_id", "person_id"]
    mine, theirs = (pl.read_parquet(tmp_path / d / FILES[0]) for d in ("out", "here"))
    assert mine.sort(order).equals(theirs.sort(order))
    places = {b.code: at for at, b in enumerate(law.benefits.values())}
    stood = [
        (places[b], h, p or 0) for b, h, p in mine.select("benefit", "household_id", "person_id").iter_rows()
    ]
    assert stood == sorted(stood)


def test_spark_divides_downwards_below_zero_and_by_zero_as_the_law_does(session: Any) -> None:
    pairs = [(a, b) for a in (-25, -24, -7, -1, 0, 1, 7, 10**12 + 1) for b in (-12, -2, -1, 0, 1, 2, 12)]
    values = ", ".join(f"(CAST({a} AS BIGINT), CAST({b} AS BIGINT))" for a, b in pairs)
    words = operations(SPARK)
    shown = ", ".join(words[name]("a", "b", -5) for name in ("floor_div", "floor_mod"))
    rows = session.sql(f"SELECT a, b, {shown} FROM VALUES {values} AS t(a, b)").collect()
    assert len(rows) == len(pairs)
    for a, b, quotient, rest in rows:
        assert quotient == OPERATIONS["floor_div"].python(a, b, -5), (a, b)
        assert rest == OPERATIONS["floor_mod"].python(a, b, -5), (a, b)


def test_tables_that_a_household_cannot_be_read_from_are_refused_by_name(
    session: Any, tmp_path: Path
) -> None:
    people, homes = frames(MONTHS[2], households=5)
    twice, nobody = pl.concat([people, people.head(1)]), people.with_columns(household_id=None)
    for wrong, told in (
        ((people.with_columns(wage=1), homes), r"persons\.parquet.*catalogue.*wage"),
        ((people.with_columns(pl.col("wage_fen") / 2), homes), r"whole numbers.*wage_fen \(double\)"),
        ((people, homes.drop("household_id")), r"households\.parquet.*household_id"),
        ((nobody.cast({"household_id": pl.Int64}), homes), "must not be empty"),
        ((twice, homes), "a person stands twice"),
        ((people, pl.concat([homes, homes.tail(1)])), "a household stands twice"),
        ((people, homes.filter(pl.col("household_id") != 1)), r"missing for people: \[1\]"),
    ):
        wrong[0].write_parquet(tmp_path / "persons.parquet")
        wrong[1].write_parquet(tmp_path / "households.parquet")
        with pytest.raises(SnapshotDamaged, match=told):
            evaluate_tables(
                law_of(MONTHS[2]), tmp_path, tmp_path / "o" / "f", tmp_path / "o" / "r", session=session
            )
    assert not (tmp_path / "o").exists()


def test_a_task_that_fails_is_told_in_a_sentence_and_leaves_the_last_findings(
    session: Any, tmp_path: Path
) -> None:
    law, month = law_of(MONTHS[2]), MONTHS[2]
    for name, households in (("a", 40), ("b", 30)):
        people, homes = frames(month, households)
        write_snapshot(people, homes, tmp_path / name, month=month, as_of=date(2022, 7, 31))
    before = run(law, tmp_path / "a", tmp_path / "out", session=session)
    (tmp_path / "b" / "households.parquet").replace(tmp_path / "a" / "households.parquet")
    with pytest.raises(spark.SparkMissing, match=r"task failed.*SnapshotDamaged.*the parts of persons"):
        run(law, tmp_path / "a", tmp_path / "out", session=session)
    assert only_findings(tmp_path / "out") == before.findings_sha256
    with pytest.raises(SnapshotDamaged, match="another month"):
        run(law_of(MONTHS[1]), tmp_path / "a", tmp_path / "out", session=session)


def only_findings(out: Path) -> str:
    """The digest of the only findings in a folder."""
    assert sorted(os.listdir(out)) == sorted(FILES)
    return hashlib.sha256((out / FILES[0]).read_bytes()).hexdigest()


def test_a_machine_with_other_code_does_not_take_part(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="other code than the driver"):
        spark._compute(b"", "polars", "of another release", str(tmp_path), str(tmp_path), 0)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("", "未找到 Java.*openjdk-17-jre-headless"),
        ('openjdk version "1.8.0_402"', "found 8:"),
        ('openjdk version "16.0.2" 2021-07-20', "Java 版本为 16"),
    ],
)
def test_without_java_17_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, told: str
) -> None:
    (tmp_path / "bin").mkdir()
    if version:
        java = tmp_path / "bin" / "java"
        java.write_text(f"#!/bin/sh\necho '{version}' >&2\n")
        java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(spark.SparkMissing, match=told):
        spark.open_session()


def test_without_pyspark_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda name: None)
    with pytest.raises(spark.SparkMissing, match=r"minzheng\[spark\]"):
        spark.open_session()
