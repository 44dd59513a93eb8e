"""Checking a letter by its code (文书查验): genuine or not, and no more than office, title and date.

Whoever holds the paper may ask; the paper says the rest itself. Tries are counted, so that codes cannot be guessed through.
"""

from __future__ import annotations

from django import forms
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access.limits import limit
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.documents import normalise_code

A_MINUTE = 20
_LENGTH = 14


class CodeForm(forms.Form):
    """The code printed at the foot of a letter."""

    code = forms.CharField(
        label=gettext_lazy("查验码"),
        help_text=gettext_lazy("印在文书末尾的 12 位字母和数字，例如 7K3M-Q2WX-8PRT；不分大小写。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("请填写查验码")},
    )

    def clean_code(self) -> str:
        code = normalise_code(self.cleaned_data["code"])
        if len(code) != _LENGTH:
            raise forms.ValidationError(gettext_lazy("查验码应为 12 位，请对照文书再看一遍"))
        return code


@open_to_all
@require_safe
def letters_check(request: HttpRequest) -> HttpResponse:
    """Whether a code belongs to a letter that was issued here."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    found = None
    is_asked = form.is_bound and form.is_valid()
    if is_asked:
        limit(f"letter check from {request.META.get('REMOTE_ADDR', '')}", A_MINUTE)
        found = _issued(form.cleaned_data["code"])
    return render(
        request,
        "portal/letters_check.html",
        {
            "form": form,
            "found": found,
            "is_asked": is_asked,
            "code": form.cleaned_data.get("code", "") if is_asked else "",
        },
    )


def _issued(code: str) -> dict[str, object] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT office, title, issued_on FROM portal_letter_check(%s)", [code])
        row = cursor.fetchone()
    return None if row is None else {"office": row[0], "title": row[1], "on": row[2]}
