"""What the registers know of the people and households a file names, read for the whole file at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A registered person as far as linking needs them."""

    id: int
    name: str
    sex: int
    birth_date: date | None
    death_date: date | None
    deregistered_on: date | None
    division_code: str
    household_id: int | None
    household_number: str


@dataclass(frozen=True, slots=True)
class KnownHousehold:
    id: int
    register: str
    division_code: str


# Tables just filled have no statistics, so each step is a lookup by index whatever the planner believes.
_BY_IDENTIFIER = "SELECT value, person_id FROM people_identifier WHERE kind = %s AND value = ANY(%s)"
_PEOPLE = """
    SELECT id, merged_into_id, name, sex, birth_date, death_date, deregistered_on, division_code
    FROM people_person WHERE id = ANY(%s)
"""
_MEMBERSHIPS = """
    SELECT m.person_id, h.id, h.number FROM people_membership m JOIN people_household h ON h.id = m.household_id
    WHERE m.person_id = ANY(%s) ORDER BY upper_inf(m.during), lower(m.during) NULLS FIRST
"""


def people_by_identifier(values: Iterable[str], kind: str = "citizen") -> dict[str, KnownPerson]:
    """Identifier → person; merged records lead to the one that stands."""
    wanted = sorted(set(values))
    found = dict(_fetch(_BY_IDENTIFIER, [kind, wanted])) if wanted else {}
    people = people_by_id(found.values())
    return {value: people[person] for value, person in found.items() if person in people}


def people_by_id(ids: Iterable[int]) -> dict[int, KnownPerson]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = {row[0]: row[1:] for row in _fetch(_PEOPLE, [wanted])}
    survivors = {row[0] for row in rows.values() if row[0]} - set(rows)
    if survivors:
        rows |= {row[0]: row[1:] for row in _fetch(_PEOPLE, [sorted(survivors)])}
    # Of several memberships the last one read is the current or latest.
    homes = {row[0]: row[1:] for row in _fetch(_MEMBERSHIPS, [sorted(rows)])}
    people = {}
    for wanted_id in wanted:
        person = rows[wanted_id][0] or wanted_id if wanted_id in rows else None
        if person is not None and person in rows:
            people[wanted_id] = KnownPerson(person, *rows[person][1:], *homes.get(person, (None, "")))
    return people


def _fetch(query: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def households_by_number(numbers: Iterable[str]) -> dict[str, list[KnownHousehold]]:
    """Household number → the households that bear it, in whichever area's register."""
    found: dict[str, list[KnownHousehold]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, id, register, division_code FROM people_household WHERE number = ANY(%s) ORDER BY id",
            [sorted(set(numbers))],
        )
        for number, *rest in cursor.fetchall():
            found[number].append(KnownHousehold(*rest))
    return found


def candidates(
    wanted: list[tuple[int, str, date | None, int | None, str]],
) -> dict[int, list[dict[str, Any]]]:
    """Who a row without a good identifier may be: at most five people for each row, with the grounds.

    Grounds are the same name and birth date, the same name or birth date within the household, or a number that differs
    in its check character alone. `wanted`: (row, name, birth date, household, number as sent).
    """
    if not wanted:
        return {}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH w AS (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[], %s::text[])
                         AS w("row", name, birth, household, number)),
            hits AS (
              SELECT w."row", p.id FROM w JOIN people_person p ON p.name = w.name AND p.birth_date = w.birth
                WHERE w.name <> ''
              UNION SELECT w."row", m.person_id FROM w JOIN people_membership m ON m.household_id = w.household
                JOIN people_person p ON p.id = m.person_id AND (p.name = w.name OR p.birth_date = w.birth)
              UNION SELECT w."row", i.person_id FROM w
                JOIN people_identifier i ON i.kind = 'citizen' AND length(w.number) = 18
                 AND i.value >= left(w.number, 17) AND i.value < left(w.number, 17) || '~'
            )
            SELECT h."row", p.id, p.name, p.birth_date, p.division_code,
                   p.name = w.name, p.birth_date = w.birth,
                   EXISTS (SELECT 1 FROM people_membership m WHERE m.person_id = p.id AND m.household_id = w.household),
                   EXISTS (SELECT 1 FROM people_identifier i WHERE i.person_id = p.id AND i.kind = 'citizen'
                           AND length(w.number) = 18 AND left(i.value, 17) = left(w.number, 17))
            FROM hits h JOIN w ON w."row" = h."row" JOIN people_person p ON p.id = h.id AND p.merged_into_id IS NULL
            """,
            [list(column) for column in zip(*wanted, strict=True)],
        )
        for row, person, name, birth, place, same_name, same_birth, same_household, near in cursor.fetchall():
            grounds = {
                "name": same_name,
                "birth_date": same_birth,
                "household": same_household,
                "number": near,
            }
            found[row].append(
                {
                    "person_id": person,
                    "name": name,
                    "birth_date": birth.isoformat() if birth else "",
                    "division_code": place,
                    "grounds": [ground for ground, holds in grounds.items() if holds],
                }
            )
    return {
        row: sorted(people, key=lambda one: (-len(one["grounds"]), one["person_id"]))[:5]
        for row, people in found.items()
    }
