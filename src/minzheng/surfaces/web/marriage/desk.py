"""The registrar's desk (登记台): today's bookings, the next couple by their two cards, and the couple in hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration.models import DivorceApplication, DivorceState
from minzheng.kernel.access import may, require
from minzheng.kernel.access.limits import limit
from minzheng.kernel.people.attendance import NotIdentified
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage import desk_bookings as bookings
from minzheng.surfaces.web.marriage import desk_couple as couples
from minzheng.surfaces.web.marriage.desk_pages import show
from minzheng.surfaces.web.marriage.desk_words import ACT_WORDS, SIDE_WORDS, SIDES, parties
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day

IDENTIFICATIONS_PER_MINUTE = 20
OFFERED = ("marriage", "divorce_application", "no_record")


class CardsForm(forms.Form):
    """Two cards, whole numbers and names as they stand on them; one is enough for a certificate of no record."""

    act = forms.ChoiceField(label=gettext_lazy("来办什么"), widget=forms.RadioSelect)
    man_identifier = forms.CharField(label=gettext_lazy("证件号码"), max_length=30, required=False)
    man_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    woman_identifier = forms.CharField(label=gettext_lazy("证件号码"), max_length=30, required=False)
    woman_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    booking = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "act", [(code, ACT_WORDS[code]) for code in OFFERED])
        for name, field in self.fields.items():
            if isinstance(field, forms.CharField):
                field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
            if name.startswith(SIDES):
                field.label_suffix = str(SIDE_WORDS[name.split("_")[0]])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        told = {side: (given.get(f"{side}_identifier", ""), given.get(f"{side}_name", "")) for side in SIDES}
        for side, (number, name) in told.items():
            if bool(number) != bool(name):
                self.add_error(f"{side}_name" if number else f"{side}_identifier",
                               _("%(side)s的证件号码和姓名须一并填写") % {"side": SIDE_WORDS[side]})  # fmt: skip
        given["cards"] = {side: card for side, card in told.items() if all(card)}
        wanted = 1 if given.get("act") == "no_record" else 2
        if not self.errors and len(given["cards"]) < wanted:
            empty = next(side for side in SIDES if side not in given["cards"])
            self.add_error(
                f"{empty}_identifier", _("请录入%(side)s的证件；双方须亲自到场") % {"side": SIDE_WORDS[empty]}
            )
        return given

    def sides(self) -> list[tuple[Any, list[Any]]]:
        """The fields of each party, under their heading."""
        return [(SIDE_WORDS[side], [self[f"{side}_identifier"], self[f"{side}_name"]]) for side in SIDES]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who is booked today, who comes next, and which divorces wait for their certificate."""
    return _home(request)


def _home(request: HttpRequest, form: CardsForm | None = None) -> HttpResponse:
    actor = require("marriage.look")
    on = working_day()
    office = couples.office_of(actor, on)
    serves = may("marriage.register") and office is not None
    couple = couples.current(request) if serves else None
    waiting = bookings.today(office, on) if office else []
    form = form or CardsForm(
        auto_id="cards_%s", initial=bookings.prefilled(request.GET.get("booking", ""), waiting, OFFERED)
    )
    return show(
        request, "desk",
        {
            "office": office, "day": on, "serves": serves, "couple": couple,
            "couple_names": couples.names_of(couple) if couple else "",
            "act": ACT_WORDS[couple.act] if couple else "",
            "form": form, "waiting": waiting, "next": next((one for one in waiting if one.is_next), None),
            "divorces": _divorces(request, actor.division_code, on),
        },
        tab="marriage_desk",
    )  # fmt: skip


def _divorces(request: HttpRequest, division: str, on: Any) -> Table:
    """Applications whose certificate may be collected today, those that lapse first at the top."""
    return Table(
        columns=[
            Column("number", _("申请编号"), is_heading=True, href=lambda d: reverse("marriage_divorce", args=[d.pk])),
            Column("parties", _("当事人"), value=parties),
            Column("received_on", _("受理日期"), kind="date"),
            Column("collect_last", _("领证至"), kind="date"),
        ],
        source=DivorceApplication.objects.filter(
            division_code=division, state=DivorceState.PENDING, collect_first__lte=on, collect_last__gte=on
        ).order_by("collect_last", "id"),
        request=request, caption=_("今天可以领取离婚证的申请"), name="divorces", page_size=10, is_exportable=False,
        empty_title=_("今天没有可以领证的离婚申请"),
    )  # fmt: skip


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begins to serve a couple by their cards; a wrong pair of number and name says nothing of either."""
    actor = require("marriage.register")
    form = CardsForm(request.POST, auto_id="cards_%s")
    if not form.is_valid():
        return _home(request, form)
    limit(f"attend:{actor.official_id}", IDENTIFICATIONS_PER_MINUTE)
    given = form.cleaned_data
    try:
        couples.begin(request, act=given["act"], cards=given["cards"], booking=given["booking"])
    except NotIdentified as refusal:
        couples.end(request)
        form.add_error(None, said(refusal))
        return _home(request, form)
    return redirect("marriage_couple")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Ends the service; whoever is not of this place is out of sight at once."""
    require("marriage.register")
    couples.end(request)
    messages.success(request, _("已结束接待，本席位不再看到双方的信息。"))
    return redirect("marriage_desk")


@require_POST
def next_couple(request: HttpRequest) -> HttpResponse:
    """Ends the service in hand and calls the next booking of today; without one, the empty form for walk-ins."""
    actor = require("marriage.register")
    couples.end(request)
    on = working_day()
    office = couples.office_of(actor, on)
    called = bookings.call_next(office, on) if office else None
    if called is None:
        messages.info(request, _("没有等候的预约，可直接录入下一对的证件。"))
        return redirect("marriage_desk")
    return redirect(f"{reverse('marriage_desk')}?booking={called.pk}#cards")
