"""The queue at work: who waits, why in this order, what was offered; papers confirmed, answers taken for somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_beds import beds
from minzheng.domains.eldercare_beds.catalogue import classes
from minzheng.domains.eldercare_beds.letters import offer_letter
from minzheng.domains.eldercare_beds.tasks import share_out_job
from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.places.queries import names
from minzheng.kernel.stays.models_waiting import Offer, OfferState, Passing, Waiting, WaitingState
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.beds import words
from minzheng.surfaces.web.beds.resident import _places, pdf, why_context
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer as offer_choices
from minzheng.surfaces.web.work.day import working_day


class FilterForm(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("床位类型"), required=False)
    of_class = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    least = forms.ChoiceField(label=gettext_lazy("等级不低于"), required=False)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who waits, in the order of the queue."""
    require("stays.allocate")
    form = FilterForm(request.GET or None, auto_id="f_%s")
    anything = ("", _("全部"))
    offer_choices(form, "state", [anything, *((c, label) for c, (label, _t) in words.WAITING_STATES.items())])
    offer_choices(form, "kind", [anything, *words.KINDS.items()])
    offer_choices(form, "of_class", [anything, *((one, words.class_name(one)) for one in classes())])
    offer_choices(form, "least", [anything, *((str(grade), str(grade)) for grade in range(1, 7))])
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = Waiting.objects.select_related("person")
    if asked.get("state"):
        found = found.filter(state=asked["state"])
    else:
        found = found.filter(state__in=[WaitingState.SUBMITTED, WaitingState.WAITING, WaitingState.OFFERED])
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("of_class"):
        found = found.filter(class_code=asked["of_class"])
    if asked.get("least"):
        found = found.filter(grade__gte=int(asked["least"]))
    streets: dict[str, str] = {}
    table = Table(
        [
            Column("person", _("姓名"), is_heading=True, value=lambda one: one.person.name,
                   href=lambda one: reverse("bed_waiting", args=[one.pk]), hint=lambda one: one.number),
            Column("class_code", _("类别"), value=lambda one: words.class_name(one.class_code), order_by="rank"),
            Column("grade", _("等级"), kind="count", order_by="grade"),
            Column("since", _("轮候起始"), kind="date", order_by="since"),
            Column("kind", _("床位类型"), value=lambda one: str(words.KINDS.get(one.kind, one.kind))),
            Column("division_code", _("居住地"), order_by="division_code",
                   value=lambda one: streets.get(one.division_code[:9], one.division_code)),
            Column("state", _("状态"), kind="status", value=lambda one: f"waiting_{one.state}"),
        ],
        found.order_by("-goes_before_all", "rank", "-grade", "since", "pk"),
        request, caption=_("轮候名单"), export_name="bed-queue", page_size=40,
        empty_title=_("没有轮候的人"), empty_text=_("已评估的老人可在网上申请床位。"),
    )  # fmt: skip
    streets.update(
        names({code[:9] for code in found.values_list("division_code", flat=True).distinct()[:2000]})
    )
    if table.wants_export:
        return table.excel_response()
    return render(
        request, "web_beds/queue.html",
        {"table": table, "form": form, "active": sum(bool(value) for value in asked.values()), "tabs": words.tabs("bed_queue")},
    )  # fmt: skip


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One application: place at each home, offers, why it was passed over."""
    require("stays.allocate")
    found = get_object_or_404(Waiting.objects.select_related("person", "from_facility"), pk=pk)
    look(found.person_id, purpose=_("床位轮候"), division_code=found.division_code)
    offers = Offer.objects.filter(waiting=found).select_related("facility", "bed").order_by("-pk")[:20]
    passed = (
        Passing.objects.filter(waiting=found).select_related("facility", "bed", "offer").order_by("-pk")[:40]
    )
    stands = beds.standing_of(found, on=working_day()) if found.state == WaitingState.SUBMITTED else None
    return render(
        request,
        "web_beds/waiting.html",
        {
            "one": found, "status": f"waiting_{found.state}", "class_name": words.class_name(found.class_code),
            "kind": words.KINDS.get(found.kind, found.kind), "ended": words.ended_word(found.ended_because),
            "places": _places(found), "offers": offers,
            "passed": [{"row": row, "why": row.get_reason_display(), "to": words.class_name(row.offer.class_code)} for row in passed],
            "claimed": words.class_name(found.claimed_class) if stands and stands.needs_paper else "",
            "open_offer": next((o for o in offers if o.state == OfferState.OPEN), None),
            "may_answer": may("assessments.request"), "tabs": words.tabs("bed_queue"),
        },
    )  # fmt: skip


@require_safe
def why(request: HttpRequest, pk: int, facility: int) -> HttpResponse:
    """What the person sees at one home, for the official who explains it to them."""
    require("stays.allocate")
    found = get_object_or_404(Waiting.objects.select_related("person"), pk=pk)
    look(found.person_id, purpose=_("床位轮候"), division_code=found.division_code)
    return render(
        request, "web_beds/why.html", why_context(found, facility) | {"tabs": words.tabs("bed_queue")}
    )


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms a paper, answers an offer for the person, or takes the application back."""
    found = get_object_or_404(Waiting, pk=pk)
    on, what = working_day(), request.POST.get("act")
    if what in ("paper", "no_paper"):
        attempt(
            request,
            lambda: beds.confirm_paper(waiting_id=pk, accepts=what == "paper", on=on),
            done=_("类别已核定。"),
        )
    elif what in ("accept", "decline"):
        open_offer = get_object_or_404(Offer, waiting=found, state=OfferState.OPEN)
        attempt(
            request,
            lambda: beds.reply(offer_id=open_offer.pk, accepts=what == "accept", on=on),
            done=_("答复已登记。"),
        )
    elif what == "withdraw":
        attempt(request, lambda: beds.withdraw(waiting_id=pk, on=on), done=_("已撤回轮候登记。"))
    return redirect("bed_waiting", pk)


