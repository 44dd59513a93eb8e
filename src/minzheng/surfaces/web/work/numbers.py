"""A whole identifier or account number, once a purpose and a reason stand in the trace (查看完整号码)."""

from __future__ import annotations

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
    model = {"identifier": Identifier, "account": BankAccount}.get(kind)
    found = model.objects.filter(pk=row_id, person_id=person_id).first() if model else None
    if who is None or found is None:
        raise Http404
    is_account = isinstance(found, BankAccount)
    number = found.number if is_account else found.value
    label = (
        fields.FIELDS["account"]
        if is_account
        else fields.NUMBERS.get(found.kind, fields.FIELDS["identifier"])
    )
    form = ReasonForm(request.POST or None)
    context = {
        "who": who,
        "form": form,
        "here": request.path,
        "label": label,
        "masked": mask_account(number) if is_account else mask(number),
    }
    if request.method == "POST" and form.is_valid():
        with override("zh-hans"):  # The trace is kept in Chinese, whatever language the screen speaks.
            purpose = str(dict(form.fields["purpose"].choices)[form.cleaned_data["purpose"]])
        reason = "：".join(part for part in (purpose, form.cleaned_data["reason"].strip()) if part)
        unmask(person_id, fields=[f"{kind}:{row_id}"], reason=reason, division_code=who.division_code)
        context["number"] = number
    dialog = request.headers.get("HX-Request") == "true"
    return render(request, "web/work/number_part.html" if dialog else "web/work/number.html", context)


urls = [path("people/<int:person_id>/number/<slug:kind>/<int:row_id>/", show_number, name="work_unmask")]
