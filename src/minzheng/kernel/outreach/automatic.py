"""What month end does to awards by itself: changes of standard for everyone, and changes and ends without application.

Each goes through the acts of awards, so each leaves an event naming the reason, and each person is told by a notice.
Ends are automatic only where the register itself says why (hukou left the city, registration cancelled). That somebody
merely no longer shows in the findings is left to an officer, because a gap in a file must not stop a person's money
(个人信息保护法 第二十四条: a decision made only by machine may be refused).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.awards.actions import Query, adjust_many, end_many
from minzheng.kernel.outreach import letters
from minzheng.kernel.outreach.notices import insert_notices
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import all_benefits

CERTAIN_ENDS = ("hukou_not_local", "deregistered")


def adjust_to_standard(*, month: Month, on: date, papers: dict[str, str]) -> int:
    """Adjusts every award whose amount only the change of standard explains, from the month on (调标).

    Args:
        papers: programme → the parameters that changed with their papers, for the event and the letter.
    """
    count = 0
    for programme, paper in sorted(papers.items()):
        _collect("d.kind = 'standard' AND d.programme = %s", [programme])
        count += adjust_many(
            changes=Query(
                """SELECT award_id, %s::date, NULL::date, amount_fen, 'standard_changed', %s::text, '{}'::jsonb
                   FROM automatic_change""",
                (month.first_day, paper),
            ),
            on=on,
            reason="standard_changed",
        )
        _tell("standard", month, on, paper)
    return count


def change_without_application(*, month: Month, on: date) -> dict[str, int]:
    """Applies changes and certain ends of benefits granted without application, and tells each person."""
    _collect("d.way = 'without_application' AND d.kind IN ('increase', 'decrease')", [])
    changed = adjust_many(
        changes=Query(
            """SELECT award_id, %s::date, NULL::date, amount_fen, reason, '', '{}'::jsonb FROM automatic_change""",
            (month.first_day,),
        ),
        on=on,
        reason="facts_changed",
    )
    _tell("change", month, on, "")
    _collect("d.way = 'without_application' AND d.kind = 'ends' AND d.reason = ANY(%s)", [list(CERTAIN_ENDS)])
    ended = end_many(
        changes=Query(
            """SELECT award_id, %s::date, NULL::date, NULL::bigint, reason, '', '{}'::jsonb FROM automatic_change""",
            (month.first_day,),
        ),
        on=on,
        reason="no_longer_eligible",
    )
    _tell("end", month, on, "")
    return {"changed": changed, "ended": ended}


def _collect(condition: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS automatic_change (LIKE outreach_difference) ON COMMIT DROP;
               TRUNCATE automatic_change"""
        )
        cursor.execute(
            f"INSERT INTO automatic_change SELECT d.* FROM outreach_difference d WHERE {condition}", values
        )


def _tell(about: str, month: Month, on: date, paper: str) -> None:
    """One notice for each collected change."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.programme, c.benefit, a.person_id, a.household_id, c.award_id, c.amount_fen, c.current_fen,
                      c.reason, p.division_code, p.name
               FROM automatic_change c JOIN awards_award a ON a.id = c.award_id
               JOIN people_person p ON p.id = a.person_id ORDER BY c.award_id"""
        )
        rows = cursor.fetchall()
    made = []
    names = _benefit_names()
    for programme, code, person, household, award, fen, before, reason, division, name in rows:
        if about == "end":
            letter = letters.end_letter(name=name, benefit=names[code], last=month - 1, reason=reason)
        elif about == "standard":
            letter = letters.standard_letter(
                name=name, benefit=names[code], since=month, before_fen=before, after_fen=fen, paper=paper
            )
        else:
            letter = letters.change_letter(
                name=name, benefit=names[code], since=month, before_fen=before, after_fen=fen, reason=reason
            )
        made.append(
            (about, month.first_day, programme, code, person, household, award, fen, before, month.first_day,
             Jsonb([]), reason, letter, on, None, "effective", "", division)
        )  # fmt: skip
    insert_notices(made)


def _benefit_names() -> dict[str, str]:
    return {b.code: b.name for _, b in all_benefits()}
