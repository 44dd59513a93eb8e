"""Cases alike: others decided for the condition that a review found wrong are looked at again, by their own office."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.alike import alike_at, alike_of, find_alike
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import AlikeCase, Case, Review
from minzheng.kernel.cases.tests import elders, world
from minzheng.kernel.people.models import Person

HEARD = date(2022, 12, 5)
PUTUO_HOME = "310107014029"


def too_young(place: str = world.HOME, on: date = elders.DECIDED) -> tuple[Person, Case]:
    """Somebody refused because the register then had them born ten years too late."""
    person = elders.elder(place=place)
    with acting_as_service("test"):
        Person.objects.filter(pk=person.pk).update(birth_date=date(1960, 5, 5))
    officer = make_post("street_officer", place[:9])
    return person, elders.decided(person, "refused", officer, on=on)


def corrected(*people: Person) -> None:
    with acting_as_service("test"):
        Person.objects.filter(pk__in=[one.pk for one in people]).update(birth_date=date(1950, 5, 5))


def upheld(case: Case) -> Review:
    with acting_as_resident(case.person_id):
        review = actions.file_review(
            case=case, kind="reconsideration", words="出生日期登记有误", on=date(2022, 10, 17)
        )
    with acting(elders.reviewer()):
        actions.take_up(review=review, on=HEARD)
        return actions.decide_review(review=review, upheld=True, outcome="出生日期已更正", on=HEARD)


def look_again(review: Review, **other) -> int:
    with acting_as_service("test"):
        return find_alike(review=review, on=HEARD, **other)


@pytest.fixture
def first(db) -> Case:
    person, case = too_young()
    corrected(person)
    return case


def test_alike_are_those_refused_for_the_same_condition_each_with_what_the_law_says_now(first):
    same, case = too_young(PUTUO_HOME)
    still, unchanged = too_young()
    other = elders.decided(elders.elder(), "refused", elders.street_officer())
    corrected(same)
    review = upheld(first)
    assert review.failed_rule
    assert look_again(review) == 0 and look_again(review) == 0
    with acting_as_service("test"):
        found = {
            row.case_id: (row.before, row.now, bool(row.amount_fen), row.state) for row in alike_of(review)
        }
    assert found == {
        case.pk: ("refused", "granted", True, "open"),
        unchanged.pk: ("refused", "refused", False, "open"),
    }
    assert other.pk not in found and still.pk


def test_alike_are_looked_for_from_the_first_day_a_year_before(first):
    # Looked for in December 2023, so from 1 December 2022.
    before = too_young(on=date(2022, 11, 30))[1]
    within = too_young(on=date(2022, 12, 1))[1]
    review = upheld(first)
    with acting_as_service("test"):
        find_alike(review=review, on=date(2023, 12, 20))
        assert set(AlikeCase.objects.values_list("case_id", flat=True)) == {within.pk} and before.pk


def test_alike_are_looked_for_in_bounded_numbers(first):
    cases = [too_young()[1] for _ in range(3)]
    review = upheld(first)
    last = look_again(review, at_most=2)
    assert last and look_again(review, at_most=2, after=last) == 0
    with acting_as_service("test"):
        assert set(AlikeCase.objects.values_list("case_id", flat=True)) == {one.pk for one in cases}


def test_its_own_office_reopens_a_case_alike_and_the_review_grants_it(first):
    person, case = too_young(PUTUO_HOME)
    corrected(person)
    look_again(upheld(first))
    with acting(make_post("street_officer", world.PUTUO)):
        [row] = alike_at(place=world.PUTUO)
        # The review that found it is Chongming's and not in sight; the row says what it found.
        assert (
            row.case == case
            and "判断有误" in row.note
            and not Review.objects.filter(pk=row.review_id).exists()
        )
        with pytest.raises(CaseError):
            actions.reopen_alike(alike=row, words="改", on=HEARD)
        # Twenty days have long passed for the applicant; the office's own motion has no such limit.
        review = actions.reopen_alike(alike=row, words="同类案件，依职权复核", on=HEARD)
        with pytest.raises(MoveRefused):
            actions.keep_alike(alike=row, reason="维持原决定", on=HEARD)
    with acting(make_post("district_reviewer", "310107")):
        actions.take_up(review=review, on=HEARD)
        actions.decide_review(review=review, upheld=True, outcome="出生日期已更正", on=HEARD)
    with acting_as_service("test"):
        case.refresh_from_db()
        assert case.state == "granted" and case.award_id


def test_a_case_alike_is_kept_with_a_reason(first):
    _, case = too_young()
    look_again(upheld(first))
    with acting(elders.street_officer()):
        [row] = alike_at(place=world.CHONGMING)
        assert actions.keep_alike(alike=row, reason="出生日期无误", on=HEARD).state == "kept"
        assert not alike_at(place=world.CHONGMING).exists()
        assert case.events.filter(act="keep_alike").exists()


def test_a_case_alike_whose_decision_another_review_changed_is_closed_with_that_reason(first):
    person, case = too_young()
    _, waits = too_young()
    corrected(person)
    look_again(upheld(first))
    upheld(case)
    with acting(elders.street_officer()):
        assert [one.case_id for one in alike_at(place=world.CHONGMING)] == [waits.pk]
        closed = AlikeCase.objects.get(case=case)
        assert closed.state == "reopened" and closed.note == "该办件的决定已由行政复议（2022-12-05）改变"
        with pytest.raises(MoveRefused):
            actions.keep_alike(alike=closed, reason="维持原决定", on=HEARD)


def test_a_case_alike_stays_listed_when_a_review_leaves_its_decision(first):
    _, case = too_young()
    look_again(upheld(first))
    with acting_as_resident(case.person_id):
        review = actions.file_review(
            case=case, kind="review", words="出生日期登记有误", on=date(2022, 10, 17)
        )
    with acting(elders.reviewer()):
        actions.take_up(review=review, on=HEARD)
        actions.decide_review(review=review, upheld=False, outcome="出生日期无误", on=HEARD)
    with acting(elders.street_officer()):
        assert [one.case_id for one in alike_at(place=world.CHONGMING)] == [case.pk]


@pytest.mark.parametrize(
    ("role", "place", "error"),
    [
        ("centre_clerk", world.CHONGMING, NotPermitted),
        ("auditor", elders.CITY, NotPermitted),
        ("street_officer", world.PUTUO, CaseNotFound),
        ("neighbourhood_worker", world.HOME, CaseNotFound),
        ("statistician", elders.CITY, CaseNotFound),
    ],
)
def test_who_may_not_settle_a_case_alike(first, role, place, error):
    too_young()
    look_again(upheld(first))
    with acting_as_service("test"):
        row = AlikeCase.objects.get()
    with acting(make_post(role, place)):
        for act in (
            lambda: actions.reopen_alike(alike=row, words="同类案件，依职权复核", on=HEARD),
            lambda: actions.keep_alike(alike=row, reason="维持原决定", on=HEARD),
        ):
            with pytest.raises(error):
                act()


def test_a_rule_that_did_not_fail_cannot_be_named(first):
    with acting_as_resident(first.person_id):
        review = actions.file_review(
            case=first, kind="review", words="出生日期登记有误", on=date(2022, 10, 17)
        )
    with acting(elders.reviewer()):
        actions.take_up(review=review, on=HEARD)
        with pytest.raises(CaseError, match="没有不符合的条件"):
            actions.decide_review(
                review=review, upheld=True, outcome="出生日期已更正", on=HEARD, failed_rule="is_rich"
            )
