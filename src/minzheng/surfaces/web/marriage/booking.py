"""Pages that need no account: the offices, the week's free times, and how a draw came out (婚姻登记预约)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration.booking import MARRIAGE
from minzheng.domains.marriage_registration.offices import marriage_calendars
from minzheng.domains.marriage_registration.popular import popular_name
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.bookings.drawing import order_of, verify
from minzheng.kernel.bookings.models import Calendar, Draw, Slot
from minzheng.kernel.bookings.rules import rules_on, working_rules
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.surfaces.web.marriage.booking_words import instant, item_name, items, limit_public, moment_words
from minzheng.surfaces.web.work.acts import number_of
from minzheng.surfaces.web.work.words import day_words, is_english

WEEK = timedelta(days=7)


@open_to_all
@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """Pick an office and what to come for; the week's half hours with what is left of each."""
    limit_public(request)
    at = instant()
    on = at.date()
    calendars = list(marriage_calendars())
    asked = number_of(request.GET.get("office", ""))
    office = next((one for one in calendars if one.pk == asked), None) or _own_office(request, calendars)
    item = request.GET.get("item", "")
    item = item if any(item == code for code, _name in items()) else MARRIAGE.items[0].code
    first = _week(request.GET.get("week", ""), on)
    context: dict[str, Any] = {
        "offices": [(one, one.facility) for one in calendars],
        "office": office,
        "items": items(),
        "item": item,
        "item_name": item_name(item),
        "on": on,
        "rules": rules_on(on),
        "least_source": working_rules().parameters["least_days_ahead"].entry_at(Month.of(on)),
    }
    if office is not None:
        context |= {
            "facility": office.facility,
            "days": week_of(office, first, at=at),
            "week": f"{day_words(first)} – {day_words(first + timedelta(days=6))}",
            "earlier": first - WEEK if first > on else None,
            "later": first + WEEK
            if first + WEEK <= on + timedelta(days=int(rules_on(on).days_ahead))
            else None,
        }
    return render(request, "marriage/booking.html", context)


def _own_office(request: HttpRequest, calendars: list[Calendar]) -> Calendar | None:
    """The office of the district of the resident who looks; nobody else is asked."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.kind != RESIDENT or "office" in request.GET:
        return None
    home = Person.objects.filter(pk=actor.person_id).values_list("hukou_division_code", flat=True).first()
    return next((one for one in calendars if home and one.division_code == home[:6]), None)


def _week(text: str, on: date) -> date:
    """The Monday asked for, never one of a week that is over nor beyond a year."""
    this = on - timedelta(days=on.weekday())
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        # On a Saturday or Sunday people look for the week to come.
        return this + WEEK if on.weekday() >= 5 else this
    asked -= timedelta(days=asked.weekday())
    return min(max(asked, this), this + 52 * WEEK)


def week_of(office: Calendar, first: date, *, at: datetime) -> list[dict[str, Any]]:
    """Seven days with one row for every half hour that any of them has; what may be done with each."""
    days = [first + timedelta(days=step) for step in range(7)]
    slots: dict[date, dict[Any, Slot]] = {day: {} for day in days}
    for slot in Slot.objects.filter(calendar=office, day__in=days).order_by("starts"):
        slots[slot.day][slot.starts] = slot
    starts = sorted({clock for of_day in slots.values() for clock in of_day})
    draws = {draw.day: draw for draw in Draw.objects.filter(calendar=office, day__in=days)}
    on, rules = at.date(), rules_on(at.date())
    first_day, last_day = (
        on + timedelta(days=int(rules.least_days_ahead)),
        on + timedelta(days=int(rules.days_ahead)),
    )
    shown = []
    for day in days:
        draw, of_day = draws.get(day), slots[day]
        released = min((slot.opens_at for slot in of_day.values()), default=None)
        rows = [
            {"clock": f"{clock:%H:%M}", "slot": of_day.get(clock), "way": _way(of_day.get(clock), draw, at, first_day, last_day)}
            for clock in starts
        ]  # fmt: skip
        # A day on which nothing opens at all is told in one word, not in twelve empty rows.
        offers = any(slot.places for slot in of_day.values())
        shown.append(
            {
                "day": day,
                "words": day_words(day),
                "name": popular_name(day, english=is_english()),
                "rows": rows if offers else [],
                "draw": draw,
                "release": moment_words(released)
                if offers and released and at < released and not draw
                else "",
                "is_over": day < first_day,
            }
        )
    return shown


def _way(slot: Slot | None, draw: Draw | None, at: datetime, first_day: date, last_day: date) -> str:
    """What can be done with a slot: book, wait, draw; soon (not released); "" for nothing."""
    if slot is None or not slot.places or slot.day < first_day:
        return ""
    if slot.in_draw and draw is not None:
        return "draw" if draw.entries_from <= at < draw.entries_until else "soon"
    if at < slot.opens_at or slot.day > last_day:
        return "soon"
    return "book" if slot.left > 0 else "wait"


@open_to_all
@require_safe
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: what was promised before, the seed and the order after, so that anybody can reckon it again."""
    limit_public(request)
    found = get_object_or_404(Draw.objects.select_related("facility"), pk=pk, calendar__purpose=MARRIAGE.code)
    slots = {
        slot.pk: f"{slot.starts:%H:%M}"
        for slot in Slot.objects.filter(calendar=found.calendar_id, day=found.day)
    }
    rows = [
        (rank, number, order_of(found.seed, number)[:16], slots.get(slot, "") if slot else "")
        for rank, (number, slot) in enumerate(found.result[:2000], 1)
    ]
    return render(
        request,
        "marriage/booking_draw.html",
        {
            "draw": found,
            "day": day_words(found.day),
            "name": popular_name(found.day, english=is_english()),
            "from": moment_words(found.entries_from),
            "until": moment_words(found.entries_until),
            "drawn": moment_words(found.drawn_at),
            "rows": rows,
            "won": sum(slot is not None for _number, slot in found.result),
            "faults": verify(found) if found.drawn_at else [],
            "verdict": _("已核对：种子与事先公布的摘要相符，顺序与种子相符。"),
        },
    )
