"""Random households for tests of the law: every input, close to the lines it draws, and unknown where it
may be."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.inputs import Input, inputs_of
from minzheng.kernel.rules.single import HouseholdInputs


def _values(column: Input, month: Month, figures: tuple[int, ...]) -> st.SearchStrategy[Any]:
    if column.dtype == "bool":
        return st.none() | st.booleans()
    if column.name == "birth_month":
        # Born up to eleven months after the month too: feeds bring such people, and negative ages divide too.
        return st.none() | st.integers(month.index - 110 * 12, month.index + 11)
    if column.name == "death_month":
        return st.none() | st.integers(month.index - 2, month.index + 2)
    if column.codes:
        return st.none() | st.sampled_from([code for code, _ in column.codes])
    if column.unit.startswith("fen"):
        near = [f + step for f in figures for step in (-1, 0, 1)]
        return st.none() | st.integers(0, 10_000_000) | (st.sampled_from(near) if near else st.nothing())
    if column.name == "division_code":
        return st.just(310107014001)
    return st.none() | st.integers(0, 4)


def households(month: Month, figures: tuple[int, ...] = ()) -> st.SearchStrategy[HouseholdInputs]:
    """One household with one to six people; `figures` are amounts in fen whose neighbourhood matters."""

    def row(entity: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries({c.name: _values(c, month, figures) for c in inputs_of(entity)})

    def build(home: dict[str, Any], people: list[dict[str, Any]]) -> HouseholdInputs:
        numbered = [{"person_id": n, "household_id": 1, **p} for n, p in enumerate(people, 1)]
        return HouseholdInputs({"household_id": 1, **home}, numbered)

    return st.builds(build, row(HOUSEHOLD), st.lists(row(PERSON), min_size=1, max_size=6))


def renumbered(batch: list[HouseholdInputs]) -> list[HouseholdInputs]:
    """The households of a batch with numbers of their own."""
    made = []
    for number, household in enumerate(batch, 1):
        people = [
            {**p, "person_id": number * 100 + at, "household_id": number}
            for at, p in enumerate(household.persons)
        ]
        made.append(HouseholdInputs({**household.household, "household_id": number}, people))
    return made
