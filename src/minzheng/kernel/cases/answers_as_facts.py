"""Answers that an officer has examined become facts and accounts of the register (申报信息入库), so that the month's run and
the payments see them too.

They carry the civil-affairs office's own rank: where the office whose word counts has spoken, its word stands.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.cases.answers import is_asked
from minzheng.kernel.cases.models import Case
from minzheng.kernel.items.model import Item
from minzheng.kernel.people.accounts import set_account
from minzheng.kernel.people.actions import record_facts
from minzheng.kernel.people.fact_writing import FACT_SCHEMA
from minzheng.kernel.people.facts import catalogue

SOURCE = "民政"


def record_told(case: Case, item: Item, on: date) -> int:
    """Records what was told and names a kind of fact, in force from the month's first day; returns how many values."""
    rows: list[dict[str, Any]] = []
    for field in item.fields:
        answer = case.answers.get(field.name)
        if field.known_from == "person.account" and answer and answer.get("origin") == "told":
            _set_account(case, str(answer["value"]), on)
        if (
            not field.fact
            or answer is None
            or answer.get("origin") != "told"
            or not is_asked(field, case.answers)
        ):
            continue
        is_of_person = catalogue()[field.fact].entity == "person"
        if not is_of_person and case.household_id is None:
            continue
        rows.append(
            {
                "row": len(rows) + 1,
                "person_id": case.person_id if is_of_person else None,
                "household_id": None if is_of_person else case.household_id,
                "kind": field.fact,
                "int_value": int(answer["value"]),
                "text_value": None,
                "start": on.replace(day=1),
                "end": None,
            }
        )
    if rows:
        record_facts(
            pl.DataFrame(rows, schema=FACT_SCHEMA), source=SOURCE, observed_on=on, file=f"case:{case.pk}"
        )
    return len(rows)


def _set_account(case: Case, number: str, on: date) -> None:
    """The account named in an application is where the money goes from now on; its bank is told by the number alone."""
    set_account(
        person_id=case.person_id,
        bank="",
        number=number.replace(" ", ""),
        holder=case.person_name,
        on=on,
        source=SOURCE,
    )
