"""The office's day: who is booked, who has come, who has not, and bookings by telephone or at the counter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.domains.marriage_registration.booking import MARRIAGE, Comer, book_marriage
from minzheng.domains.marriage_registration.offices import marriage_calendars
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.models import Booking, BookingState, Calendar, Party, Slot
from minzheng.kernel.places.queries import children, scope
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.booking_words import CARDS, instant, item_name, items
from minzheng.surfaces.web.work.acts import attempt, new_key, number_of
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import day_words

_S = BookingState
SHOWN = (_S.BOOKED, _S.ARRIVED, _S.DONE, _S.NO_SHOW, _S.OFFERED)


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput, required=False)


class CoupleForm(forms.Form):
    """Who books by telephone or at the counter."""

    item = forms.ChoiceField(label=gettext_lazy("事项"))
    slot = forms.ChoiceField(label=gettext_lazy("时间"))
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"),
        choices=[("phone", gettext_lazy("电话")), ("counter", gettext_lazy("现场"))],
    )
    name = forms.CharField(label=gettext_lazy("甲方姓名"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("甲方证件"), choices=CARDS)
    number = forms.CharField(label=gettext_lazy("甲方证件号码"), max_length=30)
    hukou = forms.ChoiceField(label=gettext_lazy("甲方户口所在地"))
    other_name = forms.CharField(label=gettext_lazy("乙方姓名"), max_length=60, required=False)
    other_kind = forms.ChoiceField(label=gettext_lazy("乙方证件"), choices=CARDS)
    other_number = forms.CharField(label=gettext_lazy("乙方证件号码"), max_length=30, required=False)
    other_hukou = forms.ChoiceField(label=gettext_lazy("乙方户口所在地"), required=False)


def own_calendars() -> list[Calendar]:
    """The calendars of the offices that the acting post may look at; a post of one office has that one."""
    actor = current_actor()
    if actor is None or not actor.division_code:
        return []
    low, high = scope(actor.division_code)
    found = list(marriage_calendars().filter(division_code__gte=low, division_code__lt=high))
    mine = _office_of_post(actor.post_id)
    return [one for one in found if mine is None or one.facility_id == mine]


def _office_of_post(post_id: int | None) -> int | None:
    from minzheng.kernel.facilities.models import FacilityPost

    return FacilityPost.objects.filter(post=post_id).values_list("facility_id", flat=True).first()


def chosen(request: HttpRequest, permission: str) -> tuple[Calendar, list[Calendar]]:
    """The calendar that the page is about and all that the post may choose.

    Raises:
        Http404, NotPermitted.
    """
    require(permission)
    own = own_calendars()
    asked = number_of(request.GET.get("office") or request.POST.get("office", ""))
    for one in own:
        if asked is None or one.pk == asked:
            return one, own
    raise Http404


def tabs(request: HttpRequest, calendar: Calendar) -> list[NavItem]:
    """The pages of one office's calendar that the acting post may open."""
    pages = [("marriage_calendar", _("当日名单"), "bookings.look"), ("calendar_book", _("代为预约"), "bookings.serve"),
             ("calendar_days", _("号源"), "bookings.look")]  # fmt: skip
    return [
        NavItem(label, f"{reverse(name)}?office={calendar.pk}", request.path == reverse(name))
        for name, label, needs in pages
        if may(needs)
    ]


