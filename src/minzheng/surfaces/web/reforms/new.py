"""A new what-if: a month, and other values for the parameters that its rules read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import require
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.reforms.actions import start_reform
from minzheng.kernel.reforms.changes import Change, Choice, choices, parse_value
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.reforms.words import label_of, name_of, value_words
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.day import working_day


class NewForm(forms.Form):
    """A name, and one field for each parameter; what is left empty stays as it is."""

    title = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=80,
        help_text=gettext_lazy("便于日后查找，例如：低保标准1500元"),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, offered: dict[str, Choice], data: Any = None) -> None:
        super().__init__(data)
        self.offered = offered
        self.changes: list[Change] = []
        for name, choice in offered.items():
            # The table's own cells say what the field is and what holds today.
            self.fields[_field(name)] = forms.CharField(
                label=label_of(choice.parameter),
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal" if isinstance(choice.entry.value, int) else "text"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name, choice in self.offered.items():
            typed = (told.get(_field(name)) or "").strip()
            if not typed:
                continue
            try:
                self.changes.append(Change(name, parse_value(choice, typed)))
            except ReformRefused as refusal:
                self.add_error(_field(name), said(refusal))
        if not self.changes and not self.errors:
            raise forms.ValidationError(_("请至少为一项参数填写新值"))
        return told


def _field(name: str) -> str:
    return "p-" + name.replace(".", "-")


def page(request: HttpRequest) -> HttpResponse:
    """The list of parameters with today's value and paper; posted, the what-if is queued."""
    require("reforms.run")
    month = _month(request)
    programmes = load_programmes()
    offered = choices(programmes, month)
    form = NewForm(offered, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made = start_reform(title=told["title"], note=told["note"], month=month, changes=form.changes)
        return redirect("reform", made.pk)
    groups = [
        {
            "name": name_of(programme),
            # What changes most often comes first.
            "rows": [
                _row(form, name, choice)
                for name, choice in sorted(
                    offered.items(), key=lambda item: (-len(item[1].parameter.entries), item[0])
                )
                if name.startswith(f"{programme.code}.")
            ],
        }
        for programme in programmes
    ]  # fmt: skip
    return render(
        request,
        "reforms/new.html",
        {
            "form": form,
            "month": month,
            "first_day": month.first_day,
            "months": [
                {"value": str(m), "label": formats.month(m), "is_current": m == month} for m in _months()
            ],
            "groups": [group for group in groups if group["rows"]],
        },
    )


def _row(form: NewForm, name: str, choice: Choice) -> dict[str, Any]:
    parameter, current = choice.parameter, choice.entry
    earlier = [e for e in parameter.entries if e.from_ < current.from_]
    return {
        "field": form[_field(name)],
        "label": label_of(parameter),
        "value": value_words(parameter, current.value),
        "since": current.from_,
        "source": current.source,
        "provenance": current.provenance,
        "earlier": [{"value": value_words(parameter, e.value), "since": e.from_} for e in earlier[-3:]],
        "is_money": choice.is_money,
        "example": "" if isinstance(current.value, int) else choice.write(current.value),
    }


def _months() -> list[Month]:
    """Months with a population: those that were run, and the present one."""
    run = MonthRun.objects.exclude(snapshot_identity="").order_by("-month").values_list("month", flat=True)
    return sorted({Month.of(working_day()), *(Month.of(day) for day in run[:36])}, reverse=True)


def _month(request: HttpRequest) -> Month:
    asked = request.POST.get("month") or request.GET.get("month")
    offered = _months()
    if not asked:
        return offered[0]
    try:
        month = Month.parse(asked)
    except ValueError:
        raise Http404 from None
    if month not in offered:
        raise Http404("no population for the month")
    return month
