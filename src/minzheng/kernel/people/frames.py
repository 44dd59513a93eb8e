"""The register as columns for the rules: everyone who belonged on the month's first day.

Benefits are paid by calendar month and a household's need is judged by who lives in it when the month begins, so the
first day decides: who was born, moved in or joined later counts from the next month; who died or left before it does
not count; who dies within the month still counts for it. Facts count if they speak of the first day or an earlier
time and are fresh enough, and of those the latest word counts. What nobody told us stays null, for the rules' own policy.

People without a household form a household of their own. It has no record and takes the person's number, negative.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from minzheng.kernel.people.authority import offices
from minzheng.kernel.people.facts import FactKind, catalogue, kinds_of
from minzheng.kernel.people.known import as_known
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import Query, joined_by_hashing, read_frames

_PERSON_SCHEMA: dict[str, Any] = {
    "person_id": pl.Int64,
    "household_id": pl.Int64,
    "birth_month": pl.Int32,
    "sex": pl.Int8,
    "is_alive": pl.Boolean,
    "death_month": pl.Int32,
    "hukou_is_local": pl.Boolean,
    "relation": pl.Int8,
    "lone_division": pl.Int64,
}
_HOUSEHOLD_SCHEMA: dict[str, Any] = {"household_id": pl.Int64, "division_code": pl.Int64}
_FACT_SCHEMA: dict[str, Any] = {
    "subject": pl.Int64, "kind": pl.String, "int_value": pl.Int64, "fact_id": pl.Int64
}  # fmt: skip
_TYPES: dict[str, Any] = {"money": pl.Int64, "count": pl.Int32, "code": pl.Int8, "flag": pl.Boolean}

# Twelve digits as a number: a district's code is padded as the statistical office pads it.
_AS_NUMBER = "rpad({0}, 12, '0')::bigint"
_MONTH_INDEX = "(extract(year FROM {0}) * 12 + extract(month FROM {0}) - 1)::int"

_PEOPLE = f"""
    SELECT p.id, coalesce(m.household_id, -p.id), {_MONTH_INDEX.format("p.birth_date")}, p.sex,
           p.death_date IS NULL OR p.death_date >= %(first)s, {_MONTH_INDEX.format("p.death_date")},
           coalesce(h.is_local, p.hukou_is_local), coalesce(m.role, 1),
           CASE WHEN m.household_id IS NULL THEN {_AS_NUMBER.format("coalesce(r.division_code, p.division_code)")} END
    FROM <people_person> p
    LEFT JOIN <people_membership> m ON m.person_id = p.id AND m.during @> %(first)s::date
    LEFT JOIN <people_hukourecord> h ON h.person_id = p.id AND h.during @> %(first)s::date
    LEFT JOIN <people_residence> r ON r.person_id = p.id AND r.during @> %(first)s::date AND m.household_id IS NULL
    WHERE p.merged_into_id IS NULL
"""
_WORTH_A_SESSION = 5_000
"""Households from which on a second session is faster than the one it is opened beside."""
_KEYED = re.compile(r"ON ([mhr])\.person_id = p\.id")
_ASKED = "ANY((SELECT numbers FROM asked)::bigint[])"
_BELONGED = """
    AND (p.birth_date IS NULL OR p.birth_date <= %(first)s)
    AND (p.death_date IS NULL OR p.death_date >= %(first)s)
    AND (p.deregistered_on IS NULL OR p.deregistered_on >= %(first)s)
    AND (m.household_id IS NOT NULL
         OR NOT EXISTS (SELECT 1 FROM <people_membership> f
                        WHERE f.person_id = p.id AND lower(f.during) > %(first)s)
         OR EXISTS (SELECT 1 FROM <people_membership> f WHERE f.person_id = p.id AND upper(f.during) <= %(first)s))
