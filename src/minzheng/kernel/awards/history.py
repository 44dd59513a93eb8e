"""The amounts of an award rebuilt from its events alone: what the periods must equal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from minzheng.kernel.awards.models import Action, AwardEvent
from minzheng.kernel.periods import Month

AMOUNT_ACTIONS = frozenset(
    {Action.GRANT, Action.ADJUST, Action.SUSPEND, Action.RESUME, Action.END, Action.RECALCULATE}
)


def _month(text: str | None) -> Month | None:
    return Month.of(date.fromisoformat(text)) if text else None


def replay(events: Iterable[AwardEvent], *, through: Month) -> dict[Month, int]:
    """Monthly amounts up to a month, from the events in the order in which they were written."""
    amounts: dict[Month, int] = {}
    for event in events:
        if event.action not in AMOUNT_ACTIONS:
            continue
        first, until = _month(event.detail["from"]), _month(event.detail["until"])
        assert first is not None
        fen = event.detail["monthly_fen"]
        for index in range(first.index, min(until.index if until else through.index + 1, through.index + 1)):
            if fen is None:
                amounts.pop(Month.from_index(index), None)
            else:
                amounts[Month.from_index(index)] = fen
    return amounts
