"""Telling people of arrears (补发告知): one letter a person for everything a look back found to have been paid too little."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from django.db import connection

from minzheng.kernel.payments.settling.letters import issue_arrears_letter
from minzheng.kernel.periods import Month

# What a corrected month rose by, as far as it was covered before, and what of it settled an overpaid month. Whoever was
# told already is not told again; for months that were never paid the payment itself speaks.
_RISEN = """
SELECT c.person_id, c.division_code, c.benefit, c.month, c.now_fen - coalesce(c.was_fen, 0),
       coalesce((SELECT sum(f.amount_fen) FROM payments_offset f
                 WHERE f.award_id = c.award_id AND f.benefit_month = c.month AND f.kind = 'netting'
                   AND f.accounting_month = %(month)s), 0)::bigint
FROM monthend_correction c JOIN monthend_recalculation r ON r.id = c.recalculation_id
WHERE r.month = %(month)s AND c.state = 'applied' AND c.now_fen > coalesce(c.was_fen, 0)
  AND NOT EXISTS (SELECT 1 FROM payments_accountletter l WHERE l.person_id = c.person_id AND l.kind = 'arrears'
                  AND l.issued_on >= r.on)
ORDER BY c.person_id, c.benefit, c.month
"""


def tell_of_arrears(*, month: Month, on: date) -> int:
    """Writes the letters of the month's look back; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_RISEN, {"month": month.first_day})
        rows = cursor.fetchall()
    count = 0
    for (person_id, division), own in groupby(rows, key=lambda row: (row[0], row[1])):
        months = list(own)
        issue_arrears_letter(
            person_id=person_id,
            division_code=division,
            months=[(benefit, Month.of(first), fen) for _, _, benefit, first, fen, _ in months],
            set_off_fen=sum(min(row[5], row[4]) for row in months),
            on=on,
        )
        count += 1
    return count
