"""Letters about money paid wrongly or late, and what is still open, for whom they are addressed to (告知书、余额)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.models import AccountLetter, Settlement
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.settlements import as_pdf, show_letter


def account_of(person_id: int) -> dict[str, Any]:
    """What a resident sees of overpaid money: the own balance, recoveries addressed to them, and the letters."""
    own = Overpayment.objects.filter(person_id=person_id, state="open").aggregate(
        fen=Sum(F("amount_fen") - F("recovered_fen") - F("written_off_fen"), default=0)
    )["fen"]
    asked = (
        Settlement.objects.filter(addressee_id=person_id, state="approved", way="recovery")
        .annotate(came_back=Sum("repayments__amount_fen", default=0))
        .order_by("-id")[:20]
    )
    return {
        "own_rest": own,
        "asked": [{"one": one, "rest": max(one.amount_fen - one.came_back, 0)} for one in asked],
        "account_letters": _letters(person_id)[:20],
    }


def _letters(person_id: int) -> Any:
    return AccountLetter.objects.filter(addressee_id=person_id).order_by("-id")


def _mine(request: HttpRequest, pk: int) -> AccountLetter:
    found = _letters(oneself(request).pk).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter addressed to me."""
    found = _mine(request, pk)
    return show_letter(request, found, back=reverse("my_payments"), pdf=reverse("my_account_pdf", args=[pk]))


@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same letter as a file."""
    return as_pdf(_mine(request, pk))


urls = [
    path("account-letters/<int:pk>/", letter, name="my_account_letter"),
    path("account-letters/<int:pk>.pdf", letter_pdf, name="my_account_pdf"),
]
