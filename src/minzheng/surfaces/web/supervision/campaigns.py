"""The campaign's board: coverage, faults found and cleared, by area and district, until all is closed."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_supervision.campaigns import (
    Coverage,
    close_campaign,
    coverage,
    missing_areas,
)
from minzheng.domains.eldercare_supervision.models import Campaign
from minzheng.kernel.access import current_actor, may, require, scope_of
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.words import area_word, asked, lists, tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import place_names


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every campaign."""
    require("inspections.look")
    rows = list(Campaign.objects.order_by("-first_day")[:50])
    if len(rows) == 1:
        return redirect("supervision_campaign", rows[0].pk)
    table = Table(
        [
            Column("title", _("专项行动"), is_heading=True, href=lambda r: reverse("supervision_campaign", args=[r.pk])),
            Column("first_day", _("开始"), kind="date"),
            Column("last_day", _("计划结束"), kind="date"),
            Column("closed_on", _("办结"), kind="date"),
        ],
        rows, request, caption=_("专项行动"), is_exportable=False, empty_title=_("还没有专项行动"),
    )  # fmt: skip
    return render(
        request,
        "supervision/list.html",
        {"tabs": tabs("supervision_campaigns"), "table": table, "title": _("专项行动")},
    )


def _within(campaign: Campaign) -> str:
    """The campaign's place, or the part of it that the acting post may see."""
    actor = current_actor()
    assert actor is not None
    low, _high = scope_of(campaign.division_code)
    return actor.division_code if actor.division_code.startswith(low) else campaign.division_code


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Coverage and faults by area, chart and table by district, who is missing."""
    require("inspections.look")
    campaign, on = asked(Campaign, pk), working_day()
    within = _within(campaign)
    rows = coverage(campaign, on=on, within=within)
    by_area = [_sum(area, [one for one in rows if one.area == area]) for area in campaign.areas]
    districts = sorted({one.district for one in rows})
    named = place_names(set(districts))
    table = Table(
        [
            Column("district", _("区"), is_heading=True, value=lambda r: named.get(r["district"], r["district"])),
            Column("institutions", _("机构"), kind="count"),
            *(Column(area, area_word(area), kind="count", value=lambda r, a=area: r["covered"].get(a, 0))  # type: ignore[misc]
              for area in campaign.areas),
            Column("found", _("发现问题"), kind="count"),
            Column("cleared", _("已销号"), kind="count"),
            Column("open", _("未销号"), kind="count"),
        ],
        [_district(code, [one for one in rows if one.district == code]) for code in districts],
        request, caption=_("各区覆盖（已有结果的机构数）与问题"), name="districts", export_name="campaign", page_size=20,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    missing = missing_areas(campaign, on=on, within=within, most=100)
    lacking = Table(
        [
            Column("name", _("机构"), is_heading=True, value=lambda r: r[2],
                   href=lambda r: reverse("supervision_facility", args=[r[0]])),
            Column("areas", _("尚缺领域"), value=lambda r: "、".join(area_word(one) for one in r[3]), is_wide=True),
        ],
        missing, request, caption=_("尚缺结果的机构（至多列 100 家）"), name="missing", is_exportable=False, page_size=20,
        empty_title=_("全部覆盖"),
    )  # fmt: skip
    actor = current_actor()
    return render(
        request,
        "supervision/campaign.html",
        {
            "tabs": tabs("supervision_campaigns"),
            "campaign": campaign,
            "areas": by_area,
            "chart": Chart(
                id="coverage", title=_("各领域：覆盖、发现、销号"), categories=[one["name"] for one in by_area],
                series=[
                    Series(_("已有结果的机构"), [one["covered"] for one in by_area]),
                    Series(_("发现问题"), [one["found"] for one in by_area]),
                    Series(_("已销号"), [one["cleared"] for one in by_area]),
                ],
                category_label=_("领域"),
            ),
            "table": table,
            "lacking": lacking,
            "is_whole": bool(rows) and not any(one.missing or one.open for one in rows),
            "may_close": campaign.closed_on is None and may("inspections.decide") and actor is not None
            and actor.reaches(campaign.division_code),
            "unknown": lists()["sixth"].note if "sixth" in campaign.areas and "sixth" in lists() else "",
        },
    )  # fmt: skip


def _sum(area: str, rows: list[Coverage]) -> dict[str, Any]:
    return {
        "name": area_word(area),
        "institutions": sum(one.institutions for one in rows),
        "covered": sum(one.covered for one in rows),
        "found": sum(one.found for one in rows),
        "cleared": sum(one.cleared for one in rows),
    }


def _district(code: str, rows: list[Coverage]) -> dict[str, Any]:
    found, cleared = sum(one.found for one in rows), sum(one.cleared for one in rows)
    return {
        "district": code,
        "institutions": max((one.institutions for one in rows), default=0),
        "covered": {one.area: one.covered for one in rows},
        "found": found,
        "cleared": cleared,
        "open": found - cleared,
    }


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes it, when nothing is missing and nothing open."""
    campaign = asked(Campaign, pk)
    attempt(request, partial(close_campaign, campaign=campaign, on=working_day()), done=_("专项行动已办结。"))
    return redirect("supervision_campaign", pk)
