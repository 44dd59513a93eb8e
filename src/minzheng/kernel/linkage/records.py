"""Records as the comparisons take them: one frame of texts, from the register, from rows, or from anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.linkage.comparisons import COLUMNS
from minzheng.kernel.linkage.writing import plain, signs, sound, surname
from minzheng.kernel.people.identifiers import normalise, parse_citizen
from minzheng.kernel.people.staging import read_frame

SCHEMA: dict[str, Any] = {name: pl.Float64 if name == "tf_name" else pl.String for name in COLUMNS}
_SHORTEST_NUMBER = 4
_READ = {
    "id": pl.Int64,
    "name": pl.String,
    "birth": pl.String,
    "committee": pl.String,
    "household": pl.String,
    "digits": pl.String,
    "sex": pl.String,
}
# A person with several numbers is known by the primary one. The household is the current or latest.
_PEOPLE = """
    SELECT p.id, p.name, p.birth_date::text, p.division_code,
           (SELECT m.household_id::text FROM people_membership m WHERE m.person_id = p.id
            ORDER BY upper_inf(m.during) DESC, lower(m.during) DESC NULLS LAST LIMIT 1),
           (SELECT i.value FROM people_identifier i WHERE i.person_id = p.id AND i.kind = 'citizen'
            ORDER BY i.is_primary DESC, i.id LIMIT 1),
           nullif(p.sex, 0)::text
    FROM people_person p WHERE p.merged_into_id IS NULL
"""


def frame_of(
    records: Iterable[dict[str, Any]], *, frequencies: dict[str, float] | None = None
) -> pl.DataFrame:
    """Records with what is derived from them, in the columns the comparisons name.

    Args:
        records: `unique_id`, `name`, `birth` (ISO text or a date), `committee` (or a shorter division code),
            `household`, `digits` (an identity number, whole or in part), `sex`, `phone`; what is missing is None.
        frequencies: the share of the register that bears a name; computed from these records where None.
    """
    rows = [_row(record) for record in records]
    if frequencies is None:
        frequencies = shares(row["name"] for row in rows)
    for row in rows:
        row["tf_name"] = frequencies.get(row["name"] or "")
    return pl.DataFrame([[row[name] for name in COLUMNS] for row in rows], schema=SCHEMA, orient="row")


def shares(names: Iterable[str | None]) -> dict[str, float]:
    """How large a share of the named records bears each name."""
    counted = pl.Series("name", list(names), dtype=pl.String).drop_nulls().value_counts()
    total = counted["count"].sum() or 1
    return {name: count / total for name, count in counted.iter_rows()}


def _row(record: dict[str, Any]) -> dict[str, Any]:
    name = (record.get("name") or "").strip() or None
    place = record.get("committee") or ""
    birth = record.get("birth")
    digits = normalise_part(record.get("digits"))
    household, phone, sex = (record.get(field) for field in ("household", "phone", "sex"))
    return {
        "unique_id": str(record["unique_id"]),
        "name": name,
        "plain": plain(name) if name else None,
        "sound": sound(name) if name else None,
        "signs": signs(name) if name else None,
        "surname": surname(name) if name else None,
        "birth": birth.isoformat() if isinstance(birth, date) else birth or None,
        "committee": place if len(place) == 12 else None,
        "street": place[:9] if len(place) >= 9 else None,
        "household": str(household) if household else None,
        "digits": digits,
        "number": digits if digits and parse_citizen(digits).is_valid else None,
        "sex": str(sex) if sex else None,
        "phone": phone or None,
    }


def normalise_part(text: object) -> str | None:
    """A number or what is left of it; None where too little is left to tell people apart.

    >>> normalise_part("３１０***********00 1x"), normalise_part("无"), normalise_part("12")
    ('310***********001X', None, None)
    """
    plain_text = normalise(text).replace("＊", "*")
    if sum(sign.isdigit() for sign in plain_text) < _SHORTEST_NUMBER:
        return None
    return plain_text


def register_frame(
    *, condition: str = "", values: Sequence[Any] = (), size: int | None = None
) -> pl.DataFrame:
    """Registered people whose record stands, narrowed by SQL over `p`; a sample by the number's digest where `size` is given."""
    limit = f" ORDER BY md5(p.id::text) LIMIT {int(size)}" if size else ""
    found = read_frame(_PEOPLE + condition + limit, list(values), schema=_READ)
    records = found.rename({"id": "unique_id"}).to_dicts()
    names = {record["name"] for record in records}
    return frame_of(records, frequencies=name_shares(names))


def name_shares(names: Iterable[str]) -> dict[str, float]:
    """The share of the whole register that bears each of these names."""
    wanted = sorted({name for name in names if name})
    counted = read_frame(
        """SELECT p.name, count(*)::float8 / greatest((SELECT count(*) FROM people_person), 1)
           FROM people_person p JOIN unnest(%s::text[]) AS w(name) ON w.name = p.name GROUP BY p.name""",
        [wanted],
        schema={"name": pl.String, "share": pl.Float64},
    )
    return dict(counted.iter_rows())


def row_record(review_id: int, evidence: dict[str, Any], household_id: int | None) -> dict[str, Any]:
    """What a row that waits says of its person; the number as sent where it could not be read."""
    values, sent = evidence.get("values", {}), evidence.get("sent", {})
    number = values.get("citizen_number") or sent.get("citizen_number") or sent.get("certificate_number")
    parsed = parse_citizen(number or "")
    birth = values.get("birth_date") or (parsed.birth_date if parsed.is_valid else None)
    return {
        "unique_id": review_id,
        "name": values.get("name"),
        "birth": birth,
        "committee": values.get("residence_division") or values.get("division_code"),
        "household": household_id,
        "digits": number,
        "sex": values.get("sex") or (parsed.sex if parsed.is_valid else None),
        "phone": values.get("phone"),
    }


def as_text(record: dict[str, Any]) -> str:
    """A record as one line of JSON, for digests."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, default=str)
