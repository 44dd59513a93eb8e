"""The letters of a case (文书) on screen, as PDF and as DOCX, all from the same kept words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.cases.letters import document_of
from minzheng.kernel.cases.models import Letter
from minzheng.kernel.documents import Certificate, Document, Receipt, render_docx, render_pdf

_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def _found(pk: int, letter: int) -> tuple[Letter, Document]:
    """The letter of that case; the look at whom it is about is recorded."""
    if not may("cases.look"):
        require("cases.help")
    found = Letter.objects.select_related("case").defer("case__answers").filter(pk=letter, case_id=pk).first()
    if found is None:
        raise Http404
    look(found.case.person_id, purpose=_("文书"), division_code=found.case.deciding_division)
    return found, document_of(found)


@require_safe
def on_screen(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """The letter as a page that prints on A4."""
    found, document = _found(pk, letter)
    kind = (
        "receipt"
        if isinstance(document, Receipt)
        else "certificate"
        if isinstance(document, Certificate)
        else "letter"
    )
    return render(
        request,
        "casework/letter.html",
        {"one": found, "document": document, "kind": kind, "case": found.case},
    )


@require_safe
def download(request: HttpRequest, pk: int, letter: int, form: str) -> HttpResponse:
    """The letter as a file."""
    if form not in _TYPES:
        raise Http404
    found, document = _found(pk, letter)
    made = render_pdf(document) if form == "pdf" else render_docx(document)
    response = HttpResponse(made, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{found.case.number}-{found.kind}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


urls = [
    path("cases/<int:pk>/letters/<int:letter>/", on_screen, name="case_letter"),
    path("cases/<int:pk>/letters/<int:letter>.<str:form>", download, name="case_letter_file"),
]
