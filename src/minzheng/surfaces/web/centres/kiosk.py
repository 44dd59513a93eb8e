"""The ticket machine (取号机): opened by a clerk, used by everybody in the hall; it asks nobody's name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from minzheng.kernel.centres import actions
from minzheng.kernel.centres.catalogue import CARRIED, item_groups, priorities
from minzheng.kernel.centres.forecast import expected_wait, now_at
from minzheng.kernel.centres.models import IN_QUEUE, Appointment, Centre, Counter, Ticket
from minzheng.kernel.periods import now_utc
from minzheng.surfaces.web.centres.staff import own_centre
from minzheng.surfaces.web.centres.words import group_name, priority_name, wait_words
from minzheng.surfaces.web.work.acts import attempt, new_key
from minzheng.surfaces.web.work.day import working_day


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Large buttons by item group; an appointment or a slip of an earlier day by its code."""
    centre = own_centre(pk, "centres.serve")
    if request.method == "POST":
        ticket = _give(request, centre)
        if ticket is not None:
            return redirect("centre_slip", pk, ticket.pk)
        return redirect("centre_kiosk", pk)
    at = now_utc()
    now = now_at([pk], on=working_day(), at=at)[pk]
    served = {
        code
        for groups in Counter.objects.filter(centre=centre, is_in_use=True).values_list("groups", flat=True)
        for code in groups
    }
    buttons = [
        {
            "code": code,
            "name": group_name(code),
            "waiting": now.queue.count(code),
            "wait": wait_words(expected_wait(now, code, at=at)),
        }
        for code in item_groups()
        if code in served
    ]
    chosen = request.GET.get("priority", "")
    classes = [(code, priority_name(code)) for code in priorities() if code != CARRIED]
    return render(
        request,
        "web_centres/kiosk.html",
        {
            "centre": centre,
            "now": now,
            "buttons": buttons,
            "classes": classes,
            "chosen": chosen,
            "key": new_key(),
        },
    )


def _give(request: HttpRequest, centre: Centre) -> Ticket | None:
    way, key = request.POST.get("way", ""), request.POST.get("key", "")[:64]
    on, at = working_day(), now_utc()
    if way == "appointment":
        code = request.POST.get("code", "").replace(" ", "")
        booked = Appointment.objects.filter(centre=centre, day=on, code=code).first()
        if booked is None:
            messages.error(request, _("没有这个到场码的今日预约，请核对，或请窗口人员帮助。"))
            return None
        return attempt(request, lambda: actions.check_in(appointment=booked, on=on, at=at, key=key))
    if way == "carried":
        return attempt(
            request,
            lambda: actions.claim_carried(
                centre=centre,
                label=request.POST.get("number", ""),
                code=request.POST.get("code", ""),
                on=on,
                at=at,
                key=key,
            ),
        )
    return attempt(
        request,
        lambda: actions.take_ticket(
            centre=centre,
            group_code=request.POST.get("group", ""),
            on=on,
            at=at,
            priority=request.POST.get("priority", ""),
            key=key,
        ),
    )


def slip(request: HttpRequest, pk: int, ticket: int) -> HttpResponse:
    """The slip of a number just taken; the machine returns to its first page by itself."""
    centre = own_centre(pk, "centres.serve")
    found = get_object_or_404(Ticket, pk=ticket, centre=centre)
    at = now_utc()
    now = now_at([pk], on=found.day, at=at)[pk]
    context: dict[str, Any] = {"centre": centre, "ticket": found, "group": group_name(found.group_code)}
    if found.state in IN_QUEUE:
        ahead = max(now.queue.count(found.group_code) - 1, 0)
        favoured = bool(found.priority) or found.due_at is not None
        wait = None if favoured else expected_wait(now, found.group_code, at=at, ahead=ahead)
        context |= {
            "ahead": ahead,
            "wait": "" if wait is None else wait_words(wait),
            "precedence": priority_name(found.priority) if found.priority else _("预约") if favoured else "",
        }
    return render(request, "web_centres/slip.html", context)
