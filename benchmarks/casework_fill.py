"""Fills casework with a year of plausible cases by COPY, for measurements; nothing here is how cases come to be.

Streets, items and states are spread as in the city: every street a share of its own, most cases decided on the spot at a
counter, one in seven still in hand. The rows go in past policies and acts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection, connections
from django.db.models import NOT_PROVIDED, Model

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import Case, Clock, Event, Material
from minzheng.kernel.cases.models.case import YEAR
from minzheng.kernel.items import items_on
from minzheng.kernel.items.model import StepKind
from minzheng.kernel.storage import server

FIRST = date(2022, 1, 1)
CHUNK = 100_000
STREETS = [f"3101{district:02}{street:03}" for district in (1, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 51)
           for street in range(1, 15)]  # fmt: skip
STATES = {"granted": 0.72, "refused": 0.05, "withdrawn": 0.05, "lapsed": 0.03, "submitted": 0.04, "correcting": 0.02,
          "accepted": 0.03, "examined": 0.02, "passed_on": 0.04}  # fmt: skip
ENDED = ("granted", "refused", "withdrawn", "lapsed")


def people(count: int) -> list[int]:
    """Residents over the streets; returns the numbers they were given."""
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_person (name, name_pinyin, sex, ethnicity, hukou_division_code, hukou_is_local,
                 division_code, provenance, registered_at)
               SELECT '居民' || n, '', 1 + n %% 2, '汉', s || '001', true, s || '001', '{}', now()
               FROM generate_series(0, %s - 1) n, LATERAL (SELECT (%s::text[])[1 + n %% %s] AS s) t RETURNING id""",
            [count, STREETS, len(STREETS)],
        )
        return [row[0] for row in cursor.fetchall()]


def cases(first: int, count: int, persons: list[int]) -> None:
    """Cases numbered `first` up to `first + count - 1` of 2022, with two events, two papers and a running clock each."""
    for start in range(first, first + count, CHUNK):
        size = min(CHUNK, first + count - start)
        frame = _cases(start, size, persons)
        _copy(Case, frame)
        _copy(Event, _events(frame))
        _copy(Material, _papers(frame))
        _copy(Clock, _clocks(frame))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT setval('cases_case_number', greatest(%s, nextval('cases_case_number')))", [first + count]
        )
        # As autovacuum would have done within minutes.
        cursor.execute("VACUUM (ANALYZE) cases_case, cases_event, cases_material, cases_clock, people_person")


def _cases(start: int, size: int, persons: list[int]) -> pl.DataFrame:
    rng = random.Random(start)
    items = items_on(date(2022, 7, 1))
    # A few items bring most of the people: the usual long tail.
    asked = rng.choices(items, [1 / (1 + rank) for rank in range(len(items))], k=size)
    deciding = rng.choices(STREETS, [1 + rank % 7 for rank in range(len(STREETS))], k=size)
    accepting = [rng.choice(STREETS) if rng.random() < 0.08 else place for place in deciding]
    person = rng.choices(persons, k=size)
    return pl.DataFrame(
        {
            "id": range(2022 * YEAR + start, 2022 * YEAR + start + size),
            "item": [item.code for item in asked],
            "item_version": [item.version for item in asked],
            "domain": [item.domain for item in asked],
            "channel": rng.choices(["counter", "online", "phone"], [62, 35, 3], k=size),
            "state": rng.choices(list(STATES), list(STATES.values()), k=size),
            "person_id": person,
            "person_name": [f"居民{number}" for number in person],
            "accepting_division": accepting,
            "deciding_division": deciding,
            "sent": [rng.randrange(330) for _ in range(size)],
            "took": [rng.randrange(25) for _ in range(size)],
        }
    ).with_columns(
        step=pl.when(pl.col("state") == "passed_on").then(pl.lit("pass_on")).otherwise(pl.lit("decide")),
        applicant_id="person_id",
        applicant_name="person_name",
        opened_on=pl.lit(FIRST) + pl.duration(days="sent"),
        submitted_on=pl.lit(FIRST) + pl.duration(days="sent"),
        state_since=pl.lit(FIRST) + pl.duration(days=pl.col("sent") + pl.col("took")),
        is_open=~pl.col("state").is_in(ENDED),
        is_decided=pl.col("state").is_in(["granted", "refused"]),
    ).with_columns(
        accepted_on=pl.when(pl.col("state") != "submitted").then("submitted_on"),
        decided_on=pl.when("is_decided").then("state_since"),
        due_on=pl.when("is_open").then(pl.col("submitted_on") + pl.duration(days=30)),
        working_days=pl.when("is_decided").then(pl.col("took") * 5 // 7),
    )  # fmt: skip


def _events(frame: pl.DataFrame) -> pl.DataFrame:
    sent = frame.select(
        pl.col("id").alias("case_id"), pl.lit("submit").alias("act"), pl.col("submitted_on").alias("on")
    )
    after = frame.select(
        pl.col("id").alias("case_id"), pl.lit("decide").alias("act"), pl.col("state_since").alias("on")
    )
    return pl.concat([sent, after]).sort("case_id")


def _papers(frame: pl.DataFrame) -> pl.DataFrame:
    def paper(code: str, state: str) -> pl.DataFrame:
        return frame.select(
            pl.col("id").alias("case_id"), pl.lit(code).alias("code"), pl.lit(state).alias("state"),
            pl.lit("公安").alias("issuer"), pl.col("submitted_on").alias("on"),
        )  # fmt: skip

    return pl.concat([paper("identity_card", "fetched"), paper("request", "submitted")]).sort("case_id")


def _clocks(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter("is_open").select(
        pl.col("id").alias("case_id"), pl.lit(str(StepKind.DECIDE)).alias("kind"), pl.lit(20).alias("limit_days"),
        pl.col("submitted_on").alias("started_on"), pl.col("submitted_on").alias("running_from"), pl.col("due_on"),
    )  # fmt: skip


def _copy(model: type[Model], frame: pl.DataFrame) -> None:
    """Adds the frame's rows; columns it does not name get what the model gives them where nothing is said.

    As the server's administrator: COPY is refused to everyone whom row-level security binds.
    """
    named = [field.column for field in model._meta.concrete_fields if field.column in frame.columns]
    kept = {field.column: value for field, value in _defaults(model) if field.column not in frame.columns}
    whole = frame.select(*named, *(pl.lit(value).alias(column) for column, value in kept.items()))
    buffer = BytesIO()
    whole.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    columns = ", ".join(f'"{column}"' for column in whole.columns)
    statement: Any = f"COPY {model._meta.db_table} ({columns}) FROM STDIN (FORMAT csv)"
    database = connection.settings_dict["NAME"]
    with (
        server.administrator().with_database(database).connect() as native,
        native.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.write(buffer.getbuffer())


def _defaults(model: type[Model]) -> Iterator[tuple[Any, Any]]:
    for field in model._meta.concrete_fields:
        if field.has_default():
            value = field.get_default()
            if isinstance(value, list) and field.get_internal_type() == "ArrayField":
                value = "{}"
            elif isinstance(value, dict | list):
                value = json.dumps(value)
            if value is not None:
                yield field, value
        elif (
            not field.null
            and field.db_default is NOT_PROVIDED
            and not field.primary_key
            and field.empty_strings_allowed
        ):
            yield field, "测试" if field.column == "actor_label" else ""
