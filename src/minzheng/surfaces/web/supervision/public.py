"""What everybody may read: results, penalties and levels of each institution, and draws with what to check them by."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_supervision import KIND
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.models import Plan, Publication
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.plans import checked, file_answer
from minzheng.surfaces.web.supervision.words import PENALTIES, area_word, asked


@open_to_all
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Institutions with something published, by name; a search by part of the name."""
    asked_for = request.GET.get("q", "").strip()[:40]
    rows = (
        Facility.objects.filter(kind=KIND, publications__withdrawn_on=None, publications__isnull=False)
        .distinct()
        .order_by("name")
    )
    if asked_for:
        rows = rows.filter(name__icontains=asked_for)
    table = Table(
        [
            Column("name", _("机构"), is_heading=True, href=lambda r: reverse("supervision_public_facility", args=[r.pk])),
            Column("address", _("地址"), is_wide=True),
        ],
        rows, request, caption=_("监督检查公示"), is_exportable=False, page_size=30, empty_title=_("没有公示"),
    )  # fmt: skip
    return render(request, "supervision/public.html", {"table": table, "q": asked_for})


@open_to_all
@require_safe
def facility(request: HttpRequest, pk: int) -> HttpResponse:
    """What is public of one institution, taken down ones left out."""
    home = asked(Facility, pk)
    rows = Publication.objects.filter(facility=home, withdrawn_on=None).order_by("-published_on", "-id")[:100]
    return render(
        request, "supervision/public_facility.html", {"home": home, "rows": [_shown(one) for one in rows]}
    )


def _shown(row: Publication) -> dict[str, Any]:
    detail = row.detail
    return {
        "row": row,
        "level": detail.get("level", ""),
        "areas": [one | {"name": area_word(one["area"])} for one in detail.get("areas", [])],
        "penalty": PENALTIES.get(detail.get("kind", ""), ""),
    }


@open_to_all
@require_safe
def draws(request: HttpRequest) -> HttpResponse:
    """Hashes announced, and the draws that are open to be checked; `?plan=` computes one again."""
    number = request.GET.get("plan", "")
    opened = Plan.objects.filter(published_on__isnull=False).defer("frozen").order_by("-published_on")[:50]
    context: dict[str, Any] = {
        "announced": Paginator(
            Publication.objects.filter(kind="draw").order_by("-published_on", "-id"), 20
        ).get_page(request.GET.get("announced")),
        "opened": opened,
        "is_public": True,
    }
    if number.isdigit():
        plan = asked(Plan, int(number[:12]))
        return render(request, "supervision/verify.html", context | checked(request, plan))
    return render(request, "supervision/draws.html", context)


@open_to_all
@require_safe
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of an opened draw."""
    return file_answer(asked(Plan, pk))
