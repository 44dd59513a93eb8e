"""Who receives a grant by event, by which ground, and to which account it will go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from minzheng.kernel.eventgrants.models import Activation


@dataclass(frozen=True, slots=True)
class Receiver:
    """One person with an award of an activation; `account` is empty where none usable is on record."""

    person_id: int
    name: str
    is_dead: bool
    division_code: str
    ground: str
    amount_fen: int
    bank: str
    account: str

    @property
    def lacks_account(self) -> bool:
        return not self.account


# An account counts as in drafting: one given for the programme before the usual one, and only if a bank could read it. It is
# looked up for each receiver: of awards that are minutes old the planner believes that there is one, and would read every
# account of the city again for each.
_UNTOLD = """
    SELECT p.id, p.name, p.death_date IS NOT NULL, a.division_code, e.detail->>'ground', w.monthly_fen,
      coalesce(k.bank, ''),
      CASE WHEN length(k.number) BETWEEN 4 AND 34 AND k.number !~ '[^0-9A-Za-z]' THEN k.number ELSE '' END
    FROM awards_award a
    JOIN awards_awardperiod w ON w.award_id = a.id AND w.during @> %(month)s::date
    JOIN awards_awardevent e ON e.award_id = a.id AND e.action = 'grant'
    JOIN people_person p ON p.id = a.person_id AND p.merged_into_id IS NULL
    LEFT JOIN LATERAL (
      SELECT b.bank, b.number FROM people_bankaccount b
      WHERE b.person_id = p.id AND b.during @> %(on)s::date AND b.purpose IN ('', %(programme)s)
      ORDER BY b.purpose DESC LIMIT 1
    ) k ON true
    WHERE a.benefit = %(benefit)s AND a.start_month = %(month)s AND e.detail->>'activation' = %(activation)s
      AND NOT EXISTS (SELECT 1 FROM payments_accountletter l WHERE l.person_id = a.person_id AND l.about = %(about)s)
    ORDER BY a.id
"""


def untold(activation: Activation, *, about: str, on: date) -> list[Receiver]:
    """Receivers of an activation to whom no letter about it was written; accounts are those in force on the day."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNTOLD,
            {
                "activation": str(activation.pk),
                "programme": activation.programme,
                "benefit": activation.benefit,
                "month": activation.month,
                "about": about,
                "on": on,
            },
        )
        return [Receiver(*row) for row in cursor.fetchall()]
