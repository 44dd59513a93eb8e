"""Carries the outcomes of people's actions back to the rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from minzheng.kernel.sources.rows import UNCHANGED, Row

_CODES = {
    "identifier_twice": "identifier_two_people",
    "row_twice": "duplicate_row",
    "row_differs": "fact_differs",
}


def take_results(rows: Sequence[Row], results: pl.DataFrame) -> None:
    """A row written is taken; one that changed nothing is unchanged; a conflict goes to review, a refusal is one.

    Several results for one row (one for each fact) count by the strongest.
    """
    by_id = {row.id: row for row in rows}
    seen: dict[int, set[str]] = {}
    for result in results.to_dicts():
        row = by_id[result["row"]]
        outcome = result["outcome"]
        seen.setdefault(row.id, set()).add(outcome)
        if result.get("person_id"):
            row.person_id = result["person_id"]
        code = _CODES.get(result["reason"], result["reason"])
        if outcome == "conflict":
            row.say("", code or "name_differs", result["note"], level="review")
        elif outcome == "refused":
            row.say("", code, result["note"], level="refused")
        for kept in json.loads(result.get("kept") or "[]"):
            row.say(
                str(kept.get("field", "")),
                "stronger_stands",
                str(kept.get("offered", "")),
                expected=str(kept.get("recorded", "")),
            )
    for row_id, outcomes in seen.items():
        if outcomes <= {"unchanged", "duplicate", "kept"}:
            by_id[row_id].outcome = UNCHANGED
