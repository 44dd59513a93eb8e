"""Notices of awards that start without an application (免申即享告知): issued, objected to, withdrawn, taking effect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.audit import record
from minzheng.kernel.awards.actions import Change, Grant, grant_many, recalculate_many
from minzheng.kernel.outreach.entitlement import entitled_since
from minzheng.kernel.outreach.letters import grant_letter
from minzheng.kernel.outreach.working_rules import working_rules
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.storage.bulk import copy_rows

NOTICE_COLUMNS = (
    "about", "month", "programme", "benefit", "person_id", "household_id", "award_id", "amount_fen", "previous_fen",
    "start_month", "amounts", "reason", "letter", "issued_on", "window_until", "state", "objection", "division_code",
)  # fmt: skip

_NEW = """
    SELECT d.programme, d.benefit, d.person_id, d.household_id, d.amount_fen, d.division_code, p.name
    FROM outreach_difference d JOIN people_person p ON p.id = d.person_id
    WHERE d.way = 'without_application' AND d.kind = 'qualifies'
      AND NOT EXISTS (SELECT 1 FROM outreach_optout o
                      WHERE o.person_id = d.person_id AND o.programme = d.programme AND o.withdrawn_on IS NULL)
      AND NOT EXISTS (SELECT 1 FROM outreach_notice n WHERE n.person_id = d.person_id AND n.benefit = d.benefit
                      AND n.about = 'grant' AND n.state IN ('issued', 'objected'))
    ORDER BY d.benefit, d.person_id
"""


def insert_notices(rows: Sequence[tuple[object, ...]]) -> int:
    """Adds notices given in the order of NOTICE_COLUMNS; one that was already sent for the month is left as it is."""
    if not rows:
        return 0
    names = ", ".join(NOTICE_COLUMNS)
    with connection.cursor() as cursor:
        # COPY cannot write into a table under row-level security, so rows pass through a table of this transaction.
        cursor.execute(
            f"""CREATE TEMPORARY TABLE IF NOT EXISTS notice_new ON COMMIT DROP AS
                  SELECT {names} FROM outreach_notice WITH NO DATA;
                TRUNCATE notice_new"""
        )
        copy_rows("notice_new", NOTICE_COLUMNS, rows)
        cursor.execute(
            f"INSERT INTO outreach_notice ({names}) SELECT {names} FROM notice_new ON CONFLICT DO NOTHING"
        )
        return int(cursor.rowcount)


def issue_notices(
    *, month: Month, on: date, programmes: Sequence[Programme], snapshot_dir: Path
) -> dict[str, int]:
    """Tells everyone newly found eligible that their award will start, and withdraws notices that no longer hold."""
    by_code = {b.code: (p, b) for p in programmes for b in p.benefits}
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE outreach_notice n SET state = 'withdrawn' WHERE n.about = 'grant' AND n.state = 'issued'
               AND NOT EXISTS (SELECT 1 FROM outreach_difference d WHERE d.person_id = n.person_id
                               AND d.benefit = n.benefit AND d.kind = 'qualifies')"""
        )
        withdrawn = int(cursor.rowcount)
        cursor.execute(_NEW)
        rows = cursor.fetchall()
    months = int(working_rules().at(month).arrears_months)
    since = entitled_since(
        programmes=programmes,
        snapshot_dir=snapshot_dir,
        month=month,
        found={(benefit, person): fen for _, benefit, person, _, fen, _, _ in rows},
        households={household for _, _, _, household, _, _, _ in rows},
        at_most=months,
    )
    made: list[tuple[object, ...]] = []
    for programme_code, benefit_code, person, household, fen, division, name in rows:
        programme, benefit = by_code[benefit_code]
        amounts = since[(benefit_code, person)]
        until = on + timedelta(days=programme.objection_days(benefit, month))
        first = amounts[0][0]
        letter = grant_letter(
            name=name,
            benefit=benefit.name,
            statute=programme.statute,
            since=first,
            monthly_fen=fen,
            until=until,
        )
        made.append(
            ("grant", month.first_day, programme_code, benefit_code, person, household if household > 0 else None, None,
             fen, 0, first.first_day,
             Jsonb([[str(m), f] for m, f in amounts]), "meets_conditions", letter, on, until, "issued", "", division)
        )  # fmt: skip
    issued = insert_notices(made)
    if issued or withdrawn:
        record("outreach.notice", subject=f"month:{month}", detail={"issued": issued, "withdrawn": withdrawn})
    return {"issued": issued, "withdrawn": withdrawn}


_DUE = """
    SELECT n.id, n.programme, n.benefit, n.person_id, n.household_id, n.amounts, d.amount_fen,
           CASE WHEN p.hukou_is_local AND length(p.hukou_division_code) >= 9 AND p.hukou_division_code LIKE '31%%'
                THEN p.hukou_division_code ELSE p.division_code END
    FROM outreach_notice n
    JOIN outreach_difference d ON d.person_id = n.person_id AND d.benefit = n.benefit AND d.kind = 'qualifies'
    JOIN people_person p ON p.id = n.person_id
    WHERE n.about = 'grant' AND n.state = 'issued' AND n.window_until < %s
    ORDER BY n.id
"""


def take_effect(*, month: Month, on: date) -> int:
    """Starts the awards whose window has passed without objection, from the first month of entitlement.

    Only for those whom the month's findings still name; reads `outreach_difference`. Returns how many awards began.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [on])
        due = cursor.fetchall()
    grants, later = [], []
    for notice_id, programme, benefit, person, household, amounts, fen_now, division in due:
        steps = [(Month.parse(m), int(f)) for m, f in json.loads(amounts)]
        if steps[-1][1] != fen_now:
            steps.append((month, fen_now))
        grants.append(
            Grant(
                programme=programme,
                benefit=benefit,
                unit="person",
                person_id=person,
                household_id=household,
                start_month=steps[0][0].first_day,
                monthly_fen=steps[0][1],
                division_code=division,
                origin="automatic",
                reason="notice_undisputed",
                detail={"notice_id": notice_id},
            )
        )
        later.append(steps[1:])
    ids = grant_many(grants=grants, on=on)
    for turn in range(max((len(steps) for steps in later), default=0)):
        recalculate_many(
            changes=[
                Change(award_id, steps[turn][0].first_day, steps[turn][1])
                for award_id, steps in zip(ids, later, strict=True)
                if len(steps) > turn
            ],
            on=on,
            reason="amount_of_later_months",
        )
    if due:
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE outreach_notice n SET state = 'effective', award_id = x.award_id
                   FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, award_id) WHERE n.id = x.id""",
                [[row[0] for row in due], ids],
            )
    return len(ids)
