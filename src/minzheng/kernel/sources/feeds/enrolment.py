"""教育在读: who attends which stage; the stage counts from the file's month on."""

from __future__ import annotations

from collections.abc import Sequence

from minzheng.kernel.periods import age_in_years
from minzheng.kernel.sources.feeds.facts import Said, write_facts
from minzheng.kernel.sources.feeds.linking import compare_with_register, link_people, same_key_twice
from minzheng.kernel.sources.rows import Context, Row


def check(rows: Sequence[Row], context: Context) -> None:
    fields, ages = context.contract.fields, context.contract.options["ages"]
    linked = link_people(rows, context)
    compare_with_register(rows, linked, context)
    same_key_twice(rows, context, code="fact_differs")
    for row in rows:
        person, stage = linked.get(row.id), row.get("stage")
        if person is None:
            continue
        if person.birth_date and stage in ages:
            age = age_in_years(person.birth_date, context.as_of)
            if not ages[stage][0] <= age <= ages[stage][1]:
                row.say(fields["stage"].label, "age_unusual", f"{row.raw_of('stage')}，{age}")
        if person.birth_date and row.get("enrolled_on") and row.get("enrolled_on") < person.birth_date:
            row.say(fields["enrolled_on"].label, "before_birth", row.get("enrolled_on"), done="left_out")
        if person.death_date and person.death_date < context.period.first_day:
            row.say(fields["citizen_number"].label, "person_dead", person.death_date)


def apply(rows: Sequence[Row], context: Context) -> None:
    start = context.period.first_day
    write_facts(rows, context, lambda row: [Said("school_stage", row.get("stage"), start)])
