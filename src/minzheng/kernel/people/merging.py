"""Merging two records of one person, and undoing it (档案合并与撤销).

What can belong to the survivor moves to it; what would overlap with the survivor's own stays with the absorbed record,
which is kept. Every moved row is listed on the merge, so undoing moves back exactly these and touches nothing that
came later. Later blocks whose rows hang on a person register their tables here.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.models import Merge
from minzheng.kernel.people.names import pinyin_key
from minzheng.kernel.people.relations import mirror_current, save_events
from minzheng.kernel.people.staging import execute, fetch

# Table → what of the survivor's own keeps a row from moving; `a` is the absorbed record's row, `s` the survivor's.
_MOVING = {
    "people_identifier": "false",
    "people_personname": "s.source = a.source AND s.name = a.name",
    "people_membership": "s.during && a.during",
    "people_residence": "s.during && a.during",
    "people_hukourecord": "s.during && a.during",
    "people_bankaccount": "s.purpose = a.purpose AND s.during && a.during",
    "people_fact": "s.kind = a.kind AND lower(s.during) = lower(a.during)"
    " AND s.superseded_at IS NULL AND a.superseded_at IS NULL",
}
_FOLLOWERS: dict[str, tuple[str, str]] = {}
_FIELDS = ("sex", "birth_date", "ethnicity", "death_date", "deregistered_on")


class CannotMerge(ValueError):
    """The two records cannot be merged, or the merge cannot be undone, as they are."""


def register_follower(table: str, *, column: str = "person_id", clash: str = "false") -> None:
    """Lets another block's rows follow a merge; called once, when the block's app is ready.

    Args:
        clash: SQL over the absorbed record's row `a` and the survivor's `s` that keeps a row from moving.
    """
    _FOLLOWERS[table] = (column, clash)


def _tables() -> dict[str, tuple[str, str]]:
    return {table: ("person_id", clash) for table, clash in _MOVING.items()} | _FOLLOWERS


@transaction.atomic
def merge_people(*, survivor_id: int, absorbed_id: int, on: date, reason: str) -> Merge:
    """Joins two records found to be one person; the survivor's own values stand, its empty fields are filled.

    Raises:
        NotPermitted: the acting post may not merge records.
        CannotMerge: one of them is unknown, already merged, or the two are the same; or no reason was given.
    """
    require("people.merge")
    if not reason.strip():
        raise CannotMerge("合并须写明理由")
    rows = _locked(survivor_id, absorbed_id)
    if survivor_id == absorbed_id or len(rows) != 2:
        raise CannotMerge(f"须有两份不同的档案，且均在本岗位范围内：{survivor_id}、{absorbed_id}")
    for person_id, row in rows.items():
        if row["merged_into_id"] is not None:
            raise CannotMerge(f"档案 {person_id} 已并入 {row['merged_into_id']}，请以后者办理")
    survivor, absorbed = rows[survivor_id], rows[absorbed_id]
    moved: dict[str, Any] = {"rows": {}, "primary": [], "fields": {}}
    # A number that was first for the absorbed record is a further one of the survivor's, where it has its own.
    moved["primary"] = [
        row[0]
        for row in fetch(
            """UPDATE people_identifier a SET is_primary = false WHERE a.person_id = %s AND a.is_primary
               AND EXISTS (SELECT 1 FROM people_identifier s
                           WHERE s.person_id = %s AND s.kind = a.kind AND s.is_primary) RETURNING a.id""",
            [absorbed_id, survivor_id],
        )
    ]
    for table, (column, clash) in _tables().items():
        ids = fetch(
            f"UPDATE {table} a SET {column} = %s WHERE a.{column} = %s AND NOT EXISTS"
            f" (SELECT 1 FROM {table} s WHERE s.{column} = %s AND {clash}) RETURNING a.id",
            [survivor_id, absorbed_id, survivor_id],
        )
        moved["rows"][table] = sorted(row[0] for row in ids)
    moved["fields"] = _fill_fields(survivor, absorbed)
    moved["ended"] = _end_with_the_death(survivor, absorbed)
    moved["place"] = _mirror_place(survivor_id)
    moved["names"] = _keep_name(survivor, absorbed, on)
    # Whoever was already absorbed by the absorbed record answers from now on by the survivor.
    earlier = fetch(
        "UPDATE people_person SET merged_into_id = %s WHERE merged_into_id = %s RETURNING id",
        [survivor_id, absorbed_id],
    )
    moved["earlier"] = [row[0] for row in earlier]
    execute("UPDATE people_person SET merged_into_id = %s WHERE id = %s", [survivor_id, absorbed_id])
    merge = Merge.objects.create(
        survivor_id=survivor_id, absorbed_id=absorbed_id, on=on, reason=reason, moved=moved
    )
    save_events(
        [(survivor_id, "merge", on, None, "", {"absorbed": absorbed_id, "reason": reason})], source="窗口"
    )
    detail = {
        "absorbed": absorbed_id,
        "moved": {table: len(ids) for table, ids in moved["rows"].items() if ids},
    }
    record(
        "people.merge",
        subject=f"people.person:{survivor_id}",
        detail=detail,
        reason=reason,
        person_id=survivor_id,
    )
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, on: date, reason: str) -> Merge:
    """Takes a merge back: what moved returns, what came to the survivor since stays with it.

    Raises:
        NotPermitted: the acting post may not merge records.
        CannotMerge: it was undone before, or one of the two has been merged with a third since.
    """
    require("people.merge")
    if not reason.strip():
        raise CannotMerge("撤销合并须写明理由")
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_on:
        raise CannotMerge(f"该合并已于 {merge.undone_on} 撤销")
    later = Merge.objects.filter(undone_on__isnull=True, absorbed_id=merge.survivor_id).first()
    if later:
        raise CannotMerge(f"档案 {merge.survivor_id} 此后又并入 {later.survivor_id}，请先撤销后一次合并")
    rows = _locked(merge.survivor_id, merge.absorbed_id)
    survivor, moved = rows[merge.survivor_id], merge.moved
    for table, (column, _) in _tables().items():
        ids = moved["rows"].get(table, [])
        if ids:
            execute(
                f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s) AND {column} = %s",
                [merge.absorbed_id, ids, merge.survivor_id],
            )
    execute("UPDATE people_identifier SET is_primary = true WHERE id = ANY(%s)", [moved["primary"]])
    execute("DELETE FROM people_personname WHERE id = ANY(%s)", [moved["names"]])
    for field, change in moved["fields"].items():
        # A value corrected since the merge is the survivor's own by now.
        if json.loads(json.dumps(survivor[field], default=str)) == change["now"]:
            provenance = change["provenance"]
            execute(
                f"UPDATE people_person SET {field} = %s, provenance = CASE WHEN %s::jsonb IS NULL THEN provenance - %s"
                " ELSE jsonb_set(provenance, ARRAY[%s], %s::jsonb) END WHERE id = %s",
                [change["before"], provenance and json.dumps(provenance), field, field,
                 provenance and json.dumps(provenance), merge.survivor_id],
            )  # fmt: skip
    for table, ids in moved["ended"].get("rows", {}).items():
        execute(
            f"UPDATE {table} SET during = daterange(lower(during), NULL) WHERE id = ANY(%s) AND upper(during) = %s",
            [ids, moved["ended"]["day"]],
        )
    _restore_place(merge.survivor_id, moved["place"])
    execute("UPDATE people_person SET merged_into_id = NULL WHERE id = %s", [merge.absorbed_id])
    execute(
        "UPDATE people_person SET merged_into_id = %s WHERE id = ANY(%s)",
        [merge.absorbed_id, moved["earlier"]],
    )
    merge.undone_on, merge.undone_reason = on, reason
    merge.save(update_fields=["undone_on", "undone_reason"])
    save_events(
        [(merge.survivor_id, "unmerge", on, None, "", {"absorbed": merge.absorbed_id, "reason": reason})],
        source="窗口",
    )
    record(
        "people.undo_merge",
        subject=f"people.person:{merge.survivor_id}",
        detail={"absorbed": merge.absorbed_id},
        reason=reason,
        person_id=merge.survivor_id,
    )
    return merge


def _locked(*person_ids: int) -> dict[int, dict[str, Any]]:
    columns = ("id", "name", "merged_into_id", "provenance", *_FIELDS)
    names = ", ".join("provenance::text" if name == "provenance" else name for name in columns)
    rows = fetch(
        f"SELECT {names} FROM people_person WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(person_ids)]
    )
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    return {row["id"]: row | {"provenance": json.loads(row["provenance"])} for row in found}


def _fill_fields(survivor: dict[str, Any], absorbed: dict[str, Any]) -> dict[str, Any]:
    """Gives the survivor what it lacks; returns what was before."""
    changes: dict[str, Any] = {}
    for field in _FIELDS:
        if survivor[field] in (None, "", 0) and absorbed[field] not in (None, "", 0):
            said = absorbed["provenance"].get(field)
            changes[field] = {
                "before": survivor[field],
                "now": json.loads(json.dumps(absorbed[field], default=str)),
                "provenance": survivor["provenance"].get(field),
            }
            execute(
                f"UPDATE people_person SET {field} = %s, provenance = provenance || %s::jsonb WHERE id = %s",
                [
                    absorbed[field],
                    json.dumps({field: said} if said else {}, ensure_ascii=False),
                    survivor["id"],
                ],
            )
    return changes


def _end_with_the_death(survivor: dict[str, Any], absorbed: dict[str, Any]) -> dict[str, Any]:
    """Ends the survivor's open periods where the death was known of the absorbed record alone."""
    if survivor["death_date"] is not None or absorbed["death_date"] is None:
        return {}
    day = absorbed["death_date"] + timedelta(days=1)
    rows = {}
    for table in ("people_membership", "people_residence", "people_hukourecord"):
        ended = fetch(
            f"UPDATE {table} SET during = daterange(lower(during), %s) WHERE person_id = %s AND upper_inf(during)"
            " AND (lower_inf(during) OR lower(during) < %s) RETURNING id",
            [day, survivor["id"], day],
        )
        rows[table] = [row[0] for row in ended]
    return {"day": day.isoformat(), "rows": rows}


