"""What a death does to awards (死亡停发): the dead person's own awards end, a household's goes on with another payee."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from minzheng.kernel.audit import record
from minzheng.kernel.awards import staging
from minzheng.kernel.awards.actions import end_many
from minzheng.kernel.awards.models import Action
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.awards.working_rules import working_rules
from minzheng.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class Deaths:
    """What following up deaths did."""

    ended: int
    payees_changed: int


# An award held by a household goes on as long as a member lives; who collects is the head, else the eldest adult role.
_NEW_PAYEES = """
    SELECT DISTINCT ON (a.id) a.id, a.person_id AS was, m.person_id AS becomes, p.division_code
    FROM awards_award a
    JOIN people_person dead ON dead.id = a.person_id AND dead.death_date IS NOT NULL AND dead.death_date < %(before)s
    JOIN people_membership m ON m.household_id = a.household_id AND m.during @> %(day)s AND m.person_id <> a.person_id
    JOIN people_person p ON p.id = m.person_id AND p.death_date IS NULL AND p.merged_into_id IS NULL
    WHERE a.unit = 'household' AND a.state <> 'ended'
      AND NOT EXISTS (SELECT 1 FROM awards_award o WHERE o.person_id = m.person_id AND o.benefit = a.benefit
                      AND o.id <> a.id AND o.state <> 'ended')
    ORDER BY a.id, m.role, p.birth_date NULLS LAST, p.id
"""

_ENDS = """
    SELECT a.id, (date_trunc('month', p.death_date) + make_interval(months => %(after)s + 1))::date, NULL, NULL,
           'deceased', '', jsonb_build_object('death_date', p.death_date)
    FROM awards_award a JOIN people_person p ON p.id = a.person_id
    WHERE p.death_date IS NOT NULL AND p.death_date < %(before)s AND a.state <> 'ended'
"""


@transaction.atomic
def follow_deaths(*, month: Month, on: date) -> Deaths:
    """Ends the awards of everyone whose death is known by the end of a month; set-based and repeatable.

    The month of death is paid (parameter `months_after_death` beyond it). Months already paid after that become
    overpayments. A household's award first passes to another living member; only where none is left does it end.
    """
    before, after = (month + 1).first_day, int(working_rules().at(month).months_after_death)
    changed = _change_payees(before=before, day=month.last_day, month=month, on=on)
    ended = end_many(
        # Named parameters cannot be positional in one statement, so the values are written as literals of known type.
        changes=Query(_ENDS.replace("%(after)s", str(after)).replace("%(before)s", f"date '{before}'")),
        on=on,
        reason="deceased",
    )
    return Deaths(ended, changed)


def _change_payees(*, before: date, day: date, month: Month, on: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS award_payee
                  (id bigint, was bigint, becomes bigint, division_code text) ON COMMIT DROP;
                TRUNCATE award_payee"""
        )
        cursor.execute(f"INSERT INTO award_payee {_NEW_PAYEES}", {"before": before, "day": day})
        count = cursor.rowcount
        if not count:
            return 0
        cursor.execute("UPDATE awards_award a SET person_id = n.becomes FROM award_payee n WHERE n.id = a.id")
    staging.stage(
        Query(
            """SELECT id, %s::date, NULL, NULL, 'payee_deceased', '',
                      jsonb_build_object('was', was, 'becomes', becomes) FROM award_payee""",
            (month.first_day,),
        )
    )
    staging.check(Action.CHANGE_PAYEE)
    staging.write_events(Action.CHANGE_PAYEE, on)
    record("awards.change_payee", subject=f"awards:{count}", detail={"count": count}, reason="payee_deceased")
    return count
