"""A resident's own care: the grade and what it opens, homes to choose, the place in the queue with reasons, an offer."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_beds import assessments, beds, queries
from minzheng.domains.eldercare_beds.catalogue import classes, rules_on
from minzheng.domains.eldercare_beds.entitlement import opened, standing
from minzheng.domains.eldercare_beds.letters import assessment_letter, offer_letter
from minzheng.domains.eldercare_beds.models import Assessment, CareVisit, FamilyBed
from minzheng.kernel.documents import Letter, render_pdf
from minzheng.kernel.places.queries import names
from minzheng.kernel.stays import waiting
from minzheng.kernel.stays.models_waiting import OPEN, Choice, Offer, OfferState, Waiting
from minzheng.surfaces.web.beds import words
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer as offer_choices
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everything about care on one page, the next thing to do first."""
    who, on = oneself(request), working_day()
    held = assessments.grade_in_force(who.pk, on=on)
    latest = Waiting.objects.filter(person=who).order_by("-submitted_on", "-pk").first()
    return render(
        request,
        "web_beds/my_care.html",
        {
            "who": who,
            "held": held,
            "under_way": assessments.open_assessment(who.pk),
            "opened": [_opened(one) for one in opened(held, person=who, on=on)] if held else [],
            "may_review": bool(held) and _may_review(held, on),
            "may_ask": who.birth_date is not None and _is_of_age(who, on),
            "age": int(rules_on(on).assessment_age),
            "waiting": latest,
            "is_open": latest is not None and latest.state in OPEN,
            "class_name": words.class_name(latest.class_code) if latest else "",
            "ended": words.ended_word(latest.ended_because) if latest else "",
            "places": _places(latest) if latest else [],
            "offers": _offers(latest) if latest else [],
            "family_bed": FamilyBed.objects.filter(person=who, during__contains=on).select_related("facility").first(),
            "visits": CareVisit.objects.filter(person=who).order_by("-began_at")[:5],
            "on": on,
        },
    )  # fmt: skip


def _is_of_age(who: Any, on: Any) -> bool:
    from minzheng.kernel.periods import age_in_years

    return age_in_years(who.birth_date, on) >= int(rules_on(on).assessment_age)


def _may_review(held: Assessment | None, on: Any) -> bool:
    if held is None or held.decided_on is None or held.reason == "review":
        return False
    return (on - held.decided_on).days <= int(rules_on(on).review_days)


def _opened(one: Any) -> dict[str, Any]:
    return {
        "name": one.name_en if is_english() else one.name, "met": one.met, "threshold": one.threshold,
        "source": one.source, "provenance": one.provenance,
    }  # fmt: skip


def _places(one: Waiting) -> list[dict[str, Any]]:
    found = {
        choice.facility_id: choice for choice in Choice.objects.filter(waiting=one).select_related("facility")
    }
    return [
        {"row": row, "home": found[row.facility_id].facility}
        for row in queries.places(one.pk)
        if row.facility_id in found
    ]


def _offers(one: Waiting) -> list[Offer]:
    found = Offer.objects.filter(waiting=one).select_related("facility", "bed").order_by("-pk")
    return list(found[:10])


class ReviewForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("复核理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Asks to be assessed, or takes the request back."""
    who, on = oneself(request), working_day()
    if request.POST.get("withdraw"):
        under_way = assessments.open_assessment(who.pk)
        if under_way is not None:
            attempt(
                request, lambda: assessments.withdraw(assessment=under_way, on=on), done=_("已撤回申请。")
            )
        return redirect("my_care")
    attempt(
        request,
        lambda: assessments.request_assessment(person=who, on=on),
        done=_("已收到申请，两名评估员会先后上门，请保持联系畅通。"),
    )
    return redirect("my_care")


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a review with the reason."""
    who, on = oneself(request), working_day()
    one = get_object_or_404(Assessment, pk=pk, person=who)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        because = form.cleaned_data["because"]
        made = attempt(
            request,
            lambda: assessments.request_review(assessment=one, on=on, because=because),
            done=_("已收到复核申请，由另外两名评估员上门。"),
        )
        if made is not None:
            return redirect("my_care")
    return render(request, "web_beds/my_review.html", {"one": one, "form": form})


class HomesForm(forms.Form):
    """Ranked homes: one select for each choice, homes grouped by district."""

    kind = forms.ChoiceField(
        label=gettext_lazy("床位类型"),
        choices=list(words.KINDS.items()),
        widget=forms.RadioSelect,
        initial="basic",
    )
    claimed = forms.ChoiceField(
        label=gettext_lazy("属于以下对象的请选择"), required=False,
        help_text=gettext_lazy("须由民政部门核验证明；其他类别由系统按登记信息核定。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, homes: list[tuple[str, list[tuple[int, str]]]], most: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.most = most
        by_paper = [one for one in classes().values() if one.needs == "paper"]
        offer_choices(
            self,
            "claimed",
            [("", _("不属于")), *((one.code, words.class_name(one.code)) for one in by_paper)],
        )
        for rank in range(1, most + 1):
            self.fields[f"home{rank}"] = forms.TypedChoiceField(
                label=_("第 %(rank)s 志愿") % {"rank": rank}, coerce=int, empty_value=None, required=rank == 1,
                choices=[("", _("不填")), *homes],
            )  # fmt: skip

    def ranked(self) -> list[int]:
        """The homes in order; an empty one between is closed up."""
        chosen = [self.cleaned_data.get(f"home{rank}") for rank in range(1, self.most + 1)]
        return [int(one) for one in chosen if one is not None]


def choose(request: HttpRequest) -> HttpResponse:
    """Names homes in order, for a first application or instead of the ones named before."""
    who, on = oneself(request), working_day()
    current = Waiting.objects.filter(person=who, state__in=OPEN).first()
    held = assessments.grade_in_force(who.pk, on=on)
    before = waiting_homes(current)
    initial: dict[str, Any] = {f"home{at}": home for at, home in enumerate(before, 1)}
    if current is not None:
        initial |= {"kind": current.kind, "claimed": current.claimed_class}
    form = HomesForm(
        request.POST or None, homes=_homes_by_district(on, ["basic", "dementia"]),
        most=int(waiting.rules_on(on).choices_allowed), initial=initial,
    )  # fmt: skip
    if current is not None:
        # What was said of the person stays; only the homes change.
        del form.fields["kind"], form.fields["claimed"]
    if request.method == "POST" and form.is_valid():
        homes, told = form.ranked(), form.cleaned_data
        if current is not None:
            number = current.pk
            made = attempt(
                request, lambda: waiting.change_homes(waiting=number, homes=homes, on=on), done=_("志愿已变更，轮候起始日不变。")
            )  # fmt: skip
        else:
            made = attempt(
                request,
                lambda: beds.apply(person=who, kind=told["kind"], homes=homes, on=on, claimed_class=told["claimed"]),
                done=_("已登记，核定类别后即可看到排位。"),
            )  # fmt: skip
        if made is not None:
            return redirect("my_care")
    stands = standing(who, held, claimed="", on=on)
    return render(
        request,
        "web_beds/my_homes.html",
        {"form": form, "current": current, "held": held, "because": words.ended_word(stands.because)},
    )


def waiting_homes(one: Waiting | None) -> list[int]:
    if one is None:
        return []
    return list(Choice.objects.filter(waiting=one).order_by("rank").values_list("facility_id", flat=True))


def _homes_by_district(on: Any, kinds: list[str]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Homes grouped by district; each with free beds and how many wait, of the kinds together."""
    rows: dict[int, Any] = {}
    told: dict[int, list[str]] = {}
    for kind in kinds:
        for one in queries.homes_of_the_pool(on=on, kind=kind):
            rows[one.facility_id] = one
            told.setdefault(one.facility_id, []).append(
                _("%(kind)s空 %(free)s、轮候 %(waiting)s") % {
                    "kind": words.KINDS[kind], "free": one.free, "waiting": one.waiting,
                }
            )  # fmt: skip
    known = names({one.division_code[:6] for one in rows.values()})
    ordered = sorted(rows.values(), key=lambda one: (one.division_code[:6], one.name))
    return [
        (
            known.get(code, code),
            [(one.facility_id, f"{one.name}（{'；'.join(told[one.facility_id])}）") for one in inside],
        )
        for code, inside in groupby(ordered, key=lambda one: one.division_code[:6])
    ]


@require_safe
def why(request: HttpRequest, pk: int, facility: int) -> HttpResponse:
    """Who stands before at one home and why, without names; which beds went to others meanwhile."""
    who = oneself(request)
    one = get_object_or_404(Waiting, pk=pk, person=who)
    return render(request, "web_beds/my_why.html", why_context(one, facility))


def why_context(one: Waiting, facility: int) -> dict[str, Any]:
    """What explains a place in one home's queue; the same for the person and for the official beside them."""
    found = [row for row in _places(one) if row["home"].pk == facility]
    if not found:
        raise Http404
    row = found[0]["row"]
    counts = [
        (words.why_word(code), count)
        for code, count in (
            ("before_all", row.before_all), ("district", row.district), ("class", row.higher_class),
            ("grade", row.grade), ("since", row.since), ("number", row.number),
        )
        if count
    ]  # fmt: skip
    return {
        "one": one,
        "home": found[0]["home"],
        "row": row,
        "class_name": words.class_name(one.class_code),
        "counts": counts,
        "ahead": [
            {"at": at, "class": words.class_name(other.class_code), "grade": other.grade, "since": other.since,
             "why": words.why_word(other.why), "choice": other.choice}
            for at, other in enumerate(queries.ahead(one.pk, facility, most=30), 1)
        ],
        "given": [
            {"on": other.offered_on, "class": words.class_name(other.class_code), "grade": other.grade,
             "since": other.since, "why": words.why_word(other.why), "status": f"offer_{other.state}"}
            for other in queries.given(one.pk, most=30)
            if other.facility_id == facility
        ],
    }  # fmt: skip


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts or declines an offered bed."""
    who, on = oneself(request), working_day()
    get_object_or_404(Offer, pk=pk, person=who)
    accepts = request.POST.get("answer") == "accept"
    if not accepts and request.POST.get("answer") != "decline":
        return redirect("my_offer", pk)
    done = _("您已接受该床位，正在为您预留。") if accepts else _("您已放弃该床位，床位将顺延给下一位。")
    attempt(request, lambda: beds.reply(offer_id=pk, accepts=accepts, on=on), done=done)
    return redirect("my_care")


@require_safe
def one_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """An offered bed with its last day and what declining means."""
    who, on = oneself(request), working_day()
    one = get_object_or_404(Offer.objects.select_related("facility", "bed", "waiting"), pk=pk, person=who)
    rules = waiting.rules_on(one.offered_on)
    return render(
        request,
        "web_beds/my_offer.html",
        {
            "one": one, "class_name": words.class_name(one.class_code), "status": f"offer_{one.state}",
            "may_answer": one.state == OfferState.OPEN and on <= one.reply_by,
            "days_left": (one.reply_by - on).days, "pause": int(rules.pause_days), "times": int(rules.refusals_allowed),
            "let_go": one.waiting.refusals,
        },
    )  # fmt: skip


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves the queue."""
    who = oneself(request)
    get_object_or_404(Waiting, pk=pk, person=who)
    attempt(request, lambda: beds.withdraw(waiting_id=pk, on=working_day()), done=_("已撤回轮候登记。"))
    return redirect("my_care")


@require_safe
def letter(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """The letter of a grade or of an offer as PDF."""
    who = oneself(request)
    if what == "grade":
        return pdf(assessment_letter(get_object_or_404(Assessment, pk=pk, person=who, state="decided"), who))
    one = get_object_or_404(Offer.objects.select_related("facility", "bed", "waiting"), pk=pk, person=who)
    return pdf(offer_letter(one, who))


def pdf(made: Letter) -> HttpResponse:
    response = HttpResponse(render_pdf(made, on_missing="mark"), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{made.number}.pdf"'
    return response
