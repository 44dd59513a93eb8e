"""Findings into the database: replaced as a whole for the month, each row with the place where people live."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.db import connection

from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import copy_frame

_KEYS = ["programme", "benefit", "household_id", "person_id"]


def load_findings(
    *,
    month: Month,
    findings: pl.DataFrame,
    reference: pl.DataFrame | None,
    households: Sequence[int] | None = None,
) -> int:
    """Replaces the month's findings; `reference` is the roll under the parameters of the month before.

    Args:
        households: replaces the findings of these alone.
    """
    if reference is None:
        rows = findings.with_columns(pl.lit(None, dtype=pl.Int64).alias("reference_fen"))
    else:
        earlier = reference.filter(pl.col("status") == 2).select(
            *_KEYS, pl.col("amount_fen").alias("reference_fen")
        )
        rows = findings.join(earlier, on=_KEYS, how="left", nulls_equal=True, maintain_order="left")
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS finding_new
                 (programme text, benefit text, household_id bigint, person_id bigint, status smallint,
                  amount_fen bigint, reference_fen bigint) ON COMMIT DROP;
               TRUNCATE finding_new"""
        )
        copy_frame(
            "finding_new",
            rows.select(*_KEYS, "status", "amount_fen", "reference_fen").with_columns(
                pl.col("status").cast(pl.Int16)
            ),
        )
        cursor.execute("ANALYZE finding_new")
        if households is None:
            cursor.execute("DELETE FROM outreach_finding WHERE month = %s", [month.first_day])
        else:
            cursor.execute(
                "DELETE FROM outreach_finding WHERE month = %s AND household_id = ANY(%s)",
                [month.first_day, list(households)],
            )
        cursor.execute(
            """INSERT INTO outreach_finding (month, programme, benefit, household_id, person_id, status, amount_fen,
                 reference_fen, division_code)
               SELECT %s, f.programme, f.benefit, f.household_id, f.person_id, f.status, f.amount_fen, f.reference_fen,
                 coalesce(p.division_code, h.division_code, '310000')
               FROM finding_new f
               LEFT JOIN people_person p ON p.id = f.person_id
               LEFT JOIN people_household h ON h.id = f.household_id""",
            [month.first_day],
        )
        return int(cursor.rowcount)
