"""The acts on a case over rows at hand, for many cases at once; nothing here reads or writes the database.

Each act does what the public act of its name does, by the same arithmetic: clocks, papers, findings and letters are those
modules' own. The tests hold the two against each other, column by column.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from minzheng.kernel.access import Actor
from minzheng.kernel.cases import clocks, letters
from minzheng.kernel.cases.accepting import (
    CLOCKS,
    CORRECTION_PAPER,
    CORRECTION_REASON,
    timed_step,
)
from minzheng.kernel.cases.answers import faults, told
from minzheng.kernel.cases.conditions import (
    GRANT,
    require_answer,
    require_answered,
    require_corrected,
    require_correction_over,
    require_done,
    require_examined,
    require_known_fields,
    require_move,
    require_nothing_put_off,
    require_on_the_spot,
    require_opinion,
    require_outcome,
    require_passed_on,
    require_published,
    require_reason,
    require_something_to_correct,
    require_state,
    require_where_to_turn,
    require_whole,
    step_of,
)  # fmt: skip
from minzheng.kernel.cases.deciding import drawn
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.finding import by_requirements
from minzheng.kernel.cases.handling import CHECK_PAPER
from minzheng.kernel.cases.jurisdiction import deciding_place
from minzheng.kernel.cases.known import Known
from minzheng.kernel.cases.models import Case, Clock, Decision, Letter, Material, Pause, Publication
from minzheng.kernel.cases.moving import change_state
from minzheng.kernel.cases.papers import PaperView, is_wanted, missing_of, settle_fetched, views_of
from minzheng.kernel.cases.states import OPEN, State, missing_before
from minzheng.kernel.items.model import Item, ResultKind, Step, StepKind
from minzheng.kernel.people.identifiers import mask_name

APPLICANT = "申请人"


@dataclass(slots=True)
class Hand:
    """One case at hand, with what belongs to it and what was done now."""

    case: Case
    item: Item
    is_new: bool
    known: Known
    papers: dict[str, Material] = field(default_factory=dict)
    clocks: list[Clock] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    told: list[date] = field(default_factory=list)
    """Days on which an officer examined what was told, which then goes into the registers."""

    @property
    def is_online(self) -> bool:
        return self.case.channel == Case.Channel.ONLINE

    def views(self) -> list[PaperView]:
        return views_of(self.case, self.item, self.papers)

    def running(self, *kinds: str) -> list[Clock]:
        return [one for one in self.clocks if one.ended_on is None and (not kinds or one.kind in kinds)]


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a day: what, and where it says something, with what outcome and in which words."""

    name: str
    on: date
    outcome: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """An act of a story: on a day, or so many working days after the act before it."""

    name: str
    on: date | None
    outcome: str = ""
    words: str = ""
    after: int = 0
    since: date | None = None
    """It is not done before this day."""
    until: date | None = None
    """Later than this day it is not done any more, nor what follows it."""
    if_state: str = ""
    """Only a case in this state takes the act; others go on without it."""
    is_optional: bool = False
    """Where it is refused, the story goes on without it."""

    def following(self, last: date) -> Act | None:
        """The act as it follows one of the day `last`; None where that is too late."""
        day = self.on or clocks.due_after(last, self.after, in_workdays=True)
        day = max(day, self.since or day)
        late = self.until is not None and day > self.until
        return None if late else Act(self.name, day, self.outcome, self.words)


@dataclass(frozen=True, slots=True)
class Refused:
    """Which act was refused, and why."""

    act: str
    why: str


