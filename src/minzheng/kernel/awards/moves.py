"""When the deciding place of an award changes (转移管辖): the award and its future work go to the new street."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from minzheng.kernel.audit import record
from minzheng.kernel.awards import staging
from minzheng.kernel.awards.models import Action
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.periods import Month

# The rule of `roster.deciding_place`, as SQL: of the hukou where that is in the city, else of the residence. Somebody
# whose place is unknown stays where the award was decided.
_MOVED = """
    INSERT INTO award_moved
    SELECT id, was, becomes FROM (
      SELECT a.id, a.division_code AS was,
             CASE WHEN p.hukou_is_local AND length(p.hukou_division_code) >= 9 AND p.hukou_division_code LIKE '31%%'
                  THEN p.hukou_division_code
                  WHEN a.unit = 'household' THEN h.division_code ELSE p.division_code END AS becomes
      FROM awards_award a JOIN people_person p ON p.id = a.person_id
      LEFT JOIN people_household h ON h.id = a.household_id
      WHERE a.state <> 'ended'
    ) place WHERE becomes <> was AND becomes <> '310000'
"""


@transaction.atomic
def follow_moves(*, month: Month, on: date) -> int:
    """Gives awards to the place that now decides them, with an event naming both; set-based and repeatable."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS award_moved (id bigint, was text, becomes text) ON COMMIT DROP;
               TRUNCATE award_moved"""
        )
        cursor.execute(_MOVED, [])
        if not cursor.rowcount:
            return 0
    count = staging.stage(
        Query(
            """SELECT id, %s::date, NULL, NULL, 'moved', '', jsonb_build_object('was', was, 'becomes', becomes)
               FROM award_moved""",
            (month.first_day,),
        )
    )
    staging.check(Action.MOVE)
    staging.write_events(Action.MOVE, on)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE awards_award a SET division_code = m.becomes FROM award_moved m WHERE m.id = a.id"
        )
    record("awards.move", subject=f"awards:{count}", detail={"count": count}, reason="moved")
    return count
