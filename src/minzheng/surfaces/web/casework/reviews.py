"""Reviews and appeals (复核、行政复议) at the office that decides them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require, scope_of
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.alike import AT_ONCE, alike_of
from minzheng.kernel.cases.letters import reviewing_office
from minzheng.kernel.cases.models import Case, Decision, Review
from minzheng.kernel.cases.reviews import OPEN, may_review, ways_to_object
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework.alike import WordsForm, alike_rows, alike_table
from minzheng.surfaces.web.casework.case_parts import frozen_finding
from minzheng.surfaces.web.casework.pages import me, show, tabs
from minzheng.surfaces.web.casework.words import OUTCOMES, case_title, place_words
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import due_words, is_english

PAGE = 25
KINDS = {"review": gettext_lazy("复核"), "reconsideration": gettext_lazy("行政复议")}


class OutcomeForm(forms.Form):
    """What becomes of a review: the decision stays, or is changed for a condition that was judged wrongly."""

    upheld = forms.ChoiceField(label=gettext_lazy("审理结果"), widget=forms.RadioSelect)
    failed_rule = forms.ChoiceField(
        label=gettext_lazy("判断有误的条件"),
        required=False,
        help_text=gettext_lazy("因同一条件被决定的其他办件会一并列出、重新认定。"),
    )
    outcome = forms.CharField(
        label=gettext_lazy("审理意见"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "upheld", [("no", _("维持原决定")), ("yes", _("改变原决定"))])
        english = is_english()
        conditions = [
            (one["rule"], (one.get("label_en") if english else one["label"]) or one["label"])
            for one in decision.finding.get("conditions", [])
            if one.get("rule") and (not decision.failed or one["rule"] in decision.failed)
        ]
        offer(self, "failed_rule", [("", _("不因某一条件")), *conditions])


class FilingForm(forms.Form):
    """A review that the applicant asks for at the counter."""

    kind = forms.ChoiceField(label=gettext_lazy("方式"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("申请人的理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Reviews within the post's place: those that wait, the nearest deadline first, or those that were decided."""
    require("cases.look")
    actor, on = me(), working_day()
    low, high = scope_of(actor.division_code)
    closed = request.GET.get("state") == "closed"
    rows = Review.objects.select_related("case").defer("case__answers")
    rows = rows.filter(reviewing_division__gte=low, reviewing_division__lt=high)
    rows = rows.exclude(state__in=OPEN).order_by("-id") if closed else rows.filter(state__in=OPEN)
    rows = rows if closed else rows.order_by("due_on", "id")
    table = Table(
        columns=[
            Column("title", _("事项"), is_heading=True, value=lambda one: case_title(one.case),
                   href=lambda one: reverse("case_review", args=[one.pk]), hint=lambda one: one.case.number),
            Column("kind", _("种类"), value=lambda one: str(KINDS[one.kind])),
            Column("name", _("申请人"), value=lambda one: one.case.applicant_name),
            Column("state", _("状态"), kind="status", value=lambda one: f"review_{one.state}"),
            Column("filed_on", _("提出日期"), kind="date"),
            Column("due_on", _("期限"), kind="date", hint=lambda one: "" if closed else due_words(one.due_on, on)[0]),
        ],
        source=rows, request=request, caption=_("复核与复议"), export_name="reviews", page_size=PAGE,
        is_counted=False, is_exportable=False, empty_title=_("没有复核或复议"),
    )  # fmt: skip
    return show(
        request,
        "reviews",
        {
            "table": table,
            "alike": alike_table(request, low, high),
            "areas": tabs("case_reviews"),
            "states": [
                NavItem(_("审理中"), "?", not closed),
                NavItem(_("已审结"), "?state=closed", closed),
            ],
        },
    )


