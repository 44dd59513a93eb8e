"""Applying for a service (网上办理): start, confirm what is known, answer the rest, hand in papers, check, send.

Each page keeps what was filled in, so one may stop anywhere and go on from another device or at any counter with the
case's number.
"""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel.cases import actions
from minzheng.kernel.cases.answers import faults, is_asked
from minzheng.kernel.cases.mandates import act_for, covers, mandate_of_helper, mandates_held, principal_names
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Channel, Field, Item
from minzheng.kernel.people.models import Person
from minzheng.kernel.places.queries import path_names
from minzheng.surfaces.web.explaining import office_name
from minzheng.surfaces.web.portal import item_words
from minzheng.surfaces.web.portal.catalogue import item_today
from minzheng.surfaces.web.portal.language import own_language, said
from minzheng.surfaces.web.portal.mine import attempt, my_case, my_cases, my_form
from minzheng.surfaces.web.portal.papers import paper_rows
from minzheng.surfaces.web.portal.questions import (
    QuestionsForm,
    as_answer,
    form_field,
    known_fields,
    pages_of,
)
from minzheng.surfaces.web.portal.stages import stages
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day

MOST_DRAFTS = 5
MOST_MANDATES = 20


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Before one begins: what it takes; POST opens the case, once for each form that was shown."""
    item = item_today(code)
    who = oneself(request)
    if request.method == "POST":
        case = attempt(request, lambda: _open(item, who, request.POST))
        return redirect("portal_known", case.pk) if case else redirect("service", code)
    held = [one for one in mandates_held(working_day())[:MOST_MANDATES] if covers(one, code)]
    names = principal_names(held) if held else {}
    drafts = my_cases(request).filter(item=code, state=State.DRAFT)[:MOST_DRAFTS]
    return render(
        request,
        "portal/apply_start.html",
        {
            "item": item,
            "key": secrets.token_urlsafe(16),
            "drafts": list(drafts),
            "bring": item_words.papers_to_bring(item),
            "not_bring": item_words.papers_not_to_bring(item),
            "online": Channel.ONLINE in item.channels,
            "who": who,
            "principals": [(one.pk, names.get(one.pk, "")) for one in held],
        },
    )


def _open(item: Item, me: Person, posted: QueryDict) -> Case:
    """Opens the case for oneself, or for whoever gave the mandate that was chosen."""
    on, key = working_day(), posted.get("key", "")[:80]
    chosen = posted.get("mandate", "")
    if not chosen.isdigit():
        return actions.open_draft(item=item.code, person=me, on=on, key=key, channel=Case.Channel.ONLINE)
    mandate = mandate_of_helper(int(chosen), on, item=item.code)
    act_for(mandate=mandate, purpose=item.name, on=on)
    return actions.open_draft(
        item=item.code, person=mandate.person_id, on=on, key=key, channel=Case.Channel.ONLINE, mandate=mandate
    )


class KnownForm(forms.Form):
    """What the registers know, each value with the choice to say that it is wrong and what is right."""

    def __init__(self, *args: Any, known: list[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for field in known:
            label = said(field, "label")
            self.fields[f"wrong_{field.name}"] = forms.BooleanField(
                label=_("“%(label)s”有误") % {"label": label}, required=False
            )
            told = form_field(field, is_required=False)
            told.label, told.help_text = _("正确的“%(label)s”") % {"label": label}, ""
            self.fields[f"told_{field.name}"] = told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in self.known:
            is_wrong, told = cleaned.get(f"wrong_{field.name}"), cleaned.get(f"told_{field.name}")
            if is_wrong and told in (None, ""):
                self.add_error(f"told_{field.name}", gettext_lazy("请写明正确的内容，我们会请来源单位核实"))
        return cleaned

    def disputed(self) -> dict[str, Any]:
        """What the applicant says instead, by field."""
        return {
            field.name: as_answer(self.cleaned_data[f"told_{field.name}"])
            for field in self.known
            if self.cleaned_data.get(f"wrong_{field.name}")
        }


@require_http_methods(["GET", "POST"])
def known(request: HttpRequest, pk: int) -> HttpResponse:
    """What the city knows already: the applicant agrees, or says what is wrong; a dispute goes to the source."""
    case = my_form(request, pk)
    item = item_of(case)
    fields = known_fields(item, case)
    if not fields:
        return redirect("portal_questions_first", pk)
    form = KnownForm(request.POST if request.method == "POST" else None, known=fields)
    if request.method == "POST" and form.is_valid():
        disputed = form.disputed()

        def keep() -> Case:
            for field in fields:
                if case.answers[field.name].get("origin") == "registry":
                    actions.confirm_known(
                        case=case.pk,
                        field=field.name,
                        agrees=field.name not in disputed,
                        told=disputed.get(field.name),
                        on=working_day(),
                    )
            return case

        if attempt(request, keep) is not None:
            return redirect("portal_questions_first", pk)
    return render(
        request,
        "portal/apply_known.html",
        {
            "case": case,
            "item": item,
            "form": form,
            "rows": _known_rows(case, fields, form),
            "stages": stages(case, 1),
        },
    )


def _known_rows(case: Case, fields: list[Field], form: KnownForm | None = None) -> list[dict[str, Any]]:
    places = place_words(case, fields)
    rows = []
    for field in fields:
        answer = case.answers[field.name]
        # What was settled at its source is the register's word again, whichever way it went.
        known = answer.get("known", answer["value"])
        is_disputed = answer.get("confirmed") is False and answer["value"] != known
        rows.append(
            {
                "field": field,
                "label": said(field, "label"),
                "value": item_words.value_words(field, known if is_disputed else answer["value"], places),
                "told": item_words.value_words(field, answer["value"], places) if is_disputed else "",
                "source": office_name(answer.get("source", "")),
                "on": answer.get("on", "")[:10],
                "wrong": form[f"wrong_{field.name}"] if form else None,
                "right": form[f"told_{field.name}"] if form else None,
            }
        )
    return rows


def place_words(case: Case, fields: list[Field]) -> dict[str, str]:
    """The names of the places among the answers; one query, or none."""
    codes = {
        str(value)
        for field in fields
        if field.type == "place" or field.known_from.endswith("_place")
        for value in (
            case.answers.get(field.name, {}).get("value"),
            case.answers.get(field.name, {}).get("known"),
        )
        if value
    }
    return path_names(codes) if codes else {}


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, pk: int, number: int = 1) -> HttpResponse:
    """One page of questions; what is good is kept at once, what is wrong is said beside it."""
    case = my_form(request, pk)
    item = item_of(case)
    pages = pages_of(item, case)
    if not 1 <= number <= len(pages):
        return redirect("portal_papers", pk)
    page = pages[number - 1]
    if request.method == "POST" and "reveal" in request.GET:
        # Asked by htmx when an answer may bring up other questions; nothing is kept and nothing judged yet.
        form = QuestionsForm(page=page, answers=case.answers, told=request.POST)
        return render(request, "portal/_questions.html", {"form": form, "case": case, "number": number})
    form = QuestionsForm(request.POST if request.method == "POST" else None, page=page, answers=case.answers)
    if request.method == "POST":
        answer = _keep_page(request, case, form, number, len(pages))
        if answer is not None:
            return answer
    return render(
        request,
        "portal/apply_questions.html",
        {
            "case": case,
            "item": item,
            "form": form,
            "number": number,
            "total": len(pages),
            "stages": stages(case, 2),
            "back": reverse("portal_questions", args=[pk, number - 1])
            if number > 1
            else reverse("portal_known", args=[pk]),
        },
    )


def _keep_page(
    request: HttpRequest, case: Case, form: QuestionsForm, number: int, total: int
) -> HttpResponse | None:
    """Keeps the good answers; where to go on, or None where something has to be put right on this page."""
    is_fine = form.is_valid()
    values = form.values()
    kept = attempt(request, lambda: actions.save_answers(case=case.pk, values=values, on=working_day()))
    if kept is None:
        return None
    if "later" in request.POST:
        messages.success(
            request, _("已保存。可以随时在“我的办件”里继续，也可以凭办件编号到任一受理中心接着办。")
        )
        return redirect("portal_case", case.pk)
    seen = set(request.POST.getlist("seen"))
    if [field for field in form.asked if field.name not in seen]:
        # Without script a question that an answer brought up has not been on the screen yet.
        messages.info(request, _("根据您的回答，还有几项需要填写。"))
        return redirect("portal_questions", case.pk, number)
    if not is_fine:
        return None
    return (
        redirect("portal_questions", case.pk, number + 1)
        if number < total
        else redirect("portal_papers", case.pk)
    )


@require_http_methods(["GET", "POST"])
def check_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything once more before it is sent, each answer with a way back; POST sends it."""
    case = my_form(request, pk)
    item = item_of(case)
    if request.method == "POST":
        send = actions.submit if case.state == State.DRAFT else actions.resubmit
        if attempt(request, lambda: send(case=case.pk, on=working_day())) is not None:
            return redirect("portal_receipt", pk)
        return redirect("portal_check_answers", pk)
    return render(
        request,
        "portal/apply_check.html",
        {
            "case": case,
            "item": item,
            "known": _known_rows(case, known_fields(item, case)),
            "told": _told_rows(case, item),
            "faults": [own_language(word) for word in faults(item, case.answers).values()],
            "papers": paper_rows(case, item),
            "stages": stages(case, 4),
        },
    )


def _told_rows(case: Case, item: Item) -> list[dict[str, Any]]:
    """What the applicant told, each with the address of its page."""
    rows = []
    every = [field for page in pages_of(item, case) for field in page]
    places = place_words(case, every)
    for number, page in enumerate(pages_of(item, case), start=1):
        for field in page:
            if is_asked(field, case.answers):
                value = case.answers.get(field.name, {}).get("value")
                rows.append(
                    {
                        "label": said(field, "label"),
                        "value": item_words.value_words(field, value, places),
                        "href": reverse("portal_questions", args=[case.pk, number]) + f"#id_{field.name}",
                        "action": _("更改"),
                    }
                )
    return rows


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt: the number, when an answer is due, what happens next."""
    case = my_case(request, pk)
    if case.state == State.DRAFT:
        return redirect("portal_check_answers", pk)
    item = item_of(case)
    return render(
        request,
        "portal/apply_receipt.html",
        {
            "case": case,
            "item": item,
            "letter": case.letters.filter(kind="receipt").first(),
            "timeline": item_words.timeline_of(item),
            "place": path_names([case.deciding_division]).get(case.deciding_division, ""),
        },
    )
