"""Fills the register with a synthetic city by COPY, for measurements; nothing here is how a register comes to be.

People, households and facts are those of `simulation.residents`; names are drawn from the simulated city's surnames and
given names, so that many share one. The rows go in past policies and triggers, and indexes are built after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import polars as pl
import psycopg
from django.db import connection

from minzheng.kernel.people.facts import kinds_of
from minzheng.kernel.people.names import pinyin_key
from minzheng.kernel.periods import Month
from minzheng.kernel.storage import server
from minzheng.simulation.calibration import names
from minzheng.simulation.residents import residents

MONTH = Month(2022, 7)

STREETS = [f"3101{district:02}{street:03}" for district in (1, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 51)
           for street in range(1, 15)]  # fmt: skip
TABLES = ("person", "identifier", "household", "membership", "hukourecord", "fact")
CHUNK = 1_000_000
SAID = {"source": "测试", "authority": 0}


def fill(count: int, *, with_facts: bool = True) -> None:
    """So many residents in households over all streets, each with a name and a number; with what offices told of them."""
    with _administrator() as native, _indexes_built_after(native):
        for people, homes in residents(count, MONTH, CHUNK):
            part = people.with_columns(_street("household_id"))
            copy_in(native, "people_person", _persons(part))
            copy_in(native, "people_identifier", _identifiers(part))
            if with_facts:
                copy_in(native, "people_membership", _memberships(part))
                copy_in(native, "people_hukourecord", _hukou(part))
                copy_in(native, "people_fact", _facts(part, "person"))
                copy_in(native, "people_household", _households(homes))
                copy_in(native, "people_fact", _facts(homes, "household"))
        for table in TABLES:
            native.execute(
                f"SELECT setval(pg_get_serial_sequence('people_{table}', 'id'), coalesce(max(id), 1)) FROM people_{table}"
            )
    with _administrator() as native:
        native.execute("VACUUM ANALYZE")


@contextmanager
def _administrator() -> Iterator[psycopg.Connection]:
    """COPY is refused to everyone whom row-level security binds."""
    with server.administrator().with_database(connection.settings_dict["NAME"]).connect() as native:
        native.execute("SET session_replication_role = replica")
        native.execute("SET maintenance_work_mem = '1GB'")
        yield native


@contextmanager
def _indexes_built_after(native: psycopg.Connection) -> Iterator[None]:
    """An index is built several times faster over rows that are there than row by row."""
    found = native.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
           WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = indexrelid)""",
        [[f"people_{table}" for table in TABLES]],
    ).fetchall()
    for name, _ in found:
        native.execute(f"DROP INDEX {name}")
    yield
    for _, definition in found:
        native.execute(definition)


def copy_in(native: psycopg.Connection, table: str, frame: pl.DataFrame) -> None:
    buffer = BytesIO()
    frame.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    statement: Any = f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)"
    with native.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(buffer.getbuffer())


def _draw(column: str, salt: int, among: int) -> pl.Expr:
    return (pl.col(column).hash(salt) % among).cast(pl.Int64)


def _street(column: str) -> pl.Expr:
    streets = pl.DataFrame({"s": STREETS})["s"]
    return (
        _draw(column, 50, len(STREETS))
        .replace_strict(dict(enumerate(streets)), return_dtype=pl.String)
        .alias("street")
    )


def _named(people: pl.DataFrame) -> pl.DataFrame:
    told = names()
    surnames = [name for name, weight in told["surnames"].items() for _ in range(int(weight))]
    given = {1: told["male"], 2: told["female"]}
    parts = {word: pinyin_key(word) if word not in told["surnames"] else pinyin_key(word + "国").rsplit(" ", 1)[0]
             for word in {*surnames, *given[1], *given[2]}}  # fmt: skip
    size = min(len(given[1]), len(given[2]))

    def word(salt: int, sex: int) -> pl.Expr:
        return _draw("person_id", salt, size).replace_strict(
            dict(enumerate(given[sex][:size])), return_dtype=pl.String
        )

    def chosen(salt: int) -> pl.Expr:
        return pl.when(pl.col("sex") == 1).then(word(salt, 1)).otherwise(word(salt, 2))

    return (
        people.with_columns(
            a=_draw("person_id", 60, len(surnames)).replace_strict(dict(enumerate(surnames)), return_dtype=pl.String),
            b=chosen(61),
            c=pl.when(_draw("person_id", 62, 10) < 8).then(chosen(63)),
        )
        .with_columns(
            name=pl.concat_str("a", "b", "c", ignore_nulls=True),
            name_pinyin=pl.concat_str(
                *(pl.col(x).replace_strict(parts, return_dtype=pl.String, default=None) for x in "abc"),
                separator=" ", ignore_nulls=True,
            ),
        )
        .drop("a", "b", "c")
    )  # fmt: skip


