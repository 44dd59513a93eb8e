"""What comes after a case, or beside it: low ratings to follow up, disputed data, questions that wait, sampled decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require, scope_of
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.disputes import disputes_open
from minzheng.kernel.cases.helping import waited_seconds
from minzheng.kernel.cases.models import Decision, Dispute, HelpRequest, Rating
from minzheng.kernel.items import catalogue
from minzheng.kernel.people.identifiers import mask_name
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework.pages import me, show, tabs
from minzheng.surfaces.web.casework.words import OUTCOMES, case_title, item_name, place_words
from minzheng.surfaces.web.explaining import office_name
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import due_words

PAGE = 25


def _address(case_id: int) -> str:
    return reverse("case", args=[case_id])


def _scope() -> tuple[str, str]:
    return scope_of(me().division_code)


def _states(request: HttpRequest, waiting: str, done: str) -> tuple[bool, list[NavItem]]:
    """Whether the settled ones are asked for, and the two tabs."""
    is_done = request.GET.get("state") == "done"
    return is_done, [NavItem(waiting, "?", not is_done), NavItem(done, "?state=done", is_done)]


@require_safe
def ratings(request: HttpRequest) -> HttpResponse:
    """Low ratings of this place: each is followed up by somebody who did not handle the case."""
    require("cases.look")
    low, high = _scope()
    on = working_day()
    is_done, states = _states(request, _("待回访"), _("已回访"))
    rows = (
        Rating.objects.filter(
            division_code__gte=low, division_code__lt=high, follow_up="done" if is_done else "open"
        )
        .select_related("case")
        .defer("case__answers")
        .order_by(*(("-followed_on", "-id") if is_done else ("due_on", "id")))[:PAGE]
    )
    entries = [
        {
            "one": one,
            "title": case_title(one.case),
            "href": _address(one.case_id),
            "due": due_words(one.due_on, on) if one.due_on and not is_done else None,
        }
        for one in rows
    ]
    return show(
        request,
        "ratings",
        {"entries": entries, "states": states, "areas": tabs("case_ratings"), "may_act": may("cases.help") and not is_done},
    )  # fmt: skip


@require_POST
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what came of a follow-up."""
    words = request.POST.get("outcome", "").strip()[:2000]
    attempt(
        request,
        lambda: actions.follow_up(rating=pk, outcome=words, on=working_day()),
        done=_("回访情况已登记。"),
    )
    return redirect("case_ratings")


