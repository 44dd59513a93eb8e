"""Linking rows to people and households, and comparing what the row says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from minzheng.kernel.people.names import Likeness, clean_name, compare_names
from minzheng.kernel.sources.people_lookup import (
    KnownHousehold,
    KnownPerson,
    households_by_number,
    people_by_id,
    people_by_identifier,
)
from minzheng.kernel.sources.rows import Context, Row


def link_people(
    rows: Sequence[Row], context: Context, *, field: str = "citizen_number", unknown: str = "not_registered"
) -> dict[int, KnownPerson]:
    """Sets `person_id` of every row whose number is registered; says so where it is not. Answers by row.

    A row that a person has linked by hand carries its `person_id` already.
    """
    label = context.contract.fields[field].label
    numbers = {row.id: str(row.get(field))[:18] for row in rows if row.get(field)}
    known = people_by_identifier(numbers.values())
    chosen = people_by_id(row.person_id for row in rows if row.person_id)
    linked = {}
    for row in rows:
        person = chosen.get(row.person_id) if row.person_id else known.get(numbers.get(row.id, ""))
        if person is None:
            if row.id in numbers:
                row.say(label, unknown, row.get(field))
            continue
        linked[row.id] = person
        row.person_id, row.division_code = person.id, person.division_code
        row.household_id = row.household_id or person.household_id
    return linked


def compare_with_register(rows: Sequence[Row], linked: dict[int, KnownPerson], context: Context) -> None:
    """Holds the row's name against the registered one: another name is another person until someone has looked."""
    field = context.contract.fields.get("name")
    if field is None:
        return
    for row in rows:
        person, name = linked.get(row.id), row.get("name")
        if not person or not name or name == person.name:
            continue
        likeness = compare_names(person.name, name)
        if likeness is Likeness.VARIANT:
            row.say(field.label, "name_variant", name, expected=person.name)
        elif likeness is Likeness.DIFFERENT:
            # A registered name that no one bears cannot speak against the row.
            damaged = clean_name(person.name).is_suspect
            row.say(
                field.label,
                "register_name_unusual" if damaged else "name_differs",
                name,
                expected=person.name[:60],
            )


def same_key_twice(rows: Sequence[Row], context: Context, *, code: str) -> None:
    """Rows that speak of the same thing: equal ones are repeats, different ones are for a person to decide."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_passing:
            groups[row.key].append(row)
    for group in groups.values():
        first = group[0]
        for row in group[1:]:
            if row.digest == first.digest:
                repeat_of(row, first)
            else:
                for one in (first, row):
                    if one.is_passing:
                        one.say("", code, f"{_at(first)}、{_at(row)}")


def repeat_of(row: Row, first: Row, *, differing: Iterable[str] = ()) -> None:
    """Marks a row as a repeat of an earlier one of the same file."""
    fields = "、".join(differing)
    if fields:
        row.say("", "duplicate_differs", f"{_at(first)}：{fields}", done="first_kept")
    else:
        row.say("", "duplicate_row", _at(first), done="first_kept")
    row.person_id, row.household_id = first.person_id, first.household_id
    row.outcome = "unchanged"


def _at(row: Row) -> str:
    return f"{row.sheet} {row.line}".strip()


def find_household(
    found: dict[str, list[KnownHousehold]], number: str, register: str
) -> tuple[KnownHousehold | None, bool]:
    """The household meant by a number: the one of the sender's area, else the only one; and whether several are meant."""
    options = found.get(number, [])
    own = [household for household in options if household.register == register]
    if own:
        return own[0], False
    return (options[0], False) if len(options) == 1 else (None, len(options) > 1)


def link_households(rows: Sequence[Row], context: Context, *, is_required: bool) -> None:
    """Sets `household_id` by number; where the household is the subject, an unknown one needs a person's eyes."""
    label = context.contract.fields["household_number"].label
    found = households_by_number(
        str(row.get("household_number")) for row in rows if row.get("household_number")
    )
    for row in rows:
        number = row.get("household_number")
        if not number or (is_required and row.household_id):
            continue
        household, is_ambiguous = find_household(found, number, context.register)
        if household is None:
            if is_required:
                row.say(label, "household_ambiguous" if is_ambiguous else "household_unknown", number)
            continue
        if is_required:
            row.household_id, row.division_code = household.id, household.division_code
        elif row.household_id and household.id != row.household_id:
            row.say(label, "household_differs", number)
        else:
            row.household_id = household.id
