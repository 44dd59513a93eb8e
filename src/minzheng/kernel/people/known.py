"""The second clock of the register (两个时点): what was on record at an instant, of everything the rules read.

Facts carry their own clock (`learnt_at`, `superseded_at`). Of persons, households and their dated relations the database
keeps what a row said before each change, in `people_past`, with since when and until when it was on record. What had
been on record before the second clock was kept counts as known since `EPOCH`.
"""

from __future__ import annotations

import re
from datetime import datetime

REGISTERS: dict[str, dict[str, str]] = {
    "people_person": {
        "birth_date": "date", "sex": "smallint", "death_date": "date", "deregistered_on": "date",
        "hukou_is_local": "boolean", "hukou_division_code": "text", "division_code": "text", "merged_into_id": "bigint",
    },
    "people_household": {"division_code": "text"},
    "people_membership": {
        "person_id": "bigint", "household_id": "bigint", "role": "smallint", "during": "daterange", "source": "text",
        "observed_on": "date",
    },
    "people_residence": {"person_id": "bigint", "division_code": "text", "during": "daterange"},
    "people_hukourecord": {
        "person_id": "bigint", "division_code": "text", "is_local": "boolean", "during": "daterange",
    },
    "people_bankaccount": {
        "person_id": "bigint", "bank": "text", "number": "text", "holder": "text", "purpose": "text",
        "during": "daterange",
    },
}  # fmt: skip
"""Each register with the columns that are remembered; who said it and on which day changes nothing that a rule reads."""

EPOCH = "1900-01-01T00:00:00Z"

_NAMED = re.compile(r"<(people_\w+)>")


def as_known(query: str, as_of: datetime | None) -> str:
    """A query that names registers as `<people_membership>`, read now or at an instant (`%(as_of)s`).

    >>> as_known("SELECT id FROM <people_household> h", None)
    'SELECT id FROM people_household h'
    """
    return _NAMED.sub(lambda found: found[1] if as_of is None else _at(found[1]), query)


def _at(register: str) -> str:
    """One register as it stood: the rows not changed since, and what the others said before the change."""
    columns = REGISTERS[register]
    own = ", ".join(f"b.{name}" for name in columns)
    past = ", ".join(f"r.{name}" for name in columns)
    types = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"""(
      SELECT b.id, {own} FROM {register} b WHERE b.known_from <= %(as_of)s
        AND NOT EXISTS (SELECT 1 FROM people_past p
                        WHERE p.register = '{register}' AND p.row_id = b.id AND p.known_until > %(as_of)s)
      UNION ALL
      SELECT p.row_id, {past} FROM people_past p CROSS JOIN LATERAL jsonb_to_record(p.value) AS r({types})
      WHERE p.register = '{register}' AND p.known_from <= %(as_of)s AND p.known_until > %(as_of)s)"""


# Whose inputs were learnt after one instant and up to another: facts that speak of a month before `before`, and whatever
# became known or changed in the registers. Everybody who ever lived in a household with them is concerned too.
LEARNT = """
WITH told (person_id, household_id) AS (
  SELECT f.person_id, f.household_id FROM people_fact f
  WHERE (f.learnt_at > %(since)s AND f.learnt_at <= %(until)s OR f.superseded_at > %(since)s AND f.superseded_at <= %(until)s)
    AND lower(f.during) < %(before)s
  UNION SELECT p.person_id, p.household_id FROM people_past p
  WHERE p.known_until > %(since)s AND p.known_until <= %(until)s AND p.register <> 'people_bankaccount'
  UNION SELECT m.person_id, m.household_id FROM people_membership m
  WHERE m.known_from > %(since)s AND m.known_from <= %(until)s
  UNION SELECT h.person_id, NULL FROM people_hukourecord h
  WHERE h.known_from > %(since)s AND h.known_from <= %(until)s
), homes (id) AS (
  SELECT household_id FROM told WHERE household_id IS NOT NULL
  UNION SELECT m.household_id FROM told t JOIN people_membership m ON m.person_id = t.person_id
  UNION SELECT (p.value->>'household_id')::bigint FROM told t JOIN people_past p
    ON p.person_id = t.person_id AND p.register = 'people_membership'
)
SELECT person_id FROM told WHERE person_id IS NOT NULL
UNION SELECT m.person_id FROM homes h JOIN people_membership m ON m.household_id = h.id
UNION SELECT p.person_id FROM homes h JOIN people_past p ON p.household_id = h.id AND p.person_id IS NOT NULL
"""
