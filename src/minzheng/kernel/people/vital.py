"""Deaths, moves, names as other offices write them, and corrections by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.authority import rank
from minzheng.kernel.people.dated import (
    HUKOU,
    MEMBERSHIPS,
    RESIDENCES,
    Change,
    Wish,
    end_periods,
    reopen_periods,
    write_periods,
)
from minzheng.kernel.people.fields import (
    KNOWN_COLUMNS,
    Batch,
    Known,
    decide_field,
    known_from,
    save_people,
    save_writings,
)
from minzheng.kernel.people.names import Likeness, clean_name, compare_names, pinyin_key
from minzheng.kernel.people.relations import mirror_current, save_events
from minzheng.kernel.people.staging import Outcome, RowResult, conform, execute, fetch, result_frame

DEATH_SCHEMA: dict[str, Any] = {"row": pl.Int64, "person_id": pl.Int64, "death_date": pl.Date}
MOVE_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "division_code": pl.String,
    "address": pl.String,
    "on": pl.Date,
}
NAME_SCHEMA: dict[str, Any] = {"row": pl.Int64, "person_id": pl.Int64, "name": pl.String}

_PERIODS = (RESIDENCES, HUKOU, MEMBERSHIPS)
CORRECTABLE = ("name", "sex", "birth_date", "ethnicity", "death_date", "deregistered_on")


def known_people(person_ids: list[int]) -> dict[int, Known]:
    """People as recorded, locked so that two batches cannot both decide on one; merged records answer by the survivor."""
    rows = fetch(
        f"""SELECT q.id, {KNOWN_COLUMNS}
           FROM people_person q JOIN people_person p ON p.id = coalesce(q.merged_into_id, q.id)
           WHERE q.id = ANY(%s) ORDER BY p.id FOR UPDATE OF p""",
        [sorted(set(person_ids))],
    )
    one_each: dict[int, Known] = {}
    return {row[0]: one_each.setdefault(row[1], known_from(row[1:])) for row in rows}


@transaction.atomic
def record_deaths(rows: pl.DataFrame, *, source: str, observed_on: date, file: str = "") -> pl.DataFrame:
    """Records deaths (死亡登记) and ends household, residence and hukou after the day of death.

    A later notice of a stronger office, or of an equal one with newer news, moves the day. Accounts stay open: what
    was due up to the death is still paid into them. Awards end by their own block, which reads the date.

    Args:
        rows: columns of `DEATH_SCHEMA`.
    """
    batch = Batch(source, observed_on, file, "", {}, [])
    entries = conform(rows, DEATH_SCHEMA).to_dicts()
    known = known_people([e["person_id"] for e in entries if e["person_id"] is not None])
    ends: list[tuple[int, date | None, date]] = []
    for entry in entries:
        person, day = known.get(entry["person_id"]), entry["death_date"]
        result = batch.results[entry["row"]] = RowResult(
            entry["row"], Outcome.REFUSED, person.id if person else None
        )
        if person is None:
            result.reason, result.note = "person_unknown", "查无此人"
        elif day is None:
            result.reason, result.note = "date_missing", "缺少死亡日期"
        elif day > observed_on:
            result.reason, result.note = "in_future", f"死亡日期 {day} 晚于填报日期 {observed_on}"
        elif person.birth_date and day < person.birth_date:
            result.reason, result.note = "before_birth", f"死亡日期 {day} 早于出生日期 {person.birth_date}"
        else:
            before = person.death_date
            decide_field(batch, result, person, "death_date", day)
            result.outcome = Outcome.KEPT if result.kept else Outcome.UNCHANGED
            if result.applied:
                result.outcome = Outcome.UPDATED if before else Outcome.CREATED
                detail = {"before": before} if before else {}
                batch.events.append((person.id, "death", day, None, "", detail))
                ends.append(
                    (person.id, before + timedelta(days=1) if before else None, day + timedelta(days=1))
                )
    save_people({p.id: p for p in known.values() if p.changed}.values())
    _end_everything(batch, ends)
    return finish(batch, "people.deaths")


def _end_everything(batch: Batch, ends: list[tuple[int, date | None, date]]) -> None:
    # One person may stand in a file twice; the last accepted day is the one that holds.
    last = {end[0]: end for end in ends}
    for register in _PERIODS:
        end_periods(register, last.values())
    left = fetch(
        "SELECT DISTINCT ON (person_id) person_id, household_id, upper(during) FROM people_membership"
        " WHERE person_id = ANY(%s) ORDER BY person_id, during DESC",
        [list(last)],
    )
    batch.events += [
        (person, "leave", day, household, "", {"because": "death"}) for person, household, day in left
    ]


@transaction.atomic
def move_people(rows: pl.DataFrame, *, source: str, observed_on: date, file: str = "") -> pl.DataFrame:
    """Records changes of residence (迁居); hukou and household stay as they are.

    Args:
        rows: columns of `MOVE_SCHEMA`; `on` is the first day at the new place.
    """
    batch = Batch(source, observed_on, file, "", {}, [])
    known_by_row = results_for_known(batch, conform(rows, MOVE_SCHEMA).to_dicts())
    wishes: dict[int, tuple[dict[str, Any], Wish]] = {}
    for entry, person in known_by_row:
        result = batch.results[entry["row"]]
        if not entry["division_code"]:
            result.outcome, result.reason = Outcome.REFUSED, "division_missing"
        elif person.death_date:
            result.outcome, result.reason, result.note = (
                Outcome.CONFLICT,
                "died",
                f"已于 {person.death_date} 死亡",
            )
        elif person.id in wishes:
            result.outcome, result.reason = Outcome.CONFLICT, "twice_in_file"
        else:
            wish = Wish(person.id, (entry["division_code"], entry["address"]), entry["on"])
            wishes[person.id] = (entry, wish)
    decided = write_periods(
        RESIDENCES,
        [wish for _, wish in wishes.values()],
        source=source,
        authority=rank("residence", source),
        observed_on=observed_on,
    )
    for person_id, decision in decided.items():
        entry, wish = wishes[person_id]
        result = batch.results[entry["row"]]
        if decision.change is Change.KEPT:
            result.outcome, result.reason = Outcome.KEPT, decision.reason
            result.kept.append(
                {"field": "residence", "offered": wish.values[0], "recorded": (decision.before or ("",))[0],
                 "by": decision.before_source, "reason": decision.reason}
            )  # fmt: skip
        elif decision.change is not Change.SAME:
            result.outcome = Outcome.UPDATED
            result.applied.append("residence")
            detail = {"from": (decision.before or ("",))[0], "to": wish.values[0]}
            batch.events.append((person_id, "move", decision.on, None, wish.values[0], detail))
    mirror_current(list(decided))
    # A household lies where its head lives.
    execute(
        """UPDATE people_household h SET division_code = p.division_code FROM people_membership m
           JOIN people_person p ON p.id = m.person_id
           WHERE m.person_id = ANY(%s) AND m.household_id = h.id AND m.role = 1 AND upper_inf(m.during)
             AND h.division_code <> p.division_code""",
        [list(decided)],
    )
    return finish(batch, "people.move")


@transaction.atomic
def record_names(rows: pl.DataFrame, *, source: str, observed_on: date, file: str = "") -> pl.DataFrame:
    """Keeps how an office writes the names of known people (各部门姓名写法), without changing the register's own.

    A name that is neither the same nor a variant is a conflict: the identifier may be somebody else's.

    Args:
        rows: columns of `NAME_SCHEMA`.
    """
    batch = Batch(source, observed_on, file, "", {}, [])
    writings = []
    for entry, person in results_for_known(batch, conform(rows, NAME_SCHEMA).to_dicts()):
        result = batch.results[entry["row"]]
        written = clean_name(entry["name"]).value
        if not written or written == person.name:
            continue
        if compare_names(person.name, written) is Likeness.DIFFERENT:
            result.outcome, result.reason = Outcome.CONFLICT, "name_differs"
            result.note = f"登记姓名为“{person.name}”，本行为“{written}”，请核对是否同一人"
        else:
            result.outcome = Outcome.UPDATED
            writings.append((person.id, written, pinyin_key(written), "as_written"))
    save_writings(writings, source=source, observed_on=observed_on)
    return finish(batch, "people.names")


def results_for_known(batch: Batch, entries: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Known]]:
    """Opens a result for each row; returns the rows whose person is known."""
    known = known_people([e["person_id"] for e in entries if e["person_id"] is not None])
    found = []
    for entry in entries:
        person = known.get(entry["person_id"])
        result = batch.results[entry["row"]] = RowResult(
            entry["row"], Outcome.UNCHANGED, person.id if person else None
        )
        if person is None:
            result.outcome, result.reason, result.note = Outcome.REFUSED, "person_unknown", "查无此人"
        else:
            found.append((entry, person))
    return found


def finish(batch: Batch, act: str) -> pl.DataFrame:
    save_events(batch.events, source=batch.source)
    counts = Counter(str(result.outcome) for result in batch.results.values())
    record(act, subject=batch.file or batch.source, detail={"source": batch.source, **counts})
    return result_frame(batch.results.values())


@transaction.atomic
def correct_field(*, person_id: int, field: str, value: Any, source: str, on: date, reason: str) -> RowResult:
    """Corrects one field by hand (信息更正), for instance at the counter against the original document.

    A stronger office's word is not overwritten: the result is `kept` and names it, so that the correction can be
    asked of that office. A death date taken back (None) reopens what the death had ended.

    Raises:
        NotPermitted: the acting post may not correct records.
        ValueError: the field is not one that is corrected this way, or no reason was given.
        LookupError: no such person in the acting post's scope.
    """
    require("people.edit")
    if field not in CORRECTABLE:
        raise ValueError(f"不能直接更正 {field}；可更正：{'、'.join(CORRECTABLE)}")
    if not reason.strip():
        raise ValueError("更正须写明理由")
    person = known_people([person_id]).get(person_id)
    if person is None:
        raise LookupError(f"查无此人或不在本岗位范围内：{person_id}")
    if field == "death_date" and value is not None:
        rows = pl.DataFrame([{"row": 1, "person_id": person.id, "death_date": value}], schema=DEATH_SCHEMA)
        told = record_deaths(rows, source=source, observed_on=on).to_dicts()[0]
        result = RowResult(1, Outcome(told["outcome"]), person.id, told["reason"], told["note"])
        result.kept = json.loads(told["kept"] or "[]")
        result.applied = [field] if result.outcome in (Outcome.CREATED, Outcome.UPDATED) else []
    else:
        batch = Batch(source, on, "", "", {}, [])
        result = RowResult(1, Outcome.UNCHANGED, person.id)
        before = getattr(person, field)
        if value is None and before is not None:
            _withdraw(batch, result, person, field)
        else:
            decide_field(batch, result, person, field, clean_name(value).value if field == "name" else value)
        if field == "name" and result.applied:
            save_writings([(person.id, before, pinyin_key(before), "former")], source=source, observed_on=on)
        result.outcome = (
            Outcome.UPDATED if result.applied else Outcome.KEPT if result.kept else Outcome.UNCHANGED
        )
        save_people([person] if person.changed else [])
        if result.applied:
            detail = {"field": field, "before": before, "now": value, "reason": reason}
            save_events([(person.id, "correction", on, None, "", detail)], source=source)
    record(
        "people.correct",
        subject=f"people.person:{person.id}",
        detail={"field": field, "outcome": str(result.outcome)},
        reason=reason,
        person_id=person.id,
    )
    return result


def _withdraw(batch: Batch, result: RowResult, person: Known, field: str) -> None:
    """Takes a date back, if the office is at least as strong as the one that gave it."""
    said = person.provenance.get(field, {"authority": 0, "source": ""})
    offered = batch.provenance(field, result.row)
    recorded = getattr(person, field)
    if offered["authority"] < said["authority"]:
        result.kept.append(
            {
                "field": field,
                "offered": None,
                "recorded": recorded,
                "by": said["source"],
                "reason": "authority",
            }
        )
        return
    setattr(person, field, None)
    person.provenance[field], person.changed = offered, True
    result.applied.append(field)
    if field in ("death_date", "deregistered_on"):
        other = person.deregistered_on if field == "death_date" else person.death_date
        if other is None:
            for register in _PERIODS:
                reopen_periods(register, person.id, recorded + timedelta(days=1))
