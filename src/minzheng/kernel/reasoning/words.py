"""A household and what the law gives it, in words an official can dispute."""

from __future__ import annotations

from typing import Any

from minzheng.kernel.money import format_yuan
from minzheng.kernel.rules import ELIGIBLE, HouseholdTrace, catalogue
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.wording import in_words


def _row(entity: str, row: Any) -> str:
    said = []
    for name, value in row.items():
        column = catalogue().get((entity, name))
        if column is None or value is None:
            continue
        if column.missing is not None and value == column.missing and name != "relation":
            continue
        shown = bool(value) if column.dtype == "bool" else value
        said.append(f"{column.label}：{in_words(shown, column.unit, column)}")
    return "；".join(said) or "各项均无 / nothing else"


def household_in_words(trace: HouseholdTrace) -> tuple[str, ...]:
    """A line for the household, one for each person, one for each benefit paid."""
    lines = [f"家庭 household：{_row(HOUSEHOLD, trace.inputs.household)}"]
    for number, person in enumerate(trace.inputs.persons, 1):
        lines.append(f"成员 {number} person {number}：{_row(PERSON, person)}")
    for finding in trace.findings():
        if finding.status != ELIGIBLE:
            continue
        benefit = trace.law.benefits[finding.benefit]
        whom = (
            f"成员 {finding.person_id} person {finding.person_id}" if finding.person_id else "家庭 household"
        )
        paid = format_yuan(finding.amount_fen, grouped=True)
        lines.append(f"{whom} → {benefit.name} {benefit.name_en} {paid} 元 yuan")
    return tuple(lines)
