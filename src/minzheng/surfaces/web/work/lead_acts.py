"""What is done with a lead: the outcome of a visit, the decision, and changes confirmed together (走访、确认)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.models import MOVES, Lead
from minzheng.kernel.programmes import Grant, Route, all_benefits, benefit_by_code
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import leads as queries
from minzheng.surfaces.web.work.words import LEAD_KINDS, benefit_name

CHANGE_KINDS = ("increase", "decrease", "ends")
GRANT_KINDS = ("qualifies", "may_qualify")
OUTCOMES = {
    "visited": gettext_lazy("已走访，还需再办"),
    "applied": gettext_lazy("本人提出申请"),
    "declined": gettext_lazy("本人不申请"),
    "not_found": gettext_lazy("没有找到本人"),
}


def decides(benefit: str) -> bool:
    """Whether the acting post's level decides this benefit; where the district confirms, a street only prepares."""
    actor = current_actor()
    _programme, found = benefit_by_code(benefit)
    return actor is not None and not (
        found.route is Route.STREET_THEN_DISTRICT and len(actor.division_code) > 6
    )


def decides_any() -> bool:
    """Whether there is a benefit whose changes the acting post may confirm; some change without anybody's doing."""
    return may("awards.adjust") and any(
        decides(benefit.code)
        for _programme, benefit in all_benefits()
        if benefit.grant is not Grant.WITHOUT_APPLICATION
    )


class OutcomeForm(forms.Form):
    """What a visit came to; only what the lead's state still permits is offered."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("走访结果"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择走访结果")},
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = MOVES[lead.state]
        offered = [
            (code, label)
            for code, label in OUTCOMES.items()
            if code in allowed and (code != "applied" or lead.kind in GRANT_KINDS)
        ]
        offer(self, "outcome", offered)


class DecisionForm(forms.Form):
    """Confirm what the law found, or refuse with a reason."""

    note = forms.CharField(
        label=gettext_lazy("意见"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("不予确认时必须写明原因，当事人可以看到。"),
    )


@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Records what a visit came to."""
    lead = get_object_or_404(Lead, pk=pk)
    require("outreach.visit", lead.programme)
    form = OutcomeForm(request.POST, lead=lead)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, str(faults[0]))
        return redirect("work_lead", pk)
    code, note = form.cleaned_data["outcome"], form.cleaned_data["note"]
    if code == "applied":
        attempt(
            request,
            lambda: actions.apply_for(lead=pk, on=working_day(), note=note),
            done=_("已登记申请，等待确认。"),
        )
    else:
        attempt(
            request,
            lambda: actions.record_outcome(lead=pk, outcome=code, on=working_day(), note=note),
            done=_("走访结果已登记。"),
        )
    return redirect("work_lead", pk)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms or refuses; the act checks the permission, the route and the findings."""
    get_object_or_404(Lead, pk=pk)
    form = DecisionForm(request.POST)
    decision = request.POST.get("decision", "")
    note = form.cleaned_data["note"].strip() if form.is_valid() else ""
    if decision == "refuse" and not note:
        messages.error(request, _("不予确认须写明原因。"))
        return redirect("work_lead", pk)
    attempt(
        request,
        lambda: actions.decide(
            lead=pk,
            decision=decision,
            on=working_day(),
            reason="officer_refused" if decision == "refuse" else "",
            note=note,
        ),
        done=_("已确认，待遇已按认定结果办理。") if decision == "grant" else _("已登记不予确认。"),
    )
    return redirect("work_lead", pk)


@require_POST
def review_together(request: HttpRequest) -> HttpResponse:
    """Shows the chosen changes with their sums; confirms them, all or none, on the second post."""
    require("awards.adjust")
    ids = sorted(
        {int(value) for value in request.POST.getlist("lead") if value.isascii() and value.isdigit()}
    )
    found = [
        lead
        for lead in queries.changes(ids)
        if lead.kind in CHANGE_KINDS and lead.state in queries.PENDING_STATES
    ]
    chosen = [lead for lead in found if decides(lead.benefit)]
    if len(chosen) < len(found):
        messages.warning(
            request,
            _("%(count)s 件由区级确认，没有列入。") % {"count": formats.count(len(found) - len(chosen))},
        )
    if not chosen:
        messages.error(request, _("请先选择要确认的调增、调减或停发线索。"))
        return redirect("work_leads")
    if request.POST.get("confirmed") == "1":
        count = attempt(
            request,
            lambda: actions.confirm_changes_many(leads=[lead.pk for lead in chosen], on=working_day()),
        )
        if count:
            messages.success(request, _("%(count)s 件已确认。") % {"count": formats.count(count)})
        return redirect("work_leads")
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for lead in chosen:
        group = groups.setdefault(
            (lead.kind, lead.benefit),
            {
                "kind": LEAD_KINDS[lead.kind][0],
                "benefit": benefit_name(lead.benefit),
                "count": 0,
                "now": 0,
                "then": 0,
            },
        )
        group["count"] += 1
        group["now"] += lead.current_fen
        group["then"] += 0 if lead.kind == "ends" else lead.amount_fen
    for group in groups.values():
        group["difference"] = group["then"] - group["now"]
    return render(
        request,
        "web/work/leads_confirm.html",
        {
            "leads": chosen,
            "groups": list(groups.values()),
            "difference": sum(g["difference"] for g in groups.values()),
        },
    )


urls = [
    path("leads/<int:pk>/outcome/", outcome, name="work_lead_outcome"),
    path("leads/<int:pk>/decide/", decide, name="work_lead_decide"),
    path("leads/confirm/", review_together, name="work_leads_confirm"),
]
