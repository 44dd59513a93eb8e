"""A past month decided again: as it was known then and as it is known now, side by side (重演)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.audit import look
from minzheng.kernel.awards.models import AwardPeriod
from minzheng.kernel.cases.models import Event
from minzheng.kernel.monthend.models import Correction, MonthStep, Recalculation
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import LawError
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.work.words import benefit_name

SHOWN = 12


@dataclass(frozen=True)
class Instant:
    """A moment at which something was decided, by what was known."""

    at: datetime
    label: str


@dataclass(frozen=True)
class Difference:
    """One input or value that was known otherwise."""

    label: str
    then: str
    now: str
    source: str = ""


@require_safe
def replay(request: HttpRequest, person_id: int, benefit: str, month: str) -> HttpResponse:
    """Both explanations beside each other, what differs first; the look is recorded."""
    require("rules.explain")
    who = Person.objects.filter(pk=person_id).first()
    try:
        chosen = Month.parse(month)
        if who is None or benefit not in law_for(chosen).benefits:
            raise Http404
    except (ValueError, LawError) as error:
        raise Http404 from error
    instants = instants_of(chosen, person_id)
    known = _asked(request, instants)
    then = _told(who, benefit, chosen, known) if known else None
    now = _told(who, benefit, chosen, None)
    look(who.pk, purpose=gettext_noop("重演以前的认定"), division_code=who.division_code)
    return render(
        request,
        "web/work/replay.html",
        {
            "who": who,
            "benefit": benefit,
            "name": benefit_name(benefit),
            "month": chosen,
            "earlier": chosen - 1,
            "later": chosen + 1,
            "instants": [{"one": one, "is_chosen": known == one.at} for one in instants],
            "known": known,
            "sides": [
                {"title": _("按当时所知"), "told": then},
                {"title": _("按现在所知"), "told": now},
            ],
            "differences": differences(then, now) if known else [],
            "corrections": Correction.objects.filter(
                award__benefit=benefit, person_id=who.pk, month=chosen.first_day
            ).select_related("recalculation"),
            "paid": AwardPeriod.objects.filter(
                person_id=who.pk, award__benefit=benefit, during__contains=chosen.first_day
            ).first(),
        },
    )


def instants_of(month: Month, person_id: int) -> list[Instant]:
    """When a month was decided: at its own run, by a case, and at each look back since; the oldest first."""
    runs = MonthStep.objects.filter(run__month=month.first_day, name="snapshot", ended_at__isnull=False)
    found = [
        Instant(step.ended_at, _("月度办理第 %(n)s 次") % {"n": step.run.attempt})
        for step in runs.select_related("run").order_by("ended_at")[:SHOWN]
        if step.ended_at
    ]
    decided = Event.objects.filter(case__person_id=person_id, to_state__in=["granted", "refused"])
    found += [
        Instant(event.at, _("办件 %(number)s 的决定") % {"number": event.case.number})
        for event in decided.select_related("case").order_by("at")[:SHOWN]
        if Month.of(event.on) >= month
    ]
    looks = Recalculation.objects.filter(month__gte=month.first_day).order_by("known_now")[:SHOWN]
    found += [
        Instant(one.known_now, _("%(month)s追溯重算") % {"month": Month.of(one.month).chinese})
        for one in looks
    ]
    return sorted(found, key=lambda one: one.at)[:SHOWN]


def differences(then: explaining.Told | None, now: explaining.Told | None) -> list[Difference]:
    """Every input, condition and sum that is known otherwise now."""
    before, after = _values(then), _values(now)
    nothing = _("没有")
    return [
        Difference(label, before.get(label, (nothing, ""))[0], after.get(label, (nothing, ""))[0], after.get(label, ("", ""))[1])
        for label in dict.fromkeys([*before, *after])
        if before.get(label, (nothing, ""))[0] != after.get(label, (nothing, ""))[0]
    ]  # fmt: skip


def _values(told: explaining.Told | None) -> dict[str, tuple[str, str]]:
    if told is None:
        return {_("是否在册"): (_("当时不在册或不计入"), "")}
    found: dict[str, tuple[str, str]] = {_("认定"): (told.status_word, "")}
    for condition in told.conditions:
        for one in condition.inputs:
            found[one.label] = (one.value, one.source)
        met = {True: _("满足"), False: _("不满足"), None: _("待核对")}[condition.met]
        found[condition.label] = (f"{met} {condition.value}".strip(), condition.article)
    for step in told.amounts:
        found[step.label] = (step.value, step.article)
    return found


def _told(who: Person, benefit: str, month: Month, known: datetime | None) -> explaining.Told | None:
    """The explanation as known at an instant; None where the person did not count then."""
    try:
        home = explaining.household_of(who.pk, month, known)
        law, trace = explaining.trace_as_known(home, month, known)
        names = explaining.member_names(trace)
        return explaining.tell(trace, benefit, who.pk, month, names=names, law=law)
    except (LookupError, LawError):
        return None


def _asked(request: HttpRequest, instants: list[Instant]) -> datetime | None:
    """The instant asked for, else the first at which the month was decided."""
    asked = parse_datetime(request.GET.get("then", "").replace(" ", "+")) if request.GET.get("then") else None
    known = [one.at for one in instants]
    return asked if asked in known else (known[0] if known else None)


urls = [path("people/<int:person_id>/replay/<slug:benefit>/<str:month>/", replay, name="work_replay")]
