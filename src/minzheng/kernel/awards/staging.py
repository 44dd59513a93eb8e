"""Many changes of awards at once: staged in a temporary table, checked as a set, applied as a set.

Every act on amounts is one operation, `cut in`: within a span of months the award pays so much a month, or nothing;
outside it stays as it was. Adjusting, suspending, resuming, ending and recalculating differ only in the span and in
what they ask first. The single forms in `actions` stage one row, so that one clerk's act and a city's run are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.access import Actor, current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.awards.errors import AwardChangeError, AwardNotFound, AwardStateError
from minzheng.kernel.awards.models import PERMITTED, Action
from minzheng.kernel.storage.bulk import copy_rows

PERMISSIONS = {
    Action.GRANT: "awards.grant",
    Action.ADJUST: "awards.adjust",
    Action.SUSPEND: "awards.suspend",
    Action.RESUME: "awards.resume",
    Action.END: "awards.end",
    Action.RECALCULATE: "awards.recalculate",
    Action.MOVE: "awards.adjust",
    Action.CHANGE_PAYEE: "awards.adjust",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One award's change: from a month on (to `until`, exclusive, where named) so many fen a month, or none."""

    award_id: int
    from_month: date
    monthly_fen: int | None = None
    until: date | None = None
    reason: str = ""
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """Changes that a query yields: award_id, from_month, until, monthly_fen, reason, note, detail (jsonb)."""

    sql: str
    parameters: tuple[Any, ...] = ()


COLUMNS = ("award_id", "from_month", "until", "monthly_fen", "reason", "note", "detail")


def acting_actor() -> Actor:
    """Who acts; every change of an award has somebody behind it."""
    actor = current_actor()
    if actor is None:
        raise AwardStateError("没有经办人：须以岗位或系统服务身份办理 / nobody is acting; enter a post first")
    return actor


def stage(changes: Iterable[Change] | Query) -> int:
    """Puts changes into the temporary table `award_change`; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS award_change (
              award_id bigint, from_month date, until date, monthly_fen bigint, reason text, note text, detail jsonb,
              previous_fen bigint) ON COMMIT DROP;
            TRUNCATE award_change
            """
        )
        if isinstance(changes, Query):
            cursor.execute(
                f"INSERT INTO award_change ({', '.join(COLUMNS)}) {changes.sql}", changes.parameters or None
            )
            count = cursor.rowcount
        else:
            rows = (
                (c.award_id, c.from_month, c.until, c.monthly_fen, c.reason, c.note, Jsonb(c.detail))
                for c in changes
            )
            count = copy_rows("award_change", COLUMNS, rows)
        if count > 1000:
            cursor.execute("ANALYZE award_change")
    return count