"""
_HOUSEHOLDS = f"SELECT h.id, {_AS_NUMBER.format('h.division_code')} FROM <people_household> h"

# The latest word of each subject and kind at the first day, then only if it is fresh enough.
_FACTS = """
    SELECT subject, kind, int_value, id FROM (
      SELECT DISTINCT ON (f.{subject}, f.kind) f.{subject} AS subject, f.kind, f.int_value, f.during, f.id
      FROM people_fact f
      WHERE f.{subject} IS NOT NULL AND lower(f.during) <= %(first)s AND f.int_value IS NOT NULL
        AND {known} {only}
      ORDER BY f.{subject}, f.kind, lower(f.during) DESC
    ) latest
    LEFT JOIN unnest(%(kinds)s::text[], %(fresh)s::int[]) AS catalogue(name, months) ON name = kind
    WHERE upper_inf(during) OR upper(during) > %(first)s
       OR upper(during) > (%(first)s::date - make_interval(months => months))::date
"""


@dataclass(frozen=True, slots=True)
class Said:
    """Where a value of the frames comes from."""

    source: str
    authority: str
    """The office's full name."""
    on: str
    file: str = ""
    row: str = ""


@dataclass(frozen=True, slots=True)
class HouseholdFrames:
    """One household as the rules see it, with the origin of each value by (entity, id, column)."""

    persons: pl.DataFrame
    households: pl.DataFrame
    provenance: dict[tuple[str, int, str], Said] = field(default_factory=dict)


