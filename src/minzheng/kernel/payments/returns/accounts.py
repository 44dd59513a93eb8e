"""The right accounts of payees whose money came back (退票更正账户)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

# An account given for one programme alone is corrected for that programme, any other as the usual one.
_STAGE = """
CREATE TEMP TABLE payments_account AS
SELECT DISTINCT ON (g.person_id, purpose) g.person_id, purpose, g.bank, g.number, g.holder FROM (
  SELECT x.*, CASE WHEN EXISTS (
      SELECT 1 FROM people_bankaccount b
      WHERE b.person_id = x.person_id AND b.purpose = x.programme AND b.during @> %(on)s::date)
    THEN x.programme ELSE '' END AS purpose
  FROM unnest(%(people)s::bigint[], %(programmes)s::text[], %(banks)s::text[], %(numbers)s::text[], %(holders)s::text[])
    WITH ORDINALITY AS x (person_id, programme, bank, number, holder, place)
) g ORDER BY g.person_id, purpose, g.place DESC
"""
_OF_TODAY = """
UPDATE people_bankaccount b SET bank = a.bank, number = a.number, holder = a.holder, source = '退票更正',
  observed_on = %(on)s
FROM payments_account a
WHERE b.person_id = a.person_id AND b.purpose = a.purpose AND lower(b.during) = %(on)s::date
"""
_ENDS = """
UPDATE people_bankaccount b SET during = daterange(lower(b.during), %(on)s::date)
FROM payments_account a
WHERE b.person_id = a.person_id AND b.purpose = a.purpose AND b.during @> %(on)s::date
  AND lower(b.during) < %(on)s::date
"""
# An account already known for a later day keeps its time.
_BEGINS = """
INSERT INTO people_bankaccount (person_id, bank, number, holder, purpose, during, source, observed_on)
SELECT a.person_id, a.bank, a.number, a.holder, a.purpose,
       daterange(%(on)s::date, (SELECT min(lower(l.during)) FROM people_bankaccount l
         WHERE l.person_id = a.person_id AND l.purpose = a.purpose AND lower(l.during) > %(on)s::date)),
       '退票更正', %(on)s::date
FROM payments_account a
WHERE NOT EXISTS (SELECT 1 FROM people_bankaccount b
                  WHERE b.person_id = a.person_id AND b.purpose = a.purpose AND b.during @> %(on)s::date)
"""


def set_accounts(rows: Iterable[tuple[int, str, str, str, str]], *, on: date) -> None:
    """The accounts of payees from a day on; the ones before end the day before it.

    Args:
        rows: person, programme, bank, number, holder; of one person's several the last holds.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return
    names = ("people", "programmes", "banks", "numbers", "holders")
    values: dict[str, Any] = {
        "on": on,
        **{name: list(column) for name, column in zip(names, columns, strict=True)},
    }
    with connection.cursor() as cursor:
        for statement in (_STAGE, _OF_TODAY, _ENDS, _BEGINS):
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE payments_account")
