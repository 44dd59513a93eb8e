"""核对家庭经济: what a household owns, usable only under its authorisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.feeds.facts import Said, write_facts
from minzheng.kernel.sources.feeds.linking import link_households, same_key_twice
from minzheng.kernel.sources.rows import Context, Row


def check(rows: Sequence[Row], context: Context) -> None:
    link_households(rows, context, is_required=True)
    same_key_twice(rows, context, code="fact_differs")
    under: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("authorisation"):
            under[row.get("authorisation")].append(row)
    for number, group in under.items():
        for row in group[1:]:
            if row.get("household_number") != group[0].get("household_number"):
                row.say(context.contract.fields["authorisation"].label, "authorisation_twice", number)


def apply(rows: Sequence[Row], context: Context) -> None:
    facts = context.contract.options["facts"]

    def told_by(row: Row) -> list[Said]:
        day = row.get("checked_on")
        start = (Month.of(day) if day else context.period).first_day
        return [Said(kind, row.get(name), start) for name, kind in facts.items() if row.get(name) is not None]

    write_facts(rows, context, told_by)
