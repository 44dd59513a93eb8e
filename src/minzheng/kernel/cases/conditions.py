"""What an act asks of a case before it touches anything (办理条件); the same words for one case and for many.

Each function returns nothing and raises what the act raises. They look at rows at hand only; who may act is `moving.require_step`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from minzheng.kernel.cases.errors import CaseError, MoveRefused, StillMissing
from minzheng.kernel.cases.models import Case, Clock, Publication
from minzheng.kernel.cases.states import MOVES, State
from minzheng.kernel.items.model import Item, Step, StepKind

GRANT, REFUSE = "granted", "refused"


def step_of(item: Item, kind: StepKind) -> Step:
    """The route's step of a kind.

    Raises:
        MoveRefused: the route has none.
    """
    step = item.step(kind)
    if step is None:
        raise MoveRefused(
            f"事项“{item.name}”没有“{kind.value}”环节 / the item {item.code} has no step {kind.value}"
        )
    return step


def require_state(case: Case, *states: State) -> None:
    """Refuses an act outside its states, before it has touched anything.

    The table of moves alone would let an act in by another one's door.

    Raises:
        MoveRefused.
    """
    if case.state not in states:
        raise MoveRefused(
            f"办件 {case.number} 状态为“{State(case.state).label}”，须为{'、'.join(one.label for one in states)} / "
            f"case {case.number} is {case.state}; it must be {' or '.join(states)}"
        )


def require_move(case: Case, state: State) -> None:
    """Refuses a move that the table of moves does not hold."""
    if state not in MOVES[case.state]:
        raise MoveRefused(
            f"办件 {case.number} 状态为“{State(case.state).label}”，不能转为“{state.label}” / "
            f"case {case.number} is {case.state}, which does not permit {state.value}"
        )


def require_done(case: Case, before: Sequence[StepKind]) -> None:
    """Refuses while steps that come before are not done."""
    if before:
        raise MoveRefused(
            f"办件 {case.number} 尚未完成：{'、'.join(before)} / steps the route asks for are not done: {', '.join(before)}"
        )


def require_answered(wrong: Collection[str]) -> None:
    """Refuses to send a form in which answers are missing or wrong."""
    if wrong:
        raise StillMissing("还有内容未填好：" + "；".join(wrong), list(wrong))


def require_whole(missing: list[str]) -> None:
    """Refuses to accept a case that is not complete; names everything at once."""
    if missing:
        raise StillMissing("材料或内容不全：" + "；".join(missing) + " / something is missing", missing)


def require_corrected(case: Case, missing: list[str]) -> None:
    """Refuses to send a corrected case back while something is still missing."""
    if case.state != State.CORRECTING:
        raise MoveRefused(f"办件 {case.number} 不在补正中 / case {case.number} is not being corrected")
    if missing:
        raise StillMissing("仍缺：" + "；".join(missing), missing)


def require_nothing_put_off(late: list[str]) -> None:
    """Refuses a grant for which papers put off at acceptance have not come."""
    if late:
        raise StillMissing(f"尚未补齐：{'、'.join(late)} / papers put off at acceptance have not come", late)


def require_something_to_correct(missing: Collection[str], note: str) -> None:
    """Refuses to ask for a correction that asks for nothing."""
    if not missing and not note.strip():
        raise CaseError(
            "没有缺少的内容，请写明需要补正什么 / nothing is missing; say what is to be put right"
        )


def require_where_to_turn(reason: str) -> None:
    """Refuses to turn a case away without saying why and where to go."""
    if len(reason.strip()) < 4:
        raise CaseError("不予受理须写明理由和应向何处申请 / say why, and where to apply")


def require_correction_over(case: Case, clock: Clock | None, on: date) -> None:
    """Refuses to end a case whose time to correct has not passed."""
    if case.state != State.CORRECTING or clock is None or clock.due_on is None or clock.due_on >= on:
        raise MoveRefused(f"办件 {case.number} 的补正期限未满 / the time to correct the case has not passed")


def require_known_fields(item: Item, names: Iterable[str]) -> None:
    """Refuses answers that the form does not ask for."""
    unknown = set(names) - {one.name for one in item.fields}
    if unknown:
        raise CaseError(f"表单没有这些项目：{', '.join(sorted(unknown))} / the form has no such fields")


def require_on_the_spot(item: Item) -> None:
    """Refuses to decide at once what is not decided at once."""
    if not item.is_on_the_spot:
        raise MoveRefused(f"“{item.name}”不是即办事项 / {item.name_en} is not decided on the spot")


def require_opinion(opinion: str) -> None:
    """Refuses an examination without a finding."""
    if not opinion.strip():
        raise CaseError("请填写审核意见 / write what you found")


def require_examined(case: Case, before: Sequence[StepKind]) -> None:
    """Refuses to publish what was published, or was not examined; `before` are the steps not done yet."""
    if StepKind.PUBLICISE.value in case.steps_done:
        raise MoveRefused(f"办件 {case.number} 已公示过 / case {case.number} has been published already")
    if StepKind.EXAMINE in before:
        raise MoveRefused(f"办件 {case.number} 尚未审核 / case {case.number} has not been examined")


def require_published(case: Case, made: Publication | None, on: date) -> Publication:
    """The publication that ends; refuses where there is none, or its days are not over."""
    if case.state != State.PUBLICISED or made is None:
        raise MoveRefused(f"办件 {case.number} 不在公示中 / case {case.number} is not being published")
    if on <= made.until_on:
        raise MoveRefused(f"公示至 {made.until_on}，尚未期满 / the publication runs until {made.until_on}")
    return made


def require_passed_on(case: Case) -> None:
    """Refuses what only the department may do that a case was passed on to."""
    if case.state != State.PASSED_ON:
        raise MoveRefused(f"办件 {case.number} 不在转送中 / case {case.number} has not been passed on")


def require_outcome(outcome: str) -> None:
    """Refuses a decision that neither grants nor refuses."""
    if outcome not in (GRANT, REFUSE):
        raise CaseError(f"决定须为 granted 或 refused，不是 {outcome} / decide granted or refused")


def require_answer(outcome: str, reason: str) -> None:
    """Refuses a department's answer that is none, or a refusal without its reason."""
    if outcome not in (GRANT, REFUSE):
        raise CaseError(f"答复须为 granted 或 refused，不是 {outcome} / answer granted or refused")
    if outcome == REFUSE and len(reason.strip()) < 4:
        raise CaseError("不予须写明理由（至少四个字） / a refusal needs its reason")


def require_reason(outcome: str, departs: bool, reason: str) -> None:
    """Refuses a refusal, or a decision other than what the law found, without its reason."""
    if (departs or outcome == REFUSE) and len(reason.strip()) < 4:
        raise CaseError(
            "不予或与认定结果不一致的，须写明理由（至少四个字） / "
            "a refusal, or a decision other than what the law found, needs its reason"
        )
