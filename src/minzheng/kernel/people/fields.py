"""Field by field: what is recorded of a person, and whether an office's word takes its place.

Each field carries the source, the day and the authority of whoever said it last. A stronger office always takes the
place, an equal one unless its news is older; everything else is kept out and told to the caller.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.kernel.people.authority import has_say, overwrites, rank
from minzheng.kernel.people.names import pinyin_key
from minzheng.kernel.people.staging import RowResult, drop, execute, stage


@dataclass(slots=True)
class Known:
    """A person as recorded, while rows are held against them."""

    id: int
    name: str
    sex: int
    birth_date: date | None
    ethnicity: str
    deregistered_on: date | None
    death_date: date | None
    division_code: str
    hukou_division_code: str
    hukou_is_local: bool
    provenance: dict[str, dict[str, Any]]
    changed: bool = False


@dataclass(slots=True)
class Batch:
    """One call: who says it, of which day, and the results so far."""

    source: str
    observed_on: date
    file: str
    register: str
    results: dict[int, RowResult]
    events: list[tuple[Any, ...]]

    def provenance(self, field: str, row: int) -> dict[str, Any]:
        said: dict[str, Any] = {
            "source": self.source,
            "authority": rank(field, self.source),
            "on": self.observed_on.isoformat(),
        }
        return said | ({"file": self.file, "row": row} if self.file else {})


KNOWN_COLUMNS = (
    "p.id, p.name, p.sex, p.birth_date, p.ethnicity, p.deregistered_on, p.death_date, p.division_code,"
    " p.hukou_division_code, p.hukou_is_local, p.provenance::text"
)
"""What a query selects of `people_person p` for `known_from`."""


def known_from(row: tuple[Any, ...]) -> Known:
    """A person from a row of `KNOWN_COLUMNS`."""
    person = Known(*row)
    person.provenance = json.loads(row[-1])
    return person


def takes_place(batch: Batch, person: Known, name: str) -> bool:
    """Whether the batch's word on a field of a person would stand in the place of what is recorded."""
    recorded, said = getattr(person, name), person.provenance.get(name)
    may = recorded in (None, "", 0) or overwrites(
        new_rank=rank(name, batch.source),
        new_day=batch.observed_on.isoformat(),
        old_rank=said["authority"] if said else 0,
        old_day=said["on"] if said else None,
    )
    return may and has_say(name, batch.source)


def decide_field(batch: Batch, result: RowResult, person: Known, name: str, value: Any) -> None:
    """Holds one offered value against what is recorded: written, confirmed or kept, with the reason."""
    if value in (None, ""):
        return
    recorded, said = getattr(person, name), person.provenance.get(name)
    offered = batch.provenance(name, result.row)
    stronger = takes_place(batch, person, name)
    if recorded == value:
        if stronger and said and said["on"] != offered["on"]:
            person.provenance[name], person.changed = offered, True
        return
    if stronger:
        setattr(person, name, value)
        person.provenance[name], person.changed = offered, True
        result.applied.append(name)
        return
    weaker = not has_say(name, batch.source) or (said and offered["authority"] < said["authority"])
    reason = "authority" if weaker else "older"
    result.kept.append(
        {
            "field": name,
            "offered": value,
            "recorded": recorded,
            "by": said["source"] if said else "",
            "reason": reason,
        }
    )


def save_people(people: Iterable[Known]) -> None:
    """Writes back what `decide_field` changed."""
    columns = {
        "id": "bigint", "name": "text", "name_pinyin": "text", "sex": "smallint", "birth_date": "date",
        "ethnicity": "text", "deregistered_on": "date", "death_date": "date", "division_code": "text",
        "hukou_division_code": "text", "hukou_is_local": "boolean", "provenance": "jsonb",
    }  # fmt: skip
    rows = [
        (p.id, p.name, pinyin_key(p.name), p.sex, p.birth_date, p.ethnicity, p.deregistered_on, p.death_date,
         p.division_code, p.hukou_division_code, p.hukou_is_local, json.dumps(p.provenance, ensure_ascii=False))
        for p in people
    ]  # fmt: skip
    if not rows:
        return
    staged = stage(columns, rows)
    values = ", ".join(f"{name} = s.{name}" for name in columns if name != "id")
    execute(f"UPDATE people_person p SET {values} FROM {staged} s WHERE p.id = s.id")
    drop(staged)


def save_writings(rows: Iterable[tuple[int, str, str, str]], *, source: str, observed_on: date) -> None:
    """Keeps how an office writes people's names: (person, name, pinyin, kind)."""
    rows = list(rows)
    if not rows:
        return
    staged = stage({"person_id": "bigint", "name": "text", "name_pinyin": "text", "kind": "text"}, rows)
    execute(
        f"INSERT INTO people_personname (person_id, name, name_pinyin, kind, source, observed_on)"
        f" SELECT DISTINCT ON (person_id, name) person_id, name, name_pinyin, kind, %s, %s::date FROM {staged}"
        " ON CONFLICT (person_id, source, name) DO UPDATE SET observed_on ="
        " greatest(people_personname.observed_on, excluded.observed_on)",
        [source, observed_on],
    )
    drop(staged)
