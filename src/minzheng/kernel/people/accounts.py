"""The accounts to which benefits are paid, dated and one at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.people.fields import Batch
from minzheng.kernel.people.staging import Outcome, conform, drop, execute, fetch, stage
from minzheng.kernel.people.vital import finish, results_for_known

ACCOUNT_SCHEMA: dict[str, Any] = {
    "row": pl.Int64,
    "person_id": pl.Int64,
    "bank": pl.String,
    "number": pl.String,
    "holder": pl.String,
}


@transaction.atomic
def set_account(
    *, person_id: int, bank: str, number: str, holder: str, on: date, source: str, purpose: str = ""
) -> bool:
    """Names the account to which a person's benefits go from a day on (发放账户); returns whether it changed."""
    rows = pl.DataFrame(
        [{"row": 1, "person_id": person_id, "bank": bank, "number": number, "holder": holder}],
        schema=ACCOUNT_SCHEMA,
    )
    told = set_accounts(rows, on=on, source=source, purpose=purpose)
    return told["outcome"][0] in ("created", "updated")


@transaction.atomic
def set_accounts(
    rows: pl.DataFrame, *, on: date, source: str, purpose: str = "", file: str = ""
) -> pl.DataFrame:
    """Names the accounts to which many people's benefits go from a day on; older news changes nothing.

    Args:
        rows: columns of `ACCOUNT_SCHEMA`.
    """
    batch = Batch(source, on, file, "", {}, [])
    found = results_for_known(batch, conform(rows, ACCOUNT_SCHEMA).to_dicts())
    current = {
        row[0]: row[1:]
        for row in fetch(
            """SELECT person_id, id, lower(during), bank, number, holder, observed_on FROM people_bankaccount
               WHERE person_id = ANY(%s) AND purpose = %s AND upper_inf(during)""",
            [[person.id for _, person in found], purpose],
        )
    }
    seen: set[int] = set()
    for entry, person in found:
        result = batch.results[entry["row"]]
        told = (entry["bank"] or "", entry["number"] or "", entry["holder"] or person.name)
        row = current.get(person.id)
        if not told[1]:
            result.outcome, result.reason = Outcome.REFUSED, "number_missing"
        elif person.id in seen:
            result.outcome, result.reason = Outcome.CONFLICT, "twice_in_file"
        elif row and tuple(row[2:5]) == told:
            seen.add(person.id)
        elif row and (row[5] or date.min) > on:
            result.outcome, result.reason = Outcome.KEPT, "older"
        else:
            seen.add(person.id)
            result.outcome = Outcome.UPDATED if row else Outcome.CREATED
            result.applied = ["account"]
    written = {entry["row"] for entry, _ in found if batch.results[entry["row"]].applied}
    fresh = [
        (person.id, entry["bank"] or "", entry["number"], entry["holder"] or person.name)
        for entry, person in found
        if entry["row"] in written
    ]
    if fresh:
        columns = {"person_id": "bigint", "bank": "text", "number": "text", "holder": "text"}
        staged = stage(columns, fresh)
        execute(
            f"DELETE FROM people_bankaccount a USING {staged} s"
            " WHERE a.person_id = s.person_id AND a.purpose = %s AND lower(a.during) >= %s",
            [purpose, on],
        )
        execute(
            f"UPDATE people_bankaccount a SET during = daterange(lower(a.during), %s) FROM {staged} s"
            " WHERE a.person_id = s.person_id AND a.purpose = %s AND upper_inf(a.during)",
            [on, purpose],
        )
        execute(
            f"INSERT INTO people_bankaccount (person_id, bank, number, holder, purpose, during, source, observed_on)"
            f" SELECT person_id, bank, number, holder, %s, daterange(%s, NULL), %s, %s FROM {staged}",
            [purpose, on, source, on],
        )
        drop(staged)
    return finish(batch, "people.accounts")
