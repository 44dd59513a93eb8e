"""What the office offers: the coming days with what is taken, places of a slot, special days and their draws."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.domains.marriage_registration.popular import popular_days, popular_name
from minzheng.kernel.access import may
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.models import Booking, Calendar, Draw, Slot, SpecialDay
from minzheng.kernel.periods import SHANGHAI
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.marriage.booking_words import instant, moment_words
from minzheng.surfaces.web.marriage.calendar_today import chosen, tabs
from minzheng.surfaces.web.work.acts import attempt, number_of
from minzheng.surfaces.web.work.words import day_words, is_english

CLOCK = forms.TimeInput(attrs={"type": "time"})
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class SpecialForm(forms.Form):
    """A day unlike its weekday."""

    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=100)
    places = forms.IntegerField(
        label=gettext_lazy("每半小时名额"), min_value=0, max_value=500, help_text=gettext_lazy("填 0 表示当日不开放，已有预约将取消并告知")
    )  # fmt: skip
    opens = forms.TimeField(label=gettext_lazy("开始"), widget=CLOCK, required=False)
    closes = forms.TimeField(label=gettext_lazy("结束"), widget=CLOCK, required=False)


class DrawForm(forms.Form):
    """The draw of a day that is open and has no bookings yet."""

    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput)
    entries_from = forms.DateTimeField(label=gettext_lazy("报名开始"), widget=MOMENT)
    entries_until = forms.DateTimeField(label=gettext_lazy("报名截止"), widget=MOMENT)


def page(request: HttpRequest) -> HttpResponse:
    """The coming two months, one day open with its slots; special days and draws."""
    calendar, own = chosen(request, "bookings.look")
    at = instant()
    asked = _day(request.GET.get("day", ""))
    days = _days(calendar, at.date())
    return render(
        request,
        "marriage/calendar_days.html",
        {
            "calendar": calendar,
            "own": own if len(own) > 1 else [],
            "tabs": tabs(request, calendar),
            "days": days,
            "asked": asked,
            "asked_words": day_words(asked) if asked else "",
            "slots": list(Slot.objects.filter(calendar=calendar, day=asked).order_by("starts"))
            if asked
            else [],
            "may_manage": may("bookings.manage"),
            "special_form": SpecialForm(auto_id="s_%s", initial={"opens": time(9), "closes": time(16, 30)}),
            "draw_form": DrawForm(auto_id="d_%s"),
            "specials": [
                (day_words(row.day), row.reason, row.places)
                for row in SpecialDay.objects.filter(calendar=calendar, day__gte=at.date()).order_by("day")[
                    :20
                ]
            ],
            "popular": [
                (day_words(one.day), one.name_en if is_english() else one.name)
                for year in (at.year, at.year + 1)
                for one in popular_days(year)
                if one.day > at.date()
            ][:4],
            "draws": [_draw(row, at) for row in Draw.objects.filter(calendar=calendar).order_by("-day")[:10]],
            "missed": Booking.objects.filter(
                calendar=calendar, state="no_show", day__gte=at.date() - timedelta(days=30)
            ).count(),
        },
    )


def _days(calendar: Calendar, on: date) -> list[dict[str, Any]]:
    rows = (
        Slot.objects.filter(calendar=calendar, day__gte=on, day__lt=on + timedelta(days=60))
        .values("day")
        .annotate(places=Sum("places"), taken=Sum("taken"), drawn=Count("pk", filter=Q(in_draw=True)))
        .order_by("day")
    )
    waiting: dict[date, int] = {
        row["day"]: row["count"]
        for row in Booking.objects.filter(calendar=calendar, day__gte=on, state__in=("waiting", "entered"))
        .values("day")
        .annotate(count=Count("pk"))
    }
    return [
        row
        | {
            "words": day_words(row["day"]),
            "name": popular_name(row["day"], english=is_english()),
            "waiting": waiting.get(row["day"], 0),
            "is_full": row["taken"] >= row["places"] > 0,
        }
        for row in rows
        if row["places"]
    ]


def _draw(row: Draw, at: datetime) -> dict[str, Any]:
    return {
        "one": row,
        "day": day_words(row.day),
        "until": moment_words(row.entries_until),
        "may_draw": row.drawn_at is None and row.entries_until <= at,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Places of a slot, a special day, a draw planned, a draw drawn."""
    calendar, _own = chosen(request, "bookings.manage")
    back = f"{reverse('calendar_days')}?office={calendar.pk}"
    if verb == "places":
        slot = get_object_or_404(Slot, pk=number_of(request.POST.get("slot", "")), calendar=calendar)
        places = number_of(request.POST.get("places", ""))
        if places is None:
            messages.error(request, _("名额应为 0 至 500 的整数。"))
        else:
            attempt(
                request,
                lambda: actions.set_places(slot=slot, places=min(places, 501), at=instant()),
                done=_("名额已调整。"),
            )
        return redirect(f"{back}&day={slot.day}")
    if verb == "special":
        _special(request, calendar)
    elif verb == "plan":
        _plan(request, calendar)
    elif verb == "draw":
        found = get_object_or_404(Draw, pk=number_of(request.POST.get("draw", "")), calendar=calendar)
        attempt(request, lambda: actions.draw(draw=found, at=instant()), done=_("已抽签，结果已公布。"))
        return redirect("booking_draw", found.pk)
    else:
        raise Http404
    return redirect(back)


def _special(request: HttpRequest, calendar: Calendar) -> None:
    form = SpecialForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写日期、原因和名额。"))
        return
    given = form.cleaned_data
    count = attempt(
        request,
        lambda: actions.set_special_day(
            calendar=calendar, day=given["day"], reason=given["reason"], places=given["places"],
            opens=given["opens"], closes=given["closes"], at=instant(),
        ),
    )  # fmt: skip
    if count is not None:
        messages.success(request, _("特殊日已设定，取消 %(count)s 个预约并告知本人。") % {"count": count})


def _plan(request: HttpRequest, calendar: Calendar) -> None:
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写日期和报名起止时间。"))
        return
    given = form.cleaned_data
    made = attempt(
        request,
        lambda: actions.plan_draw(
            calendar=calendar, day=given["day"], at=instant(),
            entries_from=given["entries_from"].astimezone(SHANGHAI),
            entries_until=given["entries_until"].astimezone(SHANGHAI),
        ),
    )  # fmt: skip
    if made is not None:
        messages.success(request, _("抽签已公布，种子摘要 %(hash)s。") % {"hash": made.commitment[:16]})