@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """Offers of the place's people and homes; a home sees those of its own beds."""
    require("stays.look")
    state = request.GET.get("state", "")
    found = Offer.objects.select_related("facility", "bed").order_by("-offered_on", "-pk")
    if state in OfferState.values:
        found = found.filter(state=state)
    table = Table(
        [
            Column("facility", _("机构"), is_heading=True, value=lambda one: one.facility.name, hint=lambda one: str(one.bed)),
            Column("waiting", _("轮候登记"), value=lambda one: f"LH{one.waiting_id:08d}",
                   href=lambda one: reverse("bed_waiting", args=[one.waiting_id]) if may("stays.allocate") else ""),
            Column("class_code", _("类别"), value=lambda one: words.class_name(one.class_code)),
            Column("grade", _("等级"), kind="count"),
            Column("choice", _("志愿"), kind="count"),
            Column("offered_on", _("配位日期"), kind="date", order_by="offered_on"),
            Column("reply_by", _("答复期限"), kind="date", order_by="reply_by"),
            Column("state", _("状态"), kind="status", value=lambda one: f"offer_{one.state}"),
        ],
        found, request, caption=_("配位"), export_name="bed-offers", page_size=40,
        empty_title=_("没有配位"), empty_text=_("有空床时，系统每晚按顺序配位。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web_beds/offers.html",
        {
            "table": table, "tabs": words.tabs("bed_offers"), "state": state, "may_share": may("stays.allocate"),
            "states": [(code, label) for code, (label, _tone) in words.OFFER_STATES.items()],
        },
    )  # fmt: skip


@require_POST
def share_out(request: HttpRequest) -> HttpResponse:
    """Has the free beds offered now instead of at night; the job sees the whole queue, which no district does."""
    require("stays.allocate")

    def ask() -> bool:
        share_out_job.defer(on=working_day().isoformat())
        return True

    attempt(request, ask, done=_("已提交配位，稍后刷新即可看到结果。"))
    return redirect("bed_offers")


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter of an offer."""
    require("stays.allocate")
    found = get_object_or_404(Offer.objects.select_related("facility", "bed", "waiting__person"), pk=pk)
    look(found.person_id, purpose=_("配位通知书"), division_code=found.person_division_code)
    return pdf(offer_letter(found, found.waiting.person))


def place_words(codes: set[str]) -> dict[str, Any]:
    """Names of districts, or the code where it is unknown."""
    found = names(codes)
    return {code: found.get(code, code) for code in codes}
