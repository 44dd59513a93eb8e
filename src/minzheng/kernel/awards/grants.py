"""Granting: the one way an award comes into being."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from psycopg import errors
from psycopg.types.json import Jsonb

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.awards.errors import AwardChangeError, AwardOverlap
from minzheng.kernel.awards.models import Award
from minzheng.kernel.awards.staging import acting_actor
from minzheng.kernel.storage.bulk import copy_rows


@dataclass(frozen=True, slots=True)
class Grant:
    """One award to be: who receives what from which month, and how much a month."""

    programme: str
    benefit: str
    unit: str
    person_id: int
    household_id: int | None
    start_month: date
    monthly_fen: int
    division_code: str
    origin: str
    reason: str
    paid_through: date | None = None
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


_COLUMNS = (
    "programme", "benefit", "unit", "person_id", "household_id", "start_month", "monthly_fen", "division_code",
    "origin", "reason", "paid_through", "note", "detail",
)  # fmt: skip


@transaction.atomic
def grant_many(*, grants: Iterable[Grant], on: date) -> list[int]:
    """Opens awards (授予), all or none; returns their numbers in the order given.

    Raises:
        AwardOverlap: somebody already holds this benefit in these months.
        AwardChangeError: an amount is not positive, a month is not a first of month, a reason is missing.
        NotPermitted: the acting post may not grant in one of the programmes.
    """
    rows = list(grants)
    if not rows:
        return []
    for programme in sorted({g.programme for g in rows}):
        require("awards.grant", domain=programme)
    wrong = [g for g in rows if g.monthly_fen <= 0 or g.start_month.day != 1 or not g.reason]
    if wrong:
        raise AwardChangeError(
            f"人员 {wrong[0].person_id}：金额须为正，起始须为每月一日，并须写明原因 / "
            "give a positive amount, a first of month and a reason"
        )
    actor = acting_actor()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS award_grant (
              position int, award_id bigint, programme text, benefit text, unit text, person_id bigint,
              household_id bigint, start_month date, monthly_fen bigint, division_code text, origin text, reason text,
              paid_through date, note text, detail jsonb) ON COMMIT DROP;
            TRUNCATE award_grant
            """
        )
        copy_rows(
            "award_grant",
            ("position", *_COLUMNS),
            (
                (n, *(Jsonb(g.detail) if c == "detail" else getattr(g, c) for c in _COLUMNS))
                for n, g in enumerate(rows)
            ),
        )
        cursor.execute(
            "UPDATE award_grant SET award_id = nextval(pg_get_serial_sequence('awards_award', 'id'))"
        )
        try:
            cursor.execute(
                """
                INSERT INTO awards_award (id, programme, benefit, unit, person_id, household_id, start_month, end_month,
                                          state, division_code, paid_through, origin, granted_on)
                SELECT award_id, programme, benefit, unit, person_id, household_id, start_month, NULL, 'in_force',
                       division_code, paid_through, origin, %s
                FROM award_grant ORDER BY position
                """,
                [on],
            )
        except IntegrityError as error:
            if isinstance(error.__cause__, errors.ExclusionViolation):
                raise AwardOverlap(
                    "该人员或家庭在这些月份已有此项待遇 / already holds this benefit in these months"
                ) from error
            raise
        cursor.execute(
            """
            INSERT INTO awards_awardperiod (award_id, during, monthly_fen, division_code, programme, person_id)
              SELECT award_id, daterange(start_month, NULL), monthly_fen, division_code, programme, person_id
              FROM award_grant
            """
        )
        cursor.execute(
            """
            INSERT INTO awards_awardevent (award_id, action, reason, note, month, "on", detail, actor_label,
                                           actor_post_id, division_code, programme, person_id)
              SELECT award_id, 'grant', reason, note, start_month, %s,
                     detail || jsonb_build_object('from', start_month, 'until', NULL, 'monthly_fen', monthly_fen,
                       'paid_through', paid_through, 'origin', origin),
                     %s, %s, division_code, programme, person_id
              FROM award_grant ORDER BY position
            """,
            [on, actor.label, actor.post_id],
        )
        cursor.execute("SELECT award_id FROM award_grant ORDER BY position")
        ids = [row[0] for row in cursor.fetchall()]
    single = len(rows) == 1
    record(
        "awards.grant",
        subject=f"award:{ids[0]}" if single else f"awards:{len(ids)}",
        detail={"benefits": sorted({g.benefit for g in rows}), "count": len(ids)},
        reason=rows[0].reason,
        person_id=rows[0].person_id if single else None,
        division_code=rows[0].division_code if single else None,
    )
    return ids


def grant(*, grant: Grant, on: date) -> Award:
    """Opens one award (授予)."""
    return Award.objects.get(pk=grant_many(grants=[grant], on=on)[0])
