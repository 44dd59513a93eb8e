"""A resident books, changes and cancels (预约)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minzheng.kernel.centres import actions
from minzheng.kernel.centres.appointments import bookable_slots
from minzheng.kernel.centres.catalogue import item_groups, rules_on
from minzheng.kernel.centres.models import Appointment, AppointmentState, Centre, Slot
from minzheng.kernel.centres.queries import appointments_of
from minzheng.kernel.periods import now_utc
from minzheng.surfaces.web.centres.public import centre_or_404
from minzheng.surfaces.web.centres.words import clock, group_name
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.acts import attempt, new_key, number_of
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import day_words


def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """First the item group, then a free time; `?change=` moves an appointment of one's own."""
    who = oneself(request)
    on = working_day()
    centre = centre_or_404(pk, on)
    moved = _own_booked(who.pk, request.POST.get("change") or request.GET.get("change", ""))
    group = moved.group_code if moved else request.GET.get("group", "")
    group = group if group in item_groups() else ""
    if request.method == "POST":
        made = _book(request, who.pk, moved, on)
        if made is not None:
            return redirect("appointment", made.pk)
        return redirect(request.get_full_path())
    offered = bookable_slots(centre, group, on=on) if group else Slot.objects.none()
    free = _groups_with_places(centre, on)
    return render(
        request,
        "web_centres/book.html",
        {
            "centre": centre,
            "group": group,
            "group_name": group_name(group),
            "groups": [(code, group_name(code), code in free) for code in item_groups()],
            "days": _by_day(offered),
            "moved": moved,
            "moved_words": f"{day_words(moved.day)} {clock(moved.starts)}" if moved else "",
            "key": new_key(),
            "ahead": int(rules_on(on).booking_days),
        },
    )


def _groups_with_places(centre: Centre, on: date) -> set[str]:
    last = on + timedelta(days=rules_on(on).booking_days)
    free = Slot.objects.filter(centre=centre, day__gt=on, day__lte=last, taken__lt=F("places"))
    return set(free.values_list("group_code", flat=True).distinct())


def _by_day(slots: Any) -> list[dict[str, Any]]:
    days: dict[date, list[dict[str, Any]]] = {}
    for slot in slots[:300]:
        days.setdefault(slot.day, []).append(
            {"pk": slot.pk, "clock": clock(slot.starts), "left": slot.places - slot.taken}
        )
    return [{"words": day_words(day), "slots": found} for day, found in days.items()]


def _book(request: HttpRequest, person_id: int, moved: Appointment | None, on: date) -> Appointment | None:
    slot = number_of(request.POST.get("slot", ""))
    key = request.POST.get("key", "")[:64]
    if slot is None:
        messages.error(request, _("请选择时间。"))
        return None
    if moved is not None:
        return attempt(
            request,
            lambda: actions.change(appointment=moved, slot=slot, on=on, at=now_utc(), key=key),
            done=_("已改约。"),
        )
    return attempt(
        request,
        lambda: actions.book(slot=slot, person_id=person_id, on=on, at=now_utc(), key=key),
        done=_("预约成功。"),
    )


def _own_booked(person_id: int, text: str) -> Appointment | None:
    number = number_of(text)
    if number is None:
        return None
    return Appointment.objects.filter(pk=number, person=person_id, state=AppointmentState.BOOKED).first()


def mine(request: HttpRequest) -> HttpResponse:
    """My appointments: the coming ones with their code, the past ones below."""
    who = oneself(request)
    on = working_day()
    rows = [_row(found) for found in appointments_of(who.pk)[:50]]
    coming = [row for row in rows if row["one"].state == AppointmentState.BOOKED and row["one"].day >= on]
    return render(
        request,
        "web_centres/appointments_mine.html",
        {"coming": coming[::-1], "past": [row for row in rows if row not in coming]},
    )


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment with its code, to be shown at the centre."""
    who = oneself(request)
    found = get_object_or_404(Appointment.objects.select_related("centre"), pk=pk, person=who.pk)
    return render(request, "web_centres/appointment.html", _row(found))


def _row(found: Appointment) -> dict[str, Any]:
    return {
        "one": found,
        "centre": found.centre,
        "when": f"{day_words(found.day)} {clock(found.starts)}",
        "group": group_name(found.group_code),
        "code": f"{found.code[:3]} {found.code[3:]}",
        "status": f"appointment_{found.state}",
        "may_change": found.state == AppointmentState.BOOKED,
    }


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives the place back."""
    who = oneself(request)
    get_object_or_404(Appointment, pk=pk, person=who.pk)
    attempt(request, lambda: actions.cancel(appointment=pk, at=now_utc()), done=_("预约已取消。"))
    return redirect("appointments_mine")
