"""Case files: households that an official could dispute, with the answer and its sum, run through both
evaluators.

```yaml
- name: one fen per member below the standard is granted one fen
  month: 2022-07
  household: {money_assets_fen: 0, homes: 1, non_residential_properties: 0, vehicles: 0}
  persons:
    - {born: 1990-05, hukou_is_local: true, relation: 1, wage_fen: 141_999}   # 142_000 - 141_999 = 1
  expect: {meets_income_test: true, allowance_fen: 1, subsistence_allowance: 1}
``` `born` and `died` are months; other keys are inputs. Under `expect` a rule's name holds its value, a
list where it is a person's; a benefit's code holds the fen paid, `refused` or `may qualify`, a list where
it is paid to persons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.columns import evaluate_frames, rule_values
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.law import ELIGIBLE, MAY_QUALIFY, Law
from minzheng.kernel.rules.single import HouseholdInputs, evaluate_household
from minzheng.kernel.rules.snapshot import snapshot_schema

_KEYS = {"name", "month", "household", "persons", "expect", "sum"}


@dataclass(frozen=True, slots=True)
class Case:
    """One household and what the law must say of it."""

    name: str
    month: Month
    inputs: HouseholdInputs
    expect: Mapping[str, Any]


def load_cases(path: Path) -> list[Case]:
    """Read a case file; every case gets a household number of its own.

    Raises:
        ValueError: names the case and the key that is wrong.
    """
    cases = []
    for number, raw in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
        if set(raw) - _KEYS or not {"name", "month", "persons", "expect"} <= set(raw) or not raw["expect"]:
            raise ValueError(
                f"{path}, case {number}: write name, month, household, persons, expect (and sum)"
            )
        persons = []
        for place, person in enumerate(raw["persons"], 1):
            row = {"person_id": number * 100 + place, "household_id": number, **person}
            for key, column in (("born", "birth_month"), ("died", "death_month")):
                if key in row:
                    row[column] = Month.parse(str(row.pop(key))).index
            persons.append(row)
        inputs = HouseholdInputs({"household_id": number, **(raw.get("household") or {})}, persons)
        cases.append(Case(raw["name"], Month.parse(str(raw["month"])), inputs, raw["expect"]))
    names = [c.name for c in cases]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: two cases have the same name")
    return cases


def frames_of(households: Iterable[HouseholdInputs]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frames of persons and households, sorted by household, as a snapshot holds them."""
    listed = sorted(households, key=lambda h: int(h.household["household_id"]))

    def frame(rows: list[dict[str, Any]], entity: str) -> pl.DataFrame:
        schema = snapshot_schema(entity)
        columns = {name: [row.get(name) for row in rows] for name in schema}
        return pl.DataFrame(columns, schema=schema)

    people = [dict(p) for h in listed for p in h.persons]
    return frame(people, PERSON), frame([dict(h.household) for h in listed], HOUSEHOLD)


def _said(status: int, amount: int) -> int | str:
    return amount if status == ELIGIBLE else "may qualify" if status == MAY_QUALIFY else "refused"


def _rule_name(law: Law, programme: str, key: str) -> str:
    name = key if "." in key else f"{programme}.{key}"
    if name not in law.rules:
        raise KeyError(f"no rule or benefit {key}")
    return name


def _shape(entity: str, values: list[Any], expected: Any) -> Any:
    """A person's values stand as a list, or alone where the case says one value for a single person."""
    return (
        values
        if entity == PERSON and isinstance(expected, list)
        else values[0]
        if len(values) == 1
        else values
    )


def answers_single(law: Law, programme: str, case: Case) -> dict[str, Any]:
    """What the single evaluator answers to each key the case expects."""
    trace = evaluate_household(law, case.inputs)
    given: dict[str, Any] = {}
    for key, expected in case.expect.items():
        if key in law.benefits:
            found = [f for f in trace.findings(everything=True) if f.benefit == key]
            given[key] = _shape(
                law.benefits[key].unit, [_said(f.status, f.amount_fen) for f in found], expected
            )
            continue
        name = _rule_name(law, programme, key)
        value = trace.rule(name)
        entity = law.rules[name].entity
        given[key] = _shape(entity, value if entity == PERSON else [value], expected)
    return given


def answers_in_columns(law: Law, programme: str, cases: list[Case]) -> list[dict[str, Any]]:
    """What the columnar evaluator answers to the same keys, all cases as one batch."""
    persons, households = frames_of(c.inputs for c in cases)
    values = rule_values(law, persons, households)
    findings = evaluate_frames(law, persons, households)
    answers = []
    for case in cases:
        mine = int(case.inputs.household["household_id"])
        people = [int(p["person_id"]) for p in case.inputs.persons]
        given: dict[str, Any] = {}
        for key, expected in case.expect.items():
            if key in law.benefits:
                unit = law.benefits[key].unit
                rows = findings.filter((pl.col("benefit") == key) & (pl.col("household_id") == mine))
                by_owner = {
                    r["person_id"]: _said(r["status"], r["amount_fen"]) for r in rows.iter_rows(named=True)
                }
                owners: list[int | None] = list(people) if unit == PERSON else [None]
                given[key] = _shape(unit, [by_owner.get(o, "refused") for o in owners], expected)
                continue
            name = _rule_name(law, programme, key)
            entity = law.rules[name].entity
            frame = persons if entity == PERSON else households
            given[key] = _shape(
                entity, values[name].filter(frame["household_id"] == mine).to_list(), expected
            )
        answers.append(given)
    return answers
