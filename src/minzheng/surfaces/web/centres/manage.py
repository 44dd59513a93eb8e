"""The manager's page, the day's appointments, and the figures of every centre (管理、日报)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import may, require
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.appointments import reminders
from minzheng.kernel.centres.catalogue import item_groups, rules_on
from minzheng.kernel.centres.models import Appointment, Centre, CentreDay, Closure, Counter, Sitting, Slot
from minzheng.kernel.centres.queries import by_half_hour, day_figures, open_sittings
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import now_utc
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.centres.staff import centres_of_post, own_centre, tabs
from minzheng.surfaces.web.centres.words import clock, group_name
from minzheng.surfaces.web.work.acts import attempt, number_of
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import day_words


class CounterForm(forms.Form):
    groups = forms.MultipleChoiceField(label=gettext_lazy("受理事项组"), widget=forms.CheckboxSelectMultiple)
    is_in_use = forms.BooleanField(label=gettext_lazy("启用本窗口"), required=False)


class ClosureForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("闭门日期"), widget=DayInput)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=100)


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("日期"), widget=DayInput, required=False)


def figures(request: HttpRequest) -> HttpResponse:
    """Each centre's day: numbers taken, served, median wait, left; with an Excel copy."""
    require("centres.look")
    form = DayForm(request.GET if request.GET.get("day") else None)
    day = (form.cleaned_data["day"] if form.is_bound and form.is_valid() else None) or working_day()
    centres = {centre.pk: centre for centre in centres_of_post()}
    found = day_figures(centres, day=day)
    rows = [row | {"name": centres[pk].name, "code": centres[pk].code} for pk, row in found.items()]
    rows.sort(key=lambda row: (-row["taken"], row["code"]))
    table = Table(
        columns=[
            Column("name", _("中心"), is_heading=True, href=lambda r: reverse("centre_manage", args=[r["centre_id"]])),
            Column("taken", _("取号"), kind="count", order_by="taken"),
            Column("served", _("办结"), kind="count", order_by="served"),
            Column("waiting", _("等候"), kind="count", order_by="waiting"),
            Column("gone", _("过号或离开"), kind="count", order_by="gone"),
            Column("carried", _("闭门未办"), kind="count", order_by="carried"),
            Column("booked", _("预约到场"), kind="count", order_by="booked"),
            Column("median_wait", _("等候中位数（分钟）"), kind="count", order_by="median_wait"),
            Column("long_wait", _("九成在（分钟）内"), kind="count", order_by="long_wait"),
        ],
        source=rows,
        request=request,
        caption=_("各中心日报"),
        export_name=f"centres-{day}",
        page_size=30,
        totals={key: sum(row[key] for row in rows) for key in ("taken", "served", "waiting", "gone", "carried", "booked")},
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web_centres/figures.html",
        {"table": table, "form": DayForm(initial={"day": day}, auto_id="f_%s"), "day": day_words(day), "count": len(rows),
         "own": _first_own(centres), "may_serve": may("centres.serve")},
    )  # fmt: skip


def _first_own(centres: dict[int, Centre]) -> Centre | None:
    """The one centre of a street's post, whose counter is a step away; a district has many."""
    return next(iter(centres.values()), None) if len(centres) <= 3 else None


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One centre's day: load, who sits where, the course by half hours; closing it, closing days, bookable times."""
    centre = own_centre(pk, "centres.look")
    on = working_day()
    day = CentreDay.objects.filter(centre=centre, day=on).first()
    figures_today = day_figures([pk], day=on)[pk]
    halves = by_half_hour(centre, day=on)
    sittings = {s.counter_id: s for s in open_sittings(centre, day=on)} if may("centres.serve") else {}
    counters = [
        {
            "one": one,
            "groups": "、".join(group_name(code) for code in one.groups),
            "sitting": sittings.get(one.pk),
        }
        for one in Counter.objects.filter(centre=centre).order_by("number")
    ]
    chart = Chart(
        id="chart-day",
        title=_("取号与办结（半小时）"),
        categories=[half for half, _given, _ended in halves],
        series=[
            Series(_("取号"), [given for _half, given, _ended in halves]),
            Series(_("办结"), [ended for _half, _given, ended in halves]),
        ],
        category_label=_("时间"),
    )
    return render(
        request,
        "web_centres/manage.html",
        {
            "centre": centre,
            "tabs": tabs(request, centre),
            "day": day,
            "day_words": day_words(on),
            "figures": figures_today,
            "wait": "—"
            if figures_today["median_wait"] is None
            else formats.count(figures_today["median_wait"]),
            "chart": chart if halves else None,
            "counters": counters,
            "may_manage": may("centres.manage"),
            "closure_form": ClosureForm(auto_id="closure_%s"),
            "closures": [
                (day_words(row.day), row.reason)
                for row in Closure.objects.filter(centre=centre, day__gt=on).order_by("day")[:20]
            ],
            "offered": _offered(centre, on),
        },
    )


def _offered(centre: Centre, on: date) -> list[tuple[str, int, int]]:
    """The coming days' bookable places: day, places, taken."""
    days: dict[date, list[int]] = {}
    for day, places, taken in Slot.objects.filter(
        centre=centre, day__gt=on, day__lte=on + timedelta(days=rules_on(on).booking_days)
    ).values_list("day", "places", "taken"):
        total = days.setdefault(day, [0, 0])
        total[0] += places
        total[1] += taken
    return [(day_words(day), places, taken) for day, (places, taken) in sorted(days.items())]


