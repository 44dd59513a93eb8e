"""Households that changed since they were last looked at (变动标记).

Triggers mark them within the transaction of the change (`HouseholdMark`). A reader takes marks first and reads the
register after, in one transaction of the isolation that is the database's default: what was committed before is read,
and what is committed later is marked again. A transaction that fails gives its marks back.
"""

from __future__ import annotations

from dataclasses import dataclass

from minzheng.kernel.people.staging import execute, fetch


@dataclass(frozen=True, slots=True)
class Marks:
    """What was taken: households by number, a person's own as the negative; `everything` where a whole file came in."""

    households: list[int]
    everything: bool

    @property
    def people(self) -> list[int]:
        """Everyone of whom something changed, whether or not a household holds them."""
        return [-number for number in self.households if number < 0]


def any_marks() -> bool:
    """Whether anything changed; only the platform's service sees marks."""
    return bool(fetch("SELECT EXISTS (SELECT 1 FROM people_householdmark)")[0][0])


def take_marks(at_most: int) -> Marks:
    """Takes the oldest marks, at most so many rows; each household is named once, in order."""
    rows = fetch(
        """DELETE FROM people_householdmark
           WHERE id IN (SELECT id FROM people_householdmark ORDER BY id LIMIT %s) RETURNING household_id""",
        [at_most],
    )
    taken = {row[0] for row in rows}
    return Marks(sorted(taken - {None}), None in taken)


def take_all_marks() -> Marks:
    """Takes every mark there is."""
    rows = fetch(
        """WITH taken AS (DELETE FROM people_householdmark RETURNING household_id)
           SELECT DISTINCT household_id FROM taken"""
    )
    taken = {row[0] for row in rows}
    return Marks(sorted(taken - {None}), None in taken)


def forget_marks() -> None:
    """Takes all marks without looking: whoever reads the whole register after this needs none of them."""
    execute("DELETE FROM people_householdmark")
