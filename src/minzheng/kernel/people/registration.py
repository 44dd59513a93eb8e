"""Entering and updating people from one office's rows: persons, identifiers, households, residence and hukou."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.audit import record
from minzheng.kernel.people.authority import has_say
from minzheng.kernel.people.fields import (
    KNOWN_COLUMNS,
    Batch,
    Known,
    decide_field,
    known_from,
    save_people,
    save_writings,
)
from minzheng.kernel.people.names import Likeness, compare_names, pinyin_key
from minzheng.kernel.people.relations import last_day, save_events, start_of, write_relations
from minzheng.kernel.people.staging import (
    Outcome,
    RowResult,
    conform,
    drop,
    execute,
    fetch,
    new_ids,
    result_frame,
    stage,
)

PEOPLE_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "identifier_kind": pl.String,
    "identifier": pl.String,
    "name": pl.String,
    "sex": pl.Int8,
    "birth_date": pl.Date,
    "ethnicity": pl.String,
    "household_number": pl.String,
    "relation": pl.Int8,
    "hukou_division_code": pl.String,
    "hukou_is_local": pl.Boolean,
    "division_code": pl.String,
    "address": pl.String,
    "since": pl.Date,
    "deregistered_on": pl.Date,
}
"""What `register_people` takes; every column but `row` may be missing or null where the office says nothing."""

_SIMPLE = ("sex", "birth_date", "ethnicity", "deregistered_on")
CITY = "310000"


@transaction.atomic
def register_people(
    rows: pl.DataFrame,
    *,
    source: str,
    observed_on: date,
    file: str = "",
    register: str = "",
    trust_identifier: bool = False,
    allow_without_identifier: bool = False,
) -> pl.DataFrame:
    """Enters people and updates those known, each row in one outcome (人口登记).

    Rows are linked by `person_id`, else by identifier. A known person under a different name, one identifier on
    two people and one person in two households are conflicts: nothing is written, for a person to look. A row by which
    somebody moves in after having died or been struck off is refused. A variant of the name is kept as that office's
    writing.

    Args:
        rows: columns of `PEOPLE_SCHEMA`; identifiers in normal form.
        observed_on: the day the office speaks of.
        register: whose household numbers these are; empty for the city's own.
        trust_identifier: the rows were looked at: a different name is a change of name.
        allow_without_identifier: enter people who have no identifier.

    Returns:
        a frame of `RESULT_SCHEMA`, one row for each.
    """
    frame = conform(rows, PEOPLE_SCHEMA).with_columns(pl.col("identifier_kind").fill_null("citizen"))
    entries = frame.to_dicts()
    batch = Batch(source, observed_on, file, register, {}, [])
    known = _link(entries)
    entries = _refuse_conflicts(batch, entries, known, trust_identifier, allow_without_identifier)
    fresh = [entry for entry in entries if entry["person_id"] is None]
    _insert_people(batch, fresh)
    _update_people(batch, [e for e in entries if e["person_id"] in known], known)
    write_relations(batch, entries, known)
    save_people(person for person in known.values() if person.changed)
    save_events(batch.events, source=batch.source)
    counts = Counter(str(result.outcome) for result in batch.results.values())
    record("people.register", subject=file or source, detail={"source": source, **counts})
    return result_frame(batch.results.values())


def _link(entries: list[dict[str, Any]]) -> dict[int, Known]:
    """Finds the person of each entry and writes it there; returns the known people by id."""
    staged = stage(
        {"row": "bigint", "person_id": "bigint", "kind": "text", "value": "text"},
        ((e["row"], e["person_id"], e["identifier_kind"], e["identifier"]) for e in entries),
    )
    found = fetch(
        f"""SELECT s.row, {KNOWN_COLUMNS}
            FROM {staged} s
            LEFT JOIN people_identifier i ON i.kind = s.kind AND i.value = s.value AND s.person_id IS NULL
            JOIN people_person q ON q.id = coalesce(s.person_id, i.person_id)
            JOIN people_person p ON p.id = coalesce(q.merged_into_id, q.id)
            ORDER BY p.id FOR UPDATE OF p"""
    )
    drop(staged)
    by_row = {row[0]: row[1] for row in found}
    for entry in entries:
        entry["person_id"] = by_row.get(entry["row"])
    return {row[1]: known_from(row[1:]) for row in found}


def _refuse_conflicts(
    batch: Batch,
    entries: list[dict[str, Any]],
    known: dict[int, Known],
    trust_identifier: bool,
    allow_without_identifier: bool,
) -> list[dict[str, Any]]:
    """Sets aside what needs a person's eyes; returns the entries to write, at most one for each person."""
    passing: list[dict[str, Any]] = []
    groups: dict[Any, list[dict[str, Any]]] = {}

    def refuse(entry: dict[str, Any], outcome: Outcome, reason: str, note: str) -> None:
        batch.results[entry["row"]] = RowResult(entry["row"], outcome, entry["person_id"], reason, note)

    elsewhere = _taken(entries)
    for entry in entries:
        if (entry["identifier_kind"], entry["identifier"]) in elsewhere:
            refuse(
                entry, Outcome.CONFLICT, "known_elsewhere", "该证件已在本岗位范围以外登记，请由上级办理迁入"
            )
        elif entry["person_id"] is None and not entry["name"]:
            refuse(entry, Outcome.REFUSED, "name_missing", "登记新人员须有姓名")
        elif entry["person_id"] is None and not entry["identifier"] and not allow_without_identifier:
            refuse(entry, Outcome.REFUSED, "identifier_missing", "没有证件号码，无法关联人员")
        else:
            key = entry["person_id"] or entry["identifier"] or ("row", entry["row"])
            groups.setdefault(key, []).append(entry)
    for group in groups.values():
        person = known.get(group[0]["person_id"])
        if person and not trust_identifier:
            alike = []
            for entry in group:
                if entry["name"] and compare_names(person.name, entry["name"]) is Likeness.DIFFERENT:
                    refuse(
                        entry,
                        Outcome.CONFLICT,
                        "name_differs",
                        f"该证件已登记为“{person.name}”，本行为“{entry['name']}”，请核对是否同一人",
                    )
                else:
                    alike.append(entry)
            group = alike
        elif len({entry["name"] for entry in group}) > 1 and any(
            compare_names(group[0]["name"], entry["name"]) is Likeness.DIFFERENT for entry in group[1:]
        ):
            # Neither is known, so neither can be believed before someone has looked.
            for entry in group:
                refuse(
                    entry, Outcome.CONFLICT, "identifier_twice", "同一证件号码出现在不同姓名的人员上，请核对"
                )
            continue
        fitting = []
        for entry in group:
            since, last = start_of(batch, entry), last_day(batch, entry, person)
            if since and last and since > last:
                what = "死亡" if person and last == person.death_date else "户籍注销"
                note = f"迁入日期 {since} 晚于{what}日期 {last}，请核对"
                refuse(entry, Outcome.REFUSED, "since_after_end", note)
            else:
                fitting.append(entry)
        group = fitting
        for first, entry in [(group[0], other) for other in group[1:]]:
            if _same_content(first, entry):
                refuse(entry, Outcome.DUPLICATE, "row_twice", f"与第 {first['row']} 行相同")
            elif entry["household_number"] != first["household_number"]:
                refuse(
                    entry,
                    Outcome.CONFLICT,
                    "two_households",
                    f"同一人又见第 {first['row']} 行，户号为 {first['household_number']}，请核对属于哪一户",
                )
            else:
                refuse(
                    entry,
                    Outcome.CONFLICT,
                    "row_differs",
                    f"同一人又见第 {first['row']} 行，内容不同，请核对",
                )
        passing += group[:1]
    return passing


