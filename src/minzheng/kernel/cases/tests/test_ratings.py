"""Ratings: one a service, the applicant's own, and a low one is followed up by somebody who had no hand in it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused, NotYourStep, SamePerson
from minzheng.kernel.cases.models import Rating
from minzheng.kernel.cases.ratings import may_rate, rating_figures, to_follow_up
from minzheng.kernel.cases.tests import elders, world

RATED = date(2022, 10, 13)  # a Thursday


@pytest.fixture
def officer(db):
    return elders.street_officer()


@pytest.fixture
def case(officer):
    return elders.decided(elders.elder(), "granted", officer)


def rated(case, score: int) -> Rating:
    with acting_as_resident(case.person_id):
        return actions.rate(case=case, score=score, words="等得太久", on=RATED)


@pytest.mark.parametrize(
    ("score", "state", "due"),
    [(1, "open", date(2022, 10, 18)), (2, "open", date(2022, 10, 18)), (3, "none", None)],
)
def test_a_rating_of_two_or_less_is_followed_up_within_three_working_days(case, score, state, due):
    made = rated(case, score)
    assert (made.follow_up, made.due_on, made.division_code) == (state, due, world.CHONGMING)


@pytest.mark.parametrize("score", [0, 6, True, -1])
def test_a_rating_is_one_to_five(case, score):
    with pytest.raises(CaseError, match="1 至 5"):
        rated(case, score)


def test_a_service_is_rated_once_after_it_ended_by_its_applicant(case, officer):
    open_case = elders.accepted(elders.elder(name="陆阿婆"))
    with pytest.raises(MoveRefused, match="尚未办结"):
        rated(open_case, 5)
    with acting_as_resident(case.person_id) as actor:
        assert may_rate(case, actor)
    rated(case, 5)
    with pytest.raises(CaseError, match="已经评价过"):
        rated(case, 1)
    with acting_as_resident(case.person_id) as actor:
        assert not may_rate(case, actor)
    with acting_as_resident(open_case.person_id), pytest.raises(CaseNotFound):
        actions.rate(case=case.pk, score=1, on=RATED)
    with acting(officer), pytest.raises(NotPermitted):
        actions.rate(case=case, score=5, on=RATED)
    with acting(officer), pytest.raises(DatabaseError, match="只能由申请人"), transaction.atomic():
        Rating.objects.create(case=open_case, score=5, on=RATED, division_code=world.CHONGMING)


def test_whoever_handled_the_case_does_not_follow_it_up_and_another_officer_does_once(case, officer):
    made = rated(case, 1)
    with acting(officer):
        assert list(to_follow_up(place=world.CHONGMING)) == [made]
        with pytest.raises(SamePerson):
            actions.follow_up(rating=made, outcome="已致电说明", on=RATED)
        with pytest.raises(DatabaseError, match="未经办"), transaction.atomic():
            Rating.objects.filter(pk=made.pk).update(
                follow_up="done", followed_on=RATED, outcome="已致电说明"
            )
    with acting(elders.street_officer()):
        with pytest.raises(CaseError):
            actions.follow_up(rating=made, outcome="好", on=RATED)
        assert actions.follow_up(rating=made, outcome="已致电说明并改进叫号", on=RATED).follow_up == "done"
        with pytest.raises(MoveRefused):
            actions.follow_up(rating=made, outcome="再次致电说明", on=RATED)
        assert not to_follow_up(place=world.CHONGMING).exists()


@pytest.mark.parametrize(
    ("role", "place", "error"),
    [
        ("centre_clerk", world.XUHUI, NotYourStep),
        ("street_officer", world.PUTUO, CaseNotFound),
        ("auditor", elders.CITY, NotPermitted),
        ("city_policy_officer", elders.CITY, NotPermitted),
        ("department_officer", elders.DISTRICT, CaseNotFound),
        ("neighbourhood_worker", world.HOME, CaseNotFound),
        ("statistician", elders.CITY, CaseNotFound),
    ],
)
def test_who_may_not_follow_up(case, role, place, error):
    made = rated(case, 1)
    with acting(make_post(role, place)), pytest.raises(error):
        actions.follow_up(rating=made, outcome="已致电说明", on=RATED)


def test_a_rating_is_never_rewritten(case):
    made = rated(case, 1)
    with acting_as_service("test"), pytest.raises(DatabaseError, match="评价不能更改"), transaction.atomic():
        Rating.objects.filter(pk=made.pk).update(score=5)
    with acting_as_resident(case.person_id):
        assert Rating.objects.filter(pk=made.pk).update(score=5) == 0


def test_figures_by_item_count_low_and_followed_up_ones_within_the_days_named(
    officer, django_assert_num_queries
):
    cases = [elders.decided(elders.elder(), "granted", officer) for _ in range(3)]
    low, *_ = [rated(one, score) for one, score in zip(cases, (1, 2, 5), strict=True)]
    with acting(elders.street_officer()):
        actions.follow_up(rating=low, outcome="已致电说明", on=RATED)
        with django_assert_num_queries(1):
            [found] = rating_figures(since=RATED, until=RATED, place=world.CHONGMING)
        assert (found.item, found.count, found.mean, found.low, found.followed_up) == (
            elders.ITEM,
            3,
            2.67,
            2,
            1,
        )
        assert rating_figures(since=date(2022, 10, 14), until=date(2022, 10, 31)) == []