class Desk:
    """Where the acts are done, by the platform for its officials and for applicants online."""

    def __init__(
        self, actor: Actor, decisions: Iterator[int], known_of: Callable[[Any, date], dict[str, Any]]
    ) -> None:
        self.actor, self.decisions, self.known_of = actor, decisions, known_of
        self.done: Counter[str] = Counter()

    def tell(self, hand: Hand, story: Iterable[Planned], begun: date) -> Refused | None:
        """Does the acts of a story as far as they go; the act that was refused, with the reason, or None."""
        last = begun
        for planned in story:
            if planned.if_state and hand.case.state != planned.if_state:
                continue
            act = planned.following(last)
            if act is None:
                return None
            try:
                self.do(hand, act)
            except CaseError as error:
                if planned.is_optional:
                    continue
                return Refused(act.name, str(error))
            last = act.on
            self.done[act.name] += 1
        return None

    def do(self, hand: Hand, act: Act) -> None:
        """Does one act of a day.

        Raises:
            CaseError: as the public act of this name; what was done before it stands.
        """
        ACTS[act.name](self, hand, act)

    # Rows that every act leaves.

    def event(self, hand: Hand, act: str, on: date, *, before: str = "", after: str = "", note: str = "",
              detail: dict[str, Any] | None = None, mine: bool = False) -> None:  # fmt: skip
        hand.events.append((
            hand.case.pk, act, before, after, hand.case.step, on, APPLICANT if mine else self.actor.label,
            None if mine else self.actor.post_id, note, json.dumps(detail or {}, ensure_ascii=False),
        ))  # fmt: skip

    def note(self, hand: Hand, act: str, on: date, *, mine: bool = False, **more: Any) -> None:
        case = hand.case
        if not mine:
            case.due_on = min((one.due_on for one in hand.running() if one.due_on), default=None)
        case.version += 1
        self.event(hand, act, on, mine=mine, **more)

    def move(self, hand: Hand, state: State, act: str, on: date, *, step: StepKind | None = None,
             done: StepKind | None = None, **more: Any) -> None:  # fmt: skip
        before = change_state(hand.case, state, on, step=step, done=done)
        self.note(hand, act, on, before=before, after=state.value, **more)

    def letter(self, hand: Hand, kind: Letter.Kind, on: date, **more: Any) -> None:
        views = hand.views() if kind in letters.RECEIPTS else ()
        hand.letters.append(letters.compose(hand.case, hand.item, kind, on=on, views=views, **more))

    def start(self, hand: Hand, kind: str, days: int, on: date, *, in_workdays: bool = True) -> Clock:
        made = clocks.begin(hand.case.pk, kind, days, on, in_workdays=in_workdays)
        hand.clocks.append(made)
        return made

    def end(self, hand: Hand, on: date, *kinds: str) -> bool:
        late = False
        for clock in hand.running(*kinds):
            late |= clocks.end(clock, on)
            self._end_pause(hand, clock, on)
        return late

    def pause(self, hand: Hand, on: date, reason: str, paper: str) -> None:
        for clock in hand.running():
            if clock.running_from is not None:
                hand.pauses.append(clocks.stop(clock, on, reason=reason, paper=paper))

    def resume(self, hand: Hand, on: date, reason: str = "") -> None:
        for clock in hand.running():
            reasons = [one.reason for one in hand.pauses if one.clock is clock and one.until_on is None]
            if clock.running_from is None and (not reason or reason in reasons):
                clocks.run_on(clock, on)
                self._end_pause(hand, clock, on)

    def _end_pause(self, hand: Hand, clock: Clock, on: date) -> None:
        for pause in hand.pauses:
            if pause.clock is clock and pause.until_on is None:
                pause.until_on = on

    def begin_step(self, hand: Hand, after: StepKind, on: date) -> Step | None:
        kinds = [step.kind for step in hand.item.route]
        at = kinds.index(after) + 1
        if at >= len(kinds):
            return None
        step = hand.item.route[at]
        hand.case.step = step.kind.value
        timed = timed_step(hand.item, step)
        if timed is not None:
            self.start(hand, CLOCKS[timed.kind], timed.days, on, in_workdays=timed.in_workdays)
        return step

    # Coming in.

    def open(self, hand: Hand, act: Act) -> None:
        self.event(
            hand,
            "open",
            act.on,
            after=State.DRAFT.value,
            detail={"channel": hand.case.channel},
            mine=hand.is_online,
        )
        values = json.loads(act.words) if act.words else {}
        if values:
            require_known_fields(hand.item, values)
            fresh = {name: told(value, act.on) for name, value in values.items()}
            hand.case.answers = {**fresh, **hand.case.answers}
            hand.case.version += 1

    def hand_in(self, hand: Hand, act: Act) -> None:
        """Every paper that is still wanted and may be asked for; an applicant online brings what was asked or put off."""
        case, mine = hand.case, hand.is_online
        require_state(case, *OPEN)
        for view in hand.views():
            late = view.row is not None and view.row.state == Material.State.LATER
            if not view.paper.is_required or (view.is_settled and not late) or not view.may_be_asked:
                continue
            if mine and case.state not in (State.DRAFT, State.CORRECTING) and not late:
                continue
            row = hand.papers.setdefault(
                view.paper.code, Material(case_id=case.pk, code=view.paper.code, on=act.on)
            )
            row.state, row.note, row.on = Material.State.SUBMITTED, act.words, act.on
            if not mine:
                case.papers_asked = self._submitted(hand)
            self.event(hand, "hand_in", act.on, detail={"paper": view.paper.code, "file": False}, mine=mine)

    def _submitted(self, hand: Hand) -> int:
        return sum(row.state == Material.State.SUBMITTED for row in hand.papers.values())

    def submit(self, hand: Hand, act: Act) -> None:
        case, item = hand.case, hand.item
        require_state(case, State.DRAFT)
        require_answered(faults(item, case.answers).values())
        case.submitted_on = case.submitted_on or act.on
        self._place(hand)
        accept = item.step(StepKind.ACCEPT)
        days, in_workdays = clocks.accepting_days(accept) if accept is not None else (0, True)
        if accept is not None:
            case.due_on = clocks.due_after(act.on, days, in_workdays=in_workdays)
        self.move(hand, State.SUBMITTED, "submit", act.on, mine=hand.is_online)
        if accept is not None:
            self.start(hand, Clock.Kind.ACCEPT, days, act.on, in_workdays=in_workdays)
        self.fetch(hand, act.on)
        self.letter(hand, Letter.Kind.RECEIPT, act.on)
        self.note(hand, "take_in", act.on)

    def _place(self, hand: Hand) -> None:
        case = hand.case
        case.deciding_division = deciding_place(
            hand.item, case.person, accepting=case.accepting_division, answers=case.answers
        )

    def fetch(self, hand: Hand, on: date) -> None:
        wanted = [view for view in hand.views() if view.paper.source and is_wanted(view)]
        for view in wanted:
            row = hand.papers.setdefault(
                view.paper.code, Material(case_id=hand.case.pk, code=view.paper.code, on=on)
            )
            settle_fetched(row, view.paper, hand.known.get(view.paper.source), on)
        if wanted:
            hand.case.papers_saved = sum(row.state == Material.State.FETCHED for row in hand.papers.values())

    def _lacks(self, hand: Hand) -> list[str]:
        words = faults(hand.item, hand.case.answers).values()
        return [*words, *(paper.name for paper in missing_of(hand.views()))]

    def ask_correction(self, hand: Hand, act: Act) -> None:
        case = hand.case
        require_state(case, State.SUBMITTED, State.ACCEPTED, State.EXAMINED)
        missing = self._lacks(hand)
        require_something_to_correct(missing, act.words)
        for paper in missing_of(hand.views()):
            row = hand.papers.setdefault(paper.code, Material(case_id=case.pk, code=paper.code, on=act.on))
            row.asked_on = act.on
        case.resume_state = case.state
        self.pause(hand, act.on, CORRECTION_REASON, CORRECTION_PAPER)
        self.start(hand, Clock.Kind.CORRECT, hand.item.correction_days, act.on, in_workdays=False)
        self.move(
            hand, State.CORRECTING, "ask_correction", act.on, note=act.words, detail={"missing": missing}
        )
        self.letter(hand, Letter.Kind.CORRECTION, act.on, missing=missing, note=act.words)

    def resubmit(self, hand: Hand, act: Act) -> None:
        case = hand.case
        require_corrected(case, self._lacks(hand))
        self.move(hand, State(case.resume_state or State.SUBMITTED), "resubmit", act.on, mine=hand.is_online)
        self.end(hand, act.on, Clock.Kind.CORRECT)
        self.resume(hand, act.on, CORRECTION_REASON)
        case.papers_asked = self._submitted(hand)
        self.note(hand, "resume", act.on)

    # Acceptance and what follows it.

    def accept(self, hand: Hand, act: Act) -> None:
        case, item, on = hand.case, hand.item, act.on
        require_state(case, State.SUBMITTED)
        require_whole(self._lacks(hand))
        case.is_late |= self.end(hand, on, Clock.Kind.ACCEPT)
        case.accepted_on = on
        self._place(hand)
        following = self.begin_step(hand, StepKind.ACCEPT, on)
        self.move(hand, State.ACCEPTED, "accept", on, done=StepKind.ACCEPT)
        if item.is_on_the_spot:
            return
        self.letter(hand, Letter.Kind.ACCEPTED, on)
        if following is not None and following.kind is StepKind.PASS_ON:
            detail = {"department": following.department}
            self.move(hand, State.PASSED_ON, "pass_on", on, step=StepKind.PASS_ON, detail=detail)
            self.letter(hand, Letter.Kind.PASSED_ON, on)

    def accept_and_decide(self, hand: Hand, act: Act) -> None:
        require_on_the_spot(hand.item)
        self.fetch(hand, act.on)
        self._nothing_put_off(hand)
        self.accept(hand, act)
        self.decide(hand, act)

    def begin_check(self, hand: Hand, act: Act) -> None:
        step = step_of(hand.item, StepKind.CHECK)
        require_state(hand.case, State.ACCEPTED)
        self.end(hand, act.on, Clock.Kind.CHECK)
        self.pause(hand, act.on, act.words or f"等待{step.what or '核对'}结果", CHECK_PAPER)
        self.start(hand, Clock.Kind.CHECK, step.days, act.on, in_workdays=step.in_workdays)
        self.move(hand, State.CHECKING, "begin_check", act.on, note=act.words, step=StepKind.CHECK)

    def end_check(self, hand: Hand, act: Act) -> None:
        case = hand.case
        require_state(case, State.CHECKING)
        first_time = StepKind.CHECK.value not in case.steps_done
        case.is_late |= self.end(hand, act.on, Clock.Kind.CHECK)
        self.resume(hand, act.on)
        if first_time:
            self.begin_step(hand, StepKind.CHECK, act.on)
        self.move(hand, State.ACCEPTED, "end_check", act.on, note=act.words, done=StepKind.CHECK)

    def examine(self, hand: Hand, act: Act) -> None:
        case = hand.case
        step_of(hand.item, StepKind.EXAMINE)
        require_state(case, State.ACCEPTED)
        kinds = (StepKind.ACCEPT, StepKind.CHECK)
        require_done(case, [kind for kind in missing_before(hand.item, case.steps_done) if kind in kinds])
        require_opinion(act.words)
        case.is_late |= self.end(hand, act.on, Clock.Kind.EXAMINE)
        hand.told.append(act.on)
        self.begin_step(hand, StepKind.EXAMINE, act.on)
        self.move(hand, State.EXAMINED, "examine", act.on, note=act.words, done=StepKind.EXAMINE)

    def publicise(self, hand: Hand, act: Act) -> None:
        case, step = hand.case, step_of(hand.item, StepKind.PUBLICISE)
        require_state(case, State.EXAMINED)
        require_examined(case, missing_before(hand.item, case.steps_done))
        self.pause(hand, act.on, "公示期间", step.what or "上海市社会救助条例")
        clock = self.start(hand, Clock.Kind.PUBLICISE, step.days, act.on, in_workdays=step.in_workdays)
        hand.publications.append(
            Publication(case_id=case.pk, place=case.person.division_code, from_on=act.on,
                        words=f"{mask_name(case.applicant_name)}：{hand.item.name}", until_on=clock.due_on or act.on)
        )  # fmt: skip
        self.move(hand, State.PUBLICISED, "publicise", act.on, step=StepKind.PUBLICISE)

    def close_publication(self, hand: Hand, act: Act) -> None:
        case = hand.case
        # One with an objection is settled by the single act.
        running = (one for one in hand.publications if one.closed_on is None and not one.objections)
        made = require_published(case, next(running, None), act.on)
        made.closed_on, made.outcome = act.on, "无异议"
        self.end(hand, act.on, Clock.Kind.PUBLICISE)
        self.resume(hand, act.on)
        case.step = StepKind.DECIDE.value
        self.move(
            hand,
            State.EXAMINED,
            "close_publication",
            act.on,
            note=made.outcome,
            done=StepKind.PUBLICISE,
        )

    # How it ends.

    def decide(self, hand: Hand, act: Act) -> None:
        """The finding is confirmed where the act names no outcome; what nobody can compute is granted."""
        case, item = hand.case, hand.item
        step_of(item, StepKind.DECIDE)
        require_state(case, State.ACCEPTED, State.EXAMINED)
        proposal = by_requirements(item, self.known_of(case.person, act.on), act.on)
        outcome = act.outcome or proposal.outcome or GRANT
        require_outcome(outcome)
        require_done(case, missing_before(item, case.steps_done, outcome))
        if outcome == GRANT:
            self.fetch(hand, act.on)
            self._nothing_put_off(hand)
        departs = bool(proposal.outcome) and proposal.outcome != outcome
        require_reason(outcome, departs, act.words)
        self._take_effect(
            hand, act, outcome, StepKind.DECIDE, proposed=proposal.outcome, finding=proposal.data, departs=departs,
            failed=[one["rule"] for one in proposal.data["conditions"] if one["met"] is False],
        )  # fmt: skip

    def answer(self, hand: Hand, act: Act) -> None:
        step_of(hand.item, StepKind.PASS_ON)
        require_passed_on(hand.case)
        outcome = act.outcome or GRANT
        require_answer(outcome, act.words)
        finding = {"conditions": [], "amounts": [], "sentences": ["已办理"]}
        self._take_effect(hand, act, outcome, StepKind.PASS_ON, finding=finding)

    def _take_effect(self, hand: Hand, act: Act, outcome: str, done: StepKind, **more: Any) -> None:
        case, on = hand.case, act.on
        departs = bool(more.get("departs"))
        decision = Decision(
            pk=next(self.decisions), case_id=case.pk, outcome=outcome, reason=act.words.strip(), by_label=self.actor.label,
            by_post_id=self.actor.post_id, on=on, is_sampled=departs or drawn(case, on), is_in_force=True,
            number=letters.number_of(case, on), **more,
        )  # fmt: skip
        hand.decisions.append(decision)
        case.departs = departs
        case.is_late |= self.end(hand, on)
        case.due_on, case.decided_on = None, on
        if case.accepted_on:
            case.working_days = clocks.days_used(case.accepted_on, on, in_workdays=True)
        state = State.GRANTED if outcome == GRANT else State.REFUSED
        detail = {"decision": decision.pk, "departs": departs, "award": None}
        self.move(hand, state, "decide", on, note=decision.reason, detail=detail, done=done)
        self.letter(hand, Letter.Kind.DECISION, on, decision=decision)
        if outcome == GRANT and hand.item.result.kind in (ResultKind.CERTIFICATE, ResultKind.STATUS):
            self.letter(hand, Letter.Kind.CERTIFICATE, on, decision=decision)

    def _nothing_put_off(self, hand: Hand) -> None:
        views = hand.views()
        late = [
            v.paper.name
            for v in views
            if v.row is not None and v.row.state == "later" and v.paper.is_required
        ]
        require_nothing_put_off([*late, *(paper.name for paper in missing_of(views))])

    def withdraw(self, hand: Hand, act: Act) -> None:
        case, mine = hand.case, hand.is_online
        require_move(case, State.WITHDRAWN)
        case.due_on = None
        if not mine:
            self._close(hand, act.on)
        self.move(hand, State.WITHDRAWN, "withdrawn", act.on, note=act.words, mine=mine)
        if mine:
            self._close(hand, act.on)

    def refuse_acceptance(self, hand: Hand, act: Act) -> None:
        require_state(hand.case, State.SUBMITTED)
        require_where_to_turn(act.words)
        hand.case.is_late |= self._close(hand, act.on)
        self.move(hand, State.NOT_ACCEPTED, "not_accepted", act.on, note=act.words)
        self.letter(hand, Letter.Kind.NOT_ACCEPTED, act.on, note=act.words)

    def lapse(self, hand: Hand, act: Act) -> None:
        clock = next(iter(hand.running(Clock.Kind.CORRECT)), None)
        require_correction_over(hand.case, clock, act.on)
        self._close(hand, act.on)
        self.move(hand, State.LAPSED, "lapse", act.on)
        self.letter(hand, Letter.Kind.LAPSED, act.on)

    def _close(self, hand: Hand, on: date) -> bool:
        late = self.end(hand, on)
        hand.case.due_on = None
        for made in hand.publications:
            if made.closed_on is None:
                made.closed_on, made.outcome = on, "终止"
        return late


ACTS: dict[str, Callable[[Desk, Hand, Act], None]] = {
    name: getattr(Desk, name)
    for name in ("open", "hand_in", "submit", "ask_correction", "resubmit", "accept", "accept_and_decide", "begin_check",
                 "end_check", "examine", "publicise", "close_publication", "decide", "answer", "withdraw",
                 "refuse_acceptance", "lapse")
}  # fmt: skip
DECIDING = frozenset({"accept_and_decide", "decide", "answer"})


__all__ = ["ACTS", "DECIDING", "Act", "Desk", "Hand", "Planned", "Refused"]
