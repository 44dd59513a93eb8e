"""Help online: a question goes to one clerk on duty, in turn, and on to the next one when nobody answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.helping import help_figures, my_questions, waited_seconds, waiting_at, waiting_for
from minzheng.kernel.cases.models import HelpRequest
from minzheng.kernel.cases.tests import elders, world

AT = datetime(2022, 10, 12, 2, 0, tzinfo=UTC)
PATIENCE = timedelta(minutes=5)


@pytest.fixture
def person(db):
    return elders.elder()


@pytest.fixture
def clerks(db):
    return [make_post("centre_clerk", world.CHONGMING) for _ in range(3)]


def ask(person, at: datetime = AT, item: str = world.APPLY) -> HelpRequest:
    with acting_as_resident(person.pk):
        return actions.ask_for_help(item=item, words="收入证明怎么开？", at=at)


def again(request: HelpRequest) -> HelpRequest:
    with acting_as_service("test"):
        return HelpRequest.objects.get(pk=request.pk)


def test_questions_go_to_the_clerks_of_the_residents_street_in_turn(clerks):
    make_post("centre_clerk", world.PUTUO)
    make_post("auditor", world.CHONGMING)
    asked = [ask(elders.elder(), AT + timedelta(seconds=n)) for n in range(4)]
    assert [one.offered_post_id for one in asked] == [*(post.pk for post in clerks), clerks[0].pk]
    assert {one.division_code for one in asked} == {world.CHONGMING}


def test_a_question_passes_on_after_five_minutes_and_not_before(person, clerks):
    request = ask(person)
    with acting_as_service("test"):
        assert actions.pass_on_waiting(at=AT + PATIENCE - timedelta(seconds=1)) == 0
        assert actions.pass_on_waiting(at=AT + PATIENCE) == 1
        assert actions.pass_on_waiting(at=AT + PATIENCE) == 0
    request = again(request)
    assert (request.offered_post_id, request.passed_on) == (clerks[1].pk, 1)


def test_without_a_clerk_on_duty_a_question_waits_until_there_is_one(person):
    request = ask(person)
    assert request.offered_post_id is None and request.state == "waiting"
    clerk = make_post("centre_clerk", world.CHONGMING)
    with acting_as_service("test"):
        assert actions.pass_on_waiting(at=AT + timedelta(seconds=10)) == 1
        # Alone on duty, nobody takes the question over from them.
        assert actions.pass_on_waiting(at=AT + timedelta(hours=1)) == 0
    assert (again(request).offered_post_id, again(request).passed_on) == (clerk.pk, 0)


def test_the_first_answer_counts_and_the_wait_is_kept(person, clerks):
    request = ask(person)
    with acting(clerks[0]):
        assert list(waiting_for(post_id=clerks[0].pk)) == [request] == list(waiting_at(place=world.CHONGMING))
        with pytest.raises(CaseError):
            actions.answer_help(request=request, answer=" ", at=AT)
        answered = actions.answer_help(
            request=request, answer="由单位开具，或授权核对", at=AT + timedelta(seconds=90)
        )
    assert waited_seconds(answered, AT + timedelta(days=1)) == 90
    with acting(clerks[1]), pytest.raises(MoveRefused):
        actions.answer_help(request=request, answer="另一个答复", at=AT + timedelta(seconds=95))
    with acting_as_resident(person.pk):
        assert my_questions(person.pk)[0].answer == "由单位开具，或授权核对"
        assert actions.close_help(request=request).state == "closed"


def test_who_may_not_ask_answer_or_pass_on(person, clerks):
    request = ask(person)
    with pytest.raises(CaseError, match="正在等待"):
        ask(person)
    with pytest.raises(CaseError, match="暂未开通"):
        ask(person, item=elders.ITEM)
    with acting(clerks[0]):
        with pytest.raises(NotPermitted):
            actions.ask_for_help(item=world.APPLY, words="怎么办？", at=AT)
        with pytest.raises(MoveRefused, match="先答复"):
            actions.close_help(request=request)
    for role, place, error in (
        ("centre_clerk", world.PUTUO, CaseNotFound),
        ("neighbourhood_worker", world.HOME, CaseNotFound),
        ("auditor", elders.CITY, NotPermitted),
        ("city_policy_officer", elders.CITY, NotPermitted),
        ("department_officer", world.CHONGMING, NotPermitted),
        ("statistician", elders.CITY, CaseNotFound),
    ):
        with acting(make_post(role, place)), pytest.raises(error):
            actions.answer_help(request=request, answer="答复内容", at=AT)
    with acting(make_post("auditor", elders.CITY)), pytest.raises(NotPermitted):
        actions.pass_on_waiting(at=AT)
    other = elders.elder()
    with acting_as_resident(other.pk), pytest.raises(CaseNotFound):
        actions.close_help(request=request)


def test_a_resident_answers_nothing_themself_and_sees_no_other_question(person, clerks):
    request = ask(person)
    with (
        acting_as_resident(person.pk),
        pytest.raises(DatabaseError, match="不能这样更改"),
        transaction.atomic(),
    ):
        HelpRequest.objects.filter(pk=request.pk).update(state="answered", answer="好")
    with acting_as_resident(elders.elder().pk):
        assert not HelpRequest.objects.exists()


def test_figures_by_item_tell_how_much_was_answered_in_time(clerks):
    for seconds in (60, 300, 301, None):
        request = ask(elders.elder())
        if seconds:
            with acting(clerks[0]):
                actions.answer_help(request=request, answer="答复内容", at=AT + timedelta(seconds=seconds))
    with acting(clerks[0]):
        [found] = help_figures(since=AT, until=AT + timedelta(hours=1), place=world.CHONGMING)
        assert (found.asked, found.answered, found.in_time, found.mean_wait_seconds) == (4, 3, 2, 220)
