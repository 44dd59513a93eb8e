"""Acts on awards: grant, adjust, suspend, resume, end, recalculate; one at a time or as a set.

Each act checks the permission for its programme, locks the awards in the order of their numbers, changes all or none,
and leaves one event per award and one audit entry per call. Months already paid that an act takes away become
overpayments in sight of everyone; no act takes money back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction

from minzheng.kernel.awards import staging
from minzheng.kernel.awards.errors import AwardChangeError
from minzheng.kernel.awards.grants import Grant, grant, grant_many
from minzheng.kernel.awards.models import Action, Award
from minzheng.kernel.awards.staging import Change, Query
from minzheng.kernel.periods import Month

__all__ = [
    "Change",
    "Grant",
    "Query",
    "adjust",
    "adjust_many",
    "end",
    "end_many",
    "grant",
    "grant_many",
    "recalculate",
    "recalculate_many",
    "resume",
    "resume_many",
    "suspend",
    "suspend_many",
]


@transaction.atomic
def adjust_many(*, changes: Iterable[Change] | Query, on: date, reason: str = "") -> int:
    """Gives awards in force another monthly amount from a month on (调整); returns how many.

    Raises:
        AwardNotFound, AwardStateError, AwardChangeError: nothing was changed.
    """
    return _apply(Action.ADJUST, changes, on, reason)


@transaction.atomic
def recalculate_many(*, changes: Iterable[Change] | Query, on: date, reason: str = "") -> int:
    """Sets the amount of past months, from one month to before another, as now known (追溯重算).

    No amount means that the months gave no right. Months before the award's first bring its start forward.
    What had been paid beyond the new amount is recorded as an overpayment; what is still owed, payments find.
    """
    return _apply(Action.RECALCULATE, changes, on, reason)


@transaction.atomic
def suspend_many(*, changes: Iterable[Change] | Query, on: date, reason: str = "") -> int:
    """Stops paying from a month on, without ending the entitlement (暂停)."""
    return _apply(Action.SUSPEND, changes, on, reason, state="suspended")


@transaction.atomic
def resume_many(*, changes: Iterable[Change] | Query, on: date, reason: str = "") -> int:
    """Pays suspended awards again from a month on, with the amount given (恢复)."""
    return _apply(Action.RESUME, changes, on, reason, state="in_force")


@transaction.atomic
def end_many(*, changes: Iterable[Change] | Query, on: date, reason: str = "") -> int:
    """Ends awards: `from_month` is the first month without entitlement (终止).

    Months already paid after the end become overpayments.
    """
    return _apply(Action.END, changes, on, reason, state="ended")


def _apply(
    action: Action, changes: Iterable[Change] | Query, on: date, reason: str, state: str | None = None
) -> int:
    count = staging.stage(changes)
    if not count:
        return 0
    with connection.cursor() as cursor:
        if reason:
            cursor.execute("UPDATE award_change SET reason = %s WHERE coalesce(reason, '') = ''", [reason])
        if action in (Action.SUSPEND, Action.END):
            cursor.execute("UPDATE award_change SET monthly_fen = NULL, until = NULL")
        elif action is not Action.RECALCULATE:
            cursor.execute("SELECT award_id FROM award_change WHERE monthly_fen IS NULL LIMIT 1")
            if cursor.fetchone():
                raise AwardChangeError("须写明月标准 / give the monthly amount")
    staging.check(action)
    if action is Action.RECALCULATE:
        staging.bring_forward()
    staging.note_overpaid(on)
    staging.cut_in()
    if state:
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE awards_award a SET state = %s,
                     end_month = CASE WHEN %s = 'ended' THEN (c.from_month - interval '1 month')::date ELSE a.end_month END
                   FROM award_change c WHERE a.id = c.award_id""",
                [state, state],
            )
    staging.write_events(action, on)
    staging.trace(action, count, reason)
    return count


def _one(award: Award | int) -> int:
    return award if isinstance(award, int) else int(award.pk)


def adjust(
    *, award: Award | int, from_month: Month, monthly_fen: int, reason: str, on: date, note: str = ""
) -> Award:
    """Gives one award another monthly amount from a month on (调整)."""
    change = Change(_one(award), from_month.first_day, monthly_fen, reason=reason, note=note)
    adjust_many(changes=[change], on=on, reason=reason)
    return Award.objects.get(pk=change.award_id)


def suspend(*, award: Award | int, from_month: Month, reason: str, on: date, note: str = "") -> Award:
    """Stops paying one award from a month on (暂停)."""
    change = Change(_one(award), from_month.first_day, reason=reason, note=note)
    suspend_many(changes=[change], on=on, reason=reason)
    return Award.objects.get(pk=change.award_id)


def resume(
    *, award: Award | int, from_month: Month, monthly_fen: int, reason: str, on: date, note: str = ""
) -> Award:
    """Pays one suspended award again from a month on (恢复)."""
    change = Change(_one(award), from_month.first_day, monthly_fen, reason=reason, note=note)
    resume_many(changes=[change], on=on, reason=reason)
    return Award.objects.get(pk=change.award_id)


def end(*, award: Award | int, last_month: Month, reason: str, on: date, note: str = "") -> Award:
    """Ends one award with its last month of entitlement (终止)."""
    change = Change(_one(award), (last_month + 1).first_day, reason=reason, note=note)
    end_many(changes=[change], on=on, reason=reason)
    return Award.objects.get(pk=change.award_id)


def recalculate(
    *,
    award: Award | int,
    from_month: Month,
    through_month: Month,
    monthly_fen: int,
    reason: str,
    on: date,
    note: str = "",
) -> Award:
    """Sets the amount of past months of one award, both months included (追溯重算)."""
    change = Change(
        _one(award),
        from_month.first_day,
        monthly_fen,
        (through_month + 1).first_day,
        reason=reason,
        note=note,
    )
    recalculate_many(changes=[change], on=on, reason=reason)
    return Award.objects.get(pk=change.award_id)
