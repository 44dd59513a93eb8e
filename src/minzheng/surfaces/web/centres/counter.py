"""The clerk's page: call the next, serve, hold, transfer, finish; every act by one key (窗口)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minzheng.kernel.access import current_actor
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.catalogue import item_groups, priorities, rules_on
from minzheng.kernel.centres.forecast import now_at
from minzheng.kernel.centres.models import Centre, Counter, Sitting, Ticket
from minzheng.kernel.centres.queries import held, open_sittings
from minzheng.kernel.periods import now_utc
from minzheng.surfaces.web.centres.staff import own_centre, tabs
from minzheng.surfaces.web.centres.words import group_name, priority_name, priority_proof
from minzheng.surfaces.web.work.acts import attempt, new_key, number_of
from minzheng.surfaces.web.work.day import working_day


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The counter: who is here, what may be done, who waits; without a counter, which one to sit down at."""
    centre = own_centre(pk, "centres.serve")
    on = working_day()
    sittings = open_sittings(centre, day=on)
    actor = current_actor()
    own = next((s for s in sittings if actor is not None and s.post_id == actor.post_id), None)
    context = _queue(centre, own) | {"centre": centre, "sittings": sittings, "own": own}
    if request.headers.get("HX-Request") == "true" and request.GET.get("part") == "queue":
        return render(request, "web_centres/_queue.html", context)
    ticket: Ticket | None = own.present if own else None  # type: ignore[attr-defined]
    taken = {sitting.counter_id: sitting for sitting in sittings}
    counters = Counter.objects.filter(centre=centre, is_in_use=True).order_by("number")
    context |= {
        "tabs": tabs(request, centre),
        "ticket": ticket,
        "ticket_group": group_name(ticket.group_code) if ticket else "",
        "precedence": _precedence(ticket) if ticket else "",
        "recalls_needed": max(rules_on(on).recalls_before_no_show - ticket.recalls, 0) if ticket else 0,
        "held": [(one, group_name(one.group_code)) for one in held(centre, day=on)[:30]],
        "counters": [
            {
                "one": one,
                "groups": "、".join(group_name(code) for code in one.groups),
                "sitting": taken.get(one.pk),
            }
            for one in counters
        ],
        "groups": [(code, group_name(code)) for code in item_groups()],
        "others": [s for s in sittings if s is not own],
        "key": new_key(),
    }
    return render(request, "web_centres/counter.html", context)


def _queue(centre: Centre, own: Sitting | None) -> dict[str, Any]:
    now = now_at([centre.pk], on=working_day(), at=now_utc())[centre.pk]
    mine = set(own.counter.groups) if own else set()
    rows = [
        {"name": group_name(code), "waiting": now.queue.count(code), "is_mine": code in mine}
        for code in item_groups()
        if now.queue.count(code) or code in mine
    ]
    return {"now": now, "queue_rows": rows, "for_me": sum(row["waiting"] for row in rows if row["is_mine"])}


def _precedence(ticket: Ticket) -> str:
    if ticket.due_at is not None:
        return _("预约到场")
    if ticket.priority in priorities():
        return f"{priority_name(ticket.priority)} · {priority_proof(ticket.priority)}"
    return ""


@require_POST
def sit(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the chosen counter."""
    own_centre(pk, "centres.serve")
    counter = number_of(request.POST.get("counter", ""))
    if counter is None or not Counter.objects.filter(pk=counter, centre=pk).exists():
        messages.error(request, _("请选择窗口。"))
    else:
        attempt(
            request,
            lambda: actions.open_counter(counter=counter, on=working_day(), at=now_utc()),
            done=_("窗口已开。"),
        )
    return redirect("centre_counter", pk)


@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One act at the clerk's own counter."""
    centre = own_centre(pk, "centres.serve")
    actor = current_actor()
    own = Sitting.objects.filter(
        centre=centre, day=working_day(), closed_at=None, post_id=(actor.post_id if actor else None) or 0
    ).first()
    if own is None:
        messages.error(request, _("请先开窗。"))
        return redirect("centre_counter", pk)
    ticket = number_of(request.POST.get("ticket", "")) or 0
    found = attempt(request, _ACTS[verb](request, own, ticket, request.POST.get("key", "")[:64]))
    if verb == "call" and found is None and not messages.get_messages(request):
        messages.info(request, _("现在没有人等候本窗口。"))
    return redirect("centre_counter", pk)


def _transfer(request: HttpRequest, own: Sitting, ticket: int, key: str) -> Callable[[], Any]:
    counter = number_of(request.POST.get("to_counter", ""))
    return lambda: actions.transfer(
        ticket=ticket,
        at=now_utc(),
        group_code=request.POST.get("to_group", ""),
        counter=counter,
        note=request.POST.get("note", "")[:200],
        key=key,
    )


def _finish(request: HttpRequest, own: Sitting, ticket: int, key: str) -> Callable[[], Any]:
    case_id = number_of(request.POST.get("case", ""))
    return lambda: actions.finish(ticket=ticket, at=now_utc(), case_id=case_id, key=key)


_ACTS: dict[str, Callable[[HttpRequest, Sitting, int, str], Callable[[], Any]]] = {
    "call": lambda request, own, ticket, key: lambda: actions.call_next(sitting=own, at=now_utc(), key=key),
    "recall": lambda request, own, ticket, key: lambda: actions.recall(ticket=ticket, at=now_utc(), key=key),
    "no_show": lambda request, own, ticket, key: (
        lambda: actions.no_show(ticket=ticket, at=now_utc(), key=key)
    ),
    "put_back": lambda request, own, ticket, key: (
        lambda: actions.put_back(ticket=ticket, at=now_utc(), key=key)
    ),
    "start": lambda request, own, ticket, key: lambda: actions.start(ticket=ticket, at=now_utc(), key=key),
    "hold": lambda request, own, ticket, key: lambda: actions.hold(ticket=ticket, at=now_utc(), key=key),
    "resume": lambda request, own, ticket, key: (
        lambda: actions.resume(ticket=ticket, sitting=own, at=now_utc(), key=key)
    ),
    "leave": lambda request, own, ticket, key: lambda: actions.leave(ticket=ticket, at=now_utc(), key=key),
    "transfer": _transfer,
    "finish": _finish,
    "close": lambda request, own, ticket, key: lambda: actions.close_counter(sitting=own, at=now_utc()),
}
VERBS = tuple(_ACTS)
