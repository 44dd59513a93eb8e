"""核对家庭经济: what a household owns, usable only under its authorisation.

A row speaks of a household by its number, by the head's or applicant's identity number, or of one member. What members
own is added up only where every member has a row that passes: a sum that lacks one would make the household poorer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.feeds.facts import Said, write_facts
from minzheng.kernel.sources.feeds.linking import (
    compare_with_register,
    link_households,
    link_people,
    same_key_twice,
)
from minzheng.kernel.sources.people_lookup import people_by_identifier
from minzheng.kernel.sources.rows import TAKEN, Context, Row


def check(rows: Sequence[Row], context: Context) -> None:
    numbered = [row for row in rows if row.get("household_number") or row.sent.get("household_number")]
    by_head = _without(rows, numbered, "head_number")
    by_member = _without(rows, [*numbered, *by_head], "member_number")
    link_households(numbered, context, is_required=True)
    for field in ("head_number", "member_number"):
        _against_person([row for row in numbered if row.get(field)], field, context)
    for group, field in ((by_head, "head_number"), (by_member, "member_number")):
        linked = link_people(group, context, field=field)
        compare_with_register(group, linked, context)
        for row in group:
            label = context.contract.fields[field].label
            if row.id in linked and row.household_id is None:
                row.say(label, "means_no_household", row.get(field), level="review")
            elif row.id in linked and field == "head_number":
                row.say(label, "means_by_head", row.get(field))
                # Two rows of one household are the same thing told twice, whoever of it is named.
                row.key = f"{context.contract.name}:household:{row.household_id}"
    named = {row.id for row in (*numbered, *by_head, *by_member)}
    for row in rows:
        # A number that could not be read has been told of already.
        if row.id not in named and not row.sent.keys() & {"head_number", "member_number"}:
            row.say(context.contract.fields["household_number"].label, "missing", "", level="review")
    same_key_twice(rows, context, code="fact_differs")
    _authorisations(rows, context)
    several: dict[int, set[str]] = defaultdict(set)
    for row in numbered:
        if row.household_id and row.get("member_number"):
            several[row.household_id].add(row.get("member_number"))
    members = [row for row in numbered if len(several.get(row.household_id or 0, ())) > 1]
    link_people(members, context, field="member_number")
    _add_up([*by_member, *members], context)


def _against_person(rows: Sequence[Row], field: str, context: Context) -> None:
    """Where a row names a household and a person of another one, nobody knows whose means these are."""
    known = people_by_identifier(row.get(field) for row in rows)
    for row in rows:
        person = known.get(row.get(field))
        if person and row.household_id and person.household_id not in (None, row.household_id):
            row.say(
                context.contract.fields["household_number"].label,
                "household_differs",
                row.get("household_number"),
                level="review",
                expected=person.household_number,
            )


def _without(rows: Sequence[Row], others: Sequence[Row], field: str) -> list[Row]:
    known = {row.id for row in others}
    return [row for row in rows if row.id not in known and row.get(field)]


def _authorisations(rows: Sequence[Row], context: Context) -> None:
    under: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("authorisation"):
            under[row.get("authorisation")].append(row)
    for number, group in under.items():
        for row in group[1:]:
            if row.household_id != group[0].household_id:
                row.say(context.contract.fields["authorisation"].label, "authorisation_twice", number)


def _add_up(rows: Sequence[Row], context: Context) -> None:
    """Adds what members own into the household's first row; waits where a member's row is missing or waits itself."""
    households: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.household_id and row.outcome != "unchanged":
            households[row.household_id].append(row)
    members = _members(list(households), context)
    label = context.contract.fields["member_number"].label
    for household, group in households.items():
        told = {row.person_id for row in group if row.is_passing}
        missing = members.get(household, set()) - told
        if missing:
            for row in group:
                if row.is_passing:
                    row.say(label, "means_members_missing", f"{len(told)} / {len(told | missing)}")
            continue
        passing = [row for row in group if row.is_passing]
        first, *rest = passing
        for name in context.contract.options["facts"] if rest else ():
            amounts = [row.get(name) for row in passing]
            if None in amounts and any(amount is not None for amount in amounts):
                first.say(context.contract.fields[name].label, "means_member_silent", done="left_out")
            first.values[name] = None if None in amounts else sum(amounts)
        for row in rest:
            row.say(label, "means_added_up", f"{first.sheet} {first.line}".strip())
            row.outcome = TAKEN
        if rest:
            first.say(label, "means_added_up", "、".join(str(row.line) for row in passing))


def _members(households: list[int], context: Context) -> dict[int, set[int]]:
    """The living members of each household in the file's month."""
    found: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT m.household_id, m.person_id FROM people_membership m JOIN people_person p ON p.id = m.person_id
               WHERE m.household_id = ANY(%s) AND m.during @> %s::date
                 AND (p.death_date IS NULL OR p.death_date > %s) AND p.merged_into_id IS NULL""",
            [households, context.as_of, context.as_of],
        )
        for household, person in cursor.fetchall():
            found[household].add(person)
    return found


def apply(rows: Sequence[Row], context: Context) -> None:
    facts = context.contract.options["facts"]

    def told_by(row: Row) -> list[Said]:
        day = row.get("checked_on")
        start = (Month.of(day) if day else context.period).first_day
        return [Said(kind, row.get(name), start) for name, kind in facts.items() if row.get(name) is not None]

    write_facts(rows, context, told_by)
