"""Mandates recorded at the counter (委托): signed before the clerk, recorded by phone, or by law for a guardian."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minzheng.kernel.access import require
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.mandates import covers, is_in_force, mandates_given
from minzheng.kernel.cases.models import Mandate
from minzheng.kernel.items import items_on
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.casework.pages import me, show
from minzheng.surfaces.web.casework.words import item_name
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day

WAYS = {
    "signed": gettext_lazy("书面委托，当面签字"),
    "recorded": gettext_lazy("电话委托，已录音"),
    "law": gettext_lazy("法定监护"),
}
SHOWN = 20
#: What the form offers; the kernel's parameter says how long a mandate may last.
MONTHS = 6


class MandateForm(forms.Form):
    """Who may act for the client, for what, until when, by which paper."""

    way = forms.ChoiceField(label=gettext_lazy("方式"), widget=forms.RadioSelect)
    by_me = forms.BooleanField(label=gettext_lazy("由本岗位代办"), required=False, initial=True)
    helper_identifier = forms.CharField(
        label=gettext_lazy("受托人证件号码"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("由本岗位代办的不填。"),
    )
    helper_name = forms.CharField(
        label=gettext_lazy("受托人姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    item = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    may_see = forms.BooleanField(label=gettext_lazy("可以查看本市已有信息"), required=False)
    until = forms.DateField(label=gettext_lazy("有效期至"), widget=DayInput())
    paper = forms.CharField(
        label=gettext_lazy("凭据"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("委托书编号、录音编号或监护证明；电话委托和法定监护必填。"),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "way", list(WAYS.items()))
        names = sorted(((item.code, item_name(item)) for item in items_on(on)), key=lambda one: one[1])
        offer(self, "item", [("", _("全部事项")), *names])


def held_for(person_id: int, item: str, on: date) -> Mandate | None:
    """The mandate in force by which this post acts for a person in an item; None where there is none."""
    mine = mandates_given(person_id).filter(helper_post_id=me().post_id, revoked_on=None)[:SHOWN]
    return next((one for one in mine if is_in_force(one, on) and covers(one, item)), None)


def rows_of(person_id: int, on: date) -> list[dict[str, Any]]:
    """The mandates that a person gave, the latest first."""
    return [
        {"one": one, "way": WAYS.get(one.way, one.get_way_display()), "is_in_force": is_in_force(one, on)}
        for one in mandates_given(person_id)[:SHOWN]
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, person_id: int) -> HttpResponse:
    """Records a mandate of the client at the counter."""
    require("cases.help")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404
    on = working_day()
    form = MandateForm(
        request.POST or None,
        on=on,
        initial={"way": "signed", "until": (Month.of(on) + MONTHS).first_day},
        auto_id="mandate_%s",
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        by_me = told["by_me"] and not told["helper_identifier"]
        made = attempt(
            request,
            lambda: actions.give_mandate(
                person=person,
                way=told["way"],
                since=on,
                until=told["until"],
                on=on,
                helper_identifier="" if by_me else told["helper_identifier"],
                helper_name="" if by_me else told["helper_name"],
                helper_post_id=me().post_id if by_me else None,
                items=[told["item"]] if told["item"] else [],
                may_see=told["may_see"],
                paper=told["paper"],
            ),
            done=_("委托已登记。"),
        )
        if made is not None:
            return redirect("counter_client", person.pk)
    look(person.pk, purpose=_("登记委托"), division_code=person.division_code)
    return show(request, "mandate", {"person": person, "form": form})


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a mandate back at the client's word."""
    found = Mandate.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    attempt(request, lambda: actions.revoke_mandate(mandate=found, on=working_day()), done=_("委托已撤销。"))
    return redirect("counter_client", found.person_id)


urls = [
    path("counter/<int:person_id>/mandates/new/", new, name="mandate_new"),
    path("counter/mandates/<int:pk>/revoke/", revoke, name="mandate_revoke"),
]
