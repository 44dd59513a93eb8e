"""Recording what offices tell about people and households: facts with two clocks, never overwritten."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.audit import record
from minzheng.kernel.people.authority import fact_rank
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.staging import conform, drop, execute, new_stage, read_frame
from minzheng.kernel.storage.bulk import copy_frame

FACT_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "household_id": pl.Int64,
    "kind": pl.String,
    "int_value": pl.Int64,
    "text_value": pl.String,
    "start": pl.Date,
    "end": pl.Date,
}
"""What `record_facts` takes: one value a row, in force from `start` up to `end` (exclusive; null is open)."""

FACT_RESULT_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "household_id": pl.Int64,
    "kind": pl.String,
    "outcome": pl.String,
    "reason": pl.String,
    "recorded": pl.Int64,
    "recorded_source": pl.String,
}
"""One row a value: created, updated, unchanged, kept (authority or older), duplicate, conflict or refused."""

_TABLE_COLUMNS = {
    "n": "bigint", "row": "bigint", "person_id": "bigint", "household_id": "bigint", "kind": "text", "int_value": "bigint",
    "text_value": "text", "start": "date", "end": "date", "authority": "smallint",
}  # fmt: skip
_KEY = ["person_id", "household_id", "kind", "start"]


@transaction.atomic
def record_facts(
    rows: pl.DataFrame, *, source: str, observed_on: date, file: str = "", learnt_at: datetime | None = None
) -> pl.DataFrame:
    """Records facts of people and households (部门共享信息入库), one outcome for each value.

    The same value again changes nothing. Another value for the same subject, kind and start supersedes the recorded
    one if the office is stronger, or equal and not older; both stay on record. Facts of people whose record was
    merged go to the surviving record.

    Args:
        rows: columns of `FACT_SCHEMA`.
        learnt_at: when the platform learnt it; the transaction's instant if None.

    Returns:
        a frame of `FACT_RESULT_SCHEMA`, sorted by row and kind.
    """
    kinds = catalogue()
    ranks = {kind: fact_rank(kind, source) for kind in kinds}
    frame = conform(rows, FACT_SCHEMA).with_columns(
        pl.col("kind").replace_strict(ranks, default=None, return_dtype=pl.Int16).alias("authority"),
        pl.col("kind")
        .replace_strict(
            {name: kind.entity for name, kind in kinds.items()}, default=None, return_dtype=pl.String
        )
        .alias("entity"),
    )
    frame = frame.with_columns(_reason_to_refuse(frame).alias("reason"))
    sound = frame.filter(pl.col("reason").is_null()).drop("reason", "entity")
    sound = _follow_merges(sound)
    first = sound.unique(_KEY, keep="first", maintain_order=True).with_row_index("n")
    again = (
        sound.join(first.select(*_KEY, "row"), on=_KEY, nulls_equal=True, suffix="_first")
        .filter(pl.col("row") != pl.col("row_first"))
        .join(first.select(*_KEY, "int_value", "text_value"), on=_KEY, nulls_equal=True, suffix="_first")
        .select(
            *FACT_SCHEMA,
            pl.when(
                pl.col("int_value").eq_missing(pl.col("int_value_first"))
                & pl.col("text_value").eq_missing(pl.col("text_value_first"))
            )
            .then(pl.lit("duplicate"))
            .otherwise(pl.lit("conflict"))
            .alias("outcome"),
            pl.lit("twice_in_file").alias("reason"),
        )
    )
    judged = _judge(first, observed_on)
    _write(judged, source=source, observed_on=observed_on, file=file, learnt_at=learnt_at)
    refused = frame.filter(pl.col("reason").is_not_null()).with_columns(pl.lit("refused").alias("outcome"))
    result = pl.concat([_told(judged), _told(again), _told(refused)]).sort("row", "kind", nulls_last=True)
    counts = Counter(result["outcome"].to_list())
    record("people.facts", subject=file or source, detail={"source": source, **counts})
    return result


def _reason_to_refuse(frame: pl.DataFrame) -> pl.Expr:
    of_person = pl.col("person_id").is_not_null() & pl.col("household_id").is_null()
    of_household = pl.col("household_id").is_not_null() & pl.col("person_id").is_null()
    right = ((pl.col("entity") == "person") & of_person) | ((pl.col("entity") == "household") & of_household)
    return (
        pl.when(pl.col("entity").is_null())
        .then(pl.lit("unknown_kind"))
        .when(~right)
        .then(pl.lit("wrong_subject"))
        .when(pl.col("start").is_null() | (pl.col("end") <= pl.col("start")))
        .then(pl.lit("empty_period"))
        .when(pl.col("int_value").is_null() & pl.col("text_value").is_null())
        .then(pl.lit("no_value"))
        .otherwise(None)
    )


def _follow_merges(frame: pl.DataFrame) -> pl.DataFrame:
    merged = read_frame(
        "SELECT id, merged_into_id FROM people_person WHERE merged_into_id IS NOT NULL",
        schema={"id": pl.Int64, "merged_into_id": pl.Int64},
    )
    if merged.is_empty():
        return frame
    return frame.with_columns(
        pl.col("person_id").replace(merged["id"], merged["merged_into_id"]).alias("person_id")
    )


def _judge(first: pl.DataFrame, observed_on: date) -> pl.DataFrame:
    """Holds each value against the one recorded for the same subject, kind and start."""
    staged = new_stage(_TABLE_COLUMNS)
    copy_frame(staged, first.select(_TABLE_COLUMNS.keys()))
    recorded = read_frame(
        f"""SELECT s.n, f.id, f.int_value, f.text_value, upper(f.during), f.source, f.authority, f.observed_on
            FROM {staged} s JOIN people_fact f ON f.person_id = s.person_id AND f.kind = s.kind
              AND lower(f.during) = s.start AND f.superseded_at IS NULL
            UNION ALL
            SELECT s.n, f.id, f.int_value, f.text_value, upper(f.during), f.source, f.authority, f.observed_on
            FROM {staged} s JOIN people_fact f ON f.household_id = s.household_id AND f.kind = s.kind
              AND lower(f.during) = s.start AND f.superseded_at IS NULL""",
        schema={
            "n": pl.UInt32,
            "old_id": pl.Int64,
            "old_int": pl.Int64,
            "old_text": pl.String,
            "old_end": pl.Date,
            "old_source": pl.String,
            "old_rank": pl.Int16,
            "old_day": pl.Date,
        },
    )
    drop(staged)
    same = (
        pl.col("int_value").eq_missing(pl.col("old_int"))
        & pl.col("text_value").fill_null("").eq(pl.col("old_text").fill_null(""))
        & pl.col("end").eq_missing(pl.col("old_end"))
    )
    stronger = (pl.col("authority") > pl.col("old_rank")) | (
        (pl.col("authority") == pl.col("old_rank")) & (pl.lit(observed_on) >= pl.col("old_day"))
    )
    outcome = (
        pl.when(pl.col("old_id").is_null())
        .then(pl.lit("created"))
        .when(same)
        .then(pl.lit("unchanged"))
        .when(stronger)
        .then(pl.lit("updated"))
        .otherwise(pl.lit("kept"))
    )
    reason = (
        pl.when(outcome != "kept")
        .then(pl.lit(""))
        .when(pl.col("authority") < pl.col("old_rank"))
        .then(pl.lit("authority"))
        .otherwise(pl.lit("older"))
    )
    return first.join(recorded, on="n", how="left").with_columns(
        outcome.alias("outcome"), reason.alias("reason")
    )


def _write(
    judged: pl.DataFrame, *, source: str, observed_on: date, file: str, learnt_at: datetime | None
) -> None:
    writing = judged.filter(pl.col("outcome").is_in(["created", "updated"]))
    if writing.is_empty():
        return
    superseded = writing.filter(pl.col("outcome") == "updated")
    if superseded.height:
        staged = new_stage({"id": "bigint"})
        copy_frame(staged, superseded.select(pl.col("old_id").alias("id")))
        execute(
            f"UPDATE people_fact f SET superseded_at = coalesce(%s, now()) FROM {staged} s WHERE f.id = s.id",
            [learnt_at],
        )
        drop(staged)
    staged = new_stage(_TABLE_COLUMNS)
    copy_frame(staged, writing.select(_TABLE_COLUMNS.keys()))
    execute(
        f"""INSERT INTO people_fact (person_id, household_id, kind, int_value, text_value, during, source, authority,
                observed_on, file, file_row, learnt_at)
            SELECT person_id, household_id, kind, int_value, text_value, daterange(start, "end"), %s, authority,
                %s, %s, row::text, coalesce(%s, now()) FROM {staged}""",
        [source, observed_on, file, learnt_at],
    )
    drop(staged)


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    known = "old_int" in frame.columns
    return frame.select(
        "row",
        "person_id",
        "household_id",
        "kind",
        "outcome",
        "reason",
        (pl.col("old_int") if known else pl.lit(None, dtype=pl.Int64)).alias("recorded"),
        (pl.col("old_source") if known else pl.lit(None, dtype=pl.String)).alias("recorded_source"),
    )
