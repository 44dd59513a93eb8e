"""Human help while filling in a form (人工在线帮办): a question goes to one clerk on duty, in turn, until one answers.

Whose turn it is, the database says: residents do not see how busy a clerk is. A question that nobody answers within the
minutes of the parameter `help_minutes` goes to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet

from minzheng.kernel.access import RESIDENT, NotPermitted, require, roles
from minzheng.kernel.audit import record
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused, NotYourStep
from minzheng.kernel.cases.jurisdiction import CITY
from minzheng.kernel.cases.models import Case, HelpRequest
from minzheng.kernel.cases.moving import who_acts
from minzheng.kernel.cases.working_rules import rule_at
from minzheng.kernel.items import item_on
from minzheng.kernel.people.models import Person

_S = HelpRequest.State
AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class HelpFigures:
    """Help asked for about one item: how often, how many answered, how many in time, the mean wait in seconds."""

    item: str
    asked: int
    answered: int
    in_time: int
    mean_wait_seconds: int | None


@transaction.atomic
def ask_for_help(*, item: str, words: str, at: datetime, case: Case | int | None = None) -> HelpRequest:
    """Puts a resident's question about an item to a clerk on duty at their street (求助帮办).

    Raises:
        NotPermitted: no resident acts. CaseNotFound: the case is not theirs.
        CaseError: the item offers no help online; the question is missing; one of theirs waits already.
    """
    actor = who_acts()
    if actor.kind != RESIDENT or actor.person_id is None:
        raise NotPermitted("由居民本人提出 / help is asked for by the resident")
    if len(words.strip()) < 2:
        raise CaseError("请写下您的问题 / write your question")
    declared = item_on(item, at.date())
    if not declared.is_assisted:
        raise CaseError(
            f"“{declared.name}”暂未开通在线帮办，可拨打 12345 或到任一受理中心 / "
            f"no online help for {declared.name_en}; call 12345 or come to any centre"
        )
    case_id = None if case is None else (case if isinstance(case, int) else case.pk)
    if case_id is not None and not Case.objects.filter(pk=case_id, item=item).exists():
        raise CaseNotFound(f"没有办件 {case_id} / no such case of yours")
    if HelpRequest.objects.filter(person_id=actor.person_id, item=item, state=_S.WAITING).exists():
        raise CaseError("您的上一个问题正在等待答复 / your former question is still waiting")
    place = Person.objects.get(pk=actor.person_id).division_code[:9] or CITY
    post = _next_on_duty(place, None)
    made = HelpRequest.objects.create(
        person_id=actor.person_id, item=item, case_id=case_id, words=words.strip()[:2000], division_code=place, asked_at=at,
        offered_post_id=post, offered_at=at if post else None,
    )  # fmt: skip
    record("cases.ask_help", subject=f"help:{made.pk}", detail={"item": item}, person_id=actor.person_id, division_code=place)  # fmt: skip
    return made


@transaction.atomic
def answer_help(*, request: HelpRequest | int, answer: str, at: datetime) -> HelpRequest:
    """Answers a waiting question (答复); any clerk on duty at the place may, the first answer counts.

    Raises:
        NotYourStep: another place's question. MoveRefused: it is answered or closed. CaseError: the answer is empty.
    """
    found = _locked(request)
    actor = require("cases.help")
    if not actor.reaches(found.division_code):
        raise NotYourStep(f"由 {found.division_code} 帮办 / {found.division_code} answers it")
    if found.state != _S.WAITING:
        raise MoveRefused("该问题已答复或已结束 / the question has been answered or closed")
    if len(answer.strip()) < 2:
        raise CaseError("请写下答复 / write the answer")
    found.state, found.answer = _S.ANSWERED, answer.strip()[:4000]
    found.answered_at, found.answered_by, found.offered_post_id = at, actor.label, actor.post_id
    found.save(update_fields=["state", "answer", "answered_at", "answered_by", "offered_post_id"])
    record("cases.answer_help", subject=f"help:{found.pk}", detail={"item": found.item}, person_id=found.person_id,
           division_code=found.division_code)  # fmt: skip
    return found


@transaction.atomic
def close_help(*, request: HelpRequest | int) -> HelpRequest:
    """Closes a question (结束), by the resident at any time, or by a clerk once it is answered."""
    found = _locked(request)
    actor = who_acts()
    if actor.kind != RESIDENT:
        require("cases.help")
        if found.state == _S.WAITING:
            raise MoveRefused("请先答复 / answer it first")
    found.state = _S.CLOSED
    found.save(update_fields=["state"])
    return found


@transaction.atomic
def pass_on_waiting(*, at: datetime) -> int:
    """Offers questions left unanswered for too long to the next clerk (转派); returns how many. For the periodic job."""
    require("cases.help")
    limit = at - timedelta(minutes=rule_at("help_minutes", at.date()))
    late = Q(offered_post_id=None) | Q(offered_at__lte=limit)
    waiting = HelpRequest.objects.select_for_update(skip_locked=True).filter(late, state=_S.WAITING)
    passed = 0
    for one in waiting.order_by("asked_at", "id")[:AT_MOST]:
        post = _next_on_duty(one.division_code, one.offered_post_id)
        if post is None or post == one.offered_post_id:
            continue
        one.passed_on += one.offered_post_id is not None
        one.offered_post_id, one.offered_at = post, at
        one.save(update_fields=["offered_post_id", "offered_at", "passed_on"])
        passed += 1
    return passed


def waiting_for(*, post_id: int) -> QuerySet[HelpRequest]:
    """The questions offered to one post and not answered yet, the oldest first."""
    return HelpRequest.objects.filter(offered_post_id=post_id, state=_S.WAITING).order_by("asked_at", "id")


def waiting_at(*, place: str) -> QuerySet[HelpRequest]:
    """All the questions that wait at one place, whoever they are offered to, the oldest first."""
    return HelpRequest.objects.filter(division_code=place, state=_S.WAITING).order_by("asked_at", "id")


def my_questions(person_id: int) -> list[HelpRequest]:
    """A resident's own questions, the latest first."""
    return list(HelpRequest.objects.filter(person_id=person_id).order_by("-asked_at", "-id")[:50])


