"""Whatever anybody does to a case in whatever order, no required step is skipped, and every case ends."""

from __future__ import annotations

import importlib
import os
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import Case, Clock, Decision, Event, Letter, Pause, Publication
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.states import MOVES, OPEN, State, required_before
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.items import forget_items
from minzheng.kernel.items.model import StepKind
from minzheng.kernel.people.attendance import attend

ON = world.ON
HISTORIES = int(os.environ.get("MINZHENG_TEST_HISTORIES", "4"))
"""So many random histories an item; more find more."""
TEXT = """\
defaults: {department: 民政, group: 社会救助, source: 某条例, provenance: illustrative}
items:
  - code: machine_district
    since: 2022-01-01
    name: 区级事项 / Street then district
    like: street_then_district
    basis: [某条例 第一条]
    fields: [phone]
    materials: [{code: photo, name: 照片 / Photograph}]
    result: {status: 资格 / Status}
  - code: machine_pass_on
    since: 2022-01-01
    name: 转送事项 / Passed on
    like: pass_on_to_department
    department: 公安
    basis: [某条例 第二条]
    fields: [phone]
    materials: [{code: photo, name: 照片 / Photograph}]
    result: {registration: 户口 / Hukou}
  - code: machine_on_the_spot
    since: 2022-01-01
    name: 即办事项 / On the spot
    like: decided_at_the_counter
    basis: [某条例 第三条]
    fields: [phone]
    result: {status: 资格 / Status}
"""
ITEMS = {
    "means-tested, with a check, a publication and two officials": world.APPLY,
    "means-tested without publication": "subsistence_allowance_recheck",
    "street, then district": "machine_district",
    "passed on to another department": "machine_pass_on",
    "on the spot": "machine_on_the_spot",
}
APPLICANT = "applicant"
ACTORS = {
    "clerk": ("centre_clerk", world.XUHUI),
    "clerk elsewhere": ("centre_clerk", world.PUTUO),
    "officer": ("street_officer", world.CHONGMING),
    "second officer": ("street_officer", world.CHONGMING),
    "officer elsewhere": ("street_officer", world.PUTUO),
    "district": ("district_reviewer", "310151"),
    "second of the district": ("district_reviewer", "310151"),
    "department": ("department_officer", "310151"),
    "statistician": ("statistician", "310000"),
    "worker": ("neighbourhood_worker", "310151101001"),
}


def _bring(case: int, on: date) -> None:
    for paper in missing_papers(Case.objects.get(pk=case)):
        actions.hand_in(case=case, code=paper.code, on=on)


def _object(case: int, on: date) -> None:
    actions.object_to_publication(case=case, on=on, words="情况不实")


ACTS: dict[str, Any] = {
    "submit": lambda case, on: actions.submit(case=case, on=on),
    "bring papers": _bring,
    "accept": lambda case, on: actions.accept(case=case, on=on),
    "ask for correction": lambda case, on: actions.ask_correction(case=case, on=on, note="请补充说明"),
    "refuse acceptance": lambda case, on: actions.refuse_acceptance(
        case=case, on=on, reason="不属于受理范围"
    ),
    "resubmit": lambda case, on: actions.resubmit(case=case, on=on),
    "take over": lambda case, on: actions.take_over(case=case, on=on),
    "begin check": lambda case, on: actions.begin_check(case=case, on=on),
    "request check": lambda case, on: actions.request_check(case=case, on=on),
    "end check": lambda case, on: actions.end_check(case=case, on=on, note="已反馈"),
    "stop check": lambda case, on: actions.stop_check(case=case, on=on, note="停止"),
    "examine": lambda case, on: actions.examine(case=case, on=on, opinion="符合条件"),
    "publicise": lambda case, on: actions.publicise(case=case, on=on),
    "object": _object,
    "close publication": lambda case, on: actions.close_publication(case=case, on=on),
    "pass on": lambda case, on: actions.pass_on(case=case, on=on),
    "answer granted": lambda case, on: actions.answer(case=case, outcome="granted", reason="准予办理", on=on),
    "give back": lambda case, on: actions.give_back(case=case, reason="材料不全", on=on),
    "send back": lambda case, on: actions.send_back(case=case, on=on, reason="再审一次"),
    "grant": lambda case, on: actions.decide(case=case, outcome="granted", reason="符合条件", on=on),
    "refuse": lambda case, on: actions.decide(case=case, outcome="refused", reason="不符合条件", on=on),
    "grant on the spot": lambda case, on: actions.accept_and_decide(
        case=case, outcome="granted", reason="符合条件", on=on
    ),
    "confirm": lambda case, on: actions.confirm(case=case, agrees=True, reason="", on=on),
    "disagree": lambda case, on: actions.confirm(case=case, agrees=False, reason="不同意该意见", on=on),
    "reroute": lambda case, on: actions.reroute(case=case, on=on, reason="核对管辖"),
    "withdraw": lambda case, on: actions.withdraw(case=case, on=on),
    "take in": lambda case, on: actions.take_in(case=case, on=on),
}
# The way through, so that random histories get far; the rest is thrown in between.
FORWARD = [
    (APPLICANT, "submit"), ("clerk", "bring papers"), ("clerk", "accept"), ("officer", "begin check"),
    ("officer", "end check"), ("officer", "examine"), ("officer", "publicise"), ("clerk", "grant on the spot"),
    ("department", "answer granted"), ("officer", "grant"), ("district", "grant"), ("second officer", "confirm"),
]  # fmt: skip

