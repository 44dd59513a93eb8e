"""Two people at the same instant: one of them does it, the other is told; a form sent twice is one case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseChanged, CaseError, MoveRefused
from minzheng.kernel.cases.models import Case, Decision, Event, Submission
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.people.attendance import attend

ON, LATER = world.ON, date(2022, 9, 28)
RECHECK = "subsistence_allowance_change"


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own, all from the same instant; gives what they returned or raised."""
    start, told = Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            told[number] = work()
        except Exception as raised:
            told[number] = raised
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def as_post(post: Any, act: Callable[[], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with acting(post):
            return act()

    return work


@pytest.fixture
def person(fresh_database):
    return world.poor_household()


def ready_to_decide() -> Case:
    """An examined case whose decision one official makes and another confirms."""
    case = steps.accepted()
    with acting(steps.officer()):
        actions.begin_check(case=case, on=ON)
        actions.end_check(case=case, on=ON, note="已反馈")
        actions.examine(case=case, on=ON, opinion="符合条件")
        actions.publicise(case=case, on=ON)
        return actions.close_publication(case=case, on=date(2022, 10, 10))


def test_two_officers_who_decide_at_once_decide_once(person):
    case = ready_to_decide()
    day = date(2022, 10, 10)
    one, two = steps.officer(), steps.officer()
    told = at_once(
        as_post(one, lambda: actions.decide(case=case.pk, outcome="granted", reason="", on=day)),
        as_post(two, lambda: actions.decide(case=case.pk, outcome="refused", reason="不符合条件", on=day)),
    )
    assert sorted(isinstance(one, MoveRefused) for one in told) == [False, True], told
    with acting_as_service("test"):
        assert Decision.objects.filter(case=case).count() == 1
        assert Event.objects.filter(case=case, act="propose").count() == 1


def test_two_officers_who_confirm_at_once_award_once(person):
    from minzheng.kernel.awards.models import Award

    case = ready_to_decide()
    day = date(2022, 10, 10)
    with acting(steps.officer()):
        actions.decide(case=case, outcome="granted", reason="", on=day)
    told = at_once(
        *(
            as_post(post, lambda: actions.confirm(case=case.pk, agrees=True, reason="", on=day))
            for post in (steps.officer(), steps.officer(), steps.officer())
        )
    )
    assert sum(isinstance(one, Decision) for one in told) == 1, told
    assert sum(isinstance(one, CaseError) for one in told) == 2, told
    with acting_as_service("test"):
        assert Award.objects.count() == 1
        assert Decision.objects.filter(case=case, is_in_force=True).count() == 1
        assert case.letters.filter(kind="decision").count() == 1


def test_two_who_work_from_the_same_page_are_told_apart_by_its_version(person):
    case = steps.accepted()
    one, two = steps.officer(), steps.officer()
    told = at_once(
        *(
            as_post(post, lambda: actions.begin_check(case=case.pk, on=LATER, version=case.version))
            for post in (one, two)
        )
    )
    assert sorted(type(one).__name__ for one in told) == ["Case", "CaseChanged"], told
    assert any(isinstance(one, CaseChanged) for one in told)


def test_a_form_sent_twice_at_once_is_one_case(person):
    clerk = make_post("centre_clerk", world.XUHUI)

    def send() -> int:
        client = attend(identifier=world.NUMBER, name=world.NAME, purpose="申请")
        return actions.open_draft(item=world.APPLY, person=client, on=ON, key="form-7").pk

    told = at_once(*[as_post(clerk, send)] * 4)
    assert len(set(told)) == 1 and isinstance(told[0], int), told
    with acting_as_service("test"):
        assert Case.objects.count() == Submission.objects.count() == 1


def test_a_submission_clicked_twice_at_once_is_sent_once(person):
    with acting_as_resident(person.pk):
        case = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        actions.save_answers(case=case, values=steps.ANSWERS, on=ON)

    def send() -> str:
        with acting_as_resident(person.pk):
            return actions.submit(case=case.pk, on=ON).state

    assert at_once(send, send, send) == ["submitted"] * 3
    assert steps.event(case, "submit")
    assert len(steps.waiting_jobs("cases.take_in")) == 1
    told = at_once(*[lambda: steps.service(actions.take_in, case=case.pk, on=ON).pk] * 2)
    assert told == [case.pk] * 2
    assert steps.event(case, "take_in")


def test_a_page_left_open_does_not_give_one_clients_case_to_the_next(person):
    other = world.poor_household(serial=8, name="另一人", household="H100009")
    with acting(make_post("street_officer", world.CHONGMING)):
        first = actions.open_draft(item=world.APPLY, person=person, on=ON, key="form-9")
        with pytest.raises(CaseError, match="重新打开"):
            actions.open_draft(item=world.APPLY, person=other, on=ON, key="form-9")
        with pytest.raises(CaseError, match="重新打开"):
            actions.open_draft(item=RECHECK, person=person, on=ON, key="form-9")
        assert actions.open_draft(item=world.APPLY, person=person, on=ON, key="form-9") == first


def test_an_applicant_who_withdraws_while_the_clerk_accepts_leaves_one_of_the_two(person):
    clerk = make_post("centre_clerk", world.XUHUI)
    with acting(clerk):
        case = steps.draft()
        actions.submit(case=case, on=ON)
        steps.bring_papers(case)

    def withdraw() -> Case:
        with acting_as_resident(person.pk):
            return actions.withdraw(case=case.pk, on=ON)

    told = at_once(withdraw, as_post(clerk, lambda: actions.accept(case=case.pk, on=ON)))
    assert isinstance(told[0], Case), told
    assert isinstance(told[1], Case | MoveRefused), told
    steps.service(actions.take_in, case=case.pk, on=ON)
    found = steps.fresh(case)
    assert found.state == "withdrawn"
    with acting_as_service("test"):
        assert not found.clocks.filter(ended_on=None).exists()
