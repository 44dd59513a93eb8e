"""The states of a case and every permitted move, in one table. What is not here does not happen.

A state says what is being waited for. Which of the permitted moves a case may make now depends on its item's route as
well: `required_before` names the steps that must have been done before a decision.
"""

from __future__ import annotations

from django.db import models

from minzheng.kernel.items.model import Item, StepKind


class State(models.TextChoices):
    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "已提交，待受理"
    CORRECTING = "correcting", "待补正"
    ACCEPTED = "accepted", "已受理，办理中"
    CHECKING = "checking", "核对中"
    EXAMINED = "examined", "已审核，待决定"
    PUBLICISED = "publicised", "公示中"
    PROPOSED = "proposed", "待复核确认"
    PASSED_ON = "passed_on", "已转送主管部门"
    GRANTED = "granted", "准予"
    REFUSED = "refused", "不予"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期未补正"
    ABANDONED = "abandoned", "未提交"
    ENDED = "ended", "终止办理"


_S = State
_OUT = {_S.WITHDRAWN, _S.ENDED}
MOVES: dict[str, frozenset[str]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.ABANDONED}),
    _S.SUBMITTED: frozenset({_S.ACCEPTED, _S.CORRECTING, _S.NOT_ACCEPTED, *_OUT}),
    # A correction may be asked for before the case is accepted and while it is examined; the case goes back to there.
    _S.CORRECTING: frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.EXAMINED, _S.LAPSED, *_OUT}),
    _S.ACCEPTED: frozenset(
        {_S.CHECKING, _S.CORRECTING, _S.EXAMINED, _S.PASSED_ON, _S.PROPOSED, _S.GRANTED, _S.REFUSED, *_OUT}
    ),
    _S.CHECKING: frozenset({_S.ACCEPTED, *_OUT}),
    _S.EXAMINED: frozenset(
        {_S.PUBLICISED, _S.PROPOSED, _S.GRANTED, _S.REFUSED, _S.ACCEPTED, _S.CORRECTING, *_OUT}
    ),
    _S.PUBLICISED: frozenset({_S.EXAMINED, _S.PROPOSED, _S.GRANTED, _S.REFUSED, *_OUT}),
    _S.PROPOSED: frozenset({_S.GRANTED, _S.REFUSED, _S.EXAMINED, _S.ACCEPTED, *_OUT}),
    _S.PASSED_ON: frozenset({_S.GRANTED, _S.REFUSED, _S.ACCEPTED, *_OUT}),
    # Only a review that was upheld moves a decided case, and its first decision stays on record. Granted again means
    # another amount.
    _S.GRANTED: frozenset({_S.REFUSED, _S.GRANTED}),
    _S.REFUSED: frozenset({_S.GRANTED}),
    _S.NOT_ACCEPTED: frozenset({_S.SUBMITTED}),
    _S.WITHDRAWN: frozenset(),
    _S.LAPSED: frozenset(),
    _S.ABANDONED: frozenset(),
    _S.ENDED: frozenset(),
}

OPEN = (
    _S.DRAFT, _S.SUBMITTED, _S.CORRECTING, _S.ACCEPTED, _S.CHECKING, _S.EXAMINED, _S.PUBLICISED, _S.PROPOSED,
    _S.PASSED_ON,
)  # fmt: skip
"""Not ended yet."""
IN_HAND = tuple(state for state in OPEN if state is not _S.DRAFT)
"""What an office has to move, or waits for; drafts are the applicant's own."""
BY_APPLICANT = frozenset({_S.SUBMITTED, _S.WITHDRAWN, _S.ABANDONED})
"""States into which an applicant may move their own case."""


def required_before(item: Item, outcome: str = State.GRANTED) -> tuple[StepKind, ...]:
    """The steps that must have been done before the case is decided so, in order.

    A case passed on is decided by the other department's answer, so that step stands for the decision. What is not to be
    granted is not published.
    """
    not_asked = {StepKind.DECIDE, StepKind.PASS_ON}
    if outcome == State.REFUSED:
        not_asked.add(StepKind.PUBLICISE)
    return tuple(step.kind for step in item.route if step.kind not in not_asked)


def missing_before(item: Item, done: list[str], outcome: str = State.GRANTED) -> list[StepKind]:
    """The required steps that have not been done yet, in the order of the route."""
    return [kind for kind in required_before(item, outcome) if kind.value not in done]
