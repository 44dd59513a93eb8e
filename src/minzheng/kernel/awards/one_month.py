"""Awards of one month for many at once: what an event grants begins and ends with the month it speaks of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.awards.models import Origin
from minzheng.kernel.awards.staging import Query, acting_actor
from minzheng.kernel.periods import Month


@transaction.atomic
def grant_for_month(
    *, rows: Query, programme: str, benefit: str, month: Month, reason: str, permission: str, on: date
) -> int:
    """Opens an award of one month for each row (按月一次性授予); returns how many.

    Whoever already holds the benefit in the month is passed over, so a repeat adds nothing.

    Args:
        rows: a query of person_id, monthly_fen, division_code, detail (jsonb); one row a person.
        permission: the permission of the act that decided it.

    Raises:
        NotPermitted: the acting post does not carry the permission for the programme.
    """
    require(permission, domain=programme)
    actor = acting_actor()
    values: dict[str, Any] = {"programme": programme, "benefit": benefit, "month": month.first_day, "on": on}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS award_wanted, award_of_month")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE award_wanted ON COMMIT DROP AS
                SELECT n.* FROM ({rows.sql}) AS n (person_id, monthly_fen, division_code, detail)""",
            rows.parameters or None,
        )
        # Of a benefit whose awards are minutes old the planner believes that there are none, and would look through all of
        # them for each person; knowing how many persons there are it looks once.
        cursor.execute("ANALYZE award_wanted")
        cursor.execute(
            """CREATE TEMPORARY TABLE award_of_month ON COMMIT DROP AS
               SELECT nextval(pg_get_serial_sequence('awards_award', 'id')) AS award_id, n.* FROM award_wanted n
               WHERE NOT EXISTS (
                 SELECT 1 FROM awards_award a WHERE a.person_id = n.person_id AND a.benefit = %s
                   AND a.start_month <= %s AND (a.end_month IS NULL OR a.end_month >= %s))""",
            [benefit, month.first_day, month.first_day],
        )
        count = cursor.rowcount
        cursor.execute(
            f"""INSERT INTO awards_award (id, programme, benefit, unit, person_id, start_month, end_month, state,
                  division_code, origin, granted_on)
                SELECT award_id, %(programme)s, %(benefit)s, 'person', person_id, %(month)s, %(month)s, 'ended',
                  division_code, '{Origin.AUTOMATIC}', %(on)s FROM award_of_month ORDER BY award_id""",
            values,
        )
        cursor.execute(
            """INSERT INTO awards_awardperiod (award_id, during, monthly_fen, division_code, programme, person_id)
               SELECT award_id, daterange(%(month)s::date, (%(month)s::date + interval '1 month')::date), monthly_fen,
                 division_code, %(programme)s, person_id FROM award_of_month""",
            values,
        )
        cursor.execute(
            """INSERT INTO awards_awardevent (award_id, action, reason, month, "on", detail, actor_label,
                 actor_post_id, division_code, programme, person_id, note)
               SELECT award_id, 'grant', %(reason)s, %(month)s, %(on)s,
                 coalesce(detail, '{}') || jsonb_build_object('monthly_fen', monthly_fen, 'from', %(month)s::date,
                   'until', (%(month)s::date + interval '1 month')::date),
                 %(actor)s, %(post)s, division_code, %(programme)s, person_id, ''
               FROM award_of_month ORDER BY award_id""",
            {**values, "reason": reason, "actor": actor.label, "post": actor.post_id},
        )
        cursor.execute("DROP TABLE award_wanted, award_of_month")
    record(
        "awards.grant",
        subject=f"awards:{count}",
        detail={"benefits": [benefit], "count": count, "month": str(month)},
        reason=reason,
    )
    return count
