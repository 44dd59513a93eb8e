"""What ends with a case, however it ended; and how a sweep goes through many cases without one of them stopping it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import DatabaseError, transaction

from minzheng.kernel.audit import record
from minzheng.kernel.cases import clocks
from minzheng.kernel.cases.models import Case, EconomicCheck, Publication

AT_MOST = 5000
"""So many cases a sweep takes in hand at once; what is left waits for the next."""


def close_what_runs(case: Case, on: date) -> bool:
    """Ends the clocks, the publication and the outside check of a case; whether an office was late."""
    was_late = clocks.end_clocks(case, on)
    case.due_on = None
    Publication.objects.filter(case=case, closed_on=None).update(closed_on=on, outcome="终止")
    stop_checks(case, on, why="办件已终止")
    return was_late


def stop_checks(case: Case, on: date, *, why: str) -> int:
    """Stops the checks that wait for their sources; no source is asked afterwards. Returns how many."""
    waiting = EconomicCheck.objects.filter(case=case, state=EconomicCheck.State.REQUESTED)
    return waiting.update(state=EconomicCheck.State.STOPPED, outcome=why, settled_on=on)


def each(ids: Iterable[int], act: Callable[[int], Any]) -> int:
    """Acts on each case; one that is refused or broken is put on record and does not keep the others from it."""
    done = 0
    for pk in list(ids)[:AT_MOST]:
        try:
            with transaction.atomic():
                # An act that says it changed nothing is not counted.
                done += act(pk) is not False
        except (ValueError, LookupError, DatabaseError) as fault:
            record("cases.nightly_refused", subject=f"case:{pk}", detail={"why": str(fault)[:300]})
    return done
