"""Readings of linkage for screens: the queue, the evidence of a pair, what was decided, the merges done."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from minzheng.kernel.linkage.comparisons import COMPARISONS
from minzheng.kernel.linkage.models import LinkModel, Proposal
from minzheng.kernel.people.models import Merge
from minzheng.kernel.sources.models import ReviewItem

ROWS, PEOPLE = "rows", "people"
_WAITING = (Proposal.State.OPEN, Proposal.State.VISIT)


def waiting() -> QuerySet[Proposal]:
    """Pairs that wait for a decision; a row that was decided in the queue of sources waits no more."""
    still = Q(review__isnull=True) | Q(review__state=ReviewItem.State.OPEN)
    unmerged = Q(person__merged_into=None) & (Q(other=None) | Q(other__merged_into=None))
    return Proposal.objects.filter(still, unmerged, state__in=_WAITING)


def queue(*, state: str = "", kind: str = "", contract: str = "") -> QuerySet[Proposal]:
    """The queue within the post's scope, the surest pairs first."""
    found = waiting().select_related("review__row", "person", "other")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(review__isnull=kind == PEOPLE)
    if contract:
        found = found.filter(review__contract=contract)
    return found.order_by("-weight", "pk")


def open_pairs() -> int:
    """How many pairs wait within the post's scope."""
    return waiting().count()


def decided() -> QuerySet[Proposal]:
    """What was decided and undone, the latest first."""
    states = [state for state in Proposal.State if state not in (*_WAITING, Proposal.State.PASSED)]
    return (
        Proposal.objects.filter(state__in=states)
        .select_related("person", "other", "review")
        .order_by("-decided_at", "-pk")
    )


def merges() -> QuerySet[Merge]:
    """Merges of two people's records, however they came about, the latest first."""
    return Merge.objects.select_related("survivor", "absorbed").order_by("-merged_at", "-pk")


def evidence_of(proposal: Proposal) -> dict[str, Any]:
    """Why two records may be one: the prior, and each answer with its weight in bits and the sum up to it.

    Returns:
        `prior`, `total` and `answers`: dicts of comparison, level, weight, since and until, in the order compared.
    """
    told = proposal.evidence
    answers, since = [], float(told["prior"])
    for compared in COMPARISONS:
        answer = told["answers"].get(compared.name)
        if answer is None:
            continue
        until = since + float(answer["weight"])
        answers.append({"comparison": compared.name, **answer, "since": since, "until": until})
        since = until
    return {"prior": float(told["prior"]), "total": since, "answers": answers}


def latest_model() -> LinkModel | None:
    """The model that counts; None before the first comparison."""
    return LinkModel.objects.order_by("-pk").first()
