"""A whole identifier or account number, once a purpose and a reason stand in the trace (查看完整号码)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from minzheng.kernel.access import require
from minzheng.kernel.audit import unmask
from minzheng.kernel.people.identifiers import mask, mask_account
from minzheng.kernel.people.models import BankAccount, Identifier, Person
from minzheng.kernel.ui.forms import ReasonForm
from minzheng.surfaces.web.work import fields


@require_http_methods(["GET", "POST"])
def show_number(request: HttpRequest, person_id: int, kind: str, row_id: int) -> HttpResponse:
    """Asks for the reason, records the look, shows the number; in the dialog of a page or on a page of its own."""
    require("people.unmask")
    who = Person.objects.filter(pk=person_id).first()
    found = _number(person_id, kind, row_id)
    if who is None or found is None:
        raise Http404
    label, number, masked = found
    form = ReasonForm(request.POST or None)
    context = {
        "who": who,
        "form": form,
        "here": request.path,
        "label": label,
        "masked": masked,
    }
    if request.method == "POST" and form.is_valid():
        with override("zh-hans"):  # The trace is kept in Chinese, whatever language the screen speaks.
            purpose = _purpose(form)
        reason = "：".join(part for part in (purpose, form.cleaned_data["reason"].strip()) if part)
        unmask(person_id, fields=[f"{kind}:{row_id}"], reason=reason, division_code=who.division_code)
        context["number"] = number
    dialog = request.headers.get("HX-Request") == "true"
    return render(request, "web/work/number_part.html" if dialog else "web/work/number.html", context)


def _number(person_id: int, kind: str, row_id: int) -> tuple[Any, str, str] | None:
    """The label, the number and its mask; None where the person has no such number."""
    if kind == "account":
        account = BankAccount.objects.filter(pk=row_id, person_id=person_id).first()
        return (fields.FIELDS["account"], account.number, mask_account(account.number)) if account else None
    if kind == "identifier":
        one = Identifier.objects.filter(pk=row_id, person_id=person_id).first()
        label = fields.NUMBERS.get(one.kind, fields.FIELDS["identifier"]) if one else ""
        return (label, one.value, mask(one.value)) if one else None
    return None


def _purpose(form: ReasonForm) -> str:
    """The chosen purpose in words, read off the form as it is shown."""
    chosen = form.cleaned_data["purpose"]
    return next(str(one.choice_label) for one in form["purpose"].subwidgets if one.data["value"] == chosen)


urls = [path("people/<int:person_id>/number/<slug:kind>/<int:row_id>/", show_number, name="work_unmask")]
