"""Pages that need no account: find a centre, see how many wait, follow one's number, the hall's screen.

Nobody acts here, so nothing is read but what the database gives to everybody: sites, hours, and counts.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.centres.catalogue import item_groups, priorities
from minzheng.kernel.centres.forecast import Now, expected_wait, now_at
from minzheng.kernel.centres.models import Centre, Closure, Counter, Hours
from minzheng.kernel.centres.opening import spans_of
from minzheng.kernel.centres.queries import centres_in_force, nearest
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import SHANGHAI, now_utc
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.centres.words import (
    group_name,
    limit_public,
    priority_name,
    priority_proof,
    span_words,
    wait_words,
)
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import WEEKDAYS, day_words


class FindForm(forms.Form):
    street = forms.ChoiceField(label=gettext_lazy("您在哪个街镇？"))


@open_to_all
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The centres nearest to a street with who waits there now; without a street, all of them."""
    limit_public(request)
    on = working_day()
    streets = _streets(on)
    asked = request.GET.get("street", "") or _home_street(request)
    form = FindForm({"street": asked} if any(asked == code for code, _name in streets) else None)
    offer(form, "street", [("", _("请选择")), *streets])
    found = nearest(asked, on=on) if form.is_bound else []
    nows = now_at([centre.pk for centre, _km in found], on=on, at=now_utc()) if found else {}
    spans = spans_of(nows, on) if found else {}
    cards = [
        {
            "centre": centre,
            "km": f"{km:.1f}",
            "is_own": place == 0,
            "now": nows[centre.pk],
            "wait": _longest(nows[centre.pk]),
            "hours": span_words(spans[centre.pk]),
        }
        for place, (centre, km) in enumerate(found)
    ]
    table = None if cards else _register(request, on)
    return render(
        request,
        "web_centres/find.html",
        {"form": form, "cards": cards, "table": table, "count": centres_in_force(on).count(), "on": on},
    )


def _streets(on: date) -> list[tuple[str, str]]:
    """Every street that has a centre, with its district before the name."""
    codes = list(centres_in_force(on).filter(kind=Centre.Kind.MAIN).values_list("division_code", flat=True))
    known = names([*codes, *{code[:6] for code in codes}])
    return [(code, f"{known.get(code[:6], '')} {known.get(code, code)}") for code in codes]


def _home_street(request: HttpRequest) -> str:
    """Where the resident who looks lives; nobody else is asked."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.kind != RESIDENT or "street" in request.GET:
        return ""
    home = Person.objects.filter(pk=actor.person_id).values_list("division_code", flat=True).first()
    return (home or "")[:9]


def _longest(now: Now) -> str:
    """The longest expected wait of the groups that are served now."""
    at = now_utc()
    waits = [expected_wait(now, code, at=at) for code in item_groups()]
    known = [wait for wait in waits if wait is not None]
    return wait_words(max(known, key=lambda wait: wait[1])) if known else ""


def _register(request: HttpRequest, on: date) -> Table:
    def place(centre: Centre) -> str:
        return known.get(centre.division_code[:6], "")

    source = centres_in_force(on)
    known = names({code[:6] for code in source.values_list("division_code", flat=True)})
    return Table(
        columns=[
            Column("name", _("名称"), is_heading=True, order_by="name", href=lambda c: f"/centres/{c.pk}/"),
            Column("kind", _("类型"), value=lambda c: kind_word(c.kind), order_by="kind"),
            Column("division_code", _("区"), value=place, order_by="division_code"),
            Column("address", _("地址"), is_wide=True),
        ],
        source=source,
        request=request,
        caption=_("全部受理中心和分中心"),
        page_size=20,
        is_exportable=False,
        default_sort="division_code",
    )


def kind_word(kind: str) -> str:
    return _("分中心") if kind == Centre.Kind.BRANCH else _("受理中心")


def centre_or_404(pk: int, on: date) -> Centre:
    found = centres_in_force(on).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@open_to_all
@require_safe
def centre(request: HttpRequest, pk: int) -> HttpResponse:
    """One centre: how many wait for what, hours, counters, who is served first; renews itself in part."""
    limit_public(request)
    on = working_day()
    found = centre_or_404(pk, on)
    context = _live(found, on) | {"centre": found, "on": on}
    if request.headers.get("HX-Request") == "true" and request.GET.get("part") == "live":
        return render(request, "web_centres/_live.html", context)
    week: dict[int, list[Any]] = {}
    for row in Hours.objects.filter(centre=found).order_by("weekday", "opens"):
        week.setdefault(row.weekday, []).append((row.opens, row.closes))
    context |= {
        "kind": kind_word(found.kind),
        "today": span_words(spans_of([pk], on)[pk]),
        "day": day_words(on),
        "week": [(WEEKDAYS[day], span_words(week.get(day, []))) for day in range(7)],
        "closures": [
            (day_words(row.day), row.reason)
            for row in Closure.objects.filter(centre=found, day__gte=on).order_by("day")[:10]
        ],
        "precedence": [
            (priority_name(code), priority_proof(code), row.source, row.provenance)
            for code, row in priorities().items()
        ],
        "is_resident": getattr(request.actor, "kind", "") == RESIDENT,  # type: ignore[attr-defined]
    }
    return render(request, "web_centres/centre.html", context)


def _live(found: Centre, on: date) -> dict[str, Any]:
    at = now_utc()
    now = now_at([found.pk], on=on, at=at)[found.pk]
    served = {
        code
        for groups in Counter.objects.filter(centre=found, is_in_use=True).values_list("groups", flat=True)
        for code in groups
    }
    rows = [
        {
            "code": code,
            "name": group_name(code),
            "waiting": now.queue.count(code),
            "wait": wait_words(expected_wait(now, code, at=at)),
        }
        for code in item_groups()
        if code in served
    ]
    return {"now": now, "rows": rows, "moment": at.astimezone(SHANGHAI)}


@open_to_all
@require_safe
def display(request: HttpRequest, pk: int) -> HttpResponse:
    """The hall's big screen: which number goes to which counter; asks anew every few seconds."""
    limit_public(request)
    on = working_day()
    found = centre_or_404(pk, on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT label, counter, state, recalls FROM centres_calls(%s, %s)", [on, pk])
        calls = [dict(zip(("label", "counter", "state", "recalls"), row, strict=True)) for row in cursor]
    context = _live(found, on) | {"centre": found, "calls": calls[:8], "newest": calls[0] if calls else None}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "web_centres/_calls.html" if part else "web_centres/display.html", context)


@open_to_all
@require_safe
def place_in_line(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are before one, for who has the slip: its number and code."""
    limit_public(request)
    on = working_day()
    found = centre_or_404(pk, on)
    label = request.GET.get("number", "").strip().upper()[:8]
    code = request.GET.get("code", "").strip()[:8]
    if not label or not code:
        return redirect("centre", pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM centres_place_in_line(%s, %s, %s, %s)", [on, pk, label, code])
        row = cursor.fetchone()
    mine: dict[str, Any] | None = None
    if row is not None:
        state, group, counter, ahead, claim_on = row
        at = now_utc()
        wait = None
        if state in ("waiting", "transferred"):
            wait = wait_words(expected_wait(now_at([pk], on=on, at=at)[pk], group, at=at, ahead=ahead))
        mine = {"state": state, "group": group_name(group), "counter": counter, "ahead": ahead, "wait": wait,
                "claim": day_words(claim_on) if claim_on else ""}  # fmt: skip
    return render(
        request, "web_centres/place.html", {"centre": found, "label": label, "code": code, "mine": mine}
    )