_PLACE = ("division_code", "hukou_division_code", "hukou_is_local")


def _place(person_id: int) -> dict[str, Any]:
    columns = ", ".join(_PLACE)
    row = fetch(
        f"SELECT {columns}, jsonb_strip_nulls(jsonb_build_object('residence', provenance -> 'residence',"
        " 'hukou', provenance -> 'hukou'))::text FROM people_person WHERE id = %s",
        [person_id],
    )[0]
    return dict(zip(_PLACE, row, strict=False)) | {"provenance": json.loads(row[-1])}


def _mirror_place(person_id: int) -> dict[str, Any]:
    before = _place(person_id)
    mirror_current([person_id])
    now = _place(person_id)
    return {} if now == before else {"before": before, "now": now}


def _restore_place(person_id: int, change: dict[str, Any]) -> None:
    # Whoever moved since the merge stays at the new place.
    if change and _place(person_id) == change["now"]:
        before = change["before"]
        execute(
            "UPDATE people_person SET division_code = %s, hukou_division_code = %s, hukou_is_local = %s,"
            " provenance = (provenance - 'residence' - 'hukou') || %s::jsonb WHERE id = %s",
            [
                *(before[name] for name in _PLACE),
                json.dumps(before["provenance"], ensure_ascii=False),
                person_id,
            ],
        )


def _keep_name(survivor: dict[str, Any], absorbed: dict[str, Any], on: date) -> list[int]:
    """The absorbed record's name stays findable as a writing of the survivor's."""
    if survivor["name"] == absorbed["name"]:
        return []
    source = absorbed["provenance"].get("name", {}).get("source", "")
    rows = fetch(
        "INSERT INTO people_personname (person_id, name, name_pinyin, kind, source, observed_on)"
        " VALUES (%s, %s, %s, 'as_written', %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        [survivor["id"], absorbed["name"], pinyin_key(absorbed["name"]), source, on],
    )
    return [row[0] for row in rows]
