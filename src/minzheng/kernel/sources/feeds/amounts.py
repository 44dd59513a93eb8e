"""Amounts in another unit than the contract's: found by holding them against their like, never corrected by guess.

Yuan mistaken for fen is a factor of a hundred, 万元 mistaken for yuan one of ten thousand. A factor shows between the
months of one person, against what the register knows, or, where the whole column is meant otherwise, in its median.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from django.db import connection

from minzheng.kernel.money import format_yuan
from minzheng.kernel.sources.rows import Context, Row

_HUNDREDFOLD = (50, 200)
_TEN_THOUSANDTH = (5_000, 20_000)
_ENOUGH = 20


def check_units(rows: Sequence[Row], context: Context) -> None:
    """Sends rows to review whose amount is off by the factor of a unit."""
    facts = context.contract.options.get("facts", {})
    for name, column in context.contract.fields.items():
        if column.kind != "money" or name not in facts:
            continue
        told = [row for row in rows if row.get(name)]
        typical = context.contract.options.get("typical_yuan", {}).get(name)
        if typical and len(told) >= _ENOUGH and median(row.get(name) for row in told) > typical[1] * 100 * 5:
            for row in told:
                row.say(column.label, "unit_in_fen", format_yuan(row.get(name)))
            continue
        recorded = _recorded([row.person_id for row in told if row.person_id], facts[name])
        groups: dict[str | int, list[Row]] = defaultdict(list)
        for row in told:
            groups[row.person_id or row.get("citizen_number") or f"row{row.id}"].append(row)
        for subject, group in groups.items():
            others = [row.get(name) for row in group] + recorded.get(subject, [])
            for row in group:
                _compare(row, column.label, row.get(name), others)


def _compare(row: Row, label: str, amount: int, others: list[int]) -> None:
    if any(_HUNDREDFOLD[0] <= amount / other <= _HUNDREDFOLD[1] for other in others if other > 0):
        # That it is above the ceiling says the same with less.
        row.messages = [
            one for one in row.messages if (one.code, one.field) != ("amount_over_ceiling", label)
        ]
        row.say(label, "amount_hundredfold", format_yuan(amount), expected=format_yuan(amount // 100))
    elif any(_TEN_THOUSANDTH[0] <= other / amount <= _TEN_THOUSANDTH[1] for other in others if amount > 0):
        row.say(label, "amount_tenthousandth", format_yuan(amount), expected=format_yuan(amount * 10_000))


def _recorded(person_ids: list[int], kind: str) -> dict[str | int, list[int]]:
    """What the register knows already of the same kind: the latest amounts of each person."""
    found: dict[str | int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, int_value FROM people_fact WHERE person_id = ANY(%s) AND kind = %s"
            " AND superseded_at IS NULL AND int_value > 0 ORDER BY lower(during) DESC LIMIT 1000000",
            [person_ids, kind],
        )
        for person_id, amount in cursor.fetchall():
            if len(found[person_id]) < 3:
                found[person_id].append(amount)
    return found
