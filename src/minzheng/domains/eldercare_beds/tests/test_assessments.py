"""Assessment: asked for, made by two who do not see each other's form, brought together by rule, decided, reviewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from minzheng.domains.eldercare_beds import assessments
from minzheng.domains.eldercare_beds.catalogue import rules_on, scoring
from minzheng.domains.eldercare_beds.entitlement import opened, standing
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.models import Assessment, AssessorForm
from minzheng.domains.eldercare_beds.tests.town import ON, answers_of
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people.models import Person


def requested(town, person, on=ON) -> Assessment:
    with acting_as_resident(person.pk):
        return assessments.request_assessment(person=person, on=on)


def assigned(town, person, *posts) -> list[AssessorForm]:
    one = requested(town, person)
    with acting(town.district):
        return assessments.assign(assessment=one, assessors=[post.official_id for post in posts], on=ON)


@pytest.mark.parametrize(
    ("born", "may"), [(date(1962, 8, 11), False), (date(1962, 8, 10), True), (date(1962, 8, 9), True)]
)
def test_whoever_is_sixty_on_the_day_may_ask(town, born, may) -> None:
    person = town.elder(born=born)
    if may:
        assert requested(town, person).channel == "online"
        assert requested(town, person).pk == requested(town, person).pk, "asking twice is asking once"
    else:
        with pytest.raises(BedsRefused, match="60 周岁"):
            requested(town, person)


def test_a_clerk_and_a_neighbourhood_worker_ask_for_somebody_and_a_home_does_not(town) -> None:
    for role in ("centre_clerk", "neighbourhood_worker"):
        client = town.elder()
        with acting(make_post(role, "310107014")):
            assert assessments.request_assessment(person=client, on=ON).channel == "counter"
    person = town.elder()
    with acting(town.manager(town.near)), pytest.raises(NotPermitted):
        assessments.request_assessment(person=person, on=ON)
    with acting_as_resident(town.elder("别人").pk), pytest.raises(NotPermitted):
        assessments.request_assessment(person=person, on=ON)


def test_two_different_assessors_of_the_district_come(town) -> None:
    one, two, *_ = town.assessors
    stranger = make_post("care_assessor", "310104")
    found = requested(town, town.elder())
    with acting(town.district):
        for wrong in ([one.official_id], [one.official_id] * 2, [one.official_id, stranger.official_id],
                      [one.official_id, town.clerk.official_id]):  # fmt: skip
            with pytest.raises(BedsRefused):
                assessments.assign(assessment=found, assessors=wrong, on=ON)
        assert (
            len(assessments.assign(assessment=found, assessors=[one.official_id, two.official_id], on=ON))
            == 2
        )
        with pytest.raises(BedsRefused, match="已指派"):
            assessments.assign(assessment=found, assessors=[stranger.official_id] * 2, on=ON)
    with acting(town.clerk), pytest.raises(NotPermitted):
        assessments.assign(assessment=found, assessors=[], on=ON)


def test_an_assessor_sees_their_own_forms_and_no_register(town) -> None:
    one, two, three, _ = town.assessors
    person = town.elder("闻人合成")
    forms = assigned(town, person, one, two)
    with acting(one):
        assert [f.person_name for f in AssessorForm.objects.all()] == ["闻人合成"]
        assert not Person.objects.exists() and not Assessment.objects.exists()
        with pytest.raises(NotPermitted):
            assessments.fill(form=forms[1].pk, answers=answers_of(30), diagnosed=False, visited_on=ON, on=ON)
    with acting(three):
        assert not AssessorForm.objects.exists()
    with acting_as_resident(person.pk):
        assert not AssessorForm.objects.exists() and Assessment.objects.count() == 1


def test_a_form_is_whole_and_does_not_change_once_handed_in(town) -> None:
    one, two, *_ = town.assessors
    form = next(f for f in assigned(town, town.elder(), one, two) if f.assessor_id == one.official_id)
    with acting(one):
        for answers in (
            answers_of(30) | {"eating": 4},
            {k: v for k, v in answers_of(30).items() if k != "eating"},
        ):
            with pytest.raises(BedsRefused, match="进食"):
                assessments.fill(form=form, answers=answers, diagnosed=False, visited_on=ON, on=ON)
        with pytest.raises(BedsRefused, match="上门日期"):
            assessments.fill(
                form=form, answers=answers_of(30), diagnosed=False, visited_on=ON + timedelta(1), on=ON
            )
    town.fill(form, one, 30)
    with acting(one):
        with pytest.raises(BedsRefused, match="不能修改"):
            assessments.fill(form=form, answers=answers_of(50), diagnosed=False, visited_on=ON, on=ON)
        with pytest.raises(DatabaseError), transaction.atomic():
            AssessorForm.objects.filter(pk=form.pk).update(grade=6)
    with acting(town.district):
        assert AssessorForm.objects.filter(pk=form.pk).update(grade=6) == 0, "who decides writes no form"


@pytest.mark.parametrize(
    ("first", "second", "grade", "rule"), [(34, 34, 4, "same"), (34, 30, 4, "higher"), (22, 21, 3, "higher")]
)
def test_two_grades_within_one_give_the_higher(town, first, second, grade, rule) -> None:
    one, two, *_ = town.assessors
    forms = assigned(town, town.elder(), one, two)
    by = {f.assessor_id: f for f in forms}
    town.fill(by[one.official_id], one, first)
    with acting(town.district), pytest.raises(BedsRefused, match="未提交"):
        assessments.decide(assessment=forms[0].assessment, on=ON)
    town.fill(by[two.official_id], two, second, diagnosed=True)
    with acting(town.district):
        made = assessments.decide(assessment=forms[0].assessment, on=ON)
    assert (made.grade, made.rule, made.has_cognitive_diagnosis) == (grade, rule, True)
    assert made.valid_until == date(2024, 8, 9)
    with acting(town.district), pytest.raises(BedsRefused):
        assessments.decide(assessment=made, on=ON)


def test_two_grades_apart_ask_for_a_third_and_the_middle_counts(town) -> None:
    one, two, three, _ = town.assessors
    forms = assigned(town, town.elder(), one, two)
    by = {f.assessor_id: f for f in forms}
    town.fill(by[one.official_id], one, 14)
    town.fill(by[two.official_id], two, 45)
    with acting(town.district):
        with pytest.raises(BedsRefused, match="第三名"):
            assessments.decide(assessment=forms[0].assessment, on=ON)
        with pytest.raises(BedsRefused):
            assessments.assign(assessment=forms[0].assessment, assessors=[two.official_id], on=ON)
        extra = assessments.assign(assessment=forms[0].assessment, assessors=[three.official_id], on=ON)
    town.fill(extra[0], three, 34)
    with acting(town.district):
        made = assessments.decide(assessment=forms[0].assessment, on=ON)
    assert (made.grade, made.rule) == (4, "middle")


def test_a_review_is_made_by_others_within_the_days_and_is_final(town) -> None:
    one, two, three, four = town.assessors
    person = town.elder()
    forms = assigned(town, person, one, two)
    for form, post in zip(
        sorted(forms, key=lambda f: f.assessor_id),
        sorted((one, two), key=lambda p: p.official_id),
        strict=True,
    ):
        town.fill(form, post, 14)
    with acting(town.district):
        made = assessments.decide(assessment=forms[0].assessment, on=ON)
    days = int(rules_on(ON).review_days)
    with acting_as_resident(person.pk):
        with pytest.raises(BedsRefused, match="已过期"):
            assessments.request_review(assessment=made, on=ON + timedelta(days + 1), because="结果偏低了")
        with pytest.raises(BedsRefused, match="理由"):
            assessments.request_review(assessment=made, on=ON, because="低")
        again = assessments.request_review(assessment=made, on=ON + timedelta(days), because="结果偏低了")
    with acting(town.district):
        with pytest.raises(BedsRefused, match="被复核"):
            assessments.assign(assessment=again, assessors=[one.official_id, three.official_id], on=ON)
        assert (
            len(assessments.assign(assessment=again, assessors=[three.official_id, four.official_id], on=ON))
            == 2
        )
    with acting_as_resident(person.pk):
        assert assessments.grade_in_force(person.pk, on=ON) == made, "the grade holds meanwhile"


def test_a_grade_holds_until_its_last_day_and_no_longer(town) -> None:
    person = town.elder()
    made = town.graded(person, 4)
    with acting_as_service("test"):
        assert assessments.grade_in_force(person.pk, on=ON) == made
        assert assessments.grade_in_force(person.pk, on=date(2024, 8, 9)) == made
        assert assessments.grade_in_force(person.pk, on=date(2024, 8, 10)) is None
        with pytest.raises(DatabaseError), transaction.atomic():
            Assessment.objects.filter(pk=made.pk).update(grade=6)


@pytest.mark.parametrize(
    ("grade", "diagnosed", "local", "opens", "in_class"),
    [
        (1, False, True, set(), None),
        (2, False, True, {"insurance", "family_bed"}, None),
        (3, False, True, {"insurance", "family_bed", "basic_bed"}, "general"),
        (1, True, True, {"basic_bed"}, "cognitive"),
        (6, False, False, {"insurance", "family_bed"}, None),
    ],
)
def test_what_a_grade_opens(town, grade, diagnosed, local, opens, in_class) -> None:
    person = town.elder(local=local)
    made = town.graded(person, grade, diagnosed=diagnosed)
    with acting_as_service("test"):
        assert {one.code for one in opened(made, person=person, on=ON) if one.met} == opens
        stands = standing(person, made, claimed="", on=ON)
    assert (stands.entitlement and stands.entitlement.code) == in_class


def test_a_resident_cannot_write_a_grade_by_any_path(town) -> None:
    person = town.elder()
    with acting_as_resident(person.pk):
        made = Assessment.objects.create(
            person=person, division_code="310101", requested_on=ON, state="decided", grade=6, decided_on=ON,
            valid_until=ON,
        )  # fmt: skip
    made = town.fresh(made)
    assert (made.state, made.grade, made.division_code) == ("requested", None, person.division_code)
    with acting_as_resident(person.pk), pytest.raises(DatabaseError), transaction.atomic():
        Assessment.objects.filter(pk=made.pk).update(grade=6)


def test_the_scoring_model_covers_every_point_from_zero_to_its_most() -> None:
    model = scoring()
    most = sum(max(option[0] for option in item.options) for item in model.items)
    grades = [model.grade_of(points) for points in range(most + 1)]
    assert grades == sorted(grades) and set(grades) == set(range(7))
    assert model.provenance == "illustrative"
