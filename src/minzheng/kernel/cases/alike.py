"""Cases alike (同类案件): when a review finds that a condition was judged wrongly, others refused for it are looked at again.

A job lists them and evaluates each anew; nothing is changed by itself. Each case's own office then reopens it on its own
motion, or keeps the decision with a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from minzheng.kernel.access import Actor, NotPermitted, may, require
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused, NotYourStep
from minzheng.kernel.cases.finding import propose
from minzheng.kernel.cases.models import AlikeCase, Case, Decision, Review
from minzheng.kernel.cases.moving import add_event, item_of, locked, who_acts
from minzheng.kernel.cases.reviews import OPEN, open_review
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items.model import ResultKind
from minzheng.kernel.periods import Month

AT_ONCE = 200
"""So many cases are evaluated in one job; the next ones in a further job."""


@transaction.atomic
def find_alike(*, review: Review | int, on: date, after: int = 0, at_most: int = AT_ONCE) -> int:
    """Lists and evaluates the next cases alike, by decision number after `after`; for the platform's own job.

    Alike are decisions in force on the same item with the same outcome and the same failed condition, made within the
    months that the parameter `alike_months` names before the day. Each is evaluated for the day it was decided, from what the
    registers know now. Done twice, a case is listed once.

    Returns:
        the last decision looked at, 0 where none is left.
    """
    require("cases.review")
    found = Review.objects.select_related("case", "decision").get(
        pk=review if isinstance(review, int) else review.pk
    )
    if found.state != Review.State.UPHELD or not found.failed_rule:
        return 0
    since = (Month.of(on) + (-rule_at("alike_months", on))).first_day
    decisions = Decision.objects.filter(
        is_in_force=True, outcome=found.decision.outcome, failed__contains=[found.failed_rule], on__gte=since,
        case__item=found.case.item, pk__gt=after,
    ).exclude(case_id=found.case_id)  # fmt: skip
    page = list(decisions.select_related("case").order_by("pk")[:at_most])
    AlikeCase.objects.bulk_create([_evaluated(found, one) for one in page], ignore_conflicts=True)
    return page[-1].pk if len(page) == at_most else 0


@transaction.atomic
def reopen_alike(*, alike: AlikeCase | int, words: str, on: date) -> Review:
    """Opens a review of a case alike on its own office's motion (依职权复核); no time limit stands against it.

    Raises:
        NotYourStep: another place decided it. CaseError: it is settled, under review already, or the words are missing.
    """
    found, case, actor = _mine(alike)
    _needs_words(words)
    decision = Decision.objects.filter(case=case, is_in_force=True).first()
    if decision is None:
        raise MoveRefused(f"办件 {case.number} 没有有效决定 / case {case.number} has no decision in force")
    if Review.objects.filter(case=case, kind=Review.Kind.REVIEW, state__in=OPEN).exists():
        raise CaseError(f"办件 {case.number} 正在复核 / case {case.number} is under review already")
    made = open_review(
        case,
        decision,
        kind=Review.Kind.REVIEW,
        words=words.strip(),
        filed_by=f"{actor.label}（依职权）",
        on=on,
    )
    found.state, found.note = "reopened", words.strip()
    found.save(update_fields=["state", "note"])
    return made


@transaction.atomic
def keep_alike(*, alike: AlikeCase | int, reason: str, on: date) -> AlikeCase:
    """Keeps the decision of a case alike, with the reason (维持)."""
    found, case, _ = _mine(alike)
    _needs_words(reason)
    found.state, found.note = "kept", reason.strip()
    found.save(update_fields=["state", "note"])
    add_event(case, "keep_alike", on=on, note=reason, detail={"review": found.review_id})
    return found


def alike_of(review: Review) -> QuerySet[AlikeCase]:
    """The cases that an upheld review sheds light on, as far as they are in sight; those that would change first."""
    return AlikeCase.objects.filter(review=review).select_related("case").order_by("now", "id")


def alike_at(*, place: str, states: Collection[str] = ("open",)) -> QuerySet[AlikeCase]:
    """The cases alike that one office has to reopen or keep, the oldest first; each with its case.

    The review itself may be another district's and out of sight: `note` says what it found, until the case is settled.
    """
    require("cases.look")
    found = AlikeCase.objects.filter(case__deciding_division=place, state__in=states)
    return found.select_related("case").order_by("id")


def may_settle(case: Case, actor: Actor) -> bool:
    """Whether the acting post may reopen or keep a case alike: it decides or reviews such cases, at the office that decided."""
    return _is_for(case, actor) and actor.reaches(case.deciding_division)


def _is_for(case: Case, actor: Actor) -> bool:
    decides = may("cases.decide", case.domain) or may("cases.review", case.domain)
    return decides and actor.role != "centre_clerk"


def _evaluated(review: Review, decision: Decision) -> AlikeCase:
    proposal = propose(decision.case, decision.on)
    is_award = item_of(decision.case).result.kind is ResultKind.AWARD
    amount = (
        proposal.data.get("amount_fen") if is_award and proposal.outcome == Decision.Outcome.GRANTED else None
    )
    label = next(
        (one["label"] for one in decision.finding.get("conditions", []) if one["rule"] == review.failed_rule),
        review.failed_rule,
    )
    return AlikeCase(
        review=review,
        case=decision.case,
        before=decision.outcome,
        now=proposal.outcome,
        amount_fen=amount,
        note=f"同一事项的{review.get_kind_display()}认定此条件判断有误：{label}",
    )


def _mine(alike: AlikeCase | int) -> tuple[AlikeCase, Case, Actor]:
    pk = alike if isinstance(alike, int) else alike.pk
    seen = AlikeCase.objects.filter(pk=pk).values_list("case_id", flat=True).first()
    if seen is None:
        raise CaseNotFound(f"没有同类案件 {pk}，或不在可见范围内 / no such case alike in your sight")
    case = locked(seen)
    actor = who_acts()
    if not _is_for(case, actor):
        raise NotPermitted("同类案件由办理单位处理 / a case alike is for the office that decided it")
    if not actor.reaches(case.deciding_division):
        raise NotYourStep(f"由 {case.deciding_division} 处理 / it belongs to {case.deciding_division}")
    found = AlikeCase.objects.select_for_update().get(pk=pk)
    if found.state != "open":
        raise MoveRefused("该同类案件已处理 / the case alike has been settled already")
    return found, case, actor


def _needs_words(words: str) -> None:
    if len(words.strip()) < 4:
        raise CaseError("请写明理由（至少四个字） / say why, in at least four characters")
