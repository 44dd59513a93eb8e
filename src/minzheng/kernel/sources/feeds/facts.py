"""Rows that become facts of a person or household: what all of them share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.money import format_yuan
from minzheng.kernel.people import actions as people
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.sources.rows import UNCHANGED, Context, Row


@dataclass(frozen=True, slots=True)
class Said:
    """One value a row tells, in force from a day; `end` is the first day after, None where open."""

    kind: str
    value: int
    start: date
    end: date | None = None


def _shown(result: dict[str, Any]) -> str:
    """The recorded value as a clerk reads it."""
    value = result["recorded"]
    if value is None:
        return ""
    return format_yuan(value) if result["kind"].endswith("_fen") else str(value)


def write_facts(rows: Sequence[Row], context: Context, told_by: Callable[[Row], list[Said]]) -> None:
    """Records every row's facts at once and carries the outcomes back."""
    kinds = catalogue()
    records = []
    for row in rows:
        for said in told_by(row):
            of_person = kinds[said.kind].entity == "person"
            records.append(
                (
                    row.id,
                    row.person_id if of_person else None,
                    None if of_person else row.household_id,
                    said.kind,
                    said.value,
                    None,
                    said.start,
                    said.end,
                )
            )
    frame = pl.DataFrame(records, schema=people.FACT_SCHEMA, orient="row")
    results = people.record_facts(
        frame, source=context.source, observed_on=context.as_of, file=context.file_name
    )
    by_id = {row.id: row for row in rows}
    outcomes: dict[int, set[str]] = defaultdict(set)
    for result in results.to_dicts():
        row, kind = by_id[result["row"]], kinds.get(result["kind"])
        outcomes[row.id].add(result["outcome"])
        label = kind.label if kind else result["kind"]
        if result["outcome"] == "conflict":
            row.say(label, "fact_differs", level="review")
        elif result["outcome"] == "refused":
            row.say(label, result["reason"], level="refused")
        elif result["outcome"] == "kept":
            row.say(label, "stronger_stands", expected=_shown(result))
        elif result["outcome"] == "updated":
            row.say(label, "fact_replaced", _shown(result))
    for row in rows:
        found = outcomes.get(row.id)
        if not found:
            row.say("", "nothing_said")
            row.outcome = UNCHANGED if row.level == "note" else ""
        elif found <= {"unchanged", "duplicate", "kept"}:
            row.outcome = UNCHANGED
