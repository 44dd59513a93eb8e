"""医保自付费用 and other feeds whose columns are facts of a person as they stand."""

from __future__ import annotations

from collections.abc import Sequence

from minzheng.kernel.sources.feeds.amounts import check_units
from minzheng.kernel.sources.feeds.facts import Said, write_facts
from minzheng.kernel.sources.feeds.linking import compare_with_register, link_people, same_key_twice
from minzheng.kernel.sources.rows import Context, Row


def check(rows: Sequence[Row], context: Context) -> None:
    linked = link_people(rows, context)
    compare_with_register(rows, linked, context)
    check_units(rows, context)
    same_key_twice(rows, context, code="fact_differs")
    for row in rows:
        month = row.get("month")
        if month and month > context.period:
            row.say(context.contract.fields["month"].label, "month_not_yet", month)


def apply(rows: Sequence[Row], context: Context) -> None:
    facts = context.contract.options["facts"]

    def told_by(row: Row) -> list[Said]:
        start = (row.get("month") or context.period).first_day
        return [Said(kind, row.get(name), start) for name, kind in facts.items() if row.get(name) is not None]

    write_facts(rows, context, told_by)