acts = st.one_of(
    st.tuples(st.just("forward"), st.integers(0, len(FORWARD) - 1), st.integers(0, 3)),
    st.tuples(st.sampled_from([APPLICANT, *ACTORS]), st.sampled_from(sorted(ACTS)), st.integers(0, 3)),
    st.tuples(st.just("night"), st.just(0), st.integers(1, 12)),
)


@pytest.fixture
def city(db, tmp_path, monkeypatch, settings):
    folder = tmp_path / "items_of_machine"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "service_items.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    settings.MINZHENG_ITEMS = ["items_of_machine"]
    forget_items()
    person = world.poor_household()
    yield person, {name: make_post(*where) for name, where in ACTORS.items()}
    forget_items()


class Machine:
    """One case, and everybody who may or may not act on it."""

    def __init__(self, person: Any, posts: dict[str, Any], item: str) -> None:
        self.person, self.posts, self.on = person, posts, ON
        with acting(posts["clerk"]):
            client = attend(identifier=world.NUMBER, name=world.NAME, purpose="申请")
            case = actions.open_draft(item=item, person=client, on=ON)
            self.case = steps.fill(case, item_of(case)).pk
        self.done: list[str] = []

    def do(self, who: str, act: str) -> None:
        """Tries one act as somebody; a refusal changes nothing at all."""
        before = self.picture()
        try:
            with transaction.atomic(), self._acting(who):
                ACTS[act](self.case, self.on)
                self.done.append(f"{who}: {act} {self.on}")
        except (CaseError, NotPermitted, Case.DoesNotExist, Publication.DoesNotExist):
            assert self.picture() == before, f"{act} by {who} was refused and left a trace"
        if who == APPLICANT:
            self.service("take in")
        self.check()

    def service(self, act: str) -> None:
        with acting_as_service("test", in_bulk=False):
            ACTS[act](self.case, self.on)

    def night(self, days: int) -> None:
        self.on += timedelta(days=days)
        with acting_as_service("test", in_bulk=False):
            actions.nightly(on=self.on)
        self.check()

    def _acting(self, who: str) -> Any:
        return acting_as_resident(self.person.pk) if who == APPLICANT else acting(self.posts[who])

    def picture(self) -> tuple[Any, ...]:
        with acting_as_service("test", in_bulk=False):
            case = Case.objects.filter(pk=self.case).values().get()
            return (
                case,
                list(Clock.objects.filter(case_id=self.case).order_by("id").values()),
                Event.objects.filter(case_id=self.case).count(),
                Decision.objects.filter(case_id=self.case).count(),
                Letter.objects.filter(case_id=self.case).count(),
            )

    def check(self) -> None:
        with acting_as_service("test", in_bulk=False):
            case = Case.objects.get(pk=self.case)
            try:
                self._check(case)
            except AssertionError as wrong:
                raise AssertionError(f"{wrong}\nafter {self.done}\n{vars(case)}") from wrong

    def _check(self, case: Case) -> None:
        item = item_of(case)
        events = list(Event.objects.filter(case=case).order_by("id"))
        # Every change of state stands in the table of moves.
        for event in events:
            if event.from_state and event.from_state != event.to_state:
                assert event.to_state in MOVES[event.from_state], (
                    event.act,
                    event.from_state,
                    event.to_state,
                )
        in_force = list(Decision.objects.filter(case=case, is_in_force=True))
        assert len(in_force) == (case.state in (State.GRANTED, State.REFUSED)), (
            "one decision in force, if decided"
        )
        if in_force:
            missing = [step for step in required_before(item) if step.value not in case.steps_done]
            assert not missing, f"decided without {missing}"
            self._check_acts(item, events)
            assert Award.objects.count() == (case.state == State.GRANTED and bool(item.result.benefit))
            decide = item.step(StepKind.DECIDE)
            if decide is not None and decide.needs_second:
                one = in_force[0]
                assert one.second_post_id and one.second_post_id != one.by_post_id, "two officials decide"
        self._check_clocks(case)

    def _check_acts(self, item: Any, events: list[Event]) -> None:
        """The steps were really done, not only ticked off, and in the order of the route."""
        proofs = {
            StepKind.ACCEPT: {"accept", "accept_by_silence"}, StepKind.CHECK: {"end_check"},
            StepKind.EXAMINE: {"examine"}, StepKind.PUBLICISE: {"close_publication"},
        }  # fmt: skip
        last = 0
        for step in required_before(item):
            found = [n for n, event in enumerate(events) if event.act in proofs[step]]
            assert found and found[-1] >= last, f"{step} was not done in its order"
            last = found[0] if step is StepKind.ACCEPT else found[-1]

    def _check_clocks(self, case: Case) -> None:
        clocks = list(Clock.objects.filter(case=case))
        for clock in clocks:
            open_pauses = Pause.objects.filter(clock=clock, until_on=None).count()
            if clock.ended_on is not None:
                assert clock.running_from is None and clock.due_on is None and not open_pauses
            elif clock.running_from is None:
                assert open_pauses == 1, "a stopped clock has one open pause, with its reason"
                pause = Pause.objects.get(clock=clock, until_on=None)
                assert pause.reason and pause.paper
            else:
                left = max(clock.limit_days - clock.used_days, 0)
                assert not open_pauses
                assert clock.due_on == due_after(clock.running_from, left, in_workdays=clock.in_workdays)
        running = [clock for clock in clocks if clock.ended_on is None]
        if case.state not in OPEN:
            assert not running and case.due_on is None, "a case that has ended has no deadline"
            assert not Publication.objects.filter(case=case, closed_on=None).exists()
        elif case.state != State.DRAFT:
            due = min((clock.due_on for clock in running if clock.due_on), default=None)
            assert due is not None and case.due_on == due, "an open case has a deadline that runs"


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS.keys())
@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(acts, min_size=8, max_size=24))
def test_random_acts_by_anybody_never_skip_a_step_and_every_case_ends(city, item, history):
    person, posts = city
    with transaction.atomic():
        machine = Machine(person, posts, item)
        for who, act, days in history:
            if who == "night":
                machine.night(days)
                continue
            machine.on += timedelta(days=days)
            if who == "forward":
                who, act = FORWARD[act]
            machine.do(who, act)
        _ends_by_itself(machine)
        transaction.set_rollback(True)


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS.keys())
def test_the_way_through_reaches_a_decision(city, item):
    machine = Machine(*city, item)
    for who, act in FORWARD:
        machine.do(who, act)
        if act == "publicise":
            # The seventh day of the publication falls into the holiday, so it runs to 8 October.
            machine.night(13)
    with acting_as_service("test"):
        assert Case.objects.get(pk=machine.case).state == State.GRANTED, machine.done


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS.keys())
@pytest.mark.parametrize("steps_done", range(0, len(FORWARD), 2))
def test_a_case_left_alone_at_any_step_ends_or_lies_with_a_superior(city, item, steps_done):
    machine = Machine(*city, item)
    for who, act in FORWARD[:steps_done]:
        machine.do(who, act)
    _ends_by_itself(machine)


def _ends_by_itself(machine: Machine) -> None:
    """Night after night without anybody: within 120 nights the case has ended, or an office has been escalated."""
    for _ in range(60):
        machine.night(2)
        with acting_as_service("test", in_bulk=False):
            case = Case.objects.get(pk=machine.case)
            if case.state not in OPEN:
                return
            overdue = Clock.objects.filter(case=case, ended_on=None, due_on__lt=machine.on)
            if case.state != State.DRAFT and overdue.exclude(escalated_on=None).exists():
                assert Event.objects.filter(case=case, act="escalate").exists()
                assert case.state not in (State.SUBMITTED, State.CORRECTING), "the law ends these by itself"
                return
    raise AssertionError(f"the case neither ends nor is anybody told: {machine.picture()[0]}, {machine.done}")


def test_the_night_done_twice_changes_nothing(city):
    machine = Machine(*city, world.APPLY)
    for who, act in FORWARD[:3]:
        machine.do(who, act)
    machine.night(30)
    before = machine.picture()
    machine.night(0)
    assert machine.picture() == before
    assert connection.in_atomic_block
