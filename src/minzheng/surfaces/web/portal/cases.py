"""My cases (我的办件): all of them, whatever the channel; one with its progress, what is wanted of me, its letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel.cases import actions
from minzheng.kernel.cases.letters import document_of, mark_read
from minzheng.kernel.cases.models import Case, Letter
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.queries import find_by_number, history, letters_of
from minzheng.kernel.cases.states import OPEN, State
from minzheng.kernel.documents import render_docx, render_pdf
from minzheng.surfaces.web.portal import case_words
from minzheng.surfaces.web.portal.catalogue import title_of
from minzheng.surfaces.web.portal.language import own_language
from minzheng.surfaces.web.portal.mine import attempt, my_case, my_cases
from minzheng.surfaces.web.portal.objections import what_one_may_do
from minzheng.surfaces.web.portal.papers import paper_rows
from minzheng.surfaces.web.work.day import working_day

PAGE = 15


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All my cases, the newest first; drafts to go on with stand on top."""
    number = request.GET.get("number", "").strip()
    if number:
        found = find_by_number(number)
        if found is not None and my_cases(request).filter(pk=found.pk).exists():
            return redirect("portal_case", found.pk)
    pages = Paginator(my_cases(request), PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "portal/cases.html",
        {"page": page, "rows": [_row(case) for case in page], "number": number, "not_found": bool(number)},
    )


def _row(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "title": title_of(case.item, case.item_version),
        "standing": case_words.standing(case),
        "channel": str(case_words.CHANNELS[Case.Channel(case.channel)]),
        "wants_me": case.state in (State.DRAFT, State.CORRECTING),
    }


@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: where it stands, what is wanted of me now, its letters, what I may do."""
    found = my_case(request, pk)
    item = item_of(found)
    events = history(found)
    is_correcting = found.state == State.CORRECTING
    return render(
        request,
        "portal/case.html",
        {
            "case": found,
            "item": item,
            "title": title_of(found.item, found.item_version),
            "standing": case_words.standing(found),
            "channel": str(case_words.CHANNELS[Case.Channel(found.channel)]),
            "progress": case_words.progress(found, item, events),
            "pauses": case_words.pauses(found),
            "wanted": [own_language(word) for word in actions.what_is_missing(found, item)]
            if is_correcting
            else [],
            "asked": [row for row in paper_rows(found, item) if row["is_asked"]] if is_correcting else [],
            "correct_by": case_words.correct_by(found) if is_correcting else None,
            "correction_note": next((event.note for event in events if event.act == "ask_correction"), ""),
            "letters": letters_of(found),
            "decision": found.decisions.filter(is_in_force=True).first(),
            "may_withdraw": found.state in OPEN,
            **what_one_may_do(request, found, item),
        },
    )


class WithdrawForm(forms.Form):
    """Why somebody takes a case back; nothing has to be said."""

    reason = forms.CharField(
        label=gettext_lazy("原因"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("撤回后可以随时重新申请。"),
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more before a case is taken back."""
    found = my_case(request, pk)
    if found.state not in OPEN:
        raise Http404
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: actions.withdraw(
                case=found.pk, on=working_day(), reason=form.cleaned_data["reason"].strip()
            ),
            done=_("已撤回。"),
        )
        return redirect("portal_case", pk)
    return render(
        request,
        "portal/case_withdraw.html",
        {"case": found, "title": title_of(found.item, found.item_version), "form": form},
    )


def my_letter(request: HttpRequest, pk: int, letter_id: int) -> Letter:
    """A letter of one of my cases; 404 for another's."""
    found = Letter.objects.filter(pk=letter_id, case=my_case(request, pk)).first()
    if found is None:
        raise Http404
    return found


@require_safe
def letter(request: HttpRequest, pk: int, letter_id: int) -> HttpResponse:
    """A letter on screen; opening it marks it as read."""
    found = my_letter(request, pk, letter_id)
    mark_read(found)
    document = document_of(found)
    return render(
        request,
        "portal/letter.html",
        {
            "row": found,
            "case": found.case,
            "paper": document,
            "kind": found.content["type"],
            "letter": {
                "office": document.office,
                "number": found.number,
                "title": found.title,
                "to": getattr(document, "addressee", "")
                or getattr(document, "applicant", "")
                or getattr(document, "holder", ""),
                "on": found.issued_on,
                "signed": getattr(document, "signed_by", ""),
            },
        },
    )


@require_safe
def letter_file(request: HttpRequest, pk: int, letter_id: int, form: str) -> HttpResponse:
    """The same letter as PDF or DOCX, to keep."""
    if form not in ("pdf", "docx"):
        raise Http404
    found = my_letter(request, pk, letter_id)
    mark_read(found)
    document = document_of(found)
    if form == "pdf":
        content, kind = render_pdf(document, on_missing="mark"), "application/pdf"
    else:
        content = render_docx(document)
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="letter-{found.pk}.{form}"'
    return answer
