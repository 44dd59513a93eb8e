"""The counter (窗口): whom I attend to, found in my own place by search or anywhere in the city by the card they show.

Attending is kept by the database alone: it gives sight of one person for the time of one service, and ending it leaves
nothing behind for the next client.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.authorising import is_means_tested
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.queries import cases_of_person
from minzheng.kernel.cases.states import OPEN, State
from minzheng.kernel.items import items_on, search
from minzheng.kernel.items.model import Channel, Item
from minzheng.kernel.people.attendance import NotIdentified, attend, attend_members, leave
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.people.queries import search_people
from minzheng.kernel.periods import age_in_years
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework import mandates
from minzheng.surfaces.web.casework.pages import attending, me, show
from minzheng.surfaces.web.casework.words import (
    CHANNELS,
    case_title,
    department_name,
    group_name,
    item_name,
    place_word,
    place_words,
)
from minzheng.surfaces.web.work import fields
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day

SEARCHES_PER_MINUTE = 60
IDENTIFICATIONS_PER_MINUTE = 20
SHOWN = 20
CASES_SHOWN = 30
#: The ways in which somebody else may sit at the keyboard.
_WAYS = frozenset({Channel.COUNTER, Channel.PHONE})
_MANDATED = (Case.Channel.PHONE, Case.Channel.HOME)


class CardForm(forms.Form):
    """The client's card: the whole number and the name, as they stand on it."""

    identifier = forms.CharField(
        label=gettext_lazy("证件号码"),
        min_length=8,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("完整号码；可用读卡器输入。"),
    )
    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    purpose = forms.CharField(
        label=gettext_lazy("来办什么"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("来人可以看到。"),
    )


class FindForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("姓名、拼音或证件号后四位"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class ChannelForm(forms.Form):
    """How the case comes in; a clerk's is the counter, a committee worker's the visit."""

    channel = forms.ChoiceField(label=gettext_lazy("渠道"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", [(code, CHANNELS[code]) for code in ("counter", "phone", "home")])


@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """Whom I attend to, or how to find the next client."""
    return _counter(request)


def _counter(request: HttpRequest, card: CardForm | None = None) -> HttpResponse:
    actor = require("cases.help")
    find = FindForm(request.GET if request.GET.get("q", "").strip() else None)
    text = find.cleaned_data["q"].strip() if find.is_valid() else ""
    table = None
    if text and may("people.search"):
        limit(f"search:{actor.official_id}", SEARCHES_PER_MINUTE)
        hits = search_people(text, limit=SHOWN)
        places = place_words({hit.division_code for hit in hits})
        table = Table(
            columns=[
                Column("name", _("姓名"), is_heading=True, value=lambda h: h.name or _("（无姓名）"),
                       href=lambda h: reverse("counter_client", args=[h.person_id])),
                Column("birth_date", _("出生日期"), kind="date"),
                Column("identifier", _("证件号码")),
                Column("place", _("居住地"), value=lambda h: places.get(h.division_code, h.division_code)),
            ],
            source=hits, request=request, caption=_("查找结果"), page_size=SHOWN, is_exportable=False,
            empty_title=_("本辖区没有找到"), empty_text=_("外区来人请出示证件，按完整号码和姓名接待。"),
        )  # fmt: skip
    return show(
        request,
        "counter",
        {"card": card or CardForm(auto_id="card_%s"), "find": find, "table": table, "place": place_word(actor.division_code)},
    )  # fmt: skip


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begins to attend to whoever shows this card; a wrong pair of number and name says nothing of either."""
    actor = require("cases.help")
    form = CardForm(request.POST, auto_id="card_%s")
    if not form.is_valid():
        return _counter(request, form)
    limit(f"attend:{actor.official_id}", IDENTIFICATIONS_PER_MINUTE)
    try:
        person = attend(
            identifier=form.cleaned_data["identifier"],
            name=form.cleaned_data["name"],
            purpose=form.cleaned_data["purpose"].strip() or _("窗口办事"),
        )
    except NotIdentified as refusal:
        form.add_error("identifier", said(refusal))
        return _counter(request, form)
    return redirect("counter_client", person.pk)


@require_POST
def begin_here(request: HttpRequest, person_id: int) -> HttpResponse:
    """Begins to attend to somebody of my own place who was found by search and whose card I checked."""
    require("cases.help")
    person = get_object_or_404(Person, pk=person_id)
    number = (
        Identifier.objects.filter(person=person, during__upper_inf=True)
        .order_by("-is_primary", "id")
        .values_list("value", flat=True)
        .first()
    )
    try:
        if number is None:
            raise NotIdentified(_("登记中没有证件号码；请直接打开办事页面办理。"))
        attend(identifier=number, name=person.name, purpose=_("窗口办事"))
    except NotIdentified as refusal:
        messages.error(request, said(refusal))
    return redirect("counter_client", person.pk)


@require_POST
def members(request: HttpRequest) -> HttpResponse:
    """Extends the sight to the household, for items that the household applies for."""
    require("cases.help")
    client = attending()
    if client is None:
        messages.error(request, _("现在没有接待任何人。"))
        return redirect("counter")
    added = attend_members(purpose=client.purpose)
    messages.success(request, _("可以查看共同生活的家庭成员：新增 %(count)s 人。") % {"count": added})
    return redirect("counter_client", client.person_id)


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Ends the service; whoever is not of this place is out of sight at once."""
    require("cases.help")
    leave()
    messages.success(request, _("已结束接待，本窗口不再看到该人的信息。"))
    return redirect("counter")


@require_safe
def client(request: HttpRequest, person_id: int) -> HttpResponse:
    """One client on one page: what is open, what they began online, and what they want today."""
    require("cases.help")
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Http404
    look(person.pk, purpose=_("窗口接待"), division_code=person.division_code)
    on = working_day()
    cases = list(
        cases_of_person(person.pk)
        .filter(state__in=[*OPEN, State.GRANTED, State.REFUSED])
        .defer("answers")[:CASES_SHOWN]
    )
    text = request.GET.get("q", "").strip()[:60]
    found = (
        [hit.item for hit in search(text, limit=SHOWN, on=on) if hit.item.channels & _WAYS] if text else []
    )
    attended = attending()
    return show(
        request,
        "client",
        {
            "person": person,
            "is_attended": attended is not None and attended.person_id == person.pk,
            "facts": _facts(person),
            "open": [_line(case) for case in cases if case.state in OPEN],
            "ended": [_line(case) for case in cases if case.state not in OPEN][:5],
            "text": text,
            "found": [_offer(item) for item in found],
            "channel": ChannelForm(
                initial={"channel": "home" if me().role == "neighbourhood_worker" else "counter"}
            ),
            "mandates": mandates.rows_of(person.pk, on),
            # One key a page: a second press of the same button opens no second case.
            "key": secrets.token_urlsafe(12),
        },
    )


def _offer(item: Item) -> dict[str, Any]:
    return {
        "item": item,
        "name": item_name(item),
        "group": group_name(item),
        "department": department_name(item.department),
        "ask_members": item.result.benefit and any(f.known_from == "household.members" for f in item.fields),
    }


def _line(case: Case) -> dict[str, Any]:
    is_draft = case.state in (State.DRAFT, State.SUBMITTED, State.CORRECTING) and not case.accepted_on
    return {
        "case": case,
        "title": case_title(case),
        "state": f"case_{case.state}",
        "channel": CHANNELS.get(case.channel, case.channel),
        "may_go_on": is_draft,
        "is_elsewhere": not me().reaches(case.accepting_division),
    }


def _facts(person: Person) -> list[dict[str, Any]]:
    number = (
        Identifier.objects.filter(person=person, kind=Identifier.Kind.CITIZEN)
        .order_by("-is_primary", "id")
        .values_list("value", flat=True)
        .first()
    )
    age = (
        _("%(age)s 岁") % {"age": age_in_years(person.birth_date, working_day())} if person.birth_date else ""
    )
    places = place_words({person.division_code, person.hukou_division_code or ""})
    return [
        {"label": _("证件号码"), "value": mask(number) if number else "—"},
        {"label": _("性别与年龄"), "value": " · ".join(filter(None, [str(fields.SEXES.get(person.sex, "")), age])) or "—"},
        {"label": _("户籍地"), "value": places.get(person.hukou_division_code or "", "—")},
        {"label": _("居住地"), "value": places.get(person.division_code, "—")},
    ]  # fmt: skip


@require_POST
def open_case(request: HttpRequest, person_id: int) -> HttpResponse:
    """Opens a case in one press, fetches the papers that the city holds, and goes to its form."""
    require("cases.help")
    on = working_day()
    form = ChannelForm(request.POST)
    channel = form.cleaned_data["channel"] if form.is_valid() else "counter"
    code = request.POST.get("item", "")
    if code not in {item.code for item in items_on(on)}:
        raise Http404
    if request.POST.get("members") == "1" and attending() is not None:
        attend_members(purpose=_("窗口办事"))

    def act() -> Case:
        case = actions.open_draft(
            item=code,
            person=person_id,
            on=on,
            key=request.POST.get("key", "")[:40],
            channel=channel,
            mandate=mandates.held_for(person_id, code, on) if channel in _MANDATED else None,
        )
        return _prepared(case, on) if case.state == State.DRAFT else case

    get_object_or_404(Person, pk=person_id)
    if channel in _MANDATED and mandates.held_for(person_id, code, on) is None:
        messages.error(request, _("电话或上门代办须先登记委托。"))
        return redirect("mandate_new", person_id)
    made = attempt(request, act)
    return redirect("case_form", made.pk) if made else redirect("counter_client", person_id)


def _prepared(case: Case, on: date) -> Case:
    """Fetches what the city holds, and asks the household's adults to authorise the check that the item needs."""
    if is_means_tested(item_of(case)):
        actions.ask_authorisations(case=case, on=on)
    return actions.fetch_papers(case=case, on=on)


@require_POST
def go_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes on with what the client began online or elsewhere; nothing is typed twice."""
    require("cases.help")
    case = get_object_or_404(Case, pk=pk)
    on = working_day()
    if may("cases.accept"):

        def act() -> Case:
            return _prepared(actions.take_over(case=case, on=on), on)

        if attempt(request, act) is None:
            return redirect("counter_client", case.person_id)
    return redirect("case_form", pk)


urls = [
    path("counter/", counter, name="counter"),
    path("counter/begin/", begin, name="counter_begin"),
    path("counter/end/", end, name="counter_end"),
    path("counter/members/", members, name="counter_members"),
    path("counter/<int:person_id>/", client, name="counter_client"),
    path("counter/<int:person_id>/begin/", begin_here, name="counter_begin_here"),
    path("counter/<int:person_id>/open/", open_case, name="counter_open"),
    path("counter/cases/<int:pk>/go-on/", go_on, name="counter_go_on"),
]
