"""Writing what has a period and may not overlap: household, residence and hukou of many people at once.

One decision for the three of them: the same value is confirmed, a different one of an equal or stronger office and no
older day closes the old period and opens a new, anything weaker or older is kept out and told. A period without a
known start is open to the left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from minzheng.kernel.people.authority import overwrites
from minzheng.kernel.people.staging import drop, execute, fetch, span, stage


class Change(StrEnum):
    """What became of one person's period."""

    OPENED = "opened"
    CHANGED = "changed"
    CORRECTED = "corrected"
    SAME = "same"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Register:
    """One table of periods: its value columns with their SQL types; `key` are those that make it another period."""

    table: str
    columns: dict[str, str]
    key: tuple[str, ...]
    defaults: tuple[Any, ...]


MEMBERSHIPS = Register(
    "people_membership", {"household_id": "bigint", "role": "smallint"}, ("household_id",), (None, 9)
)
RESIDENCES = Register(
    "people_residence", {"division_code": "text", "address": "text"}, ("division_code",), ("310000", "")
)
HUKOU = Register(
    "people_hukourecord",
    {"division_code": "text", "is_local": "boolean"},
    ("division_code", "is_local"),
    ("", False),
)


@dataclass(slots=True)
class Wish:
    """What one row says of one person: the values in the register's order, None where it says nothing."""

    person_id: int
    values: tuple[Any, ...]
    start: date | None = None
    """Since when; None is unknown."""
    end: date | None = None
    """The first day after, where it is over already."""


@dataclass(slots=True)
class Decision:
    """What was decided for a wish, and what stood there before."""

    change: Change
    on: date | None = None
    before: tuple[Any, ...] | None = None
    before_source: str = ""
    is_confirmed: bool = False
    """Whether the period in force now carries this office's word and day."""
    reason: str = ""


def write_periods(
    register: Register, wishes: Sequence[Wish], *, source: str, authority: int, observed_on: date
) -> dict[int, Decision]:
    """Writes one wish a person; answers by person."""
    if not wishes:
        return {}
    current = _current(register, [wish.person_id for wish in wishes])
    size = len(register.columns)
    keys = [place for place, name in enumerate(register.columns) if name in register.key]
    decisions: dict[int, Decision] = {}
    closing, opening, renewing = [], [], []
    for wish in wishes:
        row = current.get(wish.person_id)
        if row is None:
            values = _filled(wish.values, register.defaults)
            decisions[wish.person_id] = Decision(Change.OPENED, wish.start, is_confirmed=True)
            opening.append((wish.person_id, *values, span(wish.start, wish.end)))
            continue
        row_id, lower, upper, row_source, row_rank, row_day = row[:6]
        before = tuple(row[6 : 6 + size])
        stronger = overwrites(new_rank=authority, new_day=observed_on, old_rank=row_rank, old_day=row_day)
        decision = Decision(Change.SAME, lower, before, row_source, is_confirmed=stronger)
        decisions[wish.person_id] = decision
        values = _filled(wish.values, before)
        same_period = all(before[place] == values[place] for place in keys)
        if same_period and (upper is None or upper == wish.end or upper > observed_on):
            if before != values and not stronger:
                decision.change, decision.reason = Change.KEPT, _why(authority, row_rank)
            elif before != values:
                decision.change = Change.CORRECTED
            if stronger and (before != values or observed_on != row_day or authority != row_rank):
                renewing.append((row_id, *values))
            continue
        if not stronger:
            decision.change, decision.reason = Change.KEPT, _why(authority, row_rank)
            continue
        # A start that is not between the old period's and the day of the news cannot be the day of moving.
        start = wish.start
        plausible = start is not None and (lower is None or start > lower) and start <= observed_on
        day = start if start is not None and plausible else observed_on
        if wish.end is not None:
            # Over before the day of the news, the last day was spent there: since when, nobody said.
            day = min(day, wish.end - timedelta(days=1))
        if upper is not None:
            if wish.end is not None and wish.end <= upper:
                decision.change, decision.reason = Change.KEPT, "older"
                continue
            decision.change, decision.on = Change.CHANGED, max(upper, wish.start or upper)
            opening.append((wish.person_id, *values, span(decision.on, wish.end)))
        elif lower is not None and day <= lower:
            # Told for the very day the old period began: nobody moved, the record was wrong.
            decision.change, decision.on = Change.CORRECTED, lower
            renewing.append((row_id, *values))
        else:
            decision.change, decision.on = Change.CHANGED, day
            closing.append((row_id, day))
            opening.append((wish.person_id, *values, span(day, wish.end)))
    _write(register, closing, renewing, opening, source, authority, observed_on)
    return decisions


