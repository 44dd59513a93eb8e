"""What an official decides about two records, and taking it back (判断与撤销).

Same person, another person, or somebody goes and asks. Linking a row writes what the row says, joining two people moves
one record into the other; both are kept with all they changed, so that the screen can undo them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.linkage import registers
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.people.merging import CannotMerge, merge_people, undo_merge
from minzheng.kernel.people.models import Identifier, Merge, Person
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.models import FeedRow, ReviewItem
from minzheng.kernel.sources.review import CannotDecide, decide_review, reopen_review

DECISIONS = ("same", "different", "visit")
_SHORTEST_REASON = 4
_ROW = ("values", "messages", "outcome", "key", "digest", "person_id", "household_id", "division_code")
# Rows that wait for somebody to be registered follow when the police's row is linked.
_FOLLOWING = ("not_registered", "dead_not_registered", "household_unknown")


class CannotLink(ValueError):
    """The decision cannot be carried out or taken back; the message says why and what would help."""


@transaction.atomic
def decide(
    *, proposal_id: int, decision: str, reason: str, on: date, survivor_id: int | None = None
) -> Proposal:
    """Carries out what an official decided about a pair (判断疑似同一人).

    Args:
        decision: `same`, `different`, or `visit` where somebody has to go and ask.
        survivor_id: of two people, whose record goes on; the one with an identity number, else the older, where None.

    Raises:
        NotPermitted: rows need the right to review, people the right to merge records.
        CannotLink: decided already, no reason, both have their own sound number, or the row cannot be taken.
    """
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    require("people.merge" if proposal is not None and proposal.other_id else "sources.review")
    if proposal is None:
        raise CannotLink(f"没有疑似记录 {proposal_id}，或不在本岗位范围内 / not found in your scope")
    if decision not in DECISIONS:
        raise CannotLink(f"不认识的判断 {decision}，应为 {'、'.join(DECISIONS)} / unknown decision")
    words = _reason(reason)
    if proposal.state not in (Proposal.State.OPEN, Proposal.State.VISIT):
        raise CannotLink(
            f"已由 {proposal.decided_by or '他人'} 处理：{proposal.get_state_display()} / decided already"
        )
    if proposal.review is not None and proposal.review.state != ReviewItem.State.OPEN:
        raise CannotLink(
            f"这一行已由 {proposal.review.decided_by} 核处 / the row has been decided in the queue"
        )
    if decision == "same":
        refuse_two_numbers(proposal)
        if proposal.review is not None:
            _link(proposal, words)
        else:
            _join(proposal, words, on, survivor_id)
    _settle(proposal, Proposal.State(decision), words)
    return proposal


def link_automatically(proposal: Proposal) -> bool:
    """Links a row that is nearly certain, for a feed whose contract allows it; whether it could be taken (自动关联)."""
    try:
        with transaction.atomic():
            refuse_two_numbers(proposal)
            words = f"概率 {proposal.probability:.4f} 高于自动关联阈值，约定允许"
            _link(proposal, words)
            _settle(proposal, Proposal.State.AUTOMATIC, words)
    except CannotLink:
        return False
    return True


def refuse_two_numbers(proposal: Proposal) -> None:
    """Two sound identity numbers that differ are two people, whatever else agrees.

    Raises:
        CannotLink: both sides have one.
    """
    theirs = _numbers(proposal.person_id)
    if proposal.review is not None:
        told = proposal.review.evidence
        sent = told.get("values", {}).get("citizen_number") or told.get("sent", {}).get("citizen_number")
        parsed = parse_citizen(sent or "")
        ours = {parsed.value} if parsed.is_valid else set()
    else:
        ours = _numbers(proposal.other_id or 0)
    if ours and theirs and not ours & theirs:
        raise CannotLink(
            "双方各有一个校验无误而不同的证件号码，不能认作同一人；若确有一人两号，请由公安机关先行更正"
            " / both have a sound number and they differ: not the same person until the police have corrected one"
        )


def _numbers(person_id: int) -> set[str]:
    known = Identifier.objects.filter(person_id=person_id, kind=Identifier.Kind.CITIZEN)
    return {value for value in known.values_list("value", flat=True) if parse_citizen(value).is_valid}


def _reason(reason: str) -> str:
    words = reason.strip()
    if len(words) < _SHORTEST_REASON:
        raise CannotLink("请写明理由（至少四个字） / give a reason of at least four characters")
    return words


def _link(proposal: Proposal, words: str) -> None:
    """Takes the row as this person's, through the queue of sources, and keeps what that changed."""
    item = proposal.review
    assert item is not None
    contract = contracts()[item.contract]
    if contract.writer:
        raise CannotLink(
            f"{contract.title}直接写入待遇，不能在此撤销，请在待核处中办理"
            " / this feed writes awards, which cannot be undone here; decide it in the review queue"
        )
    if not Person.objects.filter(pk=proposal.person_id, merged_into=None).exists():
        raise CannotLink("该档案已并入他人或不在本岗位范围内 / merged since, or outside your scope")
    row = item.row
    before_row = FeedRow.objects.filter(pk=row.pk).values(*_ROW)[0]
    households = registers.households_of(proposal.person_id) + (
        [row.household_id] if row.household_id else []
    )
    before = registers.rows_of(proposal.person_id, households)
    following = set(_followers(item))
    try:
        decide_review(item_id=item.pk, action="link", reason=words, person_id=proposal.person_id)
    except CannotDecide as refusal:
        raise CannotLink(str(refusal)) from refusal
    after = registers.rows_of(proposal.person_id, households)
    taken = ReviewItem.objects.filter(pk__in=following).exclude(state=ReviewItem.State.OPEN)
    proposal.changes = {
        "row": before_row,
        "followed": sorted(taken.values_list("pk", flat=True)),
        "registers": registers.difference(before, after),
    }
    # Whoever else the row might have been, it was not.
    others = Proposal.objects.filter(review_id=item.pk, state__in=["open", "visit"]).exclude(pk=proposal.pk)
    others.update(state=Proposal.State.PASSED)


