"""What the city knew wrongly is put right at its source, and the case is told."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.disputes import dispute_counts, disputes_open
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import Case, Dispute
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.cases.tests.steps import event, fresh, officer, service, waiting_jobs
from minzheng.kernel.people.models import Fact, Person

ON, LATER = world.ON, date(2022, 9, 28)


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


def disputed(person: Person, field: str = "wage", told: object = 40_000) -> Dispute:
    """The applicant says online that a known value is wrong."""
    with acting_as_resident(person.pk):
        case = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        actions.save_answers(case=case, values=steps.ANSWERS, on=ON)
        actions.confirm_known(case=case, field=field, agrees=False, told=told, on=ON)
        return Dispute.objects.get(case=case)


def wage_of(person: Person) -> Fact:
    with acting_as_service("test"):
        return Fact.objects.filter(person=person, kind="wage_fen", superseded_at=None).latest("during")


def test_a_dispute_waits_where_the_person_lives_and_nowhere_else(person):
    made = disputed(person)
    for place in (world.CHONGMING, "310151"):
        with acting(officer(place, "district_reviewer" if len(place) == 6 else "street_officer")):
            assert list(disputes_open(place=place)) == [made]
    with acting(officer(world.PUTUO)):
        assert not disputes_open(place="310000").exists()
        with pytest.raises(CaseNotFound):
            actions.settle_dispute(dispute=made.pk, outcome="corrected", reason="经核实属实", on=LATER)
    with acting(make_post("centre_clerk", world.CHONGMING)), pytest.raises(NotPermitted):
        actions.settle_dispute(dispute=made.pk, outcome="corrected", reason="经核实属实", on=LATER)
    with acting_as_resident(person.pk), pytest.raises(NotPermitted):
        actions.settle_dispute(dispute=made.pk, outcome="corrected", reason="经核实属实", on=LATER)


def test_a_correction_is_written_with_the_word_of_its_source_and_the_case_is_told(person):
    made = disputed(person)
    with acting(officer()):
        done = actions.settle_dispute(dispute=made, outcome="corrected", reason="人社已核实工资", on=LATER)
    assert (done.state, done.settled_on) == ("corrected", LATER)
    fact = wage_of(person)
    assert (fact.int_value, fact.source, fact.observed_on) == (40_000, "人社", LATER)
    assert waiting_jobs("cases.dispute") == [{"dispute_id": made.pk, "on": "2022-09-28"}]
    service(actions.tell_case, dispute=made.pk, on=LATER)
    case = fresh(made.case_id)
    assert case.answers["wage"] | {"on": ""} == {
        "value": 40_000, "origin": "registry", "source": "人社", "on": "", "confirmed": True, "known": 60_000,
    }  # fmt: skip
    assert "人社已核实" in event(case, "dispute_settled").note
    service(actions.tell_case, dispute=made.pk, on=LATER)
    assert fresh(case).version == case.version


def test_the_office_may_find_another_value_than_what_was_told(person):
    made = disputed(person)
    with acting(officer()):
        actions.settle_dispute(
            dispute=made, outcome="corrected", value=45_000, reason="人社核实为四百五十元", on=LATER
        )
    assert wage_of(person).int_value == 45_000


def test_a_value_that_stands_goes_back_into_the_form_as_disputed(person):
    made = disputed(person)
    with acting(officer()):
        actions.settle_dispute(dispute=made, outcome="upheld", reason="单位证明工资无误", on=LATER)
    service(actions.tell_case, dispute=made.pk, on=LATER)
    answer = fresh(made.case_id).answers["wage"]
    assert (answer["value"], answer["origin"], answer["confirmed"]) == (60_000, "registry", False)
    assert wage_of(person).int_value == 60_000


def test_it_is_settled_once_with_a_reason_and_a_value_that_fits(person):
    made = disputed(person)
    with acting(officer()):
        for words, match in (
            ({"reason": " "}, "核实情况"),
            ({"outcome": "maybe"}, "corrected"),
            ({"value": "many"}, "不能登记"),
            ({"value": -1}, "不能登记"),
        ):
            with pytest.raises(CaseError, match=match):
                actions.settle_dispute(
                    **{"dispute": made, "outcome": "corrected", "reason": "经核实属实", "on": LATER} | words
                )
        actions.settle_dispute(dispute=made, outcome="corrected", reason="经核实属实", on=LATER)
        with pytest.raises(MoveRefused):
            actions.settle_dispute(dispute=made, outcome="upheld", reason="经核实无误", on=LATER)


def test_a_stronger_offices_word_is_not_overwritten(person):
    made = disputed(person)
    with acting_as_service("test"):
        Dispute.objects.filter(pk=made.pk).update(source="居委")
    with acting(officer()), pytest.raises(CaseError, match="数源部门"):
        actions.settle_dispute(dispute=made, outcome="corrected", reason="居委会证明", on=LATER)
    assert wage_of(person).int_value == 60_000
    with acting_as_service("test"):
        assert Dispute.objects.get(pk=made.pk).state == "open"


def test_a_name_is_corrected_in_the_register(person):
    made = disputed(person, "name", "施小梅")
    with acting(officer()):
        actions.settle_dispute(dispute=made, outcome="corrected", reason="公安已更正姓名", on=LATER)
    with acting_as_service("test"):
        assert Person.objects.get(pk=person.pk).name == "施小梅"


def test_what_only_its_own_office_keeps_is_not_corrected_here(person):
    made = disputed(person, "hukou_place", "310104014001")
    with acting(officer()), pytest.raises(CaseError, match="更正后重新调取"):
        actions.settle_dispute(dispute=made, outcome="corrected", reason="经核实属实", on=LATER)


def test_a_decided_case_keeps_the_answers_it_was_decided_on_and_hears_of_it(person):
    made = disputed(person)
    with acting_as_resident(person.pk):
        actions.withdraw(case=made.case_id, on=LATER)
    with acting(officer()):
        actions.settle_dispute(dispute=made, outcome="corrected", reason="人社已核实工资", on=LATER)
    before = fresh(made.case_id).answers
    service(actions.tell_case, dispute=made.pk, on=LATER)
    assert fresh(made.case_id).answers == before
    assert event(made.case_id, "dispute_settled")


def test_both_outcomes_are_counted_by_source(person):
    first = disputed(person)
    second = disputed(person)
    with acting(officer()):
        actions.settle_dispute(dispute=first, outcome="corrected", reason="人社已核实工资", on=LATER)
        actions.settle_dispute(dispute=second, outcome="upheld", reason="工资登记无误", on=LATER)
        counted = dispute_counts(place="310151", since=ON, until=date(2022, 10, 1))
        assert counted == {"人社": {"open": 0, "corrected": 1, "upheld": 1}}
        assert dispute_counts(place="310151", since=LATER, until=date(2022, 10, 1)) == {}
    assert Case.objects.count() == 0
