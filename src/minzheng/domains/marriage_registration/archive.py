"""Old paper records (历史婚姻档案): entered by the set, indexed, searched under guard.

An archive entry binds as an act does: whoever is married by it is married. The old number, box and page stay in `detail`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.domains.marriage_registration.entries import LETTERS, take_numbers, told_in_words
from minzheng.domains.marriage_registration.models import Facility, Kind
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.staging import Outcome, RowResult, conform, drop, fetch, result_frame, stage

_SIDE = {
    "person_id": pl.Int64, "name": pl.String, "identifier_kind": pl.String, "identifier": pl.String,
    "birth_date": pl.Date, "hukou": pl.String,
}  # fmt: skip
ARCHIVE_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "kind": pl.String,
    "on": pl.Date,
    "old_number": pl.String,
    "place": pl.String,
    "refers_to_id": pl.Int64,
    **{f"{side}_{name}": kind for side in ("man", "woman") for name, kind in _SIDE.items()},
}
"""What `enter_archive` takes: kind `archive` or `archive_divorce`; old number and place (box, page) as on the paper."""


@transaction.atomic
def enter_archive(
    rows: pl.DataFrame, *, office: Facility, source: str = "民政", provenance: str = "", file: str = ""
) -> pl.DataFrame:
    """Enters old paper records of an office, each row with its outcome (历史档案补录).

    A row whose party is married already at the time is a conflict and not entered: two papers disagree, and a person has to
    look. Divorces come after their marriages, in a later call.

    Args:
        rows: columns of `ARCHIVE_SCHEMA`.

    Returns:
        a frame of people's `RESULT_SCHEMA`; `person_id` is empty.
    """
    require("marriage.manage")
    entries = conform(rows, ARCHIVE_SCHEMA).to_dicts()
    results = {entry["row"]: _judge(entry) for entry in entries}
    sound = [entry for entry in entries if results[entry["row"]].outcome is Outcome.CREATED]
    _set_clashes_aside(sound, results)
    sound = [entry for entry in sound if results[entry["row"]].outcome is Outcome.CREATED]
    if sound:
        _insert(sound, office=office, source=source, provenance=provenance)
    counted = {str(one): sum(r.outcome is one for r in results.values()) for one in Outcome}
    record(
        "marriage.enter_archive",
        subject=file or f"facility:{office.pk}",
        division_code=office.division_code,
        detail={name: count for name, count in counted.items() if count},
    )
    return result_frame(results.values())


def _judge(entry: dict[str, Any]) -> RowResult:
    row = entry["row"]
    if entry["kind"] not in (Kind.ARCHIVE, Kind.ARCHIVE_DIVORCE):
        return RowResult(
            row, Outcome.REFUSED, reason="unknown_kind", note="kind 须为 archive 或 archive_divorce"
        )
    if entry["on"] is None:
        return RowResult(row, Outcome.REFUSED, reason="date_missing", note="缺少登记日期 on")
    if not entry["man_name"] or not entry["woman_name"]:
        return RowResult(row, Outcome.REFUSED, reason="name_missing", note="缺少男方或女方姓名")
    if entry["kind"] == Kind.ARCHIVE_DIVORCE and entry["refers_to_id"] is None:
        return RowResult(
            row, Outcome.REFUSED, reason="marriage_missing", note="离婚档案须指明结婚档案 refers_to_id"
        )
    return RowResult(row, Outcome.CREATED)


_CLASHES = """
    WITH side AS (
      SELECT s.row, s."on", x.person_id, x.kind, x.number FROM {staged} s CROSS JOIN LATERAL (VALUES
        (s.man_person_id, s.man_identifier_kind, s.man_identifier),
        (s.woman_person_id, s.woman_identifier_kind, s.woman_identifier)) AS x (person_id, kind, number))
    SELECT row FROM side JOIN marriage_registration_maritaltie t ON t.person_id = side.person_id
      WHERE NOT t.is_void AND t.during && daterange(side."on", NULL)
    UNION SELECT row FROM side JOIN marriage_registration_maritaltie t
      ON t.identifier_kind = side.kind AND t.identifier = side.number AND side.number <> ''
      WHERE NOT t.is_void AND t.during && daterange(side."on", NULL)
    UNION SELECT row FROM (SELECT row, lag(row) OVER (PARTITION BY person_id ORDER BY row) AS earlier FROM side
        WHERE person_id IS NOT NULL) p WHERE earlier IS NOT NULL
    UNION SELECT row FROM (SELECT row, lag(row) OVER (PARTITION BY kind, number ORDER BY row) AS earlier FROM side
        WHERE number <> '') n WHERE earlier IS NOT NULL
"""


def _set_clashes_aside(entries: list[dict[str, Any]], results: dict[int, RowResult]) -> None:
    marriages = [entry for entry in entries if entry["kind"] == Kind.ARCHIVE]
    columns = {
        "row": "bigint", "on": "date",
        **{f"{side}_{name}": kind for side in ("man", "woman")
           for name, kind in (("person_id", "bigint"), ("identifier_kind", "text"), ("identifier", "text"))},
    }  # fmt: skip
    staged = stage(
        columns,
        (
            [entry[name] or ("citizen" if "kind" in name else entry[name]) for name in columns]
            for entry in marriages
        ),
    )
    for (row,) in fetch(_CLASHES.format(staged=staged)):
        results[row] = RowResult(
            row, Outcome.CONFLICT, reason="married_already", note="其中一方在同期已有婚姻记录，请核对两份档案"
        )
    drop(staged)


def _insert(entries: list[dict[str, Any]], *, office: Facility, source: str, provenance: str) -> None:
    wanted = Counter((LETTERS[Kind(entry["kind"])], entry["on"].year) for entry in entries)
    numbers = take_numbers(office.division_code, wanted)
    for entry in entries:
        entry["number"] = next(numbers[LETTERS[Kind(entry["kind"])], entry["on"].year])
    names = (
        "number", "kind", "on", "refers_to_id",
        *(f"{side}_{name}" for side in ("man", "woman") for name in _SIDE),
    )  # fmt: skip
    types = {"on": "date", "refers_to_id": "bigint"} | {
        f"{side}_{name}": {"person_id": "bigint", "birth_date": "date"}.get(name, "text")
        for side in ("man", "woman")
        for name in _SIDE
    }
    columns = {name: types.get(name, "text") for name in names} | {"detail": "jsonb"}
    staged = stage(
        columns,
        (
            [
                *(_told(entry, name) for name in names),
                json.dumps({"old_number": entry["old_number"] or "", "place": entry["place"] or ""}),
            ]
            for entry in entries
        ),
    )
    listed = ", ".join(f'"{name}"' for name in columns)
    with told_in_words():
        fetch(
            f"""INSERT INTO marriage_registration_registration ({listed}, office_id, division_code, man_nationality,
                  woman_nationality, evidence, source, provenance)
                SELECT {listed}, %s, %s, 'mainland', 'mainland', '{{}}', %s, %s FROM {staged} RETURNING id""",
            [office.pk, office.division_code, source, provenance],
        )
    drop(staged)


def _told(entry: dict[str, Any], name: str) -> Any:
    value = entry[name]
    if value is None and name.endswith(("_identifier", "_hukou", "_name")):
        return ""
    return "citizen" if value is None and name.endswith("identifier_kind") else value