def _found(pk: int) -> Review:
    review = Review.objects.select_related("case", "decision").filter(pk=pk).first()
    if review is None:
        raise Http404
    return review


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: what is objected to, the decision, what may be done, and the cases alike."""
    require("cases.look")
    review = _found(pk)
    look(review.case.person_id, purpose=_("复核"), division_code=review.case.deciding_division)
    return _show(request, review)


def _show(request: HttpRequest, review: Review, outcome: OutcomeForm | None = None) -> HttpResponse:
    actor, on = me(), working_day()
    mine = may("cases.review", review.case.domain) and may_review(review, actor)
    alike = alike_rows(alike_of(review)[:AT_ONCE])
    place = review.reviewing_division
    return show(
        request,
        "review",
        {
            "review": review,
            "case": review.case,
            "title": case_title(review.case),
            "kind": KINDS[review.kind],
            "state": f"review_{review.state}",
            "due": due_words(review.due_on, on) if review.state in OPEN else None,
            "place": place_words({place}).get(place, ""),
            "outcome_word": OUTCOMES.get(review.decision.outcome, ""),
            "finding": frozen_finding(review.decision.finding) if review.decision.finding else None,
            "may_take_up": mine and review.state == Review.State.FILED,
            "refusal": WordsForm(auto_id="refuse_%s")
            if mine and review.state == Review.State.FILED
            else None,
            "outcome": outcome
            or (
                OutcomeForm(decision=review.decision, auto_id="outcome_%s")
                if mine and review.state == Review.State.IN_HAND
                else None
            ),
            "withdrawal": review.state in OPEN and may("cases.help"),
            "alike": alike,
        },
    )


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Takes up, refuses, withdraws or decides a review; the kernel checks who may."""
    review, on = _found(pk), working_day()
    words = request.POST.get("words", "").strip()[:2000]
    simple: dict[str, tuple[Callable[[], Any], str]] = {
        "take-up": (lambda: actions.take_up(review=pk, on=on), _("已受理复核，开始审理。")),
        "refuse": (lambda: actions.refuse_review(review=pk, reason=words, on=on), _("已不予受理。")),
        "withdraw": (lambda: actions.withdraw_review(review=pk, on=on), _("复核已撤回。")),
    }
    if verb in simple:
        run, done = simple[verb]
        attempt(request, run, done=done)
        return redirect("case_review", pk)
    if verb != "decide":
        raise Http404
    form = OutcomeForm(request.POST, decision=review.decision, auto_id="outcome_%s")
    if not form.is_valid():
        return _show(request, review, form)
    told = form.cleaned_data
    made = attempt(
        request,
        lambda: actions.decide_review(
            review=pk,
            upheld=told["upheld"] == "yes",
            outcome=told["outcome"],
            on=on,
            failed_rule=told["failed_rule"],
        ),
        done=_("已审结。"),
    )
    return redirect("case_review", pk) if made is not None else _show(request, _found(pk), form)


@require_POST
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Files a review for the applicant who asks for it at the counter."""
    case = Case.objects.filter(pk=pk).first()
    if case is None:
        raise Http404
    made = attempt(
        request,
        lambda: actions.file_review(
            case=case,
            kind=request.POST.get("kind", ""),
            words=request.POST.get("words", "").strip()[:2000],
            on=working_day(),
        ),
        done=_("已登记，受理后在期限内审结。"),
    )
    return redirect("case_review", made.pk) if made is not None else redirect("case", pk)


def filing_form(case: Case) -> tuple[FilingForm | None, list[dict[str, Any]]]:
    """The ways to object that are open, and why the others are closed."""
    ways = ways_to_object(case, working_day())
    rows = [
        {"kind": KINDS[way.kind], "until": way.until, "where": reviewing_office(case, way.kind, way.where), "closed": _reason(way.closed_because)}
        for way in ways
    ]  # fmt: skip
    chosen = [(way.kind, KINDS[way.kind]) for way in ways if way.is_open]
    if not chosen or not may("cases.help", case.domain):
        return None, rows
    form = FilingForm(auto_id="filing_%s", initial={"kind": chosen[0][0]})
    offer(form, "kind", chosen)
    return form, rows


def _reason(words: str) -> str:
    chinese, sign, english = words.rpartition(" / ")
    return words if not sign else english if is_english() else chinese


urls = [
    path("cases/reviews/", overview, name="case_reviews"),
    path("cases/reviews/<int:pk>/", page, name="case_review"),
    path("cases/reviews/<int:pk>/<slug:verb>/", act, name="case_review_act"),
    path("cases/<int:pk>/reviews/file/", file, name="case_review_file"),
]