def help_figures(*, since: datetime, until: datetime, place: str = "") -> list[HelpFigures]:
    """Help by item, asked within [since, until): how much was answered, how much in time; one query."""
    require("cases.look")
    found = HelpRequest.objects.filter(asked_at__gte=since, asked_at__lt=until)
    found = found.filter(division_code=place) if place else found
    wait = ExpressionWrapper(F("answered_at") - F("asked_at"), output_field=DurationField())
    in_time = timedelta(minutes=rule_at("help_minutes", since.date()))
    rows = found.annotate(wait=wait).values("item").annotate(
        asked=Count("id"), answered=Count("answered_at"), in_time=Count("id", filter=Q(wait__lte=in_time)), mean=Avg("wait")
    )  # fmt: skip
    return [
        HelpFigures(row["item"], row["asked"], row["answered"], row["in_time"],
                    None if row["mean"] is None else round(row["mean"].total_seconds()))
        for row in rows.order_by("item")[:1000]
    ]  # fmt: skip


def waited_seconds(request: HelpRequest, at: datetime) -> int:
    """How long a question has waited, or waited until it was answered."""
    return max(0, round(((request.answered_at or at) - request.asked_at).total_seconds()))


def _locked(request: HelpRequest | int) -> HelpRequest:
    pk = request if isinstance(request, int) else request.pk
    found = HelpRequest.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(f"没有求助 {pk}，或不在可见范围内 / no such question in your sight")
    return found


def _next_on_duty(place: str, besides: int | None) -> int | None:
    """The post at a place that was offered a question least recently; None where nobody is on duty."""
    serving = [role.code for role in roles().values() if {"cases.help", "cases.accept"} <= role.permissions and role.code != "service"]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_next_on_duty(%s, %s, %s)", [place, serving, besides])
        found: int | None = cursor.fetchone()[0]
    return found
