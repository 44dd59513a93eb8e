"""Putting a list together (名单): grounds in their order, each with who has it and the sum; a person counts by the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.awards.staging import Query

# The last word of each subject on a flag up to the day.
_FLAGGED = """
    SELECT s.id FROM (
      SELECT DISTINCT ON (f.{subject}) f.{subject} AS id, f.int_value FROM people_fact f
      WHERE f.kind = %s AND f.{subject} IS NOT NULL AND f.superseded_at IS NULL AND lower(f.during) <= %s::date
        AND (upper_inf(f.during) OR upper(f.during) > %s::date)
      ORDER BY f.{subject}, lower(f.during) DESC
    ) s WHERE s.int_value = 1
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why somebody is on a list: a code, a query of person ids, and what each of them gets."""

    code: str
    people: Query
    amount_fen: int


def flagged(kind: str, on: date, *, subject: str = "person_id") -> Query:
    """The people, or with `household_id` the households, of whom an office said yes to a flag that holds on a day."""
    return Query(_FLAGGED.format(subject=subject), (kind, on, on))


def entitled(grounds: Sequence[Ground]) -> Query:
    """Person, amount, ground and rank for `Event.entitled`, the first ground before the others."""
    parts, values = [], []
    for rank, ground in enumerate(grounds, 1):
        parts.append(
            f"SELECT g{rank}.*, %s::bigint, %s, {rank} FROM ({ground.people.sql}) AS g{rank} (person_id)"
        )
        values += [ground.amount_fen, ground.code, *ground.people.parameters]
    return Query(" UNION ALL ".join(parts), tuple(values))
