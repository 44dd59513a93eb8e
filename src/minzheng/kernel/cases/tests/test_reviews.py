"""Reviews and appeals: in time, by another official, and what an upheld one does to decision, money and letters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award, AwardPeriod, Overpayment
from minzheng.kernel.cases import actions, queries, tasks
from minzheng.kernel.cases.errors import (
    CaseError,
    CaseNotFound,
    MoveRefused,
    NotYourStep,
    SamePerson,
    TooLate,
)
from minzheng.kernel.cases.letters import document_of
from minzheng.kernel.cases.models import Case, Decision, Letter, Review
from minzheng.kernel.cases.reviews import last_day, may_review, reviews_at, reviews_of, ways_to_object
from minzheng.kernel.cases.tests import elders, steps, world
from minzheng.kernel.payments.drafting import draft_orders
from minzheng.kernel.payments.models import Order
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.people.attendance import attend
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month

FILED = date(2022, 10, 17)
HEARD = date(2022, 12, 5)
WORDS = "本人一直是本市户籍"


@pytest.fixture
def person(db) -> Person:
    return elders.elder()


@pytest.fixture
def officer(db) -> Post:
    return elders.street_officer()


@pytest.fixture
def refused(person, officer) -> Case:
    return elders.decided(person, "refused", officer)


def file(case: Case, *, kind: str = "review", on: date = FILED) -> Review:
    with acting_as_resident(case.person_id):
        return actions.file_review(case=case, kind=kind, words=WORDS, on=on)


def hear(
    review: Review, post: Post | None = None, *, upheld: bool = True, on: date = HEARD, **other
) -> Review:
    with acting(post or elders.reviewer()):
        actions.take_up(review=review, on=on)
        return actions.decide_review(review=review, upheld=upheld, outcome="经核实户籍在本市", on=on, **other)


def test_a_refusal_overturned_pays_from_the_month_the_first_decision_would_have_begun(refused, as_post):
    review = hear(file(refused))
    as_post("service")
    award = Award.objects.get()
    # Decided on 11 October, so it would have begun in November, though the review is of December.
    assert (award.start_month, award.granted_on) == (date(2022, 11, 1), HEARD)
    first, second = Decision.objects.filter(case=refused).order_by("id")
    assert (first.outcome, first.is_in_force, second.outcome, second.is_in_force) == (
        "refused",
        False,
        "granted",
        True,
    )
    assert second.replaces == first and second.start_month == date(2022, 11, 1) and not second.departs
    refused.refresh_from_db()
    assert (refused.state, refused.award_id, refused.decided_on) == ("granted", award.pk, elders.DECIDED)
    assert not refused.departs and review.state == "upheld"


def test_the_months_behind_an_upheld_review_are_drafted_as_arrears(refused):
    hear(file(refused))
    monthly = Schedule("old_age_allowance", "old_age_allowance")
    with acting_as_service("test"):
        amount = AwardPeriod.objects.get().monthly_fen
        for _ in range(2):
            draft_orders(month=Month(2022, 12), benefits=[monthly], on=date(2022, 12, 20))
        orders = list(
            Order.objects.order_by("benefit_month").values_list("benefit_month", "kind", "amount_fen")
        )
    assert orders == [(date(2022, 11, 1), "arrears", amount), (date(2022, 12, 1), "regular", amount)]


def test_a_grant_overturned_ends_with_the_month_of_the_review_and_claims_nothing_back(person, officer):
    case = elders.decided(person, "granted", officer)
    hear(file(case))
    with acting_as_service("test"):
        award = Award.objects.get()
        assert (award.state, award.start_month, award.end_month) == (
            "ended",
            date(2022, 11, 1),
            date(2022, 12, 1),
        )
        assert not Overpayment.objects.exists()
        case.refresh_from_db()
        assert case.state == "refused" and elders.in_force(case).outcome == "refused"


def test_a_grant_overturned_before_its_first_month_never_pays(person, officer):
    case = elders.decided(person, "granted", officer)
    hear(file(case), on=date(2022, 10, 20))
    with acting_as_service("test"):
        award = Award.objects.get()
        assert award.end_month < award.start_month and not AwardPeriod.objects.filter(award=award).exists()


def test_granted_refused_and_granted_again_pays_no_month_twice(person, officer):
    case = elders.decided(person, "granted", officer)
    hear(file(case))
    hear(file(case, on=date(2022, 12, 12)), on=date(2023, 2, 6))
    with acting_as_service("test"):
        first, second = Award.objects.order_by("id")
        # November and December were the first award's; the second begins where it ended.
        assert (first.end_month, second.start_month, second.end_month) == (
            date(2022, 12, 1),
            date(2023, 1, 1),
            None,
        )


def test_a_grant_may_not_be_granted_again_at_the_same_amount(person, officer):
    case = elders.decided(person, "granted", officer)
    with pytest.raises(CaseError, match="金额"):
        hear(file(case), decides="granted")


def test_a_grant_for_a_wrong_age_is_granted_anew_at_the_right_amount_from_the_same_month(person, officer):
    with acting_as_service("test"):
        Person.objects.filter(pk=person.pk).update(birth_date=date(1955, 5, 5))
    case = elders.decided(person, "granted", officer)
    with acting_as_service("test"):
        before = elders.in_force(case).amount_fen
        Person.objects.filter(pk=person.pk).update(birth_date=date(1950, 5, 5))
    hear(file(case), decides="granted")
    with acting_as_service("test"):
        after = elders.in_force(case).amount_fen
        period = AwardPeriod.objects.get()
    assert after > before and (period.during.lower, period.monthly_fen) == (date(2022, 11, 1), after)


def test_a_dismissed_review_leaves_decision_and_money_as_they_were(refused):
    review = hear(file(refused), upheld=False)
    with acting_as_service("test"):
        refused.refresh_from_db()
        assert (review.state, refused.state, Decision.objects.filter(case=refused).count()) == (
            "dismissed",
            "refused",
            1,
        )
        assert not Award.objects.exists()
        letter = Letter.objects.get(case=refused, kind="review")
        document = document_of(letter)
    assert "维持原决定" in document.opening[0] and "崇明" in document.office
    # What is left after a review: reconsideration and the court.
    assert [one.way for one in document.objections] == ["申请行政复议", "提起行政诉讼"]


def test_the_letter_of_an_upheld_review_says_so_and_is_the_applicants_to_read(refused):
    hear(file(refused, kind="reconsideration"))
    with acting_as_resident(refused.person_id):
        kinds = [letter.kind for letter in queries.letters_of(refused)]
        document = document_of(Letter.objects.get(case=refused, kind="review"))
    assert kinds[0] == "review" and kinds.count("decision") == 1
    assert "行政复议" in document.opening[0] and document.office == "崇明区人民政府"
    assert [(one.way, one.within) for one in document.objections] == [("提起行政诉讼", "15日内")]


@pytest.mark.parametrize(
    ("kind", "last"),
    # 11 October and twenty days is Monday 31 October; sixty days is Saturday 10 December, so Monday the twelfth.
    [("review", date(2022, 10, 31)), ("reconsideration", date(2022, 12, 12))],
)
def test_a_review_is_filed_until_its_last_day_and_not_a_day_later(person, officer, kind, last):
    case = elders.decided(person, "refused", officer)
    with acting_as_service("test"):
        assert last_day(queries.item_of(case), elders.in_force(case), kind) == last
    with acting_as_resident(person.pk):
        [way] = [one for one in ways_to_object(case, last) if one.kind == kind]
        assert way.is_open and way.until == last
        assert not next(one for one in ways_to_object(case, last + timedelta(1)) if one.kind == kind).is_open
        with pytest.raises(TooLate, match=str(last)):
            actions.file_review(case=case, kind=kind, words=WORDS, on=last + timedelta(1))
        first = actions.file_review(case=case, kind=kind, words=WORDS, on=last - timedelta(1))
        actions.withdraw_review(review=first, on=last - timedelta(1))
        assert actions.file_review(case=case, kind=kind, words=WORDS, on=last).state == "filed"


def test_a_review_is_due_in_working_days_and_a_reconsideration_in_sixty_days(refused):
    # Twenty working days after Monday 17 October end on Monday 14 November; sixty days on Friday 16 December.
    assert file(refused).due_on == date(2022, 11, 14)
    assert file(refused, kind="reconsideration").due_on == date(2022, 12, 16)


def test_a_clerk_files_for_the_applicant_who_stands_at_the_counter(refused, person):
    with acting(make_post("centre_clerk", world.PUTUO)), pytest.raises(CaseNotFound):
        actions.file_review(case=refused.pk, kind="review", words=WORDS, on=FILED)
    number = elders.identifier_of(person)
    with acting(make_post("centre_clerk", world.PUTUO)):
        attend(identifier=number, name=person.name, purpose="申请复核")
        review = actions.file_review(case=refused, kind="review", words=WORDS, on=FILED)
    assert "代为提出" in review.filed_by and review.reviewing_division == elders.DISTRICT


def test_nobody_else_files_and_nothing_is_filed_twice_or_before_a_decision(person, officer):
    open_case = elders.accepted(person)
    with acting_as_resident(person.pk), pytest.raises(MoveRefused, match="尚无决定"):
        actions.file_review(case=open_case, kind="review", words=WORDS, on=FILED)
    with acting(officer):
        actions.decide(case=open_case, outcome="refused", reason=elders.REASON, on=elders.DECIDED)
    other = elders.elder(name="陆阿婆")
    with acting_as_resident(other.pk), pytest.raises(CaseNotFound):
        actions.file_review(case=open_case.pk, kind="review", words=WORDS, on=FILED)
    for role, place in (
        ("auditor", elders.CITY),
        ("city_policy_officer", elders.CITY),
    ):
        with acting(make_post(role, place)), pytest.raises(NotPermitted):
            actions.file_review(case=open_case, kind="review", words=WORDS, on=FILED)
    # Another department's officer does not even find it.
    with acting(make_post("department_officer", elders.CITY)), pytest.raises(CaseNotFound):
        actions.file_review(case=open_case, kind="review", words=WORDS, on=FILED)
    file(open_case)
    with acting_as_resident(person.pk):
        with pytest.raises(CaseError, match="正在办理"):
            actions.file_review(case=open_case, kind="review", words=WORDS, on=FILED)
        with pytest.raises(CaseError, match="理由"):
            actions.file_review(case=open_case, kind="reconsideration", words="  不服 ", on=FILED)


def test_whoever_decided_cannot_review_not_even_in_another_post(person):
    from django.db.backends.postgresql.psycopg_any import DateRange

    officer = elders.street_officer()
    case = elders.decided(person, "refused", officer)
    with acting_as_service("test"):
        promoted = Post.objects.create(official=officer.official, role="district_reviewer", division_code=elders.DISTRICT,
                                       domains=["*"], during=DateRange(date(2020, 1, 1), None))  # fmt: skip
    review = file(case)
    with acting(promoted) as actor:
        assert not may_review(Review.objects.get(), actor)
        with pytest.raises(SamePerson):
            actions.take_up(review=review, on=HEARD)
        with pytest.raises(DatabaseError, match="不能审理"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(state="in_hand", reviewer_post_id=promoted.pk)


@pytest.mark.parametrize(
    ("role", "place", "error"),
    [
        ("centre_clerk", world.XUHUI, NotPermitted),
        ("centre_manager", world.XUHUI, NotPermitted),
        ("street_officer", world.CHONGMING, NotPermitted),
        ("auditor", elders.CITY, NotPermitted),
        ("department_officer", elders.DISTRICT, CaseError),
        ("neighbourhood_worker", world.HOME, CaseError),
        ("statistician", elders.CITY, CaseError),
        ("system_admin", elders.CITY, CaseError),
        ("district_reviewer", "310107", CaseError),
        # The district that took the case in sees it, and does not review what Chongming decided.
        ("district_reviewer", "310104", NotYourStep),
    ],
)
def test_who_may_not_review(refused, role, place, error):
    review = file(refused)
    with acting(make_post(role, place)):
        for act in (
            lambda: actions.take_up(review=review, on=HEARD),
            lambda: actions.decide_review(review=review, upheld=True, outcome="改为准予发放", on=HEARD),
            lambda: actions.refuse_review(review=review, reason="不属于受理范围", on=HEARD),
        ):
            with pytest.raises(error):
                act()


def test_the_platform_itself_never_decides_a_review(refused):
    review = file(refused)
    with acting_as_service("test"), pytest.raises(NotPermitted):
        actions.take_up(review=review, on=HEARD)


def test_a_reviewer_of_other_programmes_does_not_review(refused):
    review = file(refused)
    with (
        acting(make_post("district_reviewer", elders.DISTRICT, ("disability_subsidies",))),
        pytest.raises(CaseNotFound),
    ):
        actions.take_up(review=review, on=HEARD)


def test_the_city_sees_a_districts_reviews_and_its_own_office_lists_them_by_deadline(refused):
    review = file(refused)
    with acting(elders.reviewer()):
        assert list(reviews_at(place=elders.DISTRICT)) == [review] and reviews_of(refused) == [review]
    with acting(make_post("city_policy_officer", elders.CITY)) as actor:
        assert may_review(Review.objects.get(), actor)


def test_a_districts_decision_is_reviewed_by_the_city(person):
    case = elders.accepted(person)
    with acting_as_service("test"):
        actions.reroute(case=case, on=elders.DECIDED, reason="区级办理", place=elders.DISTRICT)
        actions.decide(case=case, outcome="refused", reason=elders.REASON, on=elders.DECIDED)
    review = file(case)
    assert review.reviewing_division == elders.CITY
    with acting(elders.reviewer()), pytest.raises(NotYourStep):
        actions.take_up(review=review, on=HEARD)
    assert hear(review, make_post("city_policy_officer", elders.CITY), upheld=False).state == "dismissed"


def test_a_review_is_taken_up_before_it_is_decided_and_decided_once(refused):
    review = file(refused)
    post = elders.reviewer()
    with acting(post), pytest.raises(MoveRefused):
        actions.decide_review(review=review, upheld=False, outcome="维持原决定", on=HEARD)
    hear(review, post, upheld=False)
    with acting(elders.reviewer()):
        with pytest.raises(MoveRefused):
            actions.take_up(review=review, on=HEARD)
        with pytest.raises(MoveRefused):
            actions.decide_review(review=review, upheld=True, outcome="改为准予发放", on=HEARD)
    with acting_as_resident(refused.person_id), pytest.raises((MoveRefused, CaseNotFound)):
        actions.withdraw_review(review=review, on=HEARD)


def test_one_review_of_a_kind_is_heard_of_one_decision(refused):
    hear(file(refused), upheld=False)
    with pytest.raises(CaseError, match="已办理过"):
        file(refused, on=date(2022, 10, 20))
    assert file(refused, kind="reconsideration", on=date(2022, 10, 20)).state == "filed"


def test_when_one_way_changes_the_decision_the_other_falls_away(refused):
    review, appeal = file(refused), file(refused, kind="reconsideration")
    hear(review)
    with acting_as_service("test"):
        appeal.refresh_from_db()
        assert appeal.state == "not_accepted" and "已经改变" in appeal.outcome


def test_a_review_not_accepted_says_why_in_a_letter(refused):
    review = file(refused)
    with acting(elders.reviewer()):
        with pytest.raises(CaseError):
            actions.refuse_review(review=review, reason="无", on=HEARD)
        actions.refuse_review(review=review, reason="不属于复核范围", on=HEARD)
        assert "不属于复核范围" in document_of(Letter.objects.get(kind="review")).closing[0]


def withdrawn(case: Case, kind: str = "review", on: date = FILED) -> Letter:
    """The letter that follows when the applicant takes a review back."""
    review = file(case, kind=kind, on=on)
    with acting_as_resident(case.person_id):
        actions.withdraw_review(review=review, on=on)
        assert not Letter.objects.filter(case=case, kind="review", issued_on=on).exists()
    told = steps.waiting_jobs("cases.review_withdrawn")[-1]
    assert told == {"review_id": review.pk, "on": on.isoformat()}
    tasks.review_withdrawn_job(**told)
    tasks.review_withdrawn_job(**told)
    with acting_as_resident(case.person_id):
        return Letter.objects.get(case=case, kind="review", issued_on=on)


def test_a_withdrawn_review_ends_with_one_letter_that_names_the_ways_still_open(refused):
    document = document_of(withdrawn(refused))
    assert document.title == "复核终止通知书" and "2022年10月17日撤回" in document.opening[0]
    assert document.office == "崇明区民政局" and "2022年10月11日" in document.closing[0]
    assert [one.way for one in document.objections] == ["申请复核", "申请行政复议", "提起行政诉讼"]
    # The last day of a review is 31 October: taken back on it, it may still be filed.
    assert "申请复核" in [
        one.way for one in document_of(withdrawn(refused, on=date(2022, 10, 31))).objections
    ]


def test_the_letter_of_a_withdrawn_reconsideration_names_no_way_that_is_over(refused):
    hear(file(refused), upheld=False)
    document = document_of(withdrawn(refused, "reconsideration", on=date(2022, 12, 12)))
    assert document.title == "行政复议终止决定书" and document.office == "崇明区人民政府"
    assert "第二十五条" in document.opening[0] and "同一事实和理由" in document.closing[1]
    assert [one.way for one in document.objections] == ["申请行政复议", "提起行政诉讼"]


def test_a_review_that_goes_on_gets_no_letter_of_withdrawal(refused):
    review = file(refused)
    tasks.review_withdrawn_job(review_id=review.pk, on=FILED.isoformat())
    with acting_as_service("test"):
        assert not Letter.objects.filter(kind="review").exists()


def test_a_late_review_is_escalated_once_and_only_after_its_deadline(refused):
    review = file(refused)  # due on 14 November
    with acting_as_service("test"):
        assert actions.escalate_late_reviews(on=date(2022, 11, 14)) == 0
        assert actions.nightly(on=date(2022, 11, 15))["reviews_escalated"] == 1
        assert actions.escalate_late_reviews(on=date(2022, 11, 16)) == 0
        review.refresh_from_db()
        assert review.escalated_on == date(2022, 11, 15)
    with acting(elders.street_officer()), pytest.raises(NotPermitted):
        actions.escalate_late_reviews(on=date(2022, 11, 16))


def test_a_decided_case_is_not_decided_again_without_a_review(refused, officer):
    with acting(officer):
        with pytest.raises(MoveRefused, match="复核"):
            actions.decide(case=refused, outcome="granted", reason="改为准予", on=HEARD)
        with pytest.raises(DatabaseError, match="只有复核"), transaction.atomic():
            Case.objects.filter(pk=refused.pk).update(state="granted")
        with pytest.raises(DatabaseError, match="没有改变原决定"), transaction.atomic():
            decision = elders.in_force(refused)
            Decision.objects.filter(pk=decision.pk).update(is_in_force=False)
            Decision.objects.create(case=refused, outcome="granted", reason="改", by_label="谁", on=HEARD,
                                    is_in_force=True, replaces=decision)  # fmt: skip


def test_a_resident_cannot_write_a_reviewers_part(refused):
    review = file(refused)
    with acting_as_resident(refused.person_id):
        for column, value in (
            ("state", "upheld"),
            ("outcome", "准予"),
            ("due_on", "2023-01-01"),
            ("words", "另一个理由"),
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE cases_review SET {column} = %s WHERE id = %s", [value, review.pk])
                assert cursor.rowcount, "the row was not even reached"
        with pytest.raises(DatabaseError), transaction.atomic():
            Review.objects.create(case=refused, decision=review.decision, kind="reconsideration", state="upheld", words="改",
                                  filed_by="我", filed_on=FILED, due_on=FILED, reviewing_division="310151")  # fmt: skip


def test_reviews_of_a_page_take_one_query(refused, django_assert_num_queries):
    file(refused)
    file(refused, kind="reconsideration")
    with acting(elders.reviewer()), django_assert_num_queries(1):
        assert [one.case.number for one in reviews_at(place=elders.DISTRICT)] == [refused.number] * 2
