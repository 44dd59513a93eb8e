"""What officials decide about pairs, what that writes, and that taking it back leaves the registers as they were."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.linkage.actions import (
    CannotLink,
    decide,
    take_back_merge,
    undo,
)
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.linkage.queries import open_pairs, queue
from minzheng.kernel.linkage.tests.conftest import DISTRICT, TOWN, pair_of
from minzheng.kernel.people.models import Merge, Person
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.people.tests.test_merging import everything
from minzheng.kernel.people.tests.world import number, person, register
from minzheng.kernel.sources.models import ReviewItem

pytestmark = pytest.mark.django_db
JULY = date(2022, 7, 1)


def take(proposal: Proposal, decision: str = "same", **other) -> Proposal:
    return decide(proposal_id=proposal.pk, decision=decision, reason="核对户口簿与医学证明", on=JULY, **other)


def staged() -> list[tuple]:
    return fetch(
        "SELECT id, outcome, person_id, values::text, messages::text, key FROM sources_feedrow ORDER BY id"
    )


def test_the_same_person_takes_the_row_and_undoing_leaves_every_register_as_it_was(proposal, as_post):
    as_post("street_officer", TOWN)
    before, rows = everything(), staged()
    take(proposal)
    died = Person.objects.get(pk=proposal.person_id)
    assert died.death_date == date(2022, 6, 3)
    assert ReviewItem.objects.get(pk=proposal.review_id).state == "linked"
    undo(proposal_id=proposal.pk, reason="医院来函，另有其人", on=JULY)
    assert everything() == before
    assert staged() == rows
    item = ReviewItem.objects.get(pk=proposal.review_id)
    assert (item.state, item.decided_by) == ("open", "")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.undone_reason) == ("undone", "医院来函，另有其人")


def test_what_has_changed_since_is_not_overwritten_by_undoing(proposal, as_post):
    as_post("street_officer", TOWN)
    take(proposal)
    Person.objects.filter(pk=proposal.person_id).update(ethnicity="回族")
    with pytest.raises(CannotLink, match="又有变动"):
        undo(proposal_id=proposal.pk, reason="医院来函，另有其人", on=JULY)
    assert Person.objects.get(pk=proposal.person_id).death_date == date(2022, 6, 3)


def test_another_person_leaves_the_row_in_the_queue_and_the_answer_can_be_taken_back(proposal, as_post):
    as_post("street_officer", TOWN)
    take(proposal, "different")
    assert ReviewItem.objects.get(pk=proposal.review_id).state == "open"
    undo(proposal_id=proposal.pk, reason="走访后另有说法", on=JULY)
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_a_visit_keeps_the_pair_and_its_reason_until_it_is_decided(proposal, as_post):
    as_post("street_officer", TOWN)
    take(proposal, "visit")
    assert open_pairs() == 1 and queue(state="visit").get().reason == "核对户口簿与医学证明"
    assert take(proposal).state == "same"


def test_a_decision_needs_a_reason_and_comes_once(proposal, as_post):
    as_post("street_officer", TOWN)
    with pytest.raises(CannotLink, match="理由"):
        decide(proposal_id=proposal.pk, decision="same", reason="是他", on=JULY)
    take(proposal, "same")
    with pytest.raises(CannotLink, match="同一人"):
        take(proposal, "different")
    with pytest.raises(CannotLink, match="理由"):
        undo(proposal_id=proposal.pk, reason="错了", on=JULY)


def test_decisions_and_undoing_are_audited_with_their_reasons(proposal, as_post):
    as_post("street_officer", TOWN)
    take(proposal)
    undo(proposal_id=proposal.pk, reason="医院来函，另有其人", on=JULY)
    as_post("audit_admin", "310000")
    acts = dict(Entry.objects.filter(act__startswith="linkage.").values_list("act", "reason"))
    assert acts["linkage.decide"] == "核对户口簿与医学证明" and acts["linkage.undo"] == "医院来函，另有其人"


@pytest.mark.parametrize(
    "role",
    ["neighbourhood_worker", "centre_clerk", "auditor", "statistician", "finance_approver", "system_admin"],
)
def test_other_roles_may_neither_decide_nor_undo(proposal, as_post, role):
    as_post(role, TOWN)
    for act in (
        lambda: take(proposal),
        lambda: undo(proposal_id=proposal.pk, reason="医院来函说明", on=JULY),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_another_street_sees_no_pair(proposal, as_post):
    as_post("street_officer", "310107005")
    assert list(queue()) == []
    with pytest.raises(CannotLink, match="范围"):
        take(proposal)


def two_records(**other) -> Proposal:
    """One man twice: with his number, and entered at a counter without one."""
    with acting_as_service("test"):
        first = register(person(1, name="诸葛晓峰", household_number="H1")).to_dicts()[0]["person_id"]
        row = person(2, name="諸葛曉峯", household_number="H2", **{"identifier": None, **other})
        second = register(row, allow_without_identifier=True).to_dicts()[0]["person_id"]
        low, high = sorted((first, second))
        return pair_of(other_id=low, person_id=high, division_code=TOWN)


def test_two_records_of_one_man_are_joined_and_parted_again(as_post):
    pair = two_records()
    as_post("district_reviewer", DISTRICT)
    before = everything()
    joined = take(pair)
    assert joined.merge.survivor.identifiers.get().value == number(1)
    undo(proposal_id=pair.pk, reason="经走访确为两人", on=JULY)
    assert everything() == before
    assert Merge.objects.get().undone_reason == "经走访确为两人"


def test_a_merge_taken_back_from_the_list_marks_the_pair_that_led_to_it(as_post):
    pair = two_records()
    as_post("district_reviewer", DISTRICT)
    take(pair)
    take_back_merge(merge=Merge.objects.get(), reason="经走访确为两人", on=JULY)
    pair.refresh_from_db()
    assert pair.state == "undone"


def test_a_street_officer_who_may_not_merge_may_not_join_two_people(as_post):
    pair = two_records()
    as_post("street_officer", TOWN)
    with pytest.raises(NotPermitted):
        take(pair)


def test_two_people_with_sound_numbers_of_their_own_are_not_joined(as_post):
    pair = two_records(identifier=number(3))
    as_post("district_reviewer", DISTRICT)
    with pytest.raises(CannotLink, match="不能认作同一人"):
        take(pair)


def test_a_pair_whose_second_number_came_after_the_proposal_is_refused(as_post):
    pair = two_records()
    with acting_as_service("test"):
        Person.objects.get(pk=pair.person_id).identifiers.create(
            kind="citizen", value=number(9), during="[2022-01-01,)"
        )
    as_post("district_reviewer", DISTRICT)
    with pytest.raises(CannotLink, match="不能认作同一人"):
        take(pair)
