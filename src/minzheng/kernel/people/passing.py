"""Whom the passing of time changes although nobody wrote anything: a birth, a move, a word that counts from a later day on.

Between two first days of months the columns of `frames` change by writing, which marks households, or because one of the
day's conditions turns: somebody is born or no longer belongs, a period begins or ends, a fact grows stale.
"""

from __future__ import annotations

from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month

_PERIOD = "(lower({0}) > %(old)s AND lower({0}) <= %(new)s OR upper({0}) > %(old)s AND upper({0}) <= %(new)s)"
_DURING = _PERIOD.format("during")
_FACT = f"""
    SELECT f.person_id, f.household_id FROM people_fact f
    LEFT JOIN unnest(%(kinds)s::text[], %(fresh)s::int[]) AS catalogue(name, months) ON name = f.kind
    WHERE f.superseded_at IS NULL AND (
      {_PERIOD.format("f.during")}
      OR upper(f.during) > (%(old)s::date - make_interval(months => months))::date
         AND upper(f.during) <= (%(new)s::date - make_interval(months => months))::date)
"""
_REACHED = f"""
    WITH told AS MATERIALIZED ({_FACT}),
    reached AS (
      SELECT id FROM people_person
      WHERE birth_date > %(old)s AND birth_date <= %(new)s OR death_date >= %(old)s AND death_date < %(new)s
         OR deregistered_on >= %(old)s AND deregistered_on < %(new)s
      UNION SELECT person_id FROM people_membership WHERE {_DURING}
      UNION SELECT person_id FROM people_hukourecord WHERE {_DURING}
      UNION SELECT person_id FROM people_residence WHERE {_DURING}
      UNION SELECT person_id FROM told WHERE person_id IS NOT NULL
    )
    SELECT m.household_id FROM people_membership m JOIN reached ON reached.id = m.person_id
    UNION SELECT -id FROM reached
    UNION SELECT household_id FROM told WHERE household_id IS NOT NULL
"""


def households_reached(before: Month, month: Month) -> list[int]:
    """Households whose columns may differ between two months' first days by the passing of time alone, in order.

    A person's own household stands under the negative number, as in `frames`.
    """
    fresh = {name: kind.fresh_months for name, kind in catalogue().items() if kind.fresh_months}
    values = {
        "old": before.first_day,
        "new": month.first_day,
        "kinds": list(fresh),
        "fresh": list(fresh.values()),
    }
    return sorted(row[0] for row in fetch(_REACHED, values))
