"""残联残疾证: kind and grade of disability for as long as the certificate is valid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from minzheng.kernel.people.identifiers import parse_disability
from minzheng.kernel.sources.feeds.facts import Said, write_facts
from minzheng.kernel.sources.feeds.linking import compare_with_register, link_people, same_key_twice
from minzheng.kernel.sources.rows import Context, Row

_FIELD = "certificate_number"
_IDENTITY = 18


def check(rows: Sequence[Row], context: Context) -> None:
    fields = context.contract.fields
    linked = link_people(rows, context, field=_FIELD)
    compare_with_register(rows, linked, context)
    same_key_twice(rows, context, code="fact_differs")
    for row in rows:
        _against_number(row, context)
        person, issued, until = linked.get(row.id), row.get("issued_on"), row.get("valid_until")
        if issued and until and until < issued:
            row.say(fields["valid_until"].label, "certificate_dates", until, done="left_out")
            row.values["valid_until"] = None
        elif until and until < context.period.first_day and row.get("state") != "cancelled":
            row.say(fields["valid_until"].label, "certificate_expired", until)
        if row.get("state") == "cancelled":
            row.say(fields["state"].label, "certificate_cancelled", row.raw_of("state"))
        if row.get("state") == "frozen":
            # Nobody but the federation knows whether a frozen certificate still entitles.
            row.say(fields["state"].label, "certificate_frozen", row.raw_of("state"))
        if person is None:
            continue
        if issued and person.birth_date and issued < person.birth_date:
            row.say(
                fields["issued_on"].label,
                "before_birth",
                issued,
                done="left_out",
                expected=f"≥ {person.birth_date}",
            )
            row.values["issued_on"] = None
        if person.death_date and person.death_date < context.period.first_day:
            row.say(fields[_FIELD].label, "person_dead", person.death_date)


def _against_number(row: Row, context: Context) -> None:
    """The number says kind and grade once more. Which of two is right decides a subsidy, so nobody guesses."""
    fields = context.contract.fields
    if not row.get(_FIELD):
        return
    own = row.get("citizen_number")
    if own and own != row.get(_FIELD)[:_IDENTITY]:
        label = fields["citizen_number"].label
        row.say(label, "identifier_differs", own, expected=row.get(_FIELD)[:_IDENTITY])
    if len(row.get(_FIELD)) == _IDENTITY:
        for name in ("kind", "grade"):
            if row.get(name) is None:
                row.say(fields[name].label, "missing", row.sent.get(name, ""), level="review")
        return
    parsed = parse_disability(row.get(_FIELD))
    for name, in_number in (("kind", parsed.kind), ("grade", parsed.grade)):
        if name in row.cells and row.get(name) is None:
            row.say(
                fields[name].label,
                "missing",
                row.sent.get(name, ""),
                done="from_number",
                expected=str(in_number),
            )
            row.values[name] = in_number
        elif name not in row.cells:
            row.values[name] = in_number
        elif row.get(name) != in_number:
            row.say(
                fields[name].label,
                f"{name}_differs",
                row.raw_of(name),
                level="review",
                expected=str(in_number),
            )


def apply(rows: Sequence[Row], context: Context) -> None:
    def told_by(row: Row) -> list[Said]:
        until = row.get("valid_until")
        start = row.get("issued_on") or context.period.first_day
        end = until + timedelta(days=1) if until else None
        kind, grade = row.get("kind"), row.get("grade")
        if row.get("state") == "cancelled":
            # The person is no longer certified from this month on, whatever an earlier file said.
            start, end, kind, grade = context.period.first_day, None, 0, 0
        if end is not None and end <= start:
            return []
        return [Said("disability_kind", kind, start, end), Said("disability_grade", grade, start, end)]

    write_facts(rows, context, told_by)