def _followers(item: ReviewItem) -> list[int]:
    if item.contract != "police_population":
        return []
    waiting = ReviewItem.objects.filter(state=ReviewItem.State.OPEN, code__in=_FOLLOWING).exclude(pk=item.pk)
    return list(waiting.values_list("pk", flat=True))


def _join(proposal: Proposal, words: str, on: date, survivor_id: int | None) -> None:
    pair = {proposal.person_id, proposal.other_id or 0}
    survivor = survivor_id or usual_survivor(proposal)
    if survivor not in pair:
        raise CannotLink("保留的档案须是这两份之一 / the surviving record has to be one of the two")
    try:
        proposal.merge = merge_people(
            survivor_id=survivor, absorbed_id=(pair - {survivor}).pop(), on=on, reason=words
        )
    except CannotMerge as refusal:
        raise CannotLink(str(refusal)) from refusal


def usual_survivor(proposal: Proposal) -> int:
    """Of two people, the one with an identity number, else the record that is older."""
    first, second = proposal.other_id or 0, proposal.person_id
    return second if _numbers(second) and not _numbers(first) else first


def _settle(proposal: Proposal, state: Proposal.State, words: str) -> None:
    actor = current_actor()
    proposal.state, proposal.reason = state, words
    proposal.decided_at, proposal.decided_by = timezone.now(), actor.label if actor else ""
    proposal.save()
    _trace("linkage.decide", proposal, words, {"decision": str(state), "weight": proposal.weight})


@transaction.atomic
def undo(*, proposal_id: int, reason: str, on: date) -> Proposal:
    """Takes a link or a joining back (撤销关联): the registers are as before, and the row waits again.

    Raises:
        NotPermitted: as for deciding.
        CannotLink: nothing was linked, it was undone before, or what it wrote has changed since.
    """
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    require("people.merge" if proposal is not None and proposal.other_id else "sources.review")
    if proposal is None:
        raise CannotLink(f"没有疑似记录 {proposal_id}，或不在本岗位范围内 / not found in your scope")
    words = _reason(reason)
    if proposal.state not in (Proposal.State.SAME, Proposal.State.AUTOMATIC, Proposal.State.DIFFERENT):
        raise CannotLink(f"没有可撤销的判断：{proposal.get_state_display()} / nothing to undo")
    was_different = proposal.state == Proposal.State.DIFFERENT
    if proposal.merge is not None:
        take_back_merge(merge=proposal.merge, reason=words, on=on)
        proposal.refresh_from_db()
    elif proposal.review is not None and not was_different:
        _unlink(proposal, words)
    _mark_undone(proposal, words)
    if was_different:
        # The question is open again.
        proposal.state = Proposal.State.OPEN
        proposal.save(update_fields=["state"])
    _trace("linkage.undo", proposal, words, {})
    return proposal


def _unlink(proposal: Proposal, words: str) -> None:
    try:
        registers.put_back(proposal.changes["registers"])
    except registers.ChangedSince as refusal:
        raise CannotLink(str(refusal)) from refusal
    reopen_review(item_id=proposal.review_id or 0, row=proposal.changes["row"], reason=words)
    for followed in proposal.changes["followed"]:
        reopen_review(item_id=followed, row={"person_id": None, "outcome": "review"}, reason=words)
    Proposal.objects.filter(review_id=proposal.review_id, state=Proposal.State.PASSED).update(
        state=Proposal.State.OPEN
    )


def take_back_merge(*, merge: Merge, reason: str, on: date) -> Merge:
    """Undoes a merge of two people, however it came about; a pair that led to it is marked.

    Raises:
        NotPermitted: the acting post may not merge records.
        CannotLink: undone before, or one of the two was merged again since.
    """
    words = _reason(reason)
    try:
        done = undo_merge(merge=merge, on=on, reason=words)
    except CannotMerge as refusal:
        raise CannotLink(str(refusal)) from refusal
    for proposal in Proposal.objects.filter(merge=merge, state=Proposal.State.SAME):
        _mark_undone(proposal, words)
    return done


def _mark_undone(proposal: Proposal, words: str) -> None:
    actor = current_actor()
    proposal.state, proposal.undone_reason = Proposal.State.UNDONE, words
    proposal.undone_at, proposal.undone_by = timezone.now(), actor.label if actor else ""
    proposal.save()


def _trace(act: str, proposal: Proposal, words: str, detail: dict[str, Any]) -> None:
    about = {"review": proposal.review_id, "other": proposal.other_id, "model": proposal.model_id}
    record(
        act,
        subject=f"linkage.proposal:{proposal.pk}",
        detail=detail | {name: value for name, value in about.items() if value},
        reason=words,
        person_id=proposal.person_id,
        division_code=proposal.division_code,
    )
