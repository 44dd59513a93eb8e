"""Screening: the form scores itself, the cut-off at its exact bound, consent before results, names kept in the street."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.dementia_care.catalogue import rules_on, screening_form
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import Referral, Screening
from minzheng.domains.dementia_care.screening import counts_by_street, record_result, screen, settle_consent
from minzheng.domains.dementia_care.tests.town import (
    DAY,
    FAR_STREET,
    NEXT_STREET,
    STREET,
    answers_for,
    make_elder,
)
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident
from minzheng.kernel.access.testing import make_post

YEAR = (date(2022, 1, 1), date(2022, 12, 31))


@pytest.fixture
def street(db):
    return make_post("street_officer", STREET)


def test_the_form_is_marked_as_an_example_and_has_a_cut_off_inside_it():
    form = screening_form()
    assert form.provenance == "illustrative" and "非临床量表" in form.source
    assert all(isinstance(en, str) for one in form.questions for _points, _zh, en in one.options)
    assert 0 < int(rules_on(DAY).cut_off) <= form.most == 12


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_the_score_is_the_sum_of_the_answers_and_never_leaves_the_form(data):
    form = screening_form()
    answers = {
        one.code: data.draw(st.sampled_from([points for points, _zh, _en in one.options]))
        for one in form.questions
    }
    assert form.score(answers) == sum(answers.values()) and 0 <= form.score(answers) <= form.most
    gone = data.draw(st.sampled_from(sorted(answers)))
    with pytest.raises(DementiaRefused, match="须选一项"):
        form.score({code: value for code, value in answers.items() if code != gone})
    with pytest.raises(DementiaRefused, match="须选一项"):
        form.score(answers | {gone: 9})


@pytest.mark.parametrize(("score", "opens"), [(0, True), (7, True), (8, False), (9, False), (12, False)])
def test_a_score_under_the_cut_off_opens_a_referral_with_a_due_day(street, score, opens):
    person, _number = make_elder()
    with acting(street):
        made = screen(person=person, answers=answers_for(score), on=DAY)
        assert (made.score, made.is_positive) == (score, opens)
        found = Referral.objects.filter(screening=made).first()
        assert (found is not None) == opens
        if found is not None:
            assert found.due_on == DAY + timedelta(days=30) and found.state == "asked"


def test_consent_comes_first_then_the_result_and_neither_is_rewritten(street):
    person, _number = make_elder()
    with acting(street):
        made = screen(person=person, answers=answers_for(3), on=DAY)
        referral = Referral.objects.get(screening=made)
        with pytest.raises(DementiaRefused, match="未经同意"):
            record_result(referral=referral, is_diagnosed=True, hospital="示意医院", on=DAY)
        with pytest.raises(DementiaRefused, match="由谁同意"):
            settle_consent(referral=referral, is_given=True, by=" ", on=DAY)
        assert settle_consent(referral=referral, is_given=True, by="本人", on=DAY).state == "referred"
        with pytest.raises(DementiaRefused, match="已经答复"):
            settle_consent(referral=referral, is_given=False, by="本人", on=DAY)
        assert (
            record_result(referral=referral, is_diagnosed=True, hospital="示意医院", on=DAY).state
            == "diagnosed"
        )
        with pytest.raises(DatabaseError, match="不能改写"), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(is_diagnosed=False)
        with pytest.raises(DatabaseError), transaction.atomic():
            Screening.objects.filter(pk=made.pk).update(score=12)
        with pytest.raises(DementiaRefused, match="已登记过"):
            screen(person=person, answers=answers_for(3), on=DAY)


def test_who_declines_is_not_referred_and_no_result_is_kept(street):
    person, _number = make_elder()
    with acting(street):
        made = screen(person=person, answers=answers_for(5), on=DAY, consent=False, consent_by="女儿")
        assert made.referral.state in ("asked", "declined")
        referral = Referral.objects.get(screening=made)
        assert referral.state == "declined"
        with pytest.raises(DementiaRefused, match="未经同意"):
            record_result(referral=referral, is_diagnosed=False, hospital="示意医院", on=DAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Referral.objects.filter(pk=referral.pk).update(
                is_diagnosed=True, hospital="示意医院", result_on=DAY
            )


def test_the_database_opens_no_referral_for_a_score_at_the_cut_off(street):
    person, _number = make_elder()
    with acting(street):
        made = screen(person=person, answers=answers_for(8), on=DAY)
        with pytest.raises(DatabaseError, match="低于分界分"), transaction.atomic():
            Referral.objects.create(
                screening=made,
                person=person,
                division_code=STREET,
                opened_on=DAY,
                due_on=DAY + timedelta(days=1),
            )


def test_above_the_street_there_are_counts_and_no_names(street):
    mine, next_door = make_post("neighbourhood_worker", STREET), make_post("street_officer", NEXT_STREET)
    people = [make_elder()[0] for _ in range(4)]
    with acting(street):
        for person, score in zip(people, (12, 7, 3, 2), strict=True):
            screen(person=person, answers=answers_for(score), on=DAY)
        for at, referral in enumerate(Referral.objects.order_by("pk")[:2]):
            settle_consent(referral=referral, is_given=True, by="本人", on=DAY)
            if at == 0:
                record_result(referral=referral, is_diagnosed=True, hospital="示意医院", on=DAY)
        # A second form of the same person does not make two persons.
        screen(person=people[1], answers=answers_for(6), on=DAY + timedelta(days=1))
    other, _number = make_elder(NEXT_STREET)
    with acting(next_door):
        screen(person=other, answers=answers_for(12), on=DAY)
        assert Screening.objects.count() == 1
    with acting(mine):
        assert Screening.objects.count() == 5
    told = (STREET, 4, 3, 2, 1)
    for role, place in (
        ("district_reviewer", "310107"),
        ("city_policy_officer", "310000"),
        ("auditor", "310000"),
    ):
        with acting(make_post(role, place)):
            assert not Screening.objects.exists() and not Referral.objects.exists()
            found = {one.street: one for one in counts_by_street(*YEAR)}
            one = found[STREET]
            assert (one.street, one.screened, one.positive, one.referred, one.diagnosed) == told
            assert found[NEXT_STREET].screened == 1
    with acting(make_post("district_reviewer", "310104")):
        assert counts_by_street(*YEAR) == []
    with acting(make_post("facility_manager", "310107")):
        assert not Screening.objects.exists()


def test_a_person_sees_their_own_screening_and_no_other(street):
    (person, _a), (other, _b) = make_elder(), make_elder()
    with acting(street):
        for one in (person, other):
            screen(person=one, answers=answers_for(3), on=DAY)
    with acting_as_resident(person.pk):
        assert set(Screening.objects.values_list("person_id", flat=True)) == {person.pk}
        assert Referral.objects.count() == 1
        with pytest.raises(NotPermitted):
            counts_by_street(*YEAR)


@pytest.mark.parametrize("role,place", [("district_reviewer", "310107"), ("street_officer", FAR_STREET)])
def test_only_the_persons_own_street_enters_a_screening(role, place, db):
    person, _number = make_elder()
    with acting(make_post(role, place)), pytest.raises(DementiaRefused, match="所在街镇"):
        screen(person=person, answers=answers_for(3), on=DAY)


@pytest.mark.parametrize("role", ["statistician", "auditor", "centre_clerk"])
def test_who_may_not_screen(role, db):
    person, _number = make_elder()
    with acting(make_post(role, STREET)), pytest.raises(NotPermitted):
        screen(person=person, answers=answers_for(3), on=DAY)
