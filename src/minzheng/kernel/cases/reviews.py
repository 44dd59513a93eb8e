"""Looking at a decision again (复核、行政复议): filed in time, by another official, decided within its own clock.

A review that is upheld makes a further decision in the first one's place; the first stays on record. What follows for
the award is in `review_awards`, what follows for others decided for the same reason in `alike`.
Sources: 行政复议法 (2017修正) 第九条 (sixty days to apply), 第十二条 (where), 第十七条 (not accepted), 第三十一条 (sixty days to
decide). The time limits of 复核 are the item's own and illustrative.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from minzheng.kernel.access import RESIDENT, Actor, NotPermitted, require
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases import letters
from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.conditions import GRANT, REFUSE
from minzheng.kernel.cases.deciding import amount_to_grant, take_effect_after_review
from minzheng.kernel.cases.errors import (
    CaseError,
    CaseNotFound,
    MoveRefused,
    NotYourStep,
    SamePerson,
    TooLate,
)
from minzheng.kernel.cases.finding import Proposal, propose
from minzheng.kernel.cases.jurisdiction import CITY
from minzheng.kernel.cases.models import AlikeCase, Case, Decision, Letter, Review
from minzheng.kernel.cases.moving import add_event, item_of, locked, seen, who_acts
from minzheng.kernel.cases.review_awards import first_month, take_back
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import Item

_K, _S = Review.Kind, Review.State
OPEN = (_S.FILED, _S.IN_HAND)
REVIEWERS = ("district_reviewer", "city_policy_officer")
AT_MOST = 5000


@dataclass(frozen=True, slots=True)
class Way:
    """One way to object to the decision in force: until when, and why it is closed (empty where it is open)."""

    kind: Review.Kind
    until: date
    where: str
    closed_because: str

    @property
    def is_open(self) -> bool:
        return not self.closed_because


def ways_to_object(case: Case, on: date) -> list[Way]:
    """The ways to object to a case's decision in force, open or not; empty where nothing is decided (救济途径)."""
    decision = Decision.objects.filter(case=case, is_in_force=True).first()
    if decision is None:
        return []
    item = item_of(case)
    filed = list(Review.objects.filter(case=case, decision=decision))
    return [
        Way(kind, last_day(item, decision, kind), reviewing_place(case, kind), _closed(item, decision, kind, filed, on))
        for kind in _K
    ]  # fmt: skip


def last_day(item: Item, decision: Decision, kind: str) -> date:
    """The last day on which a decision may be objected to in this way; a day off moves it on."""
    days = item.review_days if kind == _K.REVIEW else rule_at("reconsideration_days", decision.on)
    return due_after(decision.on, days, in_workdays=False)


def reviewing_place(case: Case, kind: str) -> str:
    """Who looks at it again: the district for a street's decision, the city for a district's or its own.

    Source: 行政复议法 (2017修正) 第十二条; for 复核 the same, illustrative. A department's decision goes to the district it
    was made in.
    """
    place = case.deciding_division
    return place[:6] if len(place) > 6 else CITY


@transaction.atomic
def file_review(*, case: Case | int, kind: str, words: str, on: date) -> Review:
    """Files a review or a reconsideration of the decision in force (申请复核、行政复议).

    By the applicant or beneficiary, or by a clerk on their behalf who has the case in sight.

    Raises:
        TooLate: the last day has passed.
        CaseError: nothing is decided; this way is not open for the item; it was used already; the words are missing.
        NotPermitted: another resident, or a post that helps nobody.
    """
    found = seen(case)
    actor = _speaks_for(found)
    if kind not in _K.values:
        raise CaseError(
            f"种类须为 review 或 reconsideration，不是 {kind} / file a review or a reconsideration"
        )
    if len(words.strip()) < 4:
        raise CaseError("请写明理由（至少四个字） / say why, in at least four characters")
    decision = Decision.objects.filter(case=found, is_in_force=True).first()
    if decision is None:
        raise MoveRefused(f"办件 {found.number} 尚无决定 / nothing is decided in case {found.number} yet")
    item = item_of(found)
    closed = _closed(item, decision, kind, list(Review.objects.filter(case=found, decision=decision)), on)
    if closed:
        raise (TooLate if on > last_day(item, decision, kind) else CaseError)(closed)
    if on < decision.on:
        raise CaseError(f"决定日期为 {decision.on} / the decision is of {decision.on}")
    by = (
        found.applicant_name if actor.kind == RESIDENT else f"{found.applicant_name}（{actor.label}代为提出）"
    )
    return open_review(found, decision, kind=kind, words=words.strip(), filed_by=by, on=on)