@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """Data that people of this place say is wrong: verified at its source, then corrected or left as it stands."""
    require("sources.review")
    is_done, states = _states(request, _("待核实"), _("已处理"))
    low, high = _scope()
    rows = disputes_open(place=me().division_code)
    if is_done:
        here = Q(person__division_code__gte=low, person__division_code__lt=high)
        here |= Q(person__hukou_division_code__gte=low, person__hukou_division_code__lt=high)
        rows = (
            Dispute.objects.filter(here)
            .exclude(state="open")
            .select_related("person")
            .order_by("-settled_on", "-id")
        )
    entries = [
        {
            "one": one,
            "name": mask_name(one.person.name),
            "office": office_name(one.source),
            "state": f"dispute_{one.state}",
        }
        for one in rows[:PAGE]
    ]
    return show(
        request,
        "disputes",
        {"entries": entries, "states": states, "areas": tabs("case_disputes"), "is_done": is_done},
    )  # fmt: skip


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settles a dispute: the register is corrected to what the person told, or its value stands."""
    verdict = request.POST.get("verdict", "")
    reason = request.POST.get("reason", "").strip()[:1000]
    attempt(
        request,
        lambda: actions.settle_dispute(dispute=pk, outcome=verdict, reason=reason, on=working_day()),
        done=_("数据异议已处理，办件已同步。"),
    )
    return redirect("case_disputes")


@require_safe
def helping(request: HttpRequest) -> HttpResponse:
    """Questions of residents who are filling in a form; those offered to me come first."""
    require("cases.help")
    actor, at = me(), timezone.now()
    low, high = _scope()
    is_done, states = _states(request, _("等待帮办"), _("已答复"))
    rows = HelpRequest.objects.filter(division_code__gte=low, division_code__lt=high).select_related("person")
    rows = (
        rows.exclude(state="waiting").order_by("-asked_at", "-id")
        if is_done
        else rows.filter(state="waiting").order_by("asked_at", "id")
    )
    found = list(rows[:PAGE])
    items = catalogue()
    places = place_words({one.division_code for one in found})
    entries = [
        {
            "one": one,
            "item": item_name(items[one.item]) if one.item in items else one.item,
            "name": mask_name(one.person.name) if one.person else "—",
            "minutes": waited_seconds(one, at) // 60,
            "is_mine": one.offered_post_id == actor.post_id,
            "place": places.get(one.division_code, ""),
            "href": _address(one.case_id) if one.case_id else "",
        }
        for one in found
    ]
    entries.sort(key=lambda entry: not entry["is_mine"])
    return show(
        request,
        "help",
        {"entries": entries, "states": states, "is_done": is_done, "areas": tabs("case_help")},
    )


@require_POST
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answers a question, or closes one that was answered."""
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "answer": (
            lambda: actions.answer_help(
                request=pk, answer=request.POST.get("answer", "").strip()[:4000], at=timezone.now()
            ),
            _("答复已发出。"),
        ),
        "close": (lambda: actions.close_help(request=pk), _("已结束。")),
    }
    if verb not in acts:
        raise Http404
    run, done = acts[verb]
    attempt(request, run, done=done)
    return redirect("case_help")


@require_safe
def sampled(request: HttpRequest) -> HttpResponse:
    """Decisions drawn for review: every one that departs from the finding, and a fixed share of the rest."""
    require("cases.review")
    low, high = _scope()
    departs = request.GET.get("state") == "done"
    rows = (
        Decision.objects.filter(
            is_sampled=True,
            is_in_force=True,
            case__deciding_division__gte=low,
            case__deciding_division__lt=high,
        )
        .select_related("case")
        .defer("case__answers", "finding")
        .order_by("-id")
    )
    if departs:
        rows = rows.filter(departs=True)
    table = Table(
        columns=[
            Column("title", _("事项"), is_heading=True, value=lambda one: case_title(one.case),
                   href=lambda one: _address(one.case_id), hint=lambda one: one.case.number),
            Column("name", _("受益人"), value=lambda one: one.case.person_name),
            Column("outcome", _("决定"), value=lambda one: str(OUTCOMES.get(one.outcome, one.outcome))),
            Column("proposed", _("认定结果"), value=lambda one: str(OUTCOMES.get(one.proposed, "—"))),
            Column("departs", _("不一致"), kind="yes_no"),
            Column("reason", _("理由"), is_wide=True),
            Column("by_label", _("决定人"), hint=lambda one: one.second_label),
            Column("on", _("日期"), kind="date"),
        ],
        source=rows, request=request, caption=_("抽中复查的决定"), page_size=PAGE, is_counted=False, is_exportable=False,
        empty_title=_("没有抽中的决定"),
    )  # fmt: skip
    return show(
        request,
        "sampled",
        {
            "table": table,
            "areas": tabs("case_sampled"),
            "states": [
                NavItem(_("全部抽中"), "?", not departs),
                NavItem(_("与认定结果不一致"), "?state=done", departs),
            ],
        },
    )


urls = [
    path("cases/ratings/", ratings, name="case_ratings"),
    path("cases/ratings/<int:pk>/follow-up/", follow_up, name="case_rating_follow_up"),
    path("cases/disputes/", disputes, name="case_disputes"),
    path("cases/disputes/<int:pk>/settle/", settle, name="case_dispute_settle"),
    path("cases/help/", helping, name="case_help"),
    path("cases/help/<int:pk>/<slug:verb>/", answer, name="case_help_act"),
    path("cases/sampled/", sampled, name="case_sampled"),
]
