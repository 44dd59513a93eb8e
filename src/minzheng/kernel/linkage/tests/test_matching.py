"""Which pairs a job proposes, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.linkage.actions import decide, find_duplicates, match_rows, undo
from minzheng.kernel.linkage.matching import common_place
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.linkage.queries import evidence_of
from minzheng.kernel.linkage.tasks import match_file_job
from minzheng.kernel.linkage.tests.conftest import DISTRICT, SCHOOL, TOWN
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.people.tests.world import number, person, register
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.models import ReviewItem
from minzheng.kernel.sources.tests.conftest import registers
from minzheng.kernel.sources.tests.made import POLICE, as_csv, family, resident, wrong

pytestmark = pytest.mark.django_db


def test_a_death_under_a_mistyped_number_is_proposed_with_its_reasons_and_changes_no_register(town, as_post):
    before = registers()
    as_post("service")
    told = match_rows()
    assert told == {"rows": 2, "proposed": 1, "linked": 0} and registers() == before
    proposal = Proposal.objects.get()
    assert proposal.person.name == family(2)[1][1] and proposal.division_code == TOWN
    evidence = evidence_of(proposal)
    levels = {one["comparison"]: one["level"] for one in evidence["answers"]}
    assert levels["name"] == "same" and levels["number"] == "one_digit"
    assert evidence["total"] == pytest.approx(proposal.weight, abs=0.01)
    # The queue of sources names the candidate; whom nobody resembles stays unknown as before.
    item = proposal.review
    assert [one["proposal"] for one in item.candidates if "linkage" in one["grounds"]] == [proposal.pk]
    assert ReviewItem.objects.exclude(pk=item.pk).get().state == "open"
    # Again, and after a decision: what was decided stays.
    decide(proposal_id=proposal.pk, decision="different", reason="走访后不是本人", on=date(2022, 7, 1))
    assert match_rows()["proposed"] == 0 and Proposal.objects.get().state == "different"


def test_an_intake_asks_for_its_own_comparison(town, as_post):
    as_post("service")
    jobs = fetch("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [match_file_job.name])
    files = set(ReviewItem.objects.values_list("row__file_id", flat=True))
    assert len(jobs) == 1 and str(next(iter(files))) in str(jobs[0][0])


def test_only_a_feed_whose_contract_allows_it_is_linked_by_itself_and_can_be_parted(
    load, as_post, monkeypatch
):
    child = resident("20120405", 11, name="欧阳澹宁", household="H9")
    row = [wrong(child[0]), child[1], "小学"]
    load(period=Month(2022, 6), police_csv=as_csv([POLICE, child, *family(2)]), s_csv=as_csv([SCHOOL, row]))
    contract = contracts()["school_enrolment"]
    assert contract.options.get("linkage") is None
    monkeypatch.setitem(contract.options, "linkage", "automatic")
    monkeypatch.setattr("minzheng.kernel.linkage.thresholds.Thresholds.of", lambda self, p: "link")
    with acting_as_service("test"):
        assert match_rows()["linked"] == 1
        proposal = Proposal.objects.get()
        assert (proposal.state, ReviewItem.objects.get().state) == ("automatic", "linked")
        assert Fact.objects.get(kind="school_stage").person.name == "欧阳澹宁"
    as_post("street_officer", TOWN)
    undo(proposal_id=proposal.pk, reason="学校来函更正", on=date(2022, 7, 1))
    assert not Fact.objects.filter(kind="school_stage", superseded_at=None).exists()


def test_one_man_entered_twice_is_found_and_two_sound_numbers_are_two_people(as_post):
    with acting_as_service("test"):
        rows = [
            person(1, name="诸葛晓峰", household_number="H1"),
            person(2, name="諸葛曉峯", household_number="H2", identifier=None),
            person(3, name="诸葛晓峰", household_number="H3", identifier=number(7)),
        ]
        ids = [one["person_id"] for one in register(*rows, allow_without_identifier=True).to_dicts()]
        find_duplicates(place=DISTRICT)
        found = {(one.other_id, one.person_id) for one in Proposal.objects.all()}
    assert (ids[0], ids[1]) in found and (ids[0], ids[2]) not in found
    assert Person.objects.filter(merged_into__isnull=False).count() == 0


@pytest.mark.parametrize("role", ["neighbourhood_worker", "auditor", "statistician", "finance_preparer"])
def test_other_roles_may_not_ask_for_comparisons(as_post, role):
    as_post(role, TOWN)
    for act in (match_rows, find_duplicates):
        with pytest.raises(NotPermitted):
            act()


def test_a_place_that_holds_both_is_the_smallest():
    assert common_place("310107014029", "310107014030") == TOWN
    assert common_place("310107014029", "310107005001") == DISTRICT
    assert common_place("310107014029", "310106005001") == "310000"
