"""Mandates: what a helper sees and may do, and that without one the database shows and takes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.mandates import mandates_given, mandates_held, principal_names
from minzheng.kernel.cases.models import Case, Event, Mandate, Material
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.tests import elders, steps, world
from minzheng.kernel.people.attendance import attend, attended, leave
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Person

ON = date(2022, 10, 10)
UNTIL = date(2023, 4, 10)
ANSWERS = {"phone": "13800000000", "account": "6222000000000000001"}
OTHER = "old_age_allowance_account"


@pytest.fixture
def mother(db) -> Person:
    return elders.elder(name="施妈妈")


@pytest.fixture
def son(db) -> Person:
    return elders.elder(name="施小弟")


_numbers: dict[int, str] = {}


@pytest.fixture(autouse=True)
def _remember(mother, son):
    for one in (mother, son):
        _numbers[one.pk] = elders.identifier_of(one)


def give(mother: Person, son: Person, **other) -> Mandate:
    terms = {"way": "online", "since": ON, "until": UNTIL, "on": ON, "items": [elders.ITEM]} | other
    number = elders.identifier_of(son)
    with acting_as_resident(mother.pk):
        return actions.give_mandate(person=mother, helper_identifier=number, helper_name=son.name, **terms)


def draft(
    mother: Person,
    mandate: Mandate | None,
    *,
    item: str = elders.ITEM,
    on: date = ON,
    channel: str = "online",
) -> Case:
    return actions.open_draft(item=item, person=mother.pk, mandate=mandate, channel=channel, on=on)


def test_a_helper_who_may_not_see_fills_in_an_empty_form_and_sends_it(mother, son):
    mandate = give(mother, son)
    with acting_as_resident(son.pk):
        assert actions.act_for(mandate=mandate, purpose="代办津贴", on=ON) is None
        assert not Person.objects.filter(pk=mother.pk).exists()
        case = draft(mother, mandate)
        assert case.answers == {} and case.person_name == "施妈妈"
        assert (case.applicant_id, case.helper_person_id, case.relation) == (son.pk, son.pk, "受托人")
        known = {
            "name": "施妈妈",
            "identifier": _numbers[mother.pk],
            "birth_date": "1950-05-05",
            "hukou_place": world.HOME,
        }
        actions.save_answers(case=case, values=ANSWERS | known, on=ON)
        case = actions.submit(case=case, on=ON)
        assert (case.state, case.deciding_division) == ("submitted", world.CHONGMING)
    with acting_as_resident(mother.pk):
        assert Case.objects.get() == case


def test_a_helper_who_may_see_has_the_form_prefilled_until_they_leave(mother, son):
    mandate = give(mother, son, may_see=True)
    with acting_as_resident(son.pk):
        assert actions.act_for(mandate=mandate, purpose="代办津贴", on=ON) == mother
        assert attended() == [mother.pk]
        case = draft(mother, mandate)
        assert case.answers["name"]["value"] == "施妈妈"
        assert case.answers["identifier"]["value"] == mask(_numbers[mother.pk])
        assert Person.objects.filter(pk=mother.pk).update(name="改名") == 0
        leave()
        assert (
            not Person.objects.filter(pk=mother.pk).exists()
            and not Identifier.objects.filter(person=mother).exists()
        )


def test_the_helper_sees_only_the_cases_they_help_with(mother, son):
    own = elders.accepted(mother, on=ON)
    mandate = give(mother, son, may_see=True)
    with acting_as_resident(son.pk):
        actions.act_for(mandate=mandate, purpose="代办津贴", on=ON)
        case = draft(mother, mandate)
        assert list(Case.objects.all()) == [case] and not Case.objects.filter(pk=own.pk).exists()


def test_a_mandate_without_leave_to_submit_lets_fill_in_and_the_principal_sends(mother, son):
    mandate = give(mother, son, may_see=True, may_submit=False)
    with acting_as_resident(son.pk):
        actions.act_for(mandate=mandate, purpose="代办津贴", on=ON)
        case = draft(mother, mandate)
        actions.save_answers(case=case, values=ANSWERS, on=ON)
        with pytest.raises(DatabaseError, match="由本人提交"), transaction.atomic():
            actions.submit(case=case, on=ON)
    with acting_as_resident(mother.pk):
        assert actions.submit(case=case, on=ON).state == "submitted"


def _insert(mother: Person, son: Person, mandate: Mandate | None, day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number')")
        number = 20220000000000 + cursor.fetchone()[0]
        cursor.execute(
            """INSERT INTO cases_case (id, item, item_version, domain, channel, state, step, steps_done, person_id, person_name,
                 applicant_id, applicant_name, relation, helper_person_id, mandate_id, accepting_division, deciding_division,
                 answers, opened_on, state_since, papers_saved, papers_asked, is_late, departs, bundle_part, resume_state,
                 version)
               VALUES (%s, %s, '2022-01-01', 'old_age_allowance', 'online', 'draft', 'accept', '{}', %s, '', %s, '', '', %s, %s,
                 '310151101', '310151101', '{}', %s, %s, 0, 0, false, false, '', '', 1)""",
            [number, elders.ITEM, mother.pk, son.pk, son.pk, mandate.pk if mandate else None, day, day],
        )


@pytest.mark.parametrize("why", ["none", "revoked", "another item", "over", "another helper"])
def test_without_a_mandate_for_it_raw_sql_shows_and_writes_nothing(mother, son, why):
    mandate = None
    if why != "none":
        items = [OTHER] if why == "another item" else [elders.ITEM]
        since = date(2022, 6, 1) if why == "over" else ON
        until = date(2022, 10, 10) if why == "over" else UNTIL
        helper = elders.elder(name="外人") if why == "another helper" else son
        mandate = give(mother, helper, may_see=True, items=items, since=since, until=until)
    if why == "revoked":
        with acting_as_resident(mother.pk):
            actions.revoke_mandate(mandate=mandate, on=ON)
    day = date(2022, 10, 11) if why == "over" else ON
    with acting_as_resident(son.pk):
        if why != "another item" and mandate is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT people_attend_by_mandate(%s, 'x', %s)", [mandate.pk, day])
                assert cursor.fetchone()[0] is None
            assert not Person.objects.filter(pk=mother.pk).exists()
        with pytest.raises(DatabaseError, match="凭委托"):
            _insert(mother, son, mandate, day)
        with pytest.raises((NotPermitted, MoveRefused)):
            draft(mother, mandate, on=day)
        assert not Case.objects.exists() and not Material.objects.exists()


def test_revoking_closes_what_the_helper_had_open_at_once(mother, son):
    mandate = give(mother, son, may_see=True)
    with acting_as_resident(son.pk):
        actions.act_for(mandate=mandate, purpose="代办津贴", on=ON)
        case = draft(mother, mandate)
    with acting_as_resident(mother.pk):
        assert actions.revoke_mandate(mandate=mandate, on=ON).revoked_on == ON
        actions.revoke_mandate(mandate=mandate, on=date(2022, 10, 11))
        assert Mandate.objects.get().revoked_on == ON
    with acting_as_resident(son.pk):
        assert attended() == [] and not Person.objects.filter(pk=mother.pk).exists()
        assert not Case.objects.exists() and not Event.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_case SET answers = '{\"phone\": 1}' WHERE id = %s", [case.pk])
            assert cursor.rowcount == 0
        with pytest.raises(CaseNotFound):
            actions.save_answers(case=case, values=ANSWERS, on=ON)
    with acting_as_resident(mother.pk):
        assert Case.objects.get().answers == case.answers


def test_a_mandate_is_given_by_its_principal_or_through_a_clerk_who_serves_them(mother, son):
    number = elders.identifier_of(son)
    terms = {
        "person": mother,
        "helper_identifier": number,
        "helper_name": son.name,
        "since": ON,
        "until": UNTIL,
        "on": ON,
    }
    with acting_as_resident(son.pk), pytest.raises(NotPermitted):
        actions.give_mandate(way="online", **terms)
    with acting_as_resident(mother.pk), pytest.raises(NotPermitted):
        actions.give_mandate(way="signed", **terms)
    clerk = make_post("centre_clerk", world.PUTUO)
    with acting(clerk):
        with pytest.raises(CaseNotFound, match="先核验"):
            actions.give_mandate(way="signed", **terms)
        attend(identifier=_numbers[mother.pk], name=mother.name, purpose="委托")
        with pytest.raises(NotPermitted):
            actions.give_mandate(way="online", **terms)
        for way in ("law", "recorded"):
            with pytest.raises(CaseError, match="凭据"):
                actions.give_mandate(way=way, **terms)
        actions.give_mandate(way="signed", **terms)
        actions.give_mandate(way="law", paper="（2022）沪0151民特12号", **terms)
        assert mandates_given(mother.pk).count() == 2
    for role, place in (("auditor", elders.CITY), ("city_policy_officer", elders.CITY)):
        with acting(make_post(role, place)), pytest.raises(NotPermitted):
            actions.give_mandate(way="signed", **terms)


def test_a_mandate_names_a_helper_dates_and_items_that_exist(mother, son):
    with pytest.raises(CaseError, match="不能是委托人"):
        give(mother, mother)
    stranger = Person(name="没有的人")
    stranger.pk = son.pk
    with pytest.raises(CaseError, match="不符"):
        give(mother, stranger)
    assert give(mother, son, until=date(2023, 10, 10)).until == date(2023, 10, 10)
    for until in (date(2023, 10, 11), date(2022, 10, 9)):
        with pytest.raises(CaseError):
            give(mother, son, until=until)
    with pytest.raises((CaseError, LookupError, ValueError)):
        give(mother, son, items=["no_such_item"])


def test_a_mandate_is_revoked_and_never_rewritten(mother, son):
    mandate = give(mother, son)
    with acting_as_resident(mother.pk):
        for change in ({"may_see": True}, {"items": []}, {"until": date(2030, 1, 1)}):
            with pytest.raises(DatabaseError, match="不能更改"), transaction.atomic():
                Mandate.objects.filter(pk=mandate.pk).update(**change)
    with acting_as_resident(son.pk):
        assert list(mandates_held(ON)) == [mandate] and principal_names([mandate]) == {mandate.pk: "施妈妈"}
        with pytest.raises(CaseNotFound):
            actions.revoke_mandate(mandate=mandate, on=ON)
        assert Mandate.objects.filter(pk=mandate.pk).update(may_see=True) == 0
    with acting_as_resident(elders.elder(name="外人").pk):
        assert not Mandate.objects.exists() and principal_names([mandate]) == {}


def test_a_committee_worker_files_at_home_by_mandate_and_sees_that_case_alone(mother):
    worker = make_post("neighbourhood_worker", world.HOME)
    clerk = make_post("centre_clerk", world.CHONGMING)
    own = elders.accepted(mother, accepting=world.CHONGMING, on=ON)
    with acting(worker), pytest.raises(NotPermitted, match="凭委托"):
        draft(mother, None, channel="home")
    with acting(clerk):
        attend(identifier=_numbers[mother.pk], name=mother.name, purpose="上门代办")
        mandate = actions.give_mandate(person=mother, way="signed", helper_post_id=worker.pk, items=[elders.ITEM],
                                       may_see=True, since=ON, until=UNTIL, on=ON)  # fmt: skip
        with pytest.raises(NotPermitted):
            draft(mother, mandate, channel="home")
    with acting(worker):
        case = draft(mother, mandate, channel="home")
        assert (case.helper_post_id, case.accepting_division) == (worker.pk, world.CHONGMING)
        assert case.answers["name"]["value"] == mother.name
        assert list(Case.objects.all()) == [case] and not Case.objects.filter(pk=own.pk).exists()
        actions.save_answers(case=case, values=ANSWERS, on=ON)
        assert actions.submit(case=case, on=ON).state == "submitted"
        with pytest.raises(NotPermitted):
            actions.accept(case=case, on=ON)
    with acting_as_resident(mother.pk):
        actions.revoke_mandate(mandate=mandate, on=ON)
    with acting(worker):
        assert not Case.objects.exists()
        with pytest.raises((NotPermitted, MoveRefused)):
            draft(mother, mandate, channel="home")


def test_a_clerk_helps_by_phone_by_a_recorded_mandate(mother):
    clerk = make_post("centre_clerk", world.PUTUO)
    with acting(clerk):
        attend(identifier=_numbers[mother.pk], name=mother.name, purpose="电话帮办")
        terms = {
            "person": mother,
            "way": "recorded",
            "helper_post_id": clerk.pk,
            "since": ON,
            "until": ON,
            "on": ON,
        }
        mandate = actions.give_mandate(
            paper="录音 2022-10-10-17", may_see=True, items=["disability_living"], **terms
        )
        leave()
        assert not Person.objects.filter(pk=mother.pk).exists()
        assert actions.act_for(mandate=mandate, purpose="电话帮办", on=ON) == mother
        case = draft(mother, mandate, item="disability_living", channel="phone")
        assert case.helper_post_id == clerk.pk and case.channel == "phone"


def test_a_clerk_who_may_not_see_the_principal_takes_the_case_in_for_the_competent_place(mother):
    clerk = make_post("centre_clerk", world.PUTUO)
    with acting(clerk):
        attend(identifier=_numbers[mother.pk], name=mother.name, purpose="电话帮办")
        mandate = actions.give_mandate(person=mother, way="recorded", paper="录音 2022-10-10-18", helper_post_id=clerk.pk,
                                       since=ON, until=UNTIL, on=ON)  # fmt: skip
        leave()
        case = draft(mother, mandate, item="disability_living", channel="phone")
        assert not Person.objects.filter(pk=mother.pk).exists() and "name" not in case.answers
        case = steps.fill(case, item_of(case), ON)
        actions.submit(case=case, on=ON)
        steps.bring_papers(case, ON)
        assert actions.accept(case=case, on=ON).deciding_division == world.CHONGMING


def test_a_case_begun_by_phone_is_not_sent_once_the_mandate_is_revoked(mother):
    clerk = make_post("centre_clerk", world.PUTUO)
    with acting(clerk):
        attend(identifier=_numbers[mother.pk], name=mother.name, purpose="电话帮办")
        mandate = actions.give_mandate(person=mother, way="recorded", paper="录音 2022-10-10-19", helper_post_id=clerk.pk,
                                       since=ON, until=UNTIL, on=ON)  # fmt: skip
        leave()
        case = draft(mother, mandate, item="disability_living", channel="phone")
        case = steps.fill(case, item_of(case), ON)
    with acting_as_resident(mother.pk):
        actions.revoke_mandate(mandate=mandate, on=ON)
    with acting(clerk), pytest.raises(MoveRefused, match="委托"):
        actions.submit(case=case, on=ON)
    with acting_as_service("test"):
        assert Case.objects.get(pk=case.pk).submitted_on is None
