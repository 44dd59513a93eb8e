"""Where supervision begins, and everything known of one institution."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_supervision.credit import publish_sheet
from minzheng.domains.eldercare_supervision.levels import credit_levels, effects
from minzheng.domains.eldercare_supervision.models import Grading, ScoreSheet
from minzheng.kernel.access import may, require
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.inspections.models import Complaint, Finding, Penalty, Publication, Visit
from minzheng.kernel.inspections.publishing import may_be_withdrawn, publish_penalty, publish_visit, withdraw
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.findings import finding_table
from minzheng.surfaces.web.supervision.words import area_word, asked, half, tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Figures of the place, and the institutions whose faults are past their deadline."""
    require("inspections.look")
    own = my_facility()
    if own is not None:
        return redirect("supervision_facility", own)
    on = working_day()
    open_ = Q(findings__state__in=("open", "answered"))
    late = (
        Facility.objects.annotate(
            overdue=Count("findings", filter=Q(findings__state="open", findings__deadline__lt=on)),
            waiting=Count("findings", filter=open_),
            major=Count("findings", filter=open_ & Q(findings__severity="major")),
        )
        .filter(overdue__gt=0)
        .order_by("-overdue", "code")
    )
    table = Table(
        [
            Column("name", _("机构"), is_heading=True, href=lambda r: reverse("supervision_facility", args=[r.pk])),
            Column("overdue", _("逾期未改"), kind="count", order_by="overdue"),
            Column("waiting", _("未销号"), kind="count", order_by="waiting"),
            Column("major", _("其中重大"), kind="count", order_by="major"),
        ],
        late, request, caption=_("问题逾期未改的机构"), export_name="overdue", page_size=20,
        empty_title=_("没有逾期问题"), empty_text=_("所有问题都在期限内。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    figures = Finding.objects.aggregate(
        found=Count("id"),
        closed=Count("id", filter=Q(state="closed")),
        overdue=Count("id", filter=Q(state="open", deadline__lt=on)),
        recheck=Count("id", filter=Q(state="answered")),
    )
    visits = Visit.objects.aggregate(all=Count("id"), done=Count("id", filter=Q(state="done")))
    return render(
        request,
        "supervision/hub.html",
        {
            "tabs": tabs("supervision"),
            "table": table,
            "figures": figures,
            "visits": visits,
            "effects": effects(on=on),
        },
    )


@require_safe
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution: level and what follows from it, visits, faults, penalties, what is public."""
    require("inspections.look")
    home = asked(Facility, pk)
    own = my_facility()
    if own is not None and own != home.pk:
        raise Http404
    on = working_day()
    level = credit_levels([home.pk], on=on).get(home.pk, "")
    visits = Visit.objects.filter(facility=home).order_by("-due_to", "-id")[:30]
    findings = finding_table(request, Finding.objects.filter(facility=home), names_facility=False)
    if findings.wants_export:
        return findings.excel_response()
    return render(
        request,
        "supervision/facility.html",
        {
            "tabs": tabs("supervision_facility"),
            "home": home,
            "level": level,
            "effect": next(one for one in effects(on=on) if one.level == (level or "B")),
            "grading": Grading.objects.filter(facility=home, until__gte=on).order_by("-decided_on").first(),
            "visits": [
                {"row": one, "areas": "、".join(area_word(area) for area in one.areas)} for one in visits
            ],
            "findings": findings,
            "overdue": Finding.objects.filter(facility=home, state="open", deadline__lt=on).count(),
            "penalties": Penalty.objects.filter(facility=home).select_related("finding").order_by("-told_on")[:30],
            "complaints": Complaint.objects.filter(facility=home).order_by("-received_on")[:30],
            "sheets": ScoreSheet.objects.filter(facility=home).order_by("-year")[:10],
            "publications": [_publication(one, on) for one in Publication.objects.filter(facility=home).order_by("-published_on")[:30]],
            "may_publish": may("inspections.publish"),
        },
    )  # fmt: skip


def _publication(row: Publication, on: Any) -> dict[str, Any]:
    allowed, why = may_be_withdrawn(row, on=on) if row.withdrawn_on is None else (False, "")
    return {"row": row, "may_withdraw": allowed, "why": half(why) if row.kind == "penalty" else ""}


@require_POST
def publish(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Publishes a visit's result, a penalty or a credit level."""
    on = working_day()
    verbs: dict[str, Any] = {
        "visit": lambda: publish_visit(visit=asked(Visit, pk, "facility"), on=on),
        "penalty": lambda: publish_penalty(penalty=asked(Penalty, pk, "facility", "finding"), on=on),
        "rating": lambda: publish_sheet(sheet=asked(ScoreSheet, pk, "facility"), on=on),
    }
    if kind not in verbs:
        raise Http404
    made = attempt(request, verbs[kind], done=_("已公示。"))
    return redirect("supervision") if made is None else redirect("supervision_facility", made.facility_id)


@require_POST
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a penalty down, where the rule allows it."""
    row = asked(Publication, pk)
    attempt(request, partial(withdraw, publication=row, on=working_day()), done=_("已撤下。"))
    return redirect("supervision_facility", row.facility_id or 0)
