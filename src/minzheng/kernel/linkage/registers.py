"""What a decision changed in the registers, kept so that it can be taken back exactly (变动与还原).

Rows of one person are read before and after. Undoing puts back each changed row, takes away each new one and refuses
where something has changed again since, because what came later rests on it. Facts are superseded, never deleted.
"""

from __future__ import annotations

import json
from typing import Any

from minzheng.kernel.people.staging import execute, fetch

_OF_PERSON = (
    "people_identifier", "people_personname", "people_membership", "people_residence", "people_hukourecord",
    "people_bankaccount", "people_fact",
)  # fmt: skip
_NEVER_DELETED = ("people_fact", "people_person", "people_household")

Rows = dict[str, dict[str, dict[str, Any]]]


class ChangedSince(ValueError):
    """A row has changed since the decision; the message names the table."""


def households_of(person_id: int) -> list[int]:
    """Every household a person has belonged to."""
    rows = fetch("SELECT DISTINCT household_id FROM people_membership WHERE person_id = %s", [person_id])
    return sorted(row[0] for row in rows)


def rows_of(person_id: int, households: list[int]) -> Rows:
    """Every row of a person, and these households' facts, as JSON by table and number."""
    found: Rows = {}
    conditions = dict.fromkeys(_OF_PERSON, "person_id = %s") | {"people_person": "id = %s"}
    for table, condition in conditions.items():
        found[table] = _read(table, condition, [person_id])
    found["people_fact"] |= _read("people_fact", "household_id = ANY(%s)", [households])
    return found


def _read(table: str, condition: str, values: list[Any]) -> dict[str, dict[str, Any]]:
    rows = fetch(f"SELECT id, row_to_json(t)::text FROM {table} t WHERE {condition} ORDER BY id", values)
    return {str(row[0]): json.loads(row[1]) for row in rows}


def difference(before: Rows, after: Rows) -> dict[str, Any]:
    """`{table: {id: [before or None, after or None]}}` of what is not the same."""
    told: dict[str, Any] = {}
    for table in after:
        ids = sorted(before[table].keys() | after[table].keys(), key=int)
        changed = {
            one: [before[table].get(one), after[table].get(one)]
            for one in ids
            if before[table].get(one) != after[table].get(one)
        }
        if changed:
            told[table] = changed
    return told


def put_back(changes: dict[str, Any]) -> None:
    """Restores the rows of `difference`.

    Raises:
        ChangedSince: one of them is no longer as the decision left it.
    """
    for table, rows in changes.items():
        now = _read(table, "id = ANY(%s)", [[int(one) for one in rows]])
        for one, (_before, after) in rows.items():
            if now.get(one) != after:
                raise ChangedSince(
                    f"{_WORDS.get(table, table)}在决定之后又有变动，不能整体撤销，请逐项更正"
                    f" / {table} {one} has changed since; correct it item by item"
                )
    for table, rows in changes.items():
        added = [int(one) for one, (before, _after) in rows.items() if before is None]
        if table == "people_fact":
            execute("UPDATE people_fact SET superseded_at = clock_timestamp() WHERE id = ANY(%s)", [added])
        elif added and table not in _NEVER_DELETED:
            execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [added])
    for table, rows in changes.items():
        for one, (before, after) in rows.items():
            if before is not None:
                _write(table, int(one), before, is_new=after is None)


def _write(table: str, one: int, row: dict[str, Any], *, is_new: bool) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    text = json.dumps(row, ensure_ascii=False)
    source = f"(SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb))"
    if is_new:
        execute(f"INSERT INTO {table} ({columns}) {source[1:-1]}", [text])
    else:
        execute(f"UPDATE {table} SET ({columns}) = {source} WHERE id = %s", [text, one])


_WORDS = {
    "people_person": "人员档案",
    "people_identifier": "证件",
    "people_personname": "姓名写法",
    "people_membership": "户成员",
    "people_residence": "居住地",
    "people_hukourecord": "户籍",
    "people_bankaccount": "银行账户",
    "people_fact": "共享信息",
}