def form() -> str:
    """A digest of how the register is read: a snapshot of another form cannot be continued."""
    told = [_PEOPLE, _BELONGED, _HOUSEHOLDS, _FACTS]
    told += [f"{name} {kind.type} {kind.fresh_months}" for name, kind in sorted(catalogue().items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def population_frames(month: Month, as_of: datetime | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everyone in the acting post's scope as (persons, households), for `rules.write_snapshot`.

    Args:
        as_of: everything as the platform knew it at an instant; as known now if None.
    """
    return _frames(month, as_of, _BELONGED, "", {})


def frames_of_households(
    numbers: Sequence[int], month: Month, as_of: datetime | None = None, *, is_committed: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same columns for these households alone, negative numbers for people whom none holds.

    Equal to the rows that `population_frames` has of them. A household in which nobody belonged has no rows.

    Args:
        is_committed: the acting transaction has changed nothing of the register, so that a second session may read beside it
            where many are asked for.
    """
    homes = _array(number for number in numbers if number > 0)
    # As text, which goes back as it came: fifty thousand numbers need not become objects on the way.
    ((members,),) = fetch(
        as_known(
            "SELECT string_agg(person_id::text, ',') FROM <people_membership> k"
            " WHERE household_id = ANY(%(homes)s::bigint[]) AND during @> %(day)s",
            as_of,
        ),
        {"homes": homes, "day": month.first_day, "as_of": as_of},
    )
    people = _array([*([members] if members else []), *(-number for number in numbers if number < 0)])
    condition = (
        _BELONGED + f" AND p.id = {_ASKED} AND coalesce(m.household_id, -p.id) = ANY(%(all)s::bigint[])"
    )
    with joined_by_hashing():
        return _frames(
            month,
            as_of,
            condition,
            "AND f.person_id = ANY(%(people)s::bigint[])",
            {"people": people, "homes": homes, "all": _array(numbers)},
            homes="= ANY(%(homes)s::bigint[])",
            keyed=True,
            beside=is_committed and len(numbers) > _WORTH_A_SESSION,
        )


def household_frames(household_id: int, month: Month, as_of: datetime | None = None) -> HouseholdFrames:
    """The same columns for one household, with the source, day and authority of every value.

    A negative number is the one-person household of that person, shown even after a death, so that the end of a
    benefit can be explained.

    Raises:
        LookupError: nobody belonged to it on the month's first day, or it lies outside the acting post's scope.
    """
    if household_id < 0:
        persons, households = _frames(
            month,
            as_of,
            "AND p.id = %(one)s",
            "AND f.person_id = %(one)s",
            {"one": -household_id},
            alone=True,
        )
    else:
        condition = _BELONGED + " AND m.household_id = %(one)s"
        members = (
            "AND f.person_id IN (SELECT person_id FROM <people_membership> k WHERE household_id = %(one)s"
            " AND during @> %(first)s::date)"
        )
        persons, households = _frames(month, as_of, condition, members, {"one": household_id})
    if persons.is_empty():
        raise LookupError(f"家庭 {household_id} 在 {month} 初没有成员，或不在本岗位范围内")
    return HouseholdFrames(persons, households, _provenance(persons, households, month, as_of))


def frames_of(
    person_ids: Sequence[int], month: Month, as_of: datetime | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same columns for the households in which some people lived on the month's first day, as known at an instant."""
    homes = fetch(
        as_known(
            "SELECT DISTINCT household_id FROM <people_membership> k"
            " WHERE person_id = ANY(%(people)s::bigint[]) AND during @> %(day)s",
            as_of,
        ),
        {"people": _array(person_ids), "day": month.first_day, "as_of": as_of},
    )
    alone = [-number for number in person_ids]
    return frames_of_households([row[0] for row in homes] + alone, month, as_of)


def _array(numbers: Iterable[int | str]) -> str:
    """Numbers as PostgreSQL writes an array: made once, where the driver would make it anew at each place it stands."""
    return "{" + ",".join(map(str, numbers)) + "}"


def household_of(person_id: int, month: Month, as_of: datetime | None = None) -> int:
    """The household a person counts in for a month; minus the person where there is none.

    A member who died or left before the month is shown alone, since the household goes on without them.
    """
    rows = fetch(
        as_known(
            "SELECT household_id FROM <people_membership> k WHERE person_id = %(person)s AND during @> %(day)s",
            as_of,
        ),
        {"person": person_id, "day": month.first_day, "as_of": as_of},
    )
    return int(rows[0][0]) if rows else -person_id


def _frames(
    month: Month,
    as_of: datetime | None,
    condition: str,
    only: str,
    values: dict[str, Any],
    *,
    alone: bool = False,
    homes: str = "",  # The comparison behind a household's number where not all are read.
    keyed: bool = False,
    beside: bool = False,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    bound = {"first": month.first_day, **values}
    if as_of is not None:
        bound["as_of"] = as_of
    people = _PEOPLE
    if keyed:
        # Each table is narrowed for itself by its keys, in their order, instead of looked up once for every person.
        asked = "WITH asked AS MATERIALIZED (SELECT %(people)s::bigint[] AS numbers)"
        people = asked + _KEYED.sub(rf"\g<0> AND \1.person_id = {_ASKED}", people)
    homes = homes or ("= %(one)s::bigint" if "one" in values else "")
    where = f" WHERE h.id {homes}" if homes else ""
    told = _fact_values(bound, as_of)
    queries = [
        Query(as_known(people + condition, as_of), bound, _PERSON_SCHEMA),
        Query(_fact_query("person_id", as_of, only), told, _FACT_SCHEMA),
    ]
    if not alone:
        limit = f"AND f.household_id {homes}" if homes else ""
        queries += [
            Query(_fact_query("household_id", as_of, limit), told, _FACT_SCHEMA),
            Query(as_known(_HOUSEHOLDS + where, as_of), bound, _HOUSEHOLD_SCHEMA),
        ]
    persons, facts, *of_homes = read_frames(queries, beside=beside)
    if alone:
        # A person shown alone stands for themself even where a household held them on the first day.
        persons = persons.with_columns(pl.lit(-values["one"]).cast(pl.Int64).alias("household_id"))
    own = of_homes[1:]
    lone = persons.filter(pl.col("household_id") < 0).select(
        "household_id", pl.col("lone_division").fill_null(310_000_000_000).alias("division_code")
    )
    households = pl.concat([*own, lone])
    households = households.join(persons.select("household_id").unique(), on="household_id", how="semi")
    persons = persons.drop("lone_division")
    persons = _with_facts(persons, "person", "person_id", facts)
    households = _with_facts(
        households,
        "household",
        "household_id",
        of_homes[0] if of_homes else pl.DataFrame(schema=_FACT_SCHEMA),
    )
    return persons.sort("household_id", "person_id"), households.sort("household_id")


def _with_facts(frame: pl.DataFrame, entity: str, key: str, facts: pl.DataFrame) -> pl.DataFrame:
    for kind in kinds_of(entity):
        told = facts.filter(pl.col("kind") == kind.name).select(
            pl.col("subject").alias(key), _cast(pl.col("int_value"), kind).alias(kind.name)
        )
        frame = frame.join(told, on=key, how="left")
    return frame


def _cast(value: pl.Expr, kind: FactKind) -> pl.Expr:
    return value != 0 if kind.type == "flag" else value.cast(_TYPES[kind.type])


def _fact_query(key: str, as_of: datetime | None, only: str) -> str:
    known = (
        "f.superseded_at IS NULL"
        if as_of is None
        else "f.learnt_at <= %(as_of)s AND (f.superseded_at IS NULL OR f.superseded_at > %(as_of)s)"
    )
    return as_known(_FACTS.format(subject=key, known=known, only=only), as_of)


def _fact_values(bound: dict[str, Any], as_of: datetime | None) -> dict[str, Any]:
    fresh = {name: kind.fresh_months for name, kind in catalogue().items() if kind.fresh_months}
    values = {**bound, "kinds": list(fresh), "fresh": list(fresh.values())}
    return values if as_of is None else values | {"as_of": as_of}


def _provenance(
    persons: pl.DataFrame, households: pl.DataFrame, month: Month, as_of: datetime | None
) -> dict[tuple[str, int, str], Said]:
    """The origin of every value that somebody told us."""
    people, homes = persons["person_id"].to_list(), households["household_id"].to_list()
    origin: dict[tuple[str, int, str], Said] = {}
    columns = {
        "birth_date": "birth_month",
        "sex": "sex",
        "hukou": "hukou_is_local",
        "death_date": "death_month",
    }
    dead = set(persons.filter(pl.col("death_month").is_not_null())["person_id"].to_list())
    for person_id, recorded in fetch("SELECT id, provenance FROM people_person WHERE id = ANY(%s)", [people]):
        for name, said in _json(recorded).items():
            # Whoever told of a death told nothing yet at an instant when it was not known.
            if name in columns and (name != "death_date" or person_id in dead or as_of is None):
                origin["person", person_id, columns[name]] = _said(said)
        if "death_date" in _json(recorded) and (person_id in dead or as_of is None):
            origin["person", person_id, "is_alive"] = _said(_json(recorded)["death_date"])
    rows = fetch(
        as_known(
            "SELECT person_id, source, observed_on FROM <people_membership> k"
            " WHERE person_id = ANY(%(people)s) AND during @> %(first)s",
            as_of,
        ),
        {"people": people, "first": month.first_day, "as_of": as_of},
    )
    for person_id, source, on in rows:
        origin["person", person_id, "relation"] = _of(source, on)
    for household_id, source, on in fetch(
        "SELECT id, source, observed_on FROM people_household WHERE id = ANY(%s)", [homes]
    ):
        origin["household", household_id, "division_code"] = _of(source, on)
    for entity, key, ids in (("person", "person_id", people), ("household", "household_id", homes)):
        query = _fact_query(key, as_of, f"AND f.{key} = ANY(%(ids)s)")
        values = _fact_values({"first": month.first_day, "ids": ids}, as_of)
        for subject, kind, source, on, file, row in fetch(
            f"SELECT chosen.subject, chosen.kind, f.source, f.observed_on, f.file, f.file_row"
            f" FROM ({query}) chosen JOIN people_fact f ON f.id = chosen.id",
            values,
        ):
            origin[entity, subject, kind] = _of(source, on, file, row)
    return origin


def _said(said: dict[str, Any]) -> Said:
    return _of(said["source"], said["on"], said.get("file", ""), str(said.get("row", "")))


def _of(source: str, on: date | str | None, file: str = "", row: str = "") -> Said:
    office = offices().get(source, {})
    return Said(source, office.get("label", source), str(on or ""), file, row)


def _json(value: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return loaded