def check(action: Action) -> None:
    """Locks the staged awards in the order of their numbers and refuses the whole set if any does not permit the act.

    Raises:
        AwardNotFound, AwardStateError, AwardChangeError: naming the first awards concerned.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM awards_award WHERE id IN (SELECT award_id FROM award_change) ORDER BY id FOR UPDATE"
        )
        cursor.execute("SELECT award_id FROM award_change GROUP BY award_id HAVING count(*) > 1 LIMIT 5")
        if twice := cursor.fetchall():
            raise AwardChangeError(f"同一待遇在一次办理中出现两次：{_ids(twice)} / listed twice in one call")
        cursor.execute(
            """SELECT c.award_id FROM award_change c LEFT JOIN awards_award a ON a.id = c.award_id
               WHERE a.id IS NULL LIMIT 5"""
        )
        if unknown := cursor.fetchall():
            raise AwardNotFound(
                f"没有这些待遇，或不在本岗位范围内：{_ids(unknown)} / not found in your scope"
            )
        cursor.execute(
            """SELECT a.id, a.state FROM award_change c JOIN awards_award a ON a.id = c.award_id
               WHERE NOT a.state = ANY(%s) LIMIT 5""",
            [[str(s) for s in PERMITTED[action]]],
        )
        if refused := cursor.fetchall():
            raise AwardStateError(
                f"待遇 {_ids(refused)} 状态为 {refused[0][1]}，不能{Action(action).label} / "
                f"state {refused[0][1]} does not permit {action.value}"
            )
        cursor.execute(
            """SELECT c.award_id FROM award_change c JOIN awards_award a ON a.id = c.award_id
               WHERE c.monthly_fen <= 0 OR c.reason = '' OR extract(day FROM c.from_month) <> 1
                  OR (c.monthly_fen IS NOT NULL AND c.from_month < a.start_month AND NOT %s)
                  OR (c.until IS NOT NULL AND c.until <= c.from_month) LIMIT 5""",
            [action is Action.RECALCULATE],
        )
        if wrong := cursor.fetchall():
            raise AwardChangeError(
                f"待遇 {_ids(wrong)}：金额须为正，月份须为每月一日且不早于起始月份，并须写明原因 / "
                "give a positive amount, a first of month within the award, and a reason"
            )
        cursor.execute(
            "SELECT DISTINCT a.programme FROM awards_award a JOIN award_change c ON c.award_id = a.id"
        )
        for (programme,) in cursor.fetchall():
            require(PERMISSIONS[action], domain=programme)


def bring_forward() -> None:
    """Lets awards begin with the first month for which a staged change gives an amount."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE awards_award a SET start_month = c.from_month FROM award_change c
               WHERE c.award_id = a.id AND c.monthly_fen IS NOT NULL AND c.from_month < a.start_month"""
        )


def cut_in() -> None:
    """Applies the staged changes to the periods: within the span the new amount or nothing, outside it unchanged."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS award_rest
              (award_id bigint, during daterange, monthly_fen bigint, division_code text, programme text,
               person_id bigint) ON COMMIT DROP;
            TRUNCATE award_rest;
            UPDATE award_change c SET until = least(c.until, (a.end_month + interval '1 month')::date)
              FROM awards_award a WHERE a.id = c.award_id AND a.end_month IS NOT NULL AND c.monthly_fen IS NOT NULL;
            UPDATE award_change c SET previous_fen = p.monthly_fen FROM awards_awardperiod p
              WHERE p.award_id = c.award_id AND p.during @> c.from_month;
            INSERT INTO award_rest
              SELECT p.award_id, rest, p.monthly_fen, p.division_code, p.programme, p.person_id
              FROM awards_awardperiod p JOIN award_change c ON c.award_id = p.award_id
              CROSS JOIN LATERAL unnest(datemultirange(p.during)
                                        - datemultirange(daterange(c.from_month, c.until))) AS rest
              WHERE p.during && daterange(c.from_month, c.until);
            DELETE FROM awards_awardperiod p USING award_change c
              WHERE p.award_id = c.award_id AND p.during && daterange(c.from_month, c.until);
            INSERT INTO awards_awardperiod (award_id, during, monthly_fen, division_code, programme, person_id)
              SELECT award_id, during, monthly_fen, division_code, programme, person_id FROM award_rest
              UNION ALL
              SELECT a.id, daterange(c.from_month, c.until), c.monthly_fen, a.division_code, a.programme, a.person_id
              FROM award_change c JOIN awards_award a ON a.id = c.award_id
              WHERE c.monthly_fen IS NOT NULL AND (c.until IS NULL OR c.until > c.from_month)
            """
        )


def note_overpaid(on: date) -> int:
    """Records every month already paid in which the staged change takes away money; returns how many months.

    Called before `cut_in`, while the periods still say what was paid.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO awards_overpayment
              (award_id, month, amount_fen, recovered_fen, reason, found_on, state, division_code, programme, person_id)
            SELECT a.id, m.month::date, p.monthly_fen - coalesce(c.monthly_fen, 0), 0, c.reason, %s, 'open',
                   a.division_code, a.programme, a.person_id
            FROM award_change c JOIN awards_award a ON a.id = c.award_id AND a.paid_through >= c.from_month
            CROSS JOIN LATERAL generate_series(greatest(c.from_month, a.start_month), a.paid_through, '1 month') AS m(month)
            JOIN awards_awardperiod p ON p.award_id = a.id AND p.during @> m.month::date
            WHERE (c.until IS NULL OR m.month < c.until) AND p.monthly_fen > coalesce(c.monthly_fen, 0)
            ON CONFLICT (award_id, month) DO UPDATE
              SET amount_fen = awards_overpayment.amount_fen + excluded.amount_fen, state = 'open'
            """,
            [on],
        )
        return cursor.rowcount


def write_events(action: Action, on: date) -> int:
    """One event for each staged change, saying what the amount was before."""
    actor = acting_actor()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO awards_awardevent
              (award_id, action, reason, note, month, "on", detail, actor_label, actor_post_id, division_code,
               programme, person_id)
            SELECT a.id, %s, c.reason, coalesce(c.note, ''), c.from_month, %s,
                   coalesce(c.detail, '{}') || jsonb_build_object('from', c.from_month, 'until', c.until,
                     'monthly_fen', c.monthly_fen, 'previous_fen', c.previous_fen),
                   %s, %s, a.division_code, a.programme, a.person_id
            FROM award_change c JOIN awards_award a ON a.id = c.award_id ORDER BY a.id
            """,
            [action.value, on, actor.label, actor.post_id],
        )
        return cursor.rowcount


def trace(action: Action, count: int, reason: str) -> None:
    """One audit entry for the whole set; of a single change it names the person and place."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.id, a.person_id, a.division_code, a.benefit FROM awards_award a
               JOIN award_change c ON c.award_id = a.id ORDER BY a.id LIMIT 1"""
        )
        row = cursor.fetchone()
    if row is None:
        return
    single = count == 1
    record(
        f"awards.{action.value}",
        subject=f"award:{row[0]}" if single else f"awards:{count}",
        detail={"benefit": row[3], "count": count},
        reason=reason,
        person_id=row[1] if single else None,
        division_code=row[2] if single else None,
    )


def _ids(rows: list[Any]) -> str:
    return ", ".join(str(row[0]) for row in rows)
