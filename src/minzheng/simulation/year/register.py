"""What the register says of everybody who lives in the city, as frames for the steps of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from psycopg import sql

from minzheng.kernel.people.actions import FACT_SCHEMA, record_facts
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import raw_connection, read_frame
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import Life

# What may be asked of everybody, each with where it stands and its type.
_LIVING: dict[str, tuple[str, Any]] = {
    "name": ("p.name", pl.String), "sex": ("p.sex", pl.Int8), "born": ("p.birth_date", pl.Date),
    "is_local": ("p.hukou_is_local", pl.Boolean), "hukou": ("p.hukou_division_code", pl.String),
    "place": ("p.division_code", pl.String), "ethnicity": ("p.ethnicity", pl.String),
    "household_id": ("m.household_id", pl.Int64), "role": ("m.role", pl.Int8), "number": ("h.number", pl.String),
    "register": ("h.register", pl.String),
}  # fmt: skip
_QUERY = """
    SELECT DISTINCT ON (key) person_id, key {names} FROM (
      SELECT p.id AS person_id, CASE WHEN n.value ~ '^[0-9]{{17}}' THEN left(n.value, 17)::bigint ELSE p.id END AS key {columns}
      FROM people_person p
        LEFT JOIN (SELECT person_id, min(value) AS value FROM people_identifier WHERE kind = 'citizen' AND is_primary
                   GROUP BY 1) n ON n.person_id = p.id
        LEFT JOIN people_membership m ON m.person_id = p.id AND upper_inf(m.during)
        LEFT JOIN people_household h ON h.id = m.household_id
      WHERE p.death_date IS NULL AND p.deregistered_on IS NULL AND p.merged_into_id IS NULL
    ) AS everybody ORDER BY key, person_id
"""
_FACTS = """
    SELECT {subject}, {columns} FROM (
      SELECT DISTINCT ON ({subject}, kind) {subject}, kind, int_value FROM people_fact
      WHERE {subject} IS NOT NULL AND superseded_at IS NULL AND int_value IS NOT NULL AND kind = ANY(%s)
        AND lower(during) <= %s AND (upper_inf(during) OR upper(during) > %s)
      ORDER BY {subject}, kind, lower(during) DESC
    ) AS told GROUP BY 1 ORDER BY 1
"""


def living(on: date, *columns: str) -> pl.DataFrame:
    """Everybody who has neither died nor left, sorted by `key`: `person_id`, `key` and the columns that are asked for.

    `key` comes from the identity number, so that a chance drawn by it is a person's own in whatever database. `age` is in
    years on the day and brings `born`; the others are those of the register. In a city of 25 million a column is a
    gigabyte soon, so ask for what the step needs.
    """
    asked = [name for name in _LIVING if name in columns or (name == "born" and "age" in columns)]
    query = _QUERY.format(
        names="".join(f", {name}" for name in asked),
        columns="".join(f", {_LIVING[name][0]} AS {name}" for name in asked),
    )
    schema = {"person_id": pl.Int64, "key": pl.Int64, **{name: _LIVING[name][1] for name in asked}}
    people = read_frame(query, schema=schema)
    return people.with_columns(age=age_on(pl.col("born"), on)) if "age" in columns else people


def age_on(born: pl.Expr, on: date) -> pl.Expr:
    """Full years on a day; who was born on 29 February turns a year older on 1 March of a common year."""
    had = born.dt.month().cast(pl.Int32) * 100 + born.dt.day().cast(pl.Int32) <= on.month * 100 + on.day
    return (on.year - born.dt.year().cast(pl.Int32) - (~had).cast(pl.Int32)).cast(pl.Int32)


def facts(kinds: Sequence[str], on: date, subject: str = "person_id") -> pl.DataFrame:
    """The word in force on a day, one column a kind, one row for each person (or household) of whom anything was told."""
    chosen = [sql.SQL("max(int_value) FILTER (WHERE kind = {})").format(sql.Literal(kind)) for kind in kinds]
    query = _FACTS.format(subject=subject, columns=sql.SQL(", ").join(chosen).as_string(raw_connection()))
    return read_frame(
        query, [list(kinds), on, on], schema={subject: pl.Int64, **dict.fromkeys(kinds, pl.Int64)}
    )


def luck(life: Life, purpose: str, key: str = "key") -> pl.Expr:
    """A chance of the month for each key."""
    return chance(pl.col(key), seed=life.seed, month=life.month, purpose=purpose)


def day_of(month: Month, luck_of: pl.Expr) -> pl.Expr:
    """A day of a month by a chance."""
    days = month.last_day.day
    return pl.lit(month.first_day) + pl.duration(
        days=(luck_of * days).floor().cast(pl.Int64).clip(0, days - 1)
    )


def tell(
    life: Life, told: pl.DataFrame, *, source: str, values: Sequence[str], subject: str = "person_id"
) -> int:
    """Records the values that are not null as an office's facts from the month on; returns how many were written.

    A value stays in force until the next one, so only those whose value changed need to be told.
    """
    if told.is_empty():
        return 0
    long = (
        told.select(subject, *values)
        .unpivot(on=list(values), index=subject, variable_name="kind", value_name="int_value")
        .drop_nulls("int_value")
        .sort(subject, "kind")
        .with_row_index("row", 1)
    )
    ends = told.select(
        subject, pl.col("end") if "end" in told.columns else pl.lit(None, dtype=pl.Date).alias("end")
    )
    long = long.join(ends, on=subject, how="left").with_columns(start=pl.lit(life.month.first_day))
    frame = long.select(name for name in FACT_SCHEMA if name in long.columns)
    result = record_facts(frame, source=source, observed_on=life.month.last_day)
    return result.filter(pl.col("outcome").is_in(["created", "updated"])).height