def open_review(case: Case, decision: Decision, *, kind: str, words: str, filed_by: str, on: date) -> Review:
    """Writes the review of a case with its deadline; `file_review` and `alike.reopen_alike` check who may."""
    item = item_of(case)
    due = (
        due_after(on, item.review_days, in_workdays=True)
        if kind == _K.REVIEW
        else due_after(on, rule_at("reconsideration_decided_days", on), in_workdays=False)
    )
    made = Review(
        case=case,
        decision=decision,
        kind=kind,
        words=words,
        filed_by=filed_by,
        filed_on=on,
        due_on=due,
        reviewing_division=reviewing_place(case, kind),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as twice:
        raise CaseError(
            f"该办件的{made.get_kind_display()}正在办理 / a {kind} of this case is being handled"
        ) from twice
    add_event(case, "file_review", on=on, note=words, detail={"review": made.pk, "kind": kind})
    return made


@transaction.atomic
def take_up(*, review: Review | int, on: date) -> Review:
    """A reviewer takes a review in hand (受理复核).

    Raises:
        SamePerson: the official decided or confirmed the decision under review.
        NotYourStep: another place reviews it. MoveRefused: it was taken up or has ended.
    """
    found, case, actor = _for_reviewer(review)
    if found.state != _S.FILED:
        raise MoveRefused(
            f"该{found.get_kind_display()}{found.get_state_display()} / the review is {found.state}"
        )
    found.state, found.reviewer_label, found.reviewer_post_id = _S.IN_HAND, actor.label, actor.post_id
    found.save(update_fields=["state", "reviewer_label", "reviewer_post_id"])
    add_event(case, "take_up_review", on=on, detail={"review": found.pk})
    return found


@transaction.atomic
def withdraw_review(*, review: Review | int, on: date) -> Review:
    """Takes a review back (撤回), by the applicant or by a clerk on their behalf; a job writes the letter."""
    found = _locked_review(review)
    case = seen(found.case_id)
    _speaks_for(case)
    _still_open(found)
    found.state, found.decided_on = _S.WITHDRAWN, on
    found.save(update_fields=["state", "decided_on"])
    add_event(case, "withdraw_review", on=on, detail={"review": found.pk})
    _tell_later(found, on)
    return found


@transaction.atomic
def tell_withdrawn(*, review: int, on: date) -> Letter | None:
    """Writes the letter that ends a withdrawn review (终止), once; for the platform's own job."""
    require("cases.review")
    found = Review.objects.select_related("decision").get(pk=review)
    case = locked(found.case_id)
    written = Letter.objects.filter(
        case=case, kind=Letter.Kind.REVIEW, content__opening__contains=[letters.withdrawal_line(case, found)]
    )
    if found.state != _S.WITHDRAWN or written.exists():
        return None
    still_open = [way.kind for way in ways_to_object(case, on) if way.is_open]
    return letters.issue(case, Letter.Kind.REVIEW, on=on, review=found, still_open=still_open)


@transaction.atomic
def refuse_review(*, review: Review | int, reason: str, on: date) -> Review:
    """Does not accept a review, with its reason (不予受理)."""
    found, case, actor = _for_reviewer(review)
    _still_open(found)
    _needs_words(reason)
    return _end(found, case, _S.NOT_ACCEPTED, actor, reason, on)


@transaction.atomic
def decide_review(
    *, review: Review | int, upheld: bool, outcome: str, on: date, failed_rule: str = "", decides: str = ""
) -> Review:
    """Decides a review in hand (审结): the decision stays, or a further one takes its place at once.

    Args:
        upheld: whether the decision is changed.
        outcome: the reviewer's words; they become the new decision's reason.
        failed_rule: the condition that the first decision got wrong; the only one that failed where empty. Cases decided
            for the same reason are looked at again by a job.
        decides: granted or refused; the opposite of the first decision where empty. Granted again changes the amount.

    Raises:
        CaseError: the words are missing; the law gives no amount, or the same one; the rule is not one that failed.
        SamePerson, NotYourStep, NotPermitted, MoveRefused.
    """
    found, case, actor = _for_reviewer(review)
    if found.state != _S.IN_HAND:
        raise MoveRefused("先受理，再审结 / take the review up before you decide it")
    _needs_words(outcome)
    if not upheld:
        return _end(found, case, _S.DISMISSED, actor, outcome, on)
    first = found.decision
    if not first.is_in_force:
        raise MoveRefused("原决定已被改变 / the decision under review has been replaced already")
    rule = _rule(first, failed_rule)
    decision = _further(
        case, first, decides or (REFUSE if first.outcome == GRANT else GRANT), outcome, actor, on
    )
    found.state, found.decided_on, found.outcome, found.failed_rule = _S.UPHELD, on, outcome.strip(), rule
    found.reviewer_label, found.reviewer_post_id = actor.label, actor.post_id
    found.save()
    if first.outcome == GRANT and decision.outcome == REFUSE:
        take_back(case, on=on)
    case.departs = decision.departs
    take_effect_after_review(case=case, decision=decision, on=on, review=found)
    add_event(case, "uphold_review", on=on, note=outcome, detail={"review": found.pk, "decision": decision.pk, "replaces": first.pk})  # fmt: skip
    _close_alike(case, found)
    for other in Review.objects.filter(decision=first, state__in=OPEN):
        _end(other, case, _S.NOT_ACCEPTED, actor, "原决定已经改变，如对新决定不服，可以另行提出。", on)
    if rule:
        _look_for_alike(found, on)
    return found


@transaction.atomic
def escalate_late_reviews(*, on: date) -> int:
    """Shows overdue reviews to the superior, once each (督办); returns how many. For the nightly job."""
    require("cases.review")
    late = Review.objects.filter(state__in=OPEN, due_on__lt=on, escalated_on=None).select_related("case")
    done = 0
    for review in late.order_by("due_on", "id")[:AT_MOST]:
        review.escalated_on = on
        review.save(update_fields=["escalated_on"])
        add_event(
            review.case, "escalate_review", on=on, note=f"{review.get_kind_display()}期限 {review.due_on} 已过",
            detail={"review": review.pk},
        )  # fmt: skip
        done += 1
    return done


def reviews_at(*, place: str, states: Collection[str] = OPEN) -> QuerySet[Review]:
    """The reviews that one place decides, the nearest deadline first; with their cases and decisions."""
    require("cases.look")
    found = Review.objects.filter(reviewing_division=place, state__in=states)
    return found.select_related("case", "decision").order_by("due_on", "id")


def reviews_of(case: Case) -> list[Review]:
    """A case's reviews, the latest first."""
    return list(Review.objects.filter(case=case).select_related("decision").order_by("-id")[:50])


def may_review(review: Review, actor: Actor) -> bool:
    """Whether the acting post may take up or decide a review: role, place, domain, and not who decided."""
    return (
        actor.role in REVIEWERS
        and actor.covers(review.case.domain)
        and actor.reaches(review.reviewing_division)
        and actor.official_id not in _deciders(review.decision)
    )


def _closed(item: Item, decision: Decision, kind: str, filed: list[Review], on: date) -> str:
    """Why a way is closed; empty where it is open."""
    name = _K(kind).label
    if not (item.may_review if kind == _K.REVIEW else item.may_appeal):
        return f"“{item.name}”不适用{name} / {kind} is not open for {item.name_en}"
    before = [one for one in filed if one.kind == kind and one.state != _S.WITHDRAWN]
    if any(one.state in OPEN for one in before):
        return f"对该决定的{name}正在办理 / a {kind} of this decision is being handled"
    if before:
        return f"对该决定已办理过{name} / a {kind} of this decision has been handled already"
    until = last_day(item, decision, kind)
    if on > until:
        return f"{name}须在 {until} 前提出 / a {kind} had to be filed by {until}"
    return ""


def _speaks_for(case: Case) -> Actor:
    actor = who_acts()
    if actor.kind == RESIDENT:
        if actor.person_id not in (case.applicant_id, case.person_id):
            raise NotPermitted(
                "只有申请人或受益人可以提出 / only the applicant or the beneficiary may do this"
            )
        return actor
    return require("cases.help")


def _locked_review(review: Review | int) -> Review:
    pk = review if isinstance(review, int) else review.pk
    found = Review.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(
            f"没有复核 {pk}，或已经审结，或不在可见范围内 / no such review in your sight, or it has ended"
        )
    return found


def _for_reviewer(review: Review | int) -> tuple[Review, Case, Actor]:
    pk = review if isinstance(review, int) else review.pk
    # The case first, as everywhere: the decision changes with it.
    case = locked(Review.objects.filter(pk=pk).values_list("case_id", flat=True).first() or 0)
    found = _locked_review(pk)
    found.case = case
    actor = require("cases.review", domain=case.domain)
    if actor.role not in REVIEWERS:
        raise NotPermitted(
            "复核由区级审核人员或市级业务主管办理 / a review is for a district reviewer or the city"
        )
    if not actor.reaches(found.reviewing_division):
        raise NotYourStep(
            f"该{found.get_kind_display()}由 {found.reviewing_division} 审理 / it is reviewed by {found.reviewing_division}"
        )
    if actor.official_id in _deciders(found.decision):
        raise SamePerson("作出或确认原决定的人不能审理 / whoever decided or confirmed it cannot review it")
    return found, case, actor


def _deciders(decision: Decision) -> set[int]:
    posts = [pk for pk in (decision.by_post_id, decision.second_post_id) if pk is not None]
    return set(
        Post.objects.filter(pk__in=posts).exclude(role="service").values_list("official_id", flat=True)
    )


def _still_open(review: Review) -> None:
    if review.state not in OPEN:
        raise MoveRefused(f"该{review.get_kind_display()}已经办结 / the review has ended: {review.state}")


def _needs_words(words: str) -> None:
    if len(words.strip()) < 4:
        raise CaseError("请写明审理意见（至少四个字） / give the reason, in at least four characters")


def _rule(first: Decision, named: str) -> str:
    if named and named not in first.failed:
        raise CaseError(
            f"原决定中没有不符合的条件“{named}”：{'、'.join(first.failed) or '无'} / "
            f"{named} is not a condition that failed in the first decision"
        )
    return named or (first.failed[0] if len(first.failed) == 1 else "")


def _further(case: Case, first: Decision, decides: str, words: str, actor: Actor, on: date) -> Decision:
    if decides not in (GRANT, REFUSE) or decides == first.outcome == REFUSE:
        raise CaseError(
            "改变原决定须为准予，或对准予的决定改为不予或改变金额 / say what the changed decision is"
        )
    item = item_of(case)
    proposal = _found_again(case, first, on)
    amount = amount_to_grant(item, proposal.data, decides)
    if decides == first.outcome and amount == first.amount_fen:
        raise CaseError("重新认定的金额与原决定相同 / the law gives the same amount as before")
    departs = bool(proposal.outcome) and proposal.outcome != decides
    return Decision(
        case=case,
        outcome=decides,
        proposed=proposal.outcome,
        finding=proposal.data,
        departs=departs,
        reason=words.strip(),
        failed=[one["rule"] for one in proposal.data["conditions"] if one["met"] is False],
        amount_fen=amount,
        start_month=first_month(case, on) if amount else None,
        by_label=actor.label,
        by_post_id=actor.post_id,
        on=on,
        is_sampled=departs,
    )


def _found_again(case: Case, first: Decision, on: date) -> Proposal:
    """What the law finds for the day of the decision under review, as the registers know it now; else for today."""
    then = propose(case, first.on)
    return then if then.outcome else propose(case, on)


def _end(review: Review, case: Case, state: Review.State, actor: Actor, words: str, on: date) -> Review:
    review.state, review.decided_on, review.outcome = state, on, words.strip()
    review.reviewer_label, review.reviewer_post_id = actor.label, actor.post_id
    review.save()
    act = "dismiss_review" if state == _S.DISMISSED else "refuse_review"
    add_event(case, act, on=on, note=words, detail={"review": review.pk})
    letters.issue(case, Letter.Kind.REVIEW, on=on, review=review)
    return review


def _close_alike(case: Case, review: Review) -> None:
    """What earlier reviews found about this case spoke of the decision that has now been replaced."""
    note = f"该办件的决定已由{review.get_kind_display()}（{review.decided_on}）改变"
    AlikeCase.objects.filter(case=case, state="open").update(state="reopened", note=note)


def _tell_later(review: Review, on: date) -> None:
    # Neither a resident nor another place's clerk writes the office's letters.
    from minzheng.kernel.cases.tasks import review_withdrawn_job

    review_withdrawn_job.defer(review_id=review.pk, on=on.isoformat())


def _look_for_alike(review: Review, on: date) -> None:
    from minzheng.kernel.cases.tasks import alike_job

    alike_job.defer(review_id=review.pk, on=on.isoformat())
