"""Whom I trust with what (授权与委托): authorisations of an economic check, mandates I gave, mandates I hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minzheng.kernel import items
from minzheng.kernel.cases.authorising import (
    asked_of_me,
    give_authorisation,
    in_force,
    revoke_authorisation,
)
from minzheng.kernel.cases.mandates import (
    give_mandate,
    is_in_force,
    mandates_given,
    mandates_held,
    principal_names,
    revoke_mandate,
)
from minzheng.kernel.cases.models import Authorisation, Mandate
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.portal.catalogue import title_of
from minzheng.surfaces.web.portal.language import said
from minzheng.surfaces.web.portal.mine import attempt
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day

MOST = 50
HALF_A_YEAR = timedelta(days=180)


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """What I was asked to authorise, the mandates I gave and those I hold; a fixed number of queries."""
    me, on = oneself(request), working_day()
    held = list(mandates_held(on)[:MOST])
    names = principal_names(held) if held else {}
    return render(
        request,
        "portal/trust.html",
        {
            "asked": [_asked(row, on) for row in asked_of_me(on)],
            "given": [_given(one, on) for one in mandates_given(me.pk)[:MOST]],
            "held": [{"mandate": one, "name": names.get(one.pk, ""), "items": _items(one)} for one in held],
        },
    )


def _asked(row: Authorisation, on: date) -> dict[str, Any]:
    is_given = in_force(row, on)
    word, tone = (_("已授权"), "good") if is_given else (_("等您答复"), "warn")
    return {"row": row, "purpose": row.purpose, "is_given": is_given, "word": word, "tone": tone}


@require_POST
def authorise(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives or takes back my authorisation of one economic check."""
    me, on = oneself(request), working_day()
    row = Authorisation.objects.filter(pk=pk, person_id=me.pk).first()
    if row is None:
        raise Http404
    if request.POST.get("answer") == "give":
        attempt(
            request,
            lambda: give_authorisation(case=row.case_id, person=me, on=on),
            done=_("已授权，随时可以撤回。"),
        )
    else:
        attempt(
            request, lambda: revoke_authorisation(case=row.case_id, person=me, on=on), done=_("授权已撤回。")
        )
    return redirect("portal_trust")


def _given(mandate: Mandate, on: date) -> dict[str, Any]:
    if mandate.revoked_on is not None:
        word, tone = _("已撤销"), "neutral"
    elif is_in_force(mandate, on):
        word, tone = _("有效"), "good"
    else:
        word, tone = (_("已到期"), "neutral") if mandate.until < on else (_("尚未开始"), "info")
    return {
        "mandate": mandate,
        "items": _items(mandate),
        "word": word,
        "tone": tone,
        "may_revoke": mandate.revoked_on is None and mandate.until >= on,
    }


def _items(mandate: Mandate) -> str:
    return "、".join(title_of(code) for code in mandate.items) if mandate.items else _("所有事项")


class MandateForm(forms.Form):
    """A mandate: to whom, for what, what they may see and do, until when."""

    helper_name = forms.CharField(
        label=gettext_lazy("受托人姓名"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填写受托人姓名")},
    )
    helper_identifier = forms.CharField(
        label=gettext_lazy("受托人身份证号码"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请填写受托人身份证号码")},
    )
    item = forms.ChoiceField(
        label=gettext_lazy("可以代办什么"), required=False, help_text=gettext_lazy("不选表示所有事项。")
    )
    may_see = forms.BooleanField(
        label=gettext_lazy("可以看到本市已有的我的信息（表格自动填好）"), required=False
    )
    may_submit = forms.BooleanField(
        label=gettext_lazy("可以直接提交（不选的，由我自己提交）"), required=False, initial=True
    )
    until = forms.DateField(
        label=gettext_lazy("有效期至"),
        widget=DayInput(),
        error_messages={"required": gettext_lazy("请填写有效期"), "invalid": gettext_lazy("请填写日期")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_group: dict[str, list[tuple[str, str]]] = {}
        for item in items.items_on(working_day()):
            by_group.setdefault(said(item, "group"), []).append((item.code, said(item)))
        self.fields["item"].choices = [("", _("所有事项")), *by_group.items()]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Gives somebody a mandate to act for me."""
    me, on = oneself(request), working_day()
    form = MandateForm(
        request.POST if request.method == "POST" else None,
        initial={"until": on + HALF_A_YEAR, "may_submit": True},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        given = attempt(
            request,
            lambda: give_mandate(
                person=me,
                way=Mandate.Way.ONLINE,
                since=on,
                until=told["until"],
                on=on,
                helper_identifier=told["helper_identifier"].strip().upper(),
                helper_name=told["helper_name"].strip(),
                items=[told["item"]] if told["item"] else [],
                may_see=told["may_see"],
                may_submit=told["may_submit"],
            ),
            done=_("委托已生效，随时可以撤销。"),
        )
        if given is not None:
            return redirect("portal_trust")
    return render(request, "portal/trust_give.html", {"form": form})


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a mandate of mine back."""
    found = mandates_given(oneself(request).pk).filter(pk=pk).first()
    if found is None:
        raise Http404
    attempt(request, lambda: revoke_mandate(mandate=found, on=working_day()), done=_("委托已撤销。"))
    return redirect("portal_trust")
