"""A case as its applicant reads it: where it stands, who has it, until when, what is wanted of them now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.cases.jurisdiction import place_of_step
from minzheng.kernel.cases.models import Case, Clock, Event, Pause
from minzheng.kernel.cases.queries import step_in_hand
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Item, Step, StepKind
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.formats import day, short_day
from minzheng.surfaces.web.portal import item_words
from minzheng.surfaces.web.portal.item_words import StepWords

STATES = {
    State.DRAFT: (gettext_lazy("填写中，尚未提交"), "neutral"),
    State.SUBMITTED: (gettext_lazy("已提交，等待受理"), "info"),
    State.CORRECTING: (gettext_lazy("请您补正"), "warn"),
    State.ACCEPTED: (gettext_lazy("已受理，办理中"), "info"),
    State.CHECKING: (gettext_lazy("核对中"), "info"),
    State.EXAMINED: (gettext_lazy("已审核，等待决定"), "info"),
    State.PUBLICISED: (gettext_lazy("公示中"), "info"),
    State.PROPOSED: (gettext_lazy("等待第二人确认"), "info"),
    State.PASSED_ON: (gettext_lazy("已转送主管部门"), "info"),
    State.GRANTED: (gettext_lazy("准予"), "good"),
    State.REFUSED: (gettext_lazy("不予批准"), "bad"),
    State.NOT_ACCEPTED: (gettext_lazy("不予受理"), "bad"),
    State.WITHDRAWN: (gettext_lazy("已撤回"), "neutral"),
    State.LAPSED: (gettext_lazy("逾期未补正，已终止"), "neutral"),
    State.ABANDONED: (gettext_lazy("未提交，已放弃"), "neutral"),
    State.ENDED: (gettext_lazy("终止办理"), "neutral"),
}
CHANNELS = {
    Case.Channel.COUNTER: gettext_lazy("窗口"),
    Case.Channel.ONLINE: gettext_lazy("网上"),
    Case.Channel.PHONE: gettext_lazy("电话帮办"),
    Case.Channel.HOME: gettext_lazy("上门代办"),
    Case.Channel.AUTOMATIC: gettext_lazy("免申即享"),
}
_DONE_BY = {
    StepKind.ACCEPT: ("accept", "accept_by_silence", "accept_and_decide"),
    StepKind.CHECK: ("end_check",),
    StepKind.EXAMINE: ("examine",),
    StepKind.PUBLICISE: ("close_publication",),
    StepKind.PASS_ON: ("answer",),
    StepKind.DECIDE: ("decide", "confirm", "accept_and_decide"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, in a word and a tone."""

    word: str
    tone: str


def standing(case: Case) -> Standing:
    """A case's state as its applicant reads it."""
    word, tone = STATES[State(case.state)]
    return Standing(str(word), tone)


def progress(case: Case, item: Item, events: list[Event]) -> list[StepWords]:
    """The route as a vertical timeline: what is done and when, what is in hand and until when, what is to come.

    `events` are the case's, the latest first.
    """
    codes = {case.accepting_division, *(place_of_step(step, case) for step in item.route)}
    places = path_names(codes)
    told = [_sent(case, places)]
    current = step_in_hand(case)
    is_over = not case.is_open
    for step in item.route:
        told.append(_step(case, step, current, is_over, _day_done(step, events), places))
    if is_over and case.state not in (State.GRANTED, State.REFUSED):
        kept = [one for one in told if one.tone]
        return [*kept, StepWords(short_day(case.state_since), standing(case).word, tone="bad")]
    return told


def _sent(case: Case, places: dict[str, str]) -> StepWords:
    where = places.get(case.accepting_division, "")
    channel = str(CHANNELS[Case.Channel(case.channel)])
    if case.submitted_on is None:
        return StepWords(_("还没有"), _("提交申请"), _("填好后提交，才开始计算办理时限。"), channel, "info")
    actor = f"{channel} · {where}" if case.channel != Case.Channel.ONLINE else channel
    return StepWords(short_day(case.submitted_on), _("提交申请"), "", actor, "good")


def _day_done(step: Step, events: list[Event]) -> str:
    return next((short_day(event.on) for event in events if event.act in _DONE_BY[step.kind]), "")


def _step(
    case: Case, step: Step, current: Step | None, is_over: bool, done: str, places: dict[str, str]
) -> StepWords:
    where = step.department or places.get(place_of_step(step, case), "")
    title = item_words.step_title(step)
    is_decided = is_over and case.state in (State.GRANTED, State.REFUSED)
    if step.kind.value in case.steps_done or is_decided:
        if is_decided and step.kind is StepKind.DECIDE:
            done = done or short_day(case.decided_on)
        result = standing(case).word if is_decided and step.kind is StepKind.DECIDE else ""
        return StepWords(
            done, title, result, where, "bad" if result and case.state == State.REFUSED else "good"
        )
    if current is not None and step.kind is current.kind and not is_over:
        until = _("应在 %(day)s 前办好") % {"day": day(case.due_on)} if case.due_on else ""
        return StepWords(_("正在办"), title, until, where, "info")
    return StepWords(item_words.days_words(step), title, "", where)


def pauses(case: Case) -> list[dict[str, Any]]:
    """When the clock stood still and why, the latest first; one query."""
    rows = Pause.objects.filter(clock__case=case).order_by("-from_on", "-id")[:50]
    # One reason stops every clock that runs; it is told once.
    seen: dict[tuple[Any, Any, str], dict[str, Any]] = {}
    for row in rows:
        seen.setdefault(
            (row.from_on, row.until_on, row.reason),
            {"from": row.from_on, "until": row.until_on, "reason": row.reason, "paper": row.paper},
        )
    return list(seen.values())


def correct_by(case: Case) -> Clock | None:
    """The clock by which a correction has to be in; None where none is asked for."""
    return Clock.objects.filter(case=case, kind=Clock.Kind.CORRECT, ended_on=None).first()
