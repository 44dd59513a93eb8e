"""Papers of the register as PDF (证书、回执、告知书): each look is traced, each paper says what its entry says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration import letters
from minzheng.domains.marriage_registration.models import (
    DivorceApplication,
    DivorceState,
    Kind,
    Refusal,
    Registration,
)
from minzheng.kernel.access import require
from minzheng.kernel.documents import render_pdf
from minzheng.surfaces.web.marriage.desk_pages import look_at_parties
from minzheng.surfaces.web.marriage.desk_words import SIDE_WORDS, SIDES

_MODELS: dict[str, Any] = {"man": Registration, "woman": Registration, "no-record": Registration,
                           "receipt": DivorceApplication, "withdrawal": DivorceApplication, "refusal": Refusal}  # fmt: skip
_PAPERS: dict[str, Callable[[Any], Any]] = {
    "man": lambda row: letters.certificate_of(row, side="man"),
    "woman": lambda row: letters.certificate_of(row, side="woman"),
    "no-record": letters.no_record_certificate,
    "receipt": letters.receipt_of,
    "withdrawal": letters.withdrawal_of,
    "refusal": letters.refusal_letter,
}


def papers_of(row: Registration | DivorceApplication | Refusal) -> list[tuple[str, str]]:
    """What may be printed of a row: title and address."""
    if isinstance(row, Refusal):
        found = [("refusal", _("不予登记告知书"))]
    elif isinstance(row, DivorceApplication):
        found = [("receipt", _("离婚登记申请受理回执单"))]
        if row.state in (DivorceState.WITHDRAWN, DivorceState.LAPSED):
            found.append(("withdrawal", _("撤回离婚登记申请确认单")))
    elif row.kind == Kind.NO_RECORD:
        found = [("no-record", _("无婚姻登记记录证明"))]
    else:
        found = [
            (side, _("%(side)s证书") % {"side": SIDE_WORDS[side]})
            for side in SIDES if getattr(row, f"{side}_serial") is not None
        ]  # fmt: skip
    return [(f"{title} PDF", reverse("marriage_paper", args=[row.pk, paper])) for paper, title in found]


@require_safe
def paper(request: HttpRequest, pk: int, paper: str) -> HttpResponse:
    """One paper as a PDF, for the printer."""
    require("marriage.look")
    if paper not in _PAPERS:
        raise Http404
    row = _MODELS[paper].objects.select_related("office").filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        document = _PAPERS[paper](row)
    except (ValueError, KeyError) as missing:
        raise Http404 from missing
    look_at_parties(row, _("打印婚姻登记文书"))
    response = HttpResponse(render_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{row.number}-{paper}.pdf"'
    return response
