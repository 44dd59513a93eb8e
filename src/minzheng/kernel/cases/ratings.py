"""Ratings (好差评): one a service, by the applicant, after it ended; a low one is followed up by somebody else.

Source: 国务院办公厅关于建立政务服务“好差评”制度提高政务服务水平的意见（国办发〔2019〕51号）: every case may be rated once and low ratings
are followed up. Its time limits are illustrative here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Avg, Count, Q, QuerySet

from minzheng.kernel.access import RESIDENT, Actor, NotPermitted, require
from minzheng.kernel.access.models import Post
from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused, NotYourStep, SamePerson
from minzheng.kernel.cases.models import Case, Event, Rating
from minzheng.kernel.cases.moving import add_event, seen, who_acts
from minzheng.kernel.cases.states import State
from minzheng.kernel.cases.working_rules import rule_at

_F = Rating.FollowUp
ENDED = (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.LAPSED, State.ENDED)


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """The ratings of one item: how many, their mean of five, how many low ones and how many of those are followed up."""

    item: str
    count: int
    mean: float
    low: int
    followed_up: int


@transaction.atomic
def rate(*, case: Case | int, score: int, words: str = "", on: date) -> Rating:
    """Rates the service of a case that has ended (评价), once, by its applicant or beneficiary.

    A low rating opens a follow-up at the office that handled the case last.

    Raises:
        NotPermitted: somebody else. MoveRefused: the case is still open.
        CaseError: the score is not 1 to 5; the case is rated already.
    """
    found = seen(case)
    actor = who_acts()
    if actor.kind != RESIDENT or actor.person_id not in (found.applicant_id, found.person_id):
        raise NotPermitted("只有申请人本人可以评价 / only the applicant rates the service")
    if not may_rate_state(found):
        raise MoveRefused(
            f"办件 {found.number} 尚未办结，办结后再评价 / rate case {found.number} after it has ended"
        )
    if isinstance(score, bool) or score not in range(1, 6):
        raise CaseError(f"评分须为 1 至 5，不是 {score} / give 1 to 5")
    if Rating.objects.filter(case=found).exists():
        raise CaseError(f"办件 {found.number} 已经评价过 / case {found.number} has been rated already")
    is_low = score <= rule_at("low_rating", on)
    made = Rating.objects.create(
        case=found,
        score=score,
        words=words.strip()[:2000],
        on=on,
        division_code=found.deciding_division if found.decided_on else found.accepting_division,
        follow_up=_F.OPEN if is_low else _F.NONE,
        due_on=due_after(on, rule_at("rating_follow_up_workdays", on), in_workdays=True) if is_low else None,
    )
    add_event(found, "rate", on=on, detail={"score": score})
    return made


@transaction.atomic
def follow_up(*, rating: Rating | int, outcome: str, on: date) -> Rating:
    """Keeps what a follow-up of a low rating found and did (差评回访).

    Raises:
        SamePerson: the official did something on the case. NotYourStep: another place was rated.
        MoveRefused: nothing is to be followed up. CaseError: the words are missing.
    """
    pk = rating if isinstance(rating, int) else rating.pk
    found = Rating.objects.select_for_update(of=("self",)).select_related("case").filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有评价 {pk}，或不在可见范围内 / no such rating in your sight")
    actor = require("cases.look")
    require("cases.help", domain=found.case.domain)
    if not actor.reaches(found.division_code):
        raise NotYourStep(f"由 {found.division_code} 回访 / {found.division_code} follows it up")
    if found.follow_up != _F.OPEN:
        raise MoveRefused("该评价无需回访或已回访 / there is nothing to follow up")
    if _handled(found.case_id, actor):
        raise SamePerson("经办人不能回访自己的办件 / whoever handled the case cannot follow it up")
    if len(outcome.strip()) < 4:
        raise CaseError("请写明回访情况（至少四个字） / say what came of it, in at least four characters")
    found.follow_up, found.followed_on, found.followed_by, found.outcome = (
        _F.DONE,
        on,
        actor.label,
        outcome.strip(),
    )
    found.save(update_fields=["follow_up", "followed_on", "followed_by", "outcome"])
    add_event(found.case, "follow_up_rating", on=on, note=outcome, detail={"rating": found.pk})
    return found


def may_rate_state(case: Case) -> bool:
    """Whether a case has come to an end that is rated; a draft given up is none."""
    return case.state in ENDED


def may_rate(case: Case, actor: Actor) -> bool:
    """Whether the page offers the rating."""
    mine = actor.kind == RESIDENT and actor.person_id in (case.applicant_id, case.person_id)
    return mine and may_rate_state(case) and not Rating.objects.filter(case=case).exists()


def to_follow_up(*, place: str, on: date | None = None) -> QuerySet[Rating]:
    """The low ratings that one place has still to follow up, the nearest deadline first; overdue ones where `on` is given."""
    require("cases.look")
    found = Rating.objects.filter(division_code=place, follow_up=_F.OPEN).select_related("case")
    return (found.filter(due_on__lt=on) if on is not None else found).order_by("due_on", "id")


def rating_figures(*, since: date, until: date, place: str = "", item: str = "") -> list[RatingFigures]:
    """Ratings by item in a span of days, both included, as far as whoever acts may see them; one query.

    Args:
        place: the rated office's own division code; every office in sight where empty.
    """
    require("cases.look")
    found = Rating.objects.filter(on__range=(since, until))
    found = found.filter(division_code=place) if place else found
    found = found.filter(case__item=item) if item else found
    low = ~Q(follow_up=_F.NONE)
    rows = found.values("case__item").annotate(
        count=Count("id"), mean=Avg("score"), low=Count("id", filter=low),
        followed_up=Count("id", filter=Q(follow_up=_F.DONE)),
    )  # fmt: skip
    return [
        RatingFigures(
            row["case__item"], row["count"], round(float(row["mean"]), 2), row["low"], row["followed_up"]
        )
        for row in rows.order_by("case__item")[:1000]
    ]


def _handled(case_id: int, actor: Actor) -> bool:
    posts = Event.objects.filter(case_id=case_id).exclude(actor_post_id=None).values("actor_post_id")
    return Post.objects.filter(pk__in=posts, official_id=actor.official_id).exists()
