"""卫健死亡登记: records deaths of registered people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from minzheng.kernel.people import actions as people
from minzheng.kernel.sources.feeds.linking import compare_with_register, link_people, same_key_twice
from minzheng.kernel.sources.feeds.results import take_results
from minzheng.kernel.sources.rows import Context, Row

# The police strike a person off after the family has come; much later than this, one of the dates is doubtful.
_USUAL_DELAY = timedelta(days=90)


def check(rows: Sequence[Row], context: Context) -> None:
    fields = context.contract.fields
    linked = link_people(rows, context, unknown="dead_not_registered")
    compare_with_register(rows, linked, context)
    same_key_twice(rows, context, code="fact_differs")
    for row in rows:
        died, told, person = row.get("death_date"), row.get("registered_on"), linked.get(row.id)
        if died and told and told < died:
            row.say(fields["registered_on"].label, "registered_before_death", told, expected=f"≥ {died}")
        if told and told > context.as_of:
            row.say(fields["registered_on"].label, "registered_later", told)
        if not died or not person:
            continue
        if person.birth_date and died < person.birth_date:
            row.say(fields["death_date"].label, "death_before_birth", died, expected=f"≥ {person.birth_date}")
        struck = person.deregistered_on
        if struck and (struck < died or struck > died + _USUAL_DELAY):
            row.say(fields["death_date"].label, "deregistration_differs", died, expected=struck.isoformat())


def apply(rows: Sequence[Row], context: Context) -> None:
    frame = pl.DataFrame(
        [{"row": row.id, "person_id": row.person_id, "death_date": row.get("death_date")} for row in rows],
        schema=people.DEATH_SCHEMA,
    )
    take_results(
        rows,
        people.record_deaths(frame, source=context.source, observed_on=context.as_of, file=context.file_name),
    )
