"""人社养老金就业: pensions, wages and employment by month."""

from __future__ import annotations

from collections.abc import Sequence

from minzheng.kernel.periods import age_in_years
from minzheng.kernel.sources.feeds import person_facts
from minzheng.kernel.sources.feeds.amounts import check_units
from minzheng.kernel.sources.feeds.linking import compare_with_register, link_people, same_key_twice
from minzheng.kernel.sources.people_lookup import KnownPerson
from minzheng.kernel.sources.rows import Context, Row

_UNEMPLOYED, _EMPLOYED = 2, 1
_WORKING_AGE = 16


def check(rows: Sequence[Row], context: Context) -> None:
    linked = link_people(rows, context)
    compare_with_register(rows, linked, context)
    check_units(rows, context)
    same_key_twice(rows, context, code="fact_differs")
    for row in rows:
        _check_row(row, linked.get(row.id), context)


def _check_row(row: Row, person: KnownPerson | None, context: Context) -> None:
    fields, month = context.contract.fields, row.get("month")
    if month and month > context.period:
        row.say(fields["month"].label, "month_not_yet", month)
    wage, status = row.get("wage"), row.get("employment")
    if status == _UNEMPLOYED and wage:
        row.say(fields["employment"].label, "status_differs", row.raw_of("wage"))
    if person is None or month is None:
        return
    if person.death_date and person.death_date < month.first_day and (wage or row.get("pension")):
        row.say(fields["citizen_number"].label, "person_dead", person.death_date)
    if wage and person.birth_date and age_in_years(person.birth_date, month.first_day) < _WORKING_AGE:
        row.say(fields["wage"].label, "minor_working", row.raw_of("wage"))


apply = person_facts.apply
