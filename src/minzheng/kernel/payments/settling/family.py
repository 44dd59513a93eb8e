"""Who reads the letter about a person's money: the person, or whoever of the family lived with somebody who died."""

from __future__ import annotations

from datetime import date

from django.db import connection

# The spouse before the head, the head before the others, of the last household the person lived in.
_FAMILY = """
SELECT m.person_id FROM (
  SELECT household_id FROM people_membership WHERE person_id = %(person)s ORDER BY upper(during) DESC NULLS FIRST LIMIT 1
) home
JOIN people_membership m ON m.household_id = home.household_id AND upper_inf(m.during) AND m.person_id <> %(person)s
JOIN people_person p ON p.id = m.person_id AND p.death_date IS NULL AND p.merged_into_id IS NULL
WHERE p.birth_date IS NULL OR p.birth_date <= %(on)s::date - interval '18 years'
ORDER BY m.role <> 2, m.role <> 1, p.birth_date NULLS LAST, p.id LIMIT 1
"""


def addressee_of(person_id: int, on: date) -> int | None:
    """The reader of letters about a person; None where nobody of the family is known and the street must find one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT death_date FROM people_person WHERE id = %s", [person_id])
        row = cursor.fetchone()
        if row is None or row[0] is None:
            return person_id
        cursor.execute(_FAMILY, {"person": person_id, "on": on})
        found = cursor.fetchone()
        return int(found[0]) if found else None
