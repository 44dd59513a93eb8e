"""Which conditions a lead turns on: failed, or not yet known, by the names of their rules.

The month's findings say only who qualifies. For the few households that became leads the rules are run once more with
every value kept, so that a list of leads can say why without opening each one. The full explanation, with amounts and
papers, is made when somebody opens the lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.outreach.difference import Among
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.rules import Law, rule_values
from minzheng.kernel.storage.bulk import copy_rows

ABSENT = "not_in_register"
"""Stands for the failed conditions of somebody whom the month's snapshot does not hold."""

_WANTED = """
    SELECT id, benefit, unit, person_id, coalesce(household_id, -person_id) FROM outreach_lead l
    WHERE last_month = %s AND state IN ('open', 'visited', 'not_found', 'applied')
      AND kind IN ('ends', 'may_qualify', 'recheck')
"""


def fill_reasons(
    *,
    month: Month,
    programmes: Sequence[Programme],
    law: Law,
    snapshot_dir: Path,
    among: Among | None = None,
) -> int:
    """Writes `failed` and `unknown` rules into the month's leads that end, may qualify or need a recheck.

    Args:
        among: only into the leads of these.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WANTED + (f"AND {among.holds('l')}" if among else ""), [month.first_day])
        leads = cursor.fetchall()
    if not leads:
        return 0
    homes = pl.Series("household_id", sorted({row[4] for row in leads}), dtype=pl.Int64)
    persons, households = (
        pl.scan_parquet(snapshot_dir / name).filter(pl.col("household_id").is_in(homes.implode())).collect()
        for name in ("persons.parquet", "households.parquet")
    )
    values = rule_values(law, persons, households) if households.height else {}
    places = {
        "person": {key: at for at, key in enumerate(persons["person_id"].to_list())},
        "household": {key: at for at, key in enumerate(households["household_id"].to_list())},
    }
    conditions = {
        b.code: [(f"{p.code}.{c.rule}", f"{p.code}.{c.known}" if c.known else "") for c in b.conditions]
        for p in programmes
        for b in p.benefits
    }
    rows = []
    for lead_id, benefit, unit, person_id, household_id in leads:
        at = places[unit].get(person_id if unit == "person" else household_id)
        failed, unknown = ([ABSENT], []) if at is None else _turning(conditions[benefit], values, at)
        rows.append((lead_id, Jsonb({"failed": failed, "unknown": unknown})))
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS lead_reason (id bigint, data jsonb) ON COMMIT DROP;
               TRUNCATE lead_reason"""
        )
        copy_rows("lead_reason", ("id", "data"), rows)
        cursor.execute("UPDATE outreach_lead l SET reason_data = r.data FROM lead_reason r WHERE r.id = l.id")
        return int(cursor.rowcount)


def _turning(
    conditions: Sequence[tuple[str, str]], values: dict[str, pl.Series], at: int
) -> tuple[list[str], list[str]]:
    """Rules that are known to fail, and rules whose answer is not known."""
    failed, unknown = [], []
    for rule, known in conditions:
        if known and not values[known][at]:
            unknown.append(rule)
        elif not values[rule][at]:
            failed.append(rule)
    return failed, unknown