def _born() -> pl.Expr:
    index = pl.col("birth_month").fill_null(MONTH.index - 400).cast(pl.Int32)
    return pl.date(index // 12, index % 12 + 1, 1 + _draw("person_id", 70, 28))


def _persons(part: pl.DataFrame) -> pl.DataFrame:
    return _named(part).select(
        pl.col("person_id").alias("id"), "name", "name_pinyin", "sex",
        pl.when(pl.col("birth_month").is_not_null()).then(_born()).alias("birth_date"),
        pl.lit("汉族").alias("ethnicity"),
        pl.when(pl.col("street").is_not_null()).then(pl.col("street") + "001").alias("division_code"),
        (pl.col("street") + "001").alias("hukou_division_code"),
        "hukou_is_local",
        pl.lit("{}").alias("provenance"),
        pl.lit("2022-06-30T00:00:00Z").alias("registered_at"),
    )  # fmt: skip


def _identifiers(part: pl.DataFrame) -> pl.DataFrame:
    """Numbers of area 310199, which is no place; the last digits run on, so that each is given once."""
    return part.select(
        pl.col("person_id"),
        pl.lit("citizen").alias("kind"),
        (pl.lit("310199") + _born().dt.strftime("%Y%m%d").str.slice(0, 4) + pl.col("person_id").cast(pl.String).str.zfill(8))
        .alias("value"),
        pl.lit(True).alias("is_primary"), pl.lit("[2020-01-01,)").alias("during"), pl.lit("").alias("source"),
    )  # fmt: skip


def _households(homes: pl.DataFrame) -> pl.DataFrame:
    return homes.select(
        pl.col("household_id").alias("id"), ("H" + pl.col("household_id").cast(pl.String)).alias("number"),
        pl.lit("").alias("register"), (_street("household_id") + "001").alias("division_code"), pl.lit("").alias("source"),
    )  # fmt: skip


def _memberships(part: pl.DataFrame) -> pl.DataFrame:
    return part.select(
        "person_id", "household_id", pl.col("relation").alias("role"), pl.lit("[2015-01-01,)").alias("during"),
        *(pl.lit(v).alias(k) for k, v in SAID.items()),
    )  # fmt: skip


def _hukou(part: pl.DataFrame) -> pl.DataFrame:
    return part.select(
        "person_id", (pl.col("street") + "001").alias("division_code"), pl.col("hukou_is_local").alias("is_local"),
        pl.lit("[2010-01-01,)").alias("during"), *(pl.lit(v).alias(k) for k, v in SAID.items()),
    )  # fmt: skip


def _facts(part: pl.DataFrame, entity: str) -> pl.DataFrame:
    """One row for each value that the frames carry."""
    key = f"{entity}_id"
    kinds = [kind.name for kind in kinds_of(entity) if kind.name in part.columns]
    told = part.select(key, *(pl.col(kind).cast(pl.Int64) for kind in kinds)).unpivot(
        index=key, variable_name="kind"
    )
    return told.drop_nulls("value").filter((pl.col("value") != 0) | ~pl.col("kind").str.starts_with("is_")).select(
        key, "kind", pl.col("value").alias("int_value"), pl.lit("[2022-06-01,)").alias("during"),
        *(pl.lit(v).alias(k) for k, v in SAID.items()), pl.lit("2022-06-30").alias("observed_on"),
        pl.lit("").alias("file"), pl.lit("").alias("file_row"), pl.lit("2022-06-30T00:00:00Z").alias("learnt_at"),
    )  # fmt: skip
