"""民政在享名册: records accounts and hands the rows to whoever keeps awards."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import polars as pl
from django.db import connection

from minzheng.kernel.money import format_yuan
from minzheng.kernel.people import actions as people
from minzheng.kernel.people.identifiers import mask_account
from minzheng.kernel.sources.feeds.linking import (
    compare_with_register,
    link_households,
    link_people,
    same_key_twice,
)
from minzheng.kernel.sources.registry import RosterRow, purpose_of, writer
from minzheng.kernel.sources.rows import TAKEN, UNCHANGED, Context, Row

_USUAL = 5
_STOPS = re.compile("停|终止|取消|注销|死|亡|去世|病故|已故|退出|退保|不再|作废")
# A benefit of fixed amounts shows by this share of its rows; then an amount so many times off them all is doubtful.
_FIXED_SHARE = 0.8
_FAR_OFF = 5


def check(rows: Sequence[Row], context: Context) -> None:
    fields = context.contract.fields
    linked = link_people(rows, context)
    compare_with_register(rows, linked, context)
    link_households([row for row in rows if row.person_id], context, is_required=False)
    same_key_twice(rows, context, code="fact_differs")
    _units(rows, context)
    holders: dict[str, str] = {}
    for row in rows:
        start = row.get("start_month")
        if start and start > context.period:
            row.say(fields["start_month"].label, "roster_starts_later", start)
        person = linked.get(row.id)
        struck = person.deregistered_on if person and not person.death_date else None
        if struck and struck < context.period.first_day:
            # Moved away for good or dead without a report: nobody is paid on before someone has looked.
            row.say(fields["citizen_number"].label, "roster_deregistered", struck)
        note = row.get("note") or ""
        if _STOPS.search(note):
            row.say(fields["note"].label, "roster_note_stops", note)
        account, holder = row.get("account"), row.get("citizen_number")
        if account and holder and holders.setdefault(account, holder) != holder:
            row.say(fields["account"].label, "account_shared", account)
        if row.get("monthly") == 0:
            row.say(fields["monthly"].label, "roster_amount", row.raw_of("monthly"), level="review")


def _units(rows: Sequence[Row], context: Context) -> None:
    """Amounts of one programme repeat; one that is a hundred times a usual amount is probably fen."""
    label = context.contract.fields["monthly"].label
    usual: dict[str, Counter[int]] = defaultdict(Counter)
    for row in rows:
        if row.get("monthly"):
            usual[row.get("roster") or ""][row.get("monthly")] += 1
    for row in rows:
        amount, counts = row.get("monthly"), usual[row.get("roster") or ""]
        if amount and counts[amount] < _USUAL and amount % 100 == 0 and counts[amount // 100] >= _USUAL:
            row.say(label, "amount_hundredfold", format_yuan(amount), expected=format_yuan(amount // 100))
            continue
        often = [usual_amount for usual_amount, count in counts.items() if count >= _USUAL]
        if not amount or sum(counts[one] for one in often) < _FIXED_SHARE * counts.total():
            continue
        if amount >= max(often) * _FAR_OFF or amount * _FAR_OFF <= min(often):
            expected = "、".join(format_yuan(one) for one in sorted(often)[:6])
            row.say(label, "amount_unusual", format_yuan(amount), expected=expected)


def apply(rows: Sequence[Row], context: Context) -> None:
    take = writer(context.contract.writer)
    by_id = {row.id: row for row in rows}
    outcomes = take(
        rows=[
            RosterRow(
                row_id=row.id,
                person_id=row.person_id or 0,
                household_id=row.household_id,
                roster=row.get("roster"),
                start_month=row.get("start_month").first_day,
                monthly_fen=row.get("monthly"),
                bank=row.get("bank") or "",
                account_number=row.get("account") or "",
            )
            for row in rows
        ],
        as_of=context.as_of,
        file_id=context.file_id,
        authority=context.source,
    )
    for told in outcomes:
        row = by_id[told.row_id]
        for message in told.messages:
            row.say(
                message.field,
                message.code,
                message.found,
                level=message.level,
                done=message.done,
                expected=message.expected,
            )
        row.outcome = told.outcome
    _accounts(
        [row for row in rows if row.outcome in (TAKEN, UNCHANGED) and row.level in ("note", "warning")],
        context,
    )


def _accounts(rows: Sequence[Row], context: Context) -> None:
    """One main account a person: the recorded one while a roster still names it, else the first named here.

    Another programme's other account is kept for that programme.
    """
    numbers: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.get("account") and row.person_id:
            numbers[row.person_id].append(row.get("account"))
    recorded = _main_accounts(list(numbers))
    main = {
        person: recorded[person] if recorded.get(person) in told else told[0]
        for person, told in numbers.items()
    }
    label = context.contract.fields["account"].label
    for row in rows:
        before = recorded.get(row.person_id or 0)
        if before and row.person_id and row.get("account") == main.get(row.person_id) != before:
            row.say(label, "account_replaced", row.get("account"), expected=mask_account(before))
    by_roster: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        number, person = row.get("account"), row.person_id
        if number and person:
            purpose = "" if main[person] == number else purpose_of(row.get("roster"))
            by_roster[purpose].setdefault(person, row)
    for purpose, group in sorted(by_roster.items()):
        frame = pl.DataFrame(
            [
                {
                    "row": row.id,
                    "person_id": row.person_id,
                    "bank": row.get("bank") or "",
                    "number": row.get("account"),
                    "holder": row.get("name"),
                }
                for row in group.values()
            ],
            schema=people.ACCOUNT_SCHEMA,
        )
        people.set_accounts(
            frame, on=context.period.first_day, source=context.source, purpose=purpose, file=context.file_name
        )


def _main_accounts(person_ids: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, number FROM people_bankaccount"
            " WHERE person_id = ANY(%s) AND purpose = '' AND upper_inf(during)",
            [person_ids],
        )
        return dict(cursor.fetchall())