def _current(register: Register, person_ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Each person's latest period."""
    columns = ", ".join(f"t.{name}" for name in register.columns)
    rows = fetch(
        f"""SELECT DISTINCT ON (t.person_id) t.person_id, t.id, lower(t.during), upper(t.during), t.source,
                   t.authority, t.observed_on, {columns}
            FROM {register.table} t WHERE t.person_id = ANY(%s)
            ORDER BY t.person_id, t.during DESC""",
        [list(person_ids)],
    )
    return {row[0]: row[1:] for row in rows}


def _write(
    register: Register,
    closing: list[tuple[int, date]],
    renewing: list[tuple[Any, ...]],
    opening: list[tuple[Any, ...]],
    source: str,
    authority: int,
    observed_on: date,
) -> None:
    told = [source, authority, observed_on]
    names = list(register.columns)
    if closing:
        staged = stage({"id": "bigint", "day": "date"}, closing)
        execute(
            f"UPDATE {register.table} t SET during = daterange(lower(t.during), s.day) FROM {staged} s WHERE t.id = s.id"
        )
        drop(staged)
    if renewing:
        staged = stage({"id": "bigint", **register.columns}, renewing)
        values = ", ".join(f"{name} = s.{name}" for name in names)
        execute(
            f"UPDATE {register.table} t SET {values}, source = %s, authority = %s, observed_on = %s"
            f" FROM {staged} s WHERE t.id = s.id",
            told,
        )
        drop(staged)
    if opening:
        staged = stage({"person_id": "bigint", **register.columns, "during": "daterange"}, opening)
        columns = ", ".join(["person_id", *names, "during"])
        execute(
            f"INSERT INTO {register.table} ({columns}, source, authority, observed_on)"
            f" SELECT {columns}, %s, %s, %s FROM {staged} WHERE NOT isempty(during)",
            told,
        )
        drop(staged)


def end_periods(register: Register, ends: Iterable[tuple[int, date | None, date]]) -> list[tuple[int, int]]:
    """Ends people's periods (person, former end or None, new end) where open or ended by the same cause before.

    A period that would only begin after the end never was and is removed. Returns (person, row) of those ended.
    """
    rows = list(ends)
    if not rows:
        return []
    staged = stage({"person_id": "bigint", "was": "date", "day": "date"}, rows)
    execute(
        f"DELETE FROM {register.table} t USING {staged} s WHERE t.person_id = s.person_id AND lower(t.during) >= s.day"
    )
    touched = fetch(
        f"""UPDATE {register.table} t SET during = daterange(lower(t.during), s.day) FROM {staged} s
            WHERE t.person_id = s.person_id AND upper(t.during) IS DISTINCT FROM s.day
              AND (upper_inf(t.during) OR upper(t.during) = s.was OR upper(t.during) > s.day)
            RETURNING t.person_id, t.id"""
    )
    drop(staged)
    return touched


def reopen_periods(register: Register, person_id: int, ended: date) -> None:
    """Takes back an end that proved wrong (a death recorded of someone living)."""
    execute(
        f"UPDATE {register.table} SET during = daterange(lower(during), NULL)"
        " WHERE person_id = %s AND upper(during) = %s",
        [person_id, ended],
    )


def _filled(values: tuple[Any, ...], otherwise: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(old if new is None else new for new, old in zip(values, otherwise, strict=True))


def _why(new_rank: int, old_rank: int) -> str:
    return "authority" if new_rank < old_rank else "older"