def _taken(entries: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Identifiers of the entries still unlinked that belong to people out of the acting post's sight."""
    open_ones = [
        (e["identifier_kind"], e["identifier"]) for e in entries if e["person_id"] is None and e["identifier"]
    ]
    if not open_ones:
        return set()
    kinds, numbers = zip(*open_ones, strict=True)
    return {
        (row[0], row[1]) for row in fetch("SELECT * FROM people_taken(%s, %s)", [list(kinds), list(numbers)])
    }


def _same_content(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in PEOPLE_SCHEMA if name != "row")


def _insert_people(batch: Batch, entries: list[dict[str, Any]]) -> None:
    if not entries:
        return
    people, identifiers = [], []
    for entry, person_id in zip(entries, new_ids("people_person", len(entries)), strict=True):
        entry["person_id"] = person_id
        if not has_say("deregistered_on", batch.source):
            entry["deregistered_on"] = None
        said = [field for field in ("name", *_SIMPLE) if entry[field] not in (None, "")]
        provenance = {field: batch.provenance(field, entry["row"]) for field in said}
        if entry["hukou_division_code"] or entry["hukou_is_local"] is not None:
            provenance["hukou"] = batch.provenance("hukou", entry["row"])
        if entry["division_code"]:
            provenance["residence"] = batch.provenance("residence", entry["row"])
        people.append(
            (
                person_id,
                entry["name"],
                pinyin_key(entry["name"]),
                entry["sex"] or 0,
                entry["birth_date"],
                entry["ethnicity"] or "",
                entry["hukou_division_code"] or "",
                bool(entry["hukou_is_local"]),
                entry["division_code"] or CITY,
                entry["deregistered_on"],
                json.dumps(provenance, ensure_ascii=False),
            )
        )
        if entry["identifier"]:
            identifiers.append((person_id, entry["identifier_kind"], entry["identifier"]))
        batch.results[entry["row"]] = RowResult(entry["row"], Outcome.CREATED, person_id, applied=said)
        if entry["deregistered_on"]:
            batch.events.append((person_id, "deregister", entry["deregistered_on"], None, "", {}))
        if entry["birth_date"]:
            batch.events.append(
                (person_id, "birth", entry["birth_date"], None, entry["division_code"] or "", {})
            )
    columns = {
        "id": "bigint", "name": "text", "name_pinyin": "text", "sex": "smallint", "birth_date": "date",
        "ethnicity": "text", "hukou_division_code": "text", "hukou_is_local": "boolean", "division_code": "text",
        "deregistered_on": "date", "provenance": "jsonb",
    }  # fmt: skip
    staged = stage(columns, people)
    names = ", ".join(columns)
    execute(f"INSERT INTO people_person ({names}, registered_at) SELECT {names}, now() FROM {staged}")
    drop(staged)
    staged = stage({"person_id": "bigint", "kind": "text", "value": "text"}, identifiers)
    execute(
        f"INSERT INTO people_identifier (person_id, kind, value, is_primary, during, source, observed_on)"
        f" SELECT person_id, kind, value, true, daterange(NULL, NULL), %s, %s FROM {staged}",
        [batch.source, batch.observed_on],
    )
    drop(staged)


def _update_people(batch: Batch, entries: list[dict[str, Any]], known: dict[int, Known]) -> None:
    writings = []
    for entry in entries:
        person = known[entry["person_id"]]
        result = batch.results[entry["row"]] = RowResult(entry["row"], Outcome.UNCHANGED, person.id)
        before = person.name
        for name in ("name", *_SIMPLE):
            decide_field(batch, result, person, name, entry[name])
        if entry["name"] and entry["name"] != before:
            written = before if person.name == entry["name"] else entry["name"]
            old = "name" in result.applied
            writings.append((person.id, written, pinyin_key(written), "former" if old else "as_written"))
        if "deregistered_on" in result.applied:
            batch.events.append((person.id, "deregister", person.deregistered_on, None, "", {}))
        if result.applied:
            result.outcome = Outcome.UPDATED
        elif result.kept:
            result.outcome = Outcome.KEPT
    save_writings(writings, source=batch.source, observed_on=batch.observed_on)
