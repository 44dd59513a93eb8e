"""After a decision: review and appeal, the rating; and help while one is filling in (复核、复议、评价、求助)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minzheng.kernel.cases.helping import ask_for_help
from minzheng.kernel.cases.letters import reviewing_office
from minzheng.kernel.cases.models import Case, HelpRequest, Rating, Review
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.ratings import may_rate, rate
from minzheng.kernel.cases.reviews import file_review, ways_to_object
from minzheng.kernel.items.model import Item
from minzheng.surfaces.web.portal.catalogue import title_of
from minzheng.surfaces.web.portal.language import own_language
from minzheng.surfaces.web.portal.mine import attempt, my_case
from minzheng.surfaces.web.work.day import working_day

REVIEWS = {
    Review.Kind.REVIEW: gettext_lazy("申请复核"),
    Review.Kind.RECONSIDERATION: gettext_lazy("申请行政复议"),
}
REVIEW_STATES = {
    Review.State.FILED: (gettext_lazy("已提出"), "info"),
    Review.State.IN_HAND: (gettext_lazy("审理中"), "info"),
    Review.State.UPHELD: (gettext_lazy("改变原决定"), "good"),
    Review.State.DISMISSED: (gettext_lazy("维持原决定"), "neutral"),
    Review.State.NOT_ACCEPTED: (gettext_lazy("不予受理"), "bad"),
    Review.State.WITHDRAWN: (gettext_lazy("已撤回"), "neutral"),
}
SCORES = [
    (5, gettext_lazy("5 非常满意")),
    (4, gettext_lazy("4 满意")),
    (3, gettext_lazy("3 基本满意")),
    (2, gettext_lazy("2 不满意")),
    (1, gettext_lazy("1 非常不满意")),
]


def what_one_may_do(request: HttpRequest, case: Case, item: Item) -> dict[str, Any]:
    """For the case's page: ways to object, reviews under way, the rating, help asked for."""
    ways = ways_to_object(case, working_day())
    return {
        "ways": [
            {
                "kind": way.kind,
                "label": str(REVIEWS[way.kind]),
                "until": way.until,
                "where": reviewing_office(case, way.kind, way.where),
                "closed": own_language(way.closed_because),
                "is_open": way.is_open,
            }
            for way in ways
        ],
        "reviews": [_review(review) for review in Review.objects.filter(case=case).order_by("-id")[:10]],
        "rating": Rating.objects.filter(case=case).first(),
        "may_rate": may_rate(case, request.actor),  # type: ignore[attr-defined]
        "may_ask": case.is_open and item.is_assisted,
        "helped": list(HelpRequest.objects.filter(case_id=case.pk).order_by("-asked_at")[:10]),
    }


def _review(review: Review) -> dict[str, Any]:
    word, tone = REVIEW_STATES[Review.State(review.state)]
    return {
        "review": review,
        "label": str(REVIEWS[Review.Kind(review.kind)]),
        "word": str(word),
        "tone": tone,
    }


class WordsForm(forms.Form):
    """What somebody wants to say."""

    words = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        min_length=4,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("写明您认为哪里不对。有新的材料可以到窗口或在审理时补交。"),
        error_messages={"required": gettext_lazy("请写明理由"), "min_length": gettext_lazy("请至少写四个字")},
    )


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Objects to a decision: a review by the office above, or administrative reconsideration."""
    found = my_case(request, pk)
    way = next(
        (one for one in ways_to_object(found, working_day()) if one.kind == kind and one.is_open), None
    )
    if way is None:
        raise Http404
    form = WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        filed = attempt(
            request,
            lambda: file_review(
                case=found.pk, kind=way.kind, words=form.cleaned_data["words"].strip(), on=working_day()
            ),
            done=_("已提出，我们会在期限内书面答复您。"),
        )
        if filed is not None:
            return redirect("portal_case", pk)
    return render(
        request,
        "portal/case_review.html",
        {
            "case": found,
            "title": title_of(found.item, found.item_version),
            "form": form,
            "label": str(REVIEWS[way.kind]),
            "until": way.until,
            "where": reviewing_office(found, way.kind, way.where),
        },
    )


class RatingForm(forms.Form):
    """One rating of one service (好差评)."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("这次办事，您满意吗？"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择")},
    )
    words = forms.CharField(
        label=gettext_lazy("想说的话"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不满意的，会有人回访。"),
    )


@require_http_methods(["GET", "POST"])
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """Rates a service, once."""
    found = my_case(request, pk)
    if not may_rate(found, request.actor):  # type: ignore[attr-defined]
        raise Http404
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        rated = attempt(
            request,
            lambda: rate(
                case=found.pk,
                score=form.cleaned_data["score"],
                words=form.cleaned_data["words"].strip(),
                on=working_day(),
            ),
            done=_("谢谢您的评价。"),
        )
        if rated is not None:
            return redirect("portal_case", pk)
    return render(
        request,
        "portal/case_rate.html",
        {"case": found, "title": title_of(found.item, found.item_version), "form": form},
    )


class HelpForm(forms.Form):
    """A question put to a clerk on duty."""

    words = forms.CharField(
        label=gettext_lazy("您想问什么？"),
        max_length=500,
        min_length=2,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请写下您的问题")},
    )


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks a clerk on duty for help with this case."""
    found = my_case(request, pk)
    item = item_of(found)
    if not (found.is_open and item.is_assisted):
        raise Http404
    form = HelpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = attempt(
            request,
            lambda: ask_for_help(
                item=found.item, words=form.cleaned_data["words"].strip(), at=timezone.now(), case=found.pk
            ),
            done=_("已转给值班的工作人员，答复会显示在这里。"),
        )
        if asked is not None:
            return redirect("portal_case", pk)
    return render(
        request,
        "portal/case_help.html",
        {"case": found, "title": title_of(found.item, found.item_version), "form": form},
    )