def page(request: HttpRequest) -> HttpResponse:
    """Everybody booked on a day by time; today's arrive here and get their number."""
    calendar, own = chosen(request, "bookings.look")
    at = instant()
    on = at.date()
    form = DayForm(request.GET if request.GET.get("day") else None)
    day = (form.cleaned_data["day"] if form.is_bound and form.is_valid() else None) or on
    source = Booking.objects.filter(calendar=calendar, day=day, state__in=SHOWN).order_by("starts", "pk")
    names = _names(source)
    table = Table(
        columns=[
            Column("starts", _("时间"), is_heading=True, value=lambda b: f"{b.starts:%H:%M}", order_by="starts"),
            Column("item", _("事项"), value=lambda b: item_name(b.item)),
            Column("parties", _("当事人"), value=lambda b: names.get(b.pk, ""), is_wide=True),
            Column("code", _("预约码")),
            Column("channel", _("渠道"), value=lambda b: _CHANNELS[b.channel]),
            Column("queue_number", _("到场序号"), value=lambda b: b.queue_number or "", order_by="queue_number"),
            Column("state", _("状态"), kind="status", value=lambda b: f"booking_{b.state}"),
        ],
        source=source,
        request=request,
        caption=_("预约名单"),
        export_name=f"marriage-bookings-{day}",
        page_size=60,
        empty_title=_("这一天没有预约"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "marriage/calendar_today.html",
        {
            "calendar": calendar, "own": own if len(own) > 1 else [], "tabs": tabs(request, calendar), "table": table,
            "day": day_words(day), "is_today": day == on, "form": DayForm(initial={"day": day}, auto_id="f_%s"),
            "tomorrow": on + timedelta(days=1), "may_serve": may("bookings.serve"),
            "counts": _counts(calendar, day),
            "awaited": _rows(calendar, day, _S.BOOKED, names) if day == on and may("bookings.serve") else [],
            "arrived": _rows(calendar, day, _S.ARRIVED, names) if day == on and may("bookings.serve") else [],
        },
    )  # fmt: skip


_CHANNELS = {"online": gettext_lazy("网上"), "phone": gettext_lazy("电话"), "counter": gettext_lazy("现场")}


def _names(source: Any) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    parties = Party.objects.filter(booking__in=source.values("pk")).order_by("booking_id", "position")
    for booking, name in parties.values_list("booking_id", "name")[:2000]:
        found.setdefault(booking, []).append(formats.masked_name(name))
    return {pk: "、".join(both) for pk, both in found.items()}


def _rows(calendar: Calendar, day: date, state: str, names: dict[int, str]) -> list[dict[str, Any]]:
    order = ("queue_number",) if state == _S.ARRIVED else ("starts", "pk")
    return [
        {
            "pk": one.pk,
            "clock": f"{one.starts:%H:%M}",
            "item": item_name(one.item),
            "names": names.get(one.pk, ""),
            "number": one.queue_number,
        }
        for one in Booking.objects.filter(calendar=calendar, day=day, state=state).order_by(*order)[:60]
    ]


def _counts(calendar: Calendar, day: date) -> list[tuple[str, int]]:
    states = list(
        Booking.objects.filter(calendar=calendar, day=day, state__in=SHOWN).values_list("state", flat=True)
    )
    words = [
        (_("已预约"), _S.BOOKED),
        (_("已到场"), _S.ARRIVED),
        (_("已办结"), _S.DONE),
        (_("未到场"), _S.NO_SHOW),
    ]
    return [(word, states.count(state)) for word, state in words]


ACTS = {"arrive": actions.arrive, "no-show": actions.mark_no_show, "finish": actions.finish, "cancel": actions.cancel}  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Arrival, not having come, served, cancelled by telephone."""
    require("bookings.serve")
    if verb not in ACTS:
        raise Http404
    found = get_object_or_404(Booking, pk=pk, purpose=MARRIAGE.code)
    made = attempt(request, lambda: ACTS[verb](booking=found, at=instant()))
    if made is not None and verb == "arrive":
        messages.success(request, _("到场序号 %(number)s。") % {"number": made.queue_number})
    return redirect(f"{reverse('marriage_calendar')}?office={found.calendar_id}")


@require_POST
def no_shows(request: HttpRequest) -> HttpResponse:
    """Notes everybody whose time has passed and who has not come."""
    calendar, _own = chosen(request, "bookings.serve")
    count = attempt(request, lambda: actions.note_no_shows(calendar=calendar, at=instant()))
    messages.success(request, _("%(count)s 个预约记为未到场。") % {"count": count or 0})
    return redirect(f"{reverse('marriage_calendar')}?office={calendar.pk}")


def book(request: HttpRequest) -> HttpResponse:
    """Books for a couple who call or stand at the counter."""
    calendar, _own = chosen(request, "bookings.serve")
    at = instant()
    form = CoupleForm(request.POST or None, initial={"channel": "phone"}, auto_id="c_%s")
    free = Slot.objects.filter(calendar=calendar, day__gte=at.date(), opens_at__lte=at, in_draw=False)
    offer(form, "item", items())
    offer(form, "slot", [(str(slot.pk), f"{day_words(slot.day)} {slot.starts:%H:%M}") for slot in free.order_by("day", "starts")[:600] if slot.left > 0])  # fmt: skip
    districts = [(one.code, one.name) for one in children("310000", at.date())]
    for field in ("hukou", "other_hukou"):
        offer(form, field, [("", _("请选择")), *districts, ("0", _("外省市或境外"))])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        comers = [_comer(given, "")] + ([_comer(given, "other_")] if given["other_name"] else [])
        made = attempt(
            request,
            lambda: book_marriage(
                slot=int(given["slot"]), item=given["item"], comers=comers, at=at, channel=given["channel"],
                key=request.POST.get("key", "")[:64],
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(
                request,
                _("已预约 %(when)s，预约码 %(code)s。")
                % {"when": f"{day_words(made.day)} {made.starts:%H:%M}", "code": made.code},
            )
            return redirect(f"{reverse('marriage_calendar')}?office={calendar.pk}&day={made.day}")
    return render(
        request,
        "marriage/calendar_book.html",
        {"calendar": calendar, "tabs": tabs(request, calendar), "form": form, "key": request.POST.get("key") or new_key()},
    )  # fmt: skip


def _comer(given: dict[str, Any], who: str) -> Comer:
    hukou = given[f"{who}hukou"] if given[f"{who}hukou"] not in ("", "0") else None
    return Comer(given[f"{who}name"], given[f"{who}number"], hukou, given[f"{who}kind"])
