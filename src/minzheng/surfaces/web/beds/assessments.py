"""Assessments at work: an assessor's own list and form, a request in somebody's stead, the district's decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_beds import assessments, beds
from minzheng.domains.eldercare_beds.catalogue import rules_on, scoring
from minzheng.domains.eldercare_beds.entitlement import opened
from minzheng.domains.eldercare_beds.errors import BedsRefused
from minzheng.domains.eldercare_beds.letters import assessment_letter
from minzheng.domains.eldercare_beds.models import Assessment, AssessmentState, AssessorForm
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.audit import look
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.beds import words
from minzheng.surfaces.web.beds.resident import pdf
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """An assessor's forms, those to fill first; for officials the assessments of their place."""
    if may("assessments.assess"):
        return _mine(request)
    if not may("assessments.look"):
        require("assessments.request")
    state = request.GET.get("state", "")
    found = Assessment.objects.select_related("person").order_by("-requested_on", "-pk")
    if state in AssessmentState.values:
        found = found.filter(state=state)
    table = Table(
        [
            Column("person", _("姓名"), is_heading=True, value=lambda one: one.person.name,
                   href=lambda one: reverse("assessment", args=[one.pk]), hint=lambda one: one.number),
            Column("reason", _("事由"), value=lambda one: str(words.REASONS[one.reason])),
            Column("requested_on", _("申请日期"), kind="date", order_by="requested_on"),
            Column("state", _("状态"), kind="status", value=lambda one: f"assessment_{one.state}"),
            Column("grade", _("等级"), kind="count", order_by="grade"),
            Column("valid_until", _("有效至"), kind="date"),
        ],
        found, request, caption=_("照护需求评估"), export_name="assessments", page_size=40,
        empty_title=_("没有评估"), empty_text=_("居民可在网上申请，也可由窗口和居（村）委代为申请。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web_beds/assessments.html",
        {
            "table": table, "tabs": words.tabs("assessments"), "may_request": may("assessments.request"),
            "state": state, "states": [(code, label) for code, (label, _tone) in words.ASSESSMENT_STATES.items()],
        },
    )  # fmt: skip


def _mine(request: HttpRequest) -> HttpResponse:
    forms_of_mine = AssessorForm.objects.order_by("-assigned_on", "-pk")
    return render(
        request,
        "web_beds/assessor.html",
        {
            "waiting": forms_of_mine.filter(grade=None)[:100],
            "done": forms_of_mine.exclude(grade=None)[:30],
        },
    )


class AskForm(forms.Form):
    """Whose assessment is asked for: by the number on the card."""

    number = forms.CharField(label=gettext_lazy("公民身份号码"), max_length=18)


def ask(request: HttpRequest) -> HttpResponse:
    """A clerk or neighbourhood worker asks in somebody's stead."""
    require("assessments.request")
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"].strip().upper()
        found = Identifier.objects.filter(kind="citizen", value=number).select_related("person").first()
        if found is None:
            form.add_error("number", _("本辖区没有这个号码的人员，请核对号码"))
        else:
            person = found.person
            made = attempt(
                request,
                lambda: assessments.request_assessment(person=person, on=working_day()),
                done=_("已登记申请，等待区级指派评估员。"),
            )
            if made is not None:
                return redirect(
                    "assessments" if not may("assessments.look") else reverse("assessment", args=[made.pk])
                )
    return render(
        request,
        "web_beds/assessment_ask.html",
        {"form": form, "tabs": words.tabs("assessments"), "age": int(rules_on(working_day()).assessment_age)},
        status=422 if form.errors else 200,
    )


class AssignForm(forms.Form):
    assessors = forms.TypedMultipleChoiceField(
        label=gettext_lazy("评估员"), coerce=int, widget=forms.CheckboxSelectMultiple
    )


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One assessment with both forms side by side; assigning and deciding where the post may."""
    require("assessments.look")
    on = working_day()
    found = get_object_or_404(Assessment.objects.select_related("person", "decided_by"), pk=pk)
    look(found.person_id, purpose=_("照护需求评估"), division_code=found.division_code)
    if request.method == "POST":
        return _act(request, found)
    filled = list(found.forms.select_related("assessor").order_by("pk"))
    proposal, waits_for = None, ""
    if found.state == AssessmentState.ASSIGNED:
        try:
            proposal = assessments.bring_together(filled, on)
        except BedsRefused as refusal:
            waits_for = said(refusal)
    needs = 2 if found.state == AssessmentState.REQUESTED else 1 if assessments.needs_third(filled, on) else 0
    taken = {form.assessor_id for form in filled}
    choices = [
        (post.official_id, post.official.name)
        for post in assessments.assessors_for(found, on=on)
        if post.official_id not in taken
    ]
    return render(
        request,
        "web_beds/assessment.html",
        {
            "one": found,
            "status": f"assessment_{found.state}",
            "reason": words.REASONS[found.reason],
            "rule": words.RULES.get(found.rule, ""),
            "forms": filled,
            "items": _side_by_side(filled),
            "is_filled": any(form.grade is not None for form in filled),
            "proposal": proposal,
            "proposal_rule": words.RULES[proposal[1]] if proposal else "",
            "waits_for": waits_for,
            "needs": needs,
            "choices": choices,
            "may_decide": may("assessments.decide"),
            "opened": opened(found, person=found.person, on=found.decided_on) if found.decided_on else [],
            "english": is_english(),
            "tabs": words.tabs("assessments"),
            "model": scoring(),
        },
    )


def _act(request: HttpRequest, found: Assessment) -> HttpResponse:
    on = working_day()
    if request.POST.get("act") == "assign":
        chosen = [int(one) for one in request.POST.getlist("assessors") if one.isdecimal()]
        attempt(
            request,
            lambda: assessments.assign(assessment=found, assessors=chosen, on=on),
            done=_("已指派评估员。"),
        )
    elif request.POST.get("act") == "decide":
        attempt(
            request,
            lambda: beds.confirm_grade(assessment_id=found.pk, on=on),
            done=_("等级已确认，告知书可以打印。"),
        )
    return redirect("assessment", found.pk)


def _side_by_side(filled: list[AssessorForm]) -> list[dict[str, Any]]:
    """Each item with what every assessor chose; rows on which they differ are marked."""
    done = [form for form in filled if form.grade is not None]
    rows = []
    for item in scoring().items:
        labels = {points: (english if is_english() else name) for points, name, english in item.options}
        values = [form.answers.get(item.code) for form in done]
        rows.append(
            {
                "name": item.name_en if is_english() else item.name,
                "answers": [f"{labels.get(value, '')}（{value}）" for value in values],
                "differs": len(set(values)) > 1,
            }
        )
    return rows


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter of a decided grade."""
    require("assessments.look")
    found = get_object_or_404(Assessment.objects.select_related("person"), pk=pk, state="decided")
    look(found.person_id, purpose=_("评估结果告知书"), division_code=found.division_code)
    return pdf(assessment_letter(found, found.person))


class FillForm(forms.Form):
    """The assessor's form, made from the scoring model."""

    visited_on = forms.DateField(label=gettext_lazy("上门日期"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in scoring().items:
            self.fields[item.code] = forms.TypedChoiceField(
                label=item.name_en if is_english() else item.name, coerce=int, widget=forms.RadioSelect,
                choices=[(points, english if is_english() else name) for points, name, english in item.options],
            )  # fmt: skip
        self.fields["diagnosed"] = forms.BooleanField(
            label=_("经医疗机构确诊认知障碍（已看诊断证明）"), required=False
        )
        self.fields["note"] = forms.CharField(
            label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )


def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """An assessor fills their own form."""
    require("assessments.assess")
    actor, on = current_actor(), working_day()
    found = get_object_or_404(AssessorForm, pk=pk, assessor=actor.official if actor else 0)
    form = FillForm(request.POST or None, initial={"visited_on": on})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made = attempt(
            request,
            lambda: assessments.fill(
                form=found, answers=told, diagnosed=told["diagnosed"], visited_on=told["visited_on"], on=on, note=told["note"]
            ),
            done=_("评估表已提交。"),
        )  # fmt: skip
        if made is not None:
            return redirect("assessments")
    return render(
        request,
        "web_beds/assessor_form.html",
        {"found": found, "form": form, "model": scoring()},
        status=422 if form.errors else 200,
    )
