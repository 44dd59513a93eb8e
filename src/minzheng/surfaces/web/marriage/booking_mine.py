"""A resident books for themself and their partner, sees what they hold, and gives it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.domains.marriage_registration.booking import (
    MARRIAGE,
    WAYS,
    Comer,
    book_marriage,
    oneself_as_comer,
)
from minzheng.domains.marriage_registration.popular import popular_name
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.errors import BookingRefused
from minzheng.kernel.bookings.models import HOPES, Booking, BookingState, Draw, Notice, Party, Slot
from minzheng.kernel.bookings.rules import rules_on
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.places.queries import children
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.marriage.booking_words import (
    CARDS,
    code_words,
    instant,
    item_name,
    items,
    moment_words,
)
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.acts import attempt, new_key, said
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import day_words, is_english

_COMING = (BookingState.OFFERED, BookingState.BOOKED, BookingState.ARRIVED, *HOPES)
WAY_NAMES = {
    "book": gettext_lazy("确认预约"),
    "wait": gettext_lazy("加入候补"),
    "draw": gettext_lazy("报名抽签"),
}


class PartnerForm(forms.Form):
    """Who comes along."""

    name = forms.CharField(label=gettext_lazy("对方姓名"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("对方证件"), choices=CARDS)
    number = forms.CharField(
        label=gettext_lazy("对方证件号码"),
        max_length=30,
        help_text=gettext_lazy("号码只用于核对“一人一约”，只保存不可还原的摘要。"),
    )
    hukou = forms.ChoiceField(
        label=gettext_lazy("对方户口所在地"),
        help_text=gettext_lazy("按您填写的判断能否在此办理，到场时核验户口簿。"),
    )
    any_time = forms.BooleanField(label=gettext_lazy("当日其他时段也可以"), required=False)


def book(request: HttpRequest, pk: int) -> HttpResponse:
    """The form for one time: the resident's own record is filled in, the partner is named."""
    who = oneself(request)
    slot = get_object_or_404(
        Slot.objects.select_related("calendar__facility"), pk=pk, calendar__purpose=MARRIAGE.code
    )
    at = instant()
    item = request.POST.get("item") or request.GET.get("item", "")
    if all(item != code for code, _name in items()):
        raise Http404
    try:
        me = oneself_as_comer(who.pk)
    except BookingRefused as refusal:
        messages.error(request, said(refusal))
        return redirect("marriage_booking")
    way = _way(slot)
    least = MARRIAGE.item(item).least
    form = PartnerForm(request.POST or None, initial={"kind": "citizen"})
    offer(form, "hukou", [("", _("请选择")), *_districts(at.date()), ("0", _("外省市或境外"))])
    if least == 1:  # Whoever replaces a certificate alone names nobody.
        for field in ("name", "number", "hukou"):
            form.fields[field].required = False
    if way == "book":
        del form.fields["any_time"]
    if request.method == "POST" and form.is_valid():
        made = _book(request, slot, item, way, me, form.cleaned_data)
        if made is not None:
            return redirect("booking", made.pk)
        slot.refresh_from_db()
        way = _way(slot)
    return render(
        request,
        "marriage/booking_form.html",
        {
            "slot": slot,
            "when": f"{day_words(slot.day)} {slot.starts:%H:%M}",
            "name": popular_name(slot.day, english=is_english()),
            "item": item,
            "item_name": item_name(item),
            "way": way,
            "way_name": WAY_NAMES[way],
            "me": me,
            "my_name": formats.masked_name(me.name),
            "my_number": mask(me.number),
            "form": form,
            "key": request.POST.get("key") or new_key(),
            "rules": rules_on(at.date()),
            "is_alone": least == 1,
            "draw": Draw.objects.filter(calendar=slot.calendar_id, day=slot.day).first()
            if way == "draw"
            else None,
        },
    )


def _way(slot: Slot) -> str:
    return "draw" if slot.in_draw else "book" if slot.left > 0 else "wait"


def _districts(on: Any) -> list[tuple[str, str]]:
    return [(division.code, division.name) for division in children("310000", on)]


def _book(
    request: HttpRequest, slot: Slot, item: str, way: str, me: Comer, given: dict[str, Any]
) -> Booking | None:
    comers = [me]
    if given["name"] or given["number"]:
        hukou = given["hukou"] if given["hukou"] not in ("", "0") else None
        comers.append(Comer(given["name"], given["number"], hukou, given["kind"]))
    done = {"book": _("预约成功。"), "wait": _("已加入候补。"), "draw": _("已报名。")}[way]
    return attempt(
        request,
        lambda: book_marriage(
            slot=slot, item=item, comers=comers, at=instant(), way=way if way in WAYS else "book",
            any_time=bool(given.get("any_time")), key=request.POST.get("key", "")[:64],
        ),
        done=done,
    )  # fmt: skip


def mine(request: HttpRequest) -> HttpResponse:
    """What I hold or hope for, as the one who booked or as the partner; what is over below."""
    who = oneself(request)
    rows = [
        _row(one)
        for one in Booking.objects.select_related("facility")
        .filter(purpose=MARRIAGE.code)
        .order_by("-day", "-starts", "-pk")[:40]
    ]
    on = instant().date()
    coming = [row for row in rows if row["one"].state in _COMING and row["one"].day >= on]
    return render(
        request,
        "marriage/booking_mine.html",
        {"who": who, "coming": coming[::-1], "past": [row for row in rows if row not in coming]},
    )


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One booking with its code, what to bring, and its letters."""
    oneself(request)
    found = get_object_or_404(Booking.objects.select_related("facility", "draw"), pk=pk)
    parties = [
        (formats.masked_name(party.name), party.number_shown)
        for party in Party.objects.filter(booking=found).order_by("position")
    ]
    letters = [(row.day, row.get_kind_display(), row.text) for row in Notice.objects.filter(booking=found).order_by("-pk")[:10]]  # fmt: skip
    return render(
        request, "marriage/booking_one.html", _row(found) | {"parties": parties, "letters": letters}
    )


def _row(found: Booking) -> dict[str, Any]:
    return {
        "one": found,
        "office": found.facility,
        "when": f"{day_words(found.day)} {found.starts:%H:%M}",
        "item": item_name(found.item),
        "code": code_words(found.code),
        "status": f"booking_{found.state}",
        "may_cancel": found.state in (BookingState.BOOKED, BookingState.OFFERED, *HOPES),
        "offered_until": moment_words(found.offered_until) if found.state == BookingState.OFFERED else "",
        "is_booked": found.state in (BookingState.BOOKED, BookingState.ARRIVED),
    }


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the place back; either of the two may."""
    oneself(request)
    attempt(request, lambda: actions.cancel(booking=pk, at=instant()), done=_("已取消，名额让给候补的人。"))
    return redirect("bookings_mine")


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the place that was offered."""
    oneself(request)
    made = attempt(
        request, lambda: actions.accept_offer(booking=pk, at=instant()), done=_("已确认，预约成功。")
    )
    return redirect("booking", pk) if made else redirect("bookings_mine")
