"""What waits in the registers that pay nothing: couples of today, assessments, beds, filings, inspections (待办)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.domains.eldercare_beds.models import Assessment, AssessmentState, AssessorForm
from minzheng.domains.eldercare_facilities.models import Filing, FilingState
from minzheng.domains.marriage_registration.models import DivorceApplication
from minzheng.kernel.access import Actor, may
from minzheng.kernel.bookings.models import Booking, BookingState
from minzheng.kernel.inspections.models import Finding, Visit
from minzheng.kernel.inspections.states import FindingState, VisitState
from minzheng.surfaces.web.work.words import due_words


def register_work(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Each kind of work by one counting query, only what the post may do; the database narrows it to its place."""
    found = [
        *(_marriage(actor, on) if may("marriage.register") else []),
        *(_assessing() if may("assessments.assess") else []),
        *(_deciding() if may("assessments.decide") else []),
        *(_filings() if may("facilities.approve") else []),
        *(_visits(actor, on) if may("inspections.inspect") else []),
        *(_findings(FindingState.OPEN, _("检查问题待整改"), on) if may("inspections.rectify") else []),
        *(_findings(FindingState.ANSWERED, _("整改待复查"), on) if may("inspections.inspect") else []),
    ]
    return [one for one in found if one["count"]]


def _line(
    title: str, href: str, count: int, *, due: date | None = None, on: date | None = None
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "title": title,
        "href": href,
        "text": "",
        "due": due,
        "count": count,
        "tone": "info",
    }
    if due and on:
        line["due_text"], line["tone"] = due_words(due, on)
    return line


def _marriage(actor: Actor, on: date) -> list[dict[str, Any]]:
    here = {"division_code": actor.division_code[:6]}
    couples = Booking.objects.filter(
        purpose="marriage", day=on, state__in=(BookingState.BOOKED, BookingState.ARRIVED), **here
    ).count()
    ready = DivorceApplication.objects.filter(
        state="pending", collect_first__lte=on, collect_last__gte=on, **here
    ).aggregate(count=Count("pk"), due=Min("collect_last"))
    return [
        _line(_("今天预约待接待"), reverse("marriage_desk"), couples),
        _line(_("可以领取离婚证的申请"), reverse("marriage_desk"), ready["count"], due=ready["due"], on=on),
    ]


def _assessing() -> list[dict[str, Any]]:
    return [
        _line(_("待完成的需求评估"), reverse("assessments"), AssessorForm.objects.filter(grade=None).count())
    ]


def _deciding() -> list[dict[str, Any]]:
    waiting = dict(
        Assessment.objects.filter(state__in=(AssessmentState.REQUESTED, AssessmentState.ASSIGNED))
        .values_list("state").annotate(count=Count("pk"))
    )  # fmt: skip
    href = reverse("assessments")
    return [
        _line(_("评估申请待指派"), f"{href}?state=requested", waiting.get(AssessmentState.REQUESTED, 0)),
        _line(
            _("评估进行中，待确认等级"), f"{href}?state=assigned", waiting.get(AssessmentState.ASSIGNED, 0)
        ),
    ]


def _filings() -> list[dict[str, Any]]:
    return [
        _line(
            _("养老机构备案待审核"),
            reverse("eldercare_filings"),
            Filing.objects.filter(state=FilingState.FILED).count(),
        )
    ]


def _visits(actor: Actor, on: date) -> list[dict[str, Any]]:
    mine = Visit.objects.filter(
        assignments__inspector__official_id=actor.official,
        state__in=(VisitState.PLANNED, VisitState.UNDER_WAY),
    ).aggregate(count=Count("pk", distinct=True), due=Min("due_to"))
    return [_line(_("分派给我的检查"), reverse("supervision_visits"), mine["count"], due=mine["due"], on=on)]


def _findings(state: str, title: str, on: date) -> list[dict[str, Any]]:
    found = Finding.objects.filter(state=state).aggregate(count=Count("pk"), due=Min("deadline"))
    return [_line(title, reverse("supervision_findings"), found["count"], due=found["due"], on=on)]