@require_POST
def manage(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Closes the day, leaves a counter for its clerk, sets a closing day, offers the coming days."""
    centre = own_centre(pk, "centres.manage")
    on, at = working_day(), now_utc()
    if verb == "close":
        result = attempt(request, lambda: actions.close_day(centre=centre, on=on, at=at))
        if result is not None:
            messages.success(
                request,
                _("已停止取号。%(count)s 人尚未办理，凭号单自%(day)s起优先。")
                % {"count": len(result.carried), "day": day_words(result.claim_on)},
            )
    elif verb == "leave":
        number = number_of(request.POST.get("sitting", "")) or 0
        if Sitting.objects.filter(pk=number, centre=centre).exists():
            attempt(request, lambda: actions.close_counter(sitting=number, at=at), done=_("窗口已关。"))
    elif verb == "closure":
        form = ClosureForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("请填写闭门日期和原因。"))
        else:
            given = form.cleaned_data
            count = attempt(
                request,
                lambda: actions.close_on(centre=centre, day=given["day"], reason=given["reason"], on=on),
            )
            if count is not None:
                messages.success(
                    request, _("闭门日已设定，%(count)s 个预约已取消并告知本人。") % {"count": count}
                )
    elif verb == "offer":
        places = attempt(request, lambda: actions.open_slots(on=on, centres=[centre.pk]))
        messages.success(request, _("已放号：共 %(count)s 个名额。") % {"count": formats.count(places or 0)})
    return redirect("centre_manage", pk)


MANAGES = ("close", "leave", "closure", "offer")


def counter(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one counter serves."""
    centre = own_centre(pk, "centres.manage")
    found = get_object_or_404(Counter, centre=centre, number=number)
    form = CounterForm(request.POST or None, initial={"groups": found.groups, "is_in_use": found.is_in_use})
    offer_groups(form)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        done = attempt(
            request,
            lambda: actions.set_counter(
                counter=found, groups=given["groups"], is_in_use=given["is_in_use"], on=working_day()
            ),
            done=_("窗口已调整。"),
        )
        if done is not None:
            return redirect("centre_manage", pk)
    return render(
        request, "web_centres/counter_edit.html", {"centre": centre, "counter": found, "form": form}
    )


def offer_groups(form: CounterForm) -> None:
    offer(form, "groups", [(code, group_name(code)) for code in item_groups()])


def appointments(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is booked on a day; today's are checked in here, tomorrow's are reminded."""
    centre = own_centre(pk, "centres.serve")
    on = working_day()
    form = DayForm(request.GET if request.GET.get("day") else None)
    day = (form.cleaned_data["day"] if form.is_bound and form.is_valid() else None) or on
    only_open = request.GET.get("open") == "1"
    source = (
        reminders(centre, day=day)
        if only_open
        else Appointment.objects.filter(centre=centre, day=day).order_by("starts", "id")
    )
    visible = dict(Person.objects.filter(pk__in=source.values("person_id")).values_list("pk", "name"))
    table = Table(
        columns=[
            Column("starts", _("时间"), is_heading=True, value=lambda a: clock(a.starts), order_by="starts"),
            Column("group_code", _("事项组"), value=lambda a: group_name(a.group_code)),
            # Whoever lives elsewhere may be booked here; this post does not see their name.
            Column("person", _("预约人"), value=lambda a: formats.masked_name(visible[a.person_id]) if a.person_id in visible else _("外区居民")),
            Column("channel", _("渠道"), value=lambda a: _("网上") if a.channel == "online" else _("窗口")),
            Column("state", _("状态"), kind="status", value=lambda a: f"appointment_{a.state}"),
        ],
        source=source,
        request=request,
        caption=_("预约名单"),
        export_name=f"appointments-{day}",
        page_size=40,
        empty_title=_("这一天没有预约"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "web_centres/appointments.html",
        {"centre": centre, "tabs": tabs(request, centre), "table": table, "day": day_words(day), "is_today": day == on,
         "form": DayForm(initial={"day": day}, auto_id="f_%s"), "tomorrow": on + timedelta(days=1),
         "expected": _expected(centre, on) if day == on else []},
    )  # fmt: skip


def _expected(centre: Centre, on: date) -> list[dict[str, Any]]:
    """Who is still to come today, the next forty by time."""
    coming = list(reminders(centre, day=on)[:40])
    visible = dict(Person.objects.filter(pk__in=[one.person_id for one in coming]).values_list("pk", "name"))
    return [
        {
            "pk": one.pk,
            "clock": clock(one.starts),
            "group": group_name(one.group_code),
            "name": formats.masked_name(visible[one.person_id])
            if one.person_id in visible
            else _("外区居民"),
        }
        for one in coming
    ]


@require_POST
def check_in(request: HttpRequest, pk: int, appointment: int) -> HttpResponse:
    """Gives somebody booked their number, where they come without the code and a clerk has checked who they are."""
    centre = own_centre(pk, "centres.serve")
    get_object_or_404(Appointment, pk=appointment, centre=centre)
    ticket = attempt(
        request, lambda: actions.check_in(appointment=appointment, on=working_day(), at=now_utc())
    )
    if ticket is None:
        return redirect("centre_appointments", pk)
    return redirect("centre_slip", pk, ticket.pk)


@require_POST
def note_no_shows(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes who was booked and did not come in time."""
    centre = own_centre(pk, "centres.serve")
    count = attempt(request, lambda: actions.note_no_shows(centre=centre, on=working_day(), at=now_utc()))
    messages.success(request, _("%(count)s 个预约记为未到场。") % {"count": count or 0})
    return redirect("centre_appointments", pk)
