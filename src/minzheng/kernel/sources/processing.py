"""From staged lines to outcomes: reads cells, checks, writes through actions, and saves what was said of each row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.audit import recording
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.feeds.catalogue import feed_of
from minzheng.kernel.sources.messages import level_of
from minzheng.kernel.sources.models import FeedFile, ReviewItem
from minzheng.kernel.sources.people_lookup import candidates, households_by_number
from minzheng.kernel.sources.registry import NoWriter
from minzheng.kernel.sources.rows import REVIEW, UNCHANGED, CellReader, Context, Row, as_json, seal
from minzheng.kernel.sources.staging import contract_of
from minzheng.kernel.storage.bulk import copy_rows

_UPDATE = (
    "id",
    "values",
    "messages",
    "outcome",
    "key",
    "digest",
    "person_id",
    "household_id",
    "division_code",
)


def context_of(file: FeedFile) -> Context:
    """What the file's checks need beside its rows; only a file placed in a month has it."""
    if file.period is None:
        raise ValueError(f"{file.name}：尚不知所属月份 / the file's month is not known yet")
    return Context(contract_of(file), file.pk, file.name, Month.of(file.period), file.register)


def load_rows(file: FeedFile, ids: Sequence[int] | None = None) -> list[Row]:
    """The file's data rows, or some of them, as staged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, sheet, line, raw, messages, division_code FROM sources_feedrow WHERE file_id = %s AND kind = 'data'"
            + (" AND id = ANY(%s)" if ids is not None else "")
            + " ORDER BY id",
            [file.pk, list(ids)] if ids is not None else [file.pk],
        )
        rows = []
        for row_id, sheet, line, raw, messages, _ in cursor.fetchall():
            row = Row(row_id, sheet, line, _json(raw))
            for message in _json(messages):
                # What reading had to do stays; what an earlier check said is said anew.
                if not message.get("level") or message.get("stage") == "line":
                    row.say("", message["code"], message.get("found", ""))
            rows.append(row)
    return rows


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def read_cells(
    file: FeedFile, rows: Sequence[Row], context: Context, overrides: dict[str, Any] | None = None
) -> None:
    """Understands the cells of every row that could be read as a line."""
    readers = {
        column["sheet"]: CellReader(
            context.contract,
            {name: (place[0], place[1]) for name, place in column["columns"].items()},
            column["headings"],
            context,
            column.get("constants", {}),
            column.get("repeated", {}),
        )
        for column in file.columns
    }
    for row in rows:
        if row.level != "refused":
            readers[row.sheet].read(row, overrides)
    seal(rows, context.contract, context.register)


def process(file: FeedFile) -> None:
    """Checks and applies one staged file in the running transaction; after it the file is applied, or only checked."""
    context = context_of(file)
    rows = load_rows(file)
    read_cells(file, rows, context)
    readable = [row for row in rows if row.level != "refused" or row.values]
    feed = feed_of(context.contract)
    feed.check(readable, context)
    _recognise_repeats(rows, file)
    file.state = FeedFile.State.APPLIED
    try:
        passing = [row for row in rows if row.is_passing]
        if passing:
            feed.apply(passing, context)
    except NoWriter as missing:
        file.state = FeedFile.State.CHECKED
        file.notes = [*file.notes, {"code": "no_writer", "found": str(missing), "level": "warning"}]
    if file.state == FeedFile.State.APPLIED:
        for row in rows:
            row.settle()
        queue(rows, context)
    save_rows(rows, context)
    count_outcomes(file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        file.applied_at = cursor.fetchone()[0] if file.state == FeedFile.State.APPLIED else None
    file.save()
    counts = {name: count for name, count in file.counts.items() if isinstance(count, int)}
    recording.record(
        "sources.load",
        subject=f"sources.file:{file.pk}",
        detail={
            "name": file.name,
            "contract": file.contract,
            "sha256": file.sha256,
            "period": str(context.period),
            **counts,
        },
    )


def _recognise_repeats(rows: Sequence[Row], file: FeedFile) -> None:
    """A row that says what the latest file said of the same thing changes nothing and is asked about only once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH before AS (
                 SELECT r.key, r.digest, r.outcome, r.line, r.person_id, r.household_id, r.division_code, f.id AS file_id,
                        f.name, rank() OVER (PARTITION BY r.key ORDER BY f.applied_at DESC, f.id DESC) AS latest
                 FROM sources_feedrow r JOIN sources_feedfile f ON f.id = r.file_id
                 WHERE r.key = ANY(%s) AND f.state = 'applied' AND f.id <> %s)
               SELECT key, digest, outcome, line, person_id, household_id, division_code, name FROM before WHERE latest = 1""",
            [sorted({row.key for row in rows}), file.pk],
        )
        known = {(found[0], found[1]): found[2:] for found in cursor.fetchall()}
    for row in rows:
        before = known.get((row.key, row.digest))
        if before is None or before[0] == "refused":
            continue
        outcome, line, person, household, place, name = before
        row.messages.clear()
        row.say("", "same_as_before", f"{name} {line}", done="queued" if outcome == REVIEW else "")
        row.outcome, row.person_id, row.household_id, row.division_code = UNCHANGED, person, household, place


def queue(rows: Sequence[Row], context: Context) -> None:
    """Opens a review item for every row that needs a person, with whom it may be."""
    waiting = [row for row in rows if row.outcome == REVIEW]
    numbers = [str(row.get("household_number")) for row in waiting if row.get("household_number")]
    households = households_by_number(numbers) if numbers else {}
    wanted = []
    for row in waiting:
        own = [
            one
            for one in households.get(row.get("household_number") or "", [])
            if one.register == context.register
        ]
        if own and not row.division_code:
            row.division_code = own[0].division_code
        number = (
            row.get("citizen_number")
            or row.sent.get("citizen_number")
            or row.sent.get("certificate_number", "")
        )
        wanted.append(
            (row.id, row.get("name") or "", row.get("birth_date"), own[0].id if own else None, number[:18])
        )
    found = candidates(wanted)
    ReviewItem.objects.bulk_create(
        [
            ReviewItem(
                row_id=row.id,
                contract=context.contract.name,
                code=next(message.code for message in row.messages if message.level == "review"),
                evidence=_evidence(row),
                candidates=found.get(row.id, []),
                division_code=row.division_code or context.register or "310000",
            )
            for row in waiting
        ],
        batch_size=2000,
    )


def _evidence(row: Row) -> dict[str, Any]:
    told = {name: as_json(value) for name, value in row.values.items() if value is not None}
    return {
        "values": told,
        "sent": row.sent,
        "messages": [m.as_json() for m in row.messages if level_of(m.code) != "note"],
    }


def save_rows(rows: Sequence[Row], context: Context) -> None:
    """Writes values, messages, outcomes and links back to the staged rows, all at once."""
    elsewhere = context.register or "310000"
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE IF NOT EXISTS sources_done (id bigint, "values" jsonb, messages jsonb, outcome text,'
            " key text, digest text, person_id bigint, household_id bigint, division_code text) ON COMMIT DROP;"
            " TRUNCATE sources_done"
        )
        copy_rows("sources_done", _UPDATE, (_done(row, elsewhere) for row in rows))
        names = ", ".join(f'"{name}" = d."{name}"' for name in _UPDATE if name != "id")
        cursor.execute(f"UPDATE sources_feedrow r SET {names} FROM sources_done d WHERE r.id = d.id")


def _done(row: Row, elsewhere: str) -> tuple[Any, ...]:
    line_codes = {"stray_quote", "nul_bytes", "bad_bytes", "control_characters", "key_twice", "json_broken"}
    line_codes |= {"formula_without_value", "too_many_cells", "too_few_cells", "cut_off"}
    messages = [
        message.as_json() | ({"stage": "line"} if message.code in line_codes else {})
        for message in row.messages
    ]
    return (
        row.id,
        Jsonb({name: as_json(value) for name, value in row.values.items() if value is not None}),
        Jsonb(messages),
        row.outcome,
        row.key,
        row.digest,
        row.person_id,
        row.household_id,
        row.division_code or elsewhere,
    )


def count_outcomes(file: FeedFile) -> None:
    """Counts every line of the file by outcome, and how often each thing was said."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, outcome, count(*) FROM sources_feedrow WHERE file_id = %s GROUP BY 1, 2", [file.pk]
        )
        outcomes: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for kind, outcome, count in cursor.fetchall():
            kinds[kind] += count
            outcomes[outcome or "waiting"] += count
        cursor.execute(
            """SELECT m ->> 'code', count(*) FROM sources_feedrow r, jsonb_array_elements(r.messages) m
               WHERE r.file_id = %s AND r.kind = 'data' GROUP BY 1 ORDER BY 2 DESC, 1""",
            [file.pk],
        )
        codes = dict(cursor.fetchall())
    file.counts = {
        "lines": sum(kinds.values()),
        "rows": kinds["data"],
        **outcomes,
        "kinds": dict(kinds),
        "codes": codes,
    }
