"""Leads on screen: the list with its filters, and where the leads are (线索)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import current_actor, require
from minzheng.kernel.audit import record
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work import lead_acts, lead_page, notices
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.lead_acts import CHANGE_KINDS
from minzheng.surfaces.web.work.queries import leads as queries
from minzheng.surfaces.web.work.tabs import lead_tabs
from minzheng.surfaces.web.work.words import (
    LEAD_KINDS,
    LEAD_STATES,
    benefit_name,
    due_words,
    place_names,
    programme_name,
)


class FilterForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    programme = forms.ChoiceField(label=gettext_lazy("项目"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("居（村）委"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("期限"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        offer(self, "kind", [*every, *((code, label) for code, (label, _tone) in LEAD_KINDS.items())])
        offer(self, "programme", [*every, *((p.code, programme_name(p.code)) for p in load_programmes())])
        states = ((code, label) for code, (label, _tone) in LEAD_STATES.items())
        offer(self, "state", [("", _("未办结")), ("all", _("全部")), *states])
        offer(self, "place", [*every, *places])
        offer(self, "due", [*every, ("overdue", _("已逾期")), ("soon", _("七天内到期"))])


def overview(request: HttpRequest) -> HttpResponse:
    """The list, filtered; changes may be chosen and confirmed together."""
    require("outreach.look")
    on = working_day()
    form = FilterForm(request.GET, places=_place_choices(request.GET.get("place", "")), auto_id="filter_%s")
    chosen = {name: form[name].value() or "" for name in form.fields} if form.is_valid() else {}
    table = _table(request, chosen, on)
    if table.wants_export:
        record(
            "outreach.export_list",
            detail={"leads": table.count, "filters": {k: v for k, v in chosen.items() if v}},
        )
        return table.excel_response()
    return render(
        request,
        "web/work/leads.html",
        {
            "table": table,
            "form": form,
            "active": sum(bool(value) for value in chosen.values()),
            "tabs": lead_tabs("work_leads"),
            "may_confirm": lead_acts.decides_any(),
            "kinds": queries.pending_by_kind(on),
        },
    )


def _place_choices(asked: str) -> list[tuple[str, str]]:
    """Committees for a street, streets for a district, districts for the city, and the one asked for."""
    actor = current_actor()
    assert actor is not None
    own = actor.division_code
    length = 12 if len(own) >= 9 else 6 if own == "310000" else 9
    codes = set(queries.places_with_leads(length))
    codes |= {asked} if asked.isascii() and asked.isdigit() else set()
    named = place_names(codes)
    return sorted(named.items())


def _table(request: HttpRequest, chosen: dict[str, str], on: date) -> Table:
    found = queries.filtered(**chosen, on=on)
    places = place_names(queries.places_of(found))
    return Table(
        columns=[
            Column("person.name", _("姓名"), is_heading=True, href=lambda lead: reverse("work_lead", args=[lead.pk]),
                   hint=lambda lead: _("家庭") if lead.unit == "household" else ""),
            Column("kind", _("类型"), kind="status", value=lambda lead: f"kind_{lead.kind}", order_by="kind"),
            Column("benefit", _("待遇"), value=lambda lead: benefit_name(lead.benefit), order_by="benefit"),
            Column("current_fen", _("现发"), kind="money", order_by="current_fen"),
            Column("amount_fen", _("应发"), kind="money", order_by="amount_fen"),
            Column("division_code", _("居（村）委"), value=lambda lead: places.get(lead.division_code, lead.division_code), order_by="division_code"),
            Column("due_on", _("期限"), kind="date", order_by="due_on",
                   hint=lambda lead: due_words(lead.due_on, on)[0] if lead.state in queries.PENDING_STATES else ""),
            Column("state", _("状态"), kind="status", value=lambda lead: f"lead_{lead.state}", order_by="state"),
        ],
        source=found,
        request=request,
        caption=_("线索"),
        export_name="leads",
        page_size=25,
        select_name="lead" if lead_acts.decides_any() and chosen.get("kind") in CHANGE_KINDS else "",
        select_value=lambda lead: lead.pk,
        form_id="bulk",
        empty_title=_("没有待办的线索"),
        empty_text=_("下次月结后，新的线索会出现在这里。"),
    )  # fmt: skip


def map_page(request: HttpRequest) -> HttpResponse:
    """Where the pending leads are: the districts on a map, or the streets and committees by number."""
    require("outreach.look")
    actor = current_actor()
    assert actor is not None
    own = actor.division_code
    asked = request.GET.get("place", "")
    place = (
        asked if asked.isascii() and asked.isdigit() and len(asked) in (6, 9) and actor.reaches(asked) else ""
    )
    base = place or ("" if own == "310000" else own)
    length = {0: 6, 6: 9, 9: 12, 12: 12}.get(len(base), 12)
    kind = request.GET.get("kind", "")
    kind = kind if kind in LEAD_KINDS else ""
    found = queries.by_place(length, place=base, kind=kind)
    named = place_names([*found, *([base] if base else [])])
    rows: list[dict[str, Any]] = [
        {
            "code": code,
            "name": named[code],
            **dict.fromkeys(LEAD_KINDS, 0),
            **kinds,
            "total": sum(kinds.values()),
        }
        for code, kinds in found.items()
    ]
    rows.sort(key=lambda row: (-row["total"], row["code"]))

    def deeper(code: str) -> str:
        if length < 12 and len(code) == length and code != "310000":
            return f"?place={code}"
        return f"{reverse('work_leads')}?place={code}"

    table = Table(
        columns=[
            Column("name", {6: _("区"), 9: _("街镇"), 12: _("居（村）委")}[length], is_heading=True, href=lambda row: deeper(row["code"])),
            Column("total", _("合计"), kind="count", order_by="total"),
            *(Column(code, str(label), kind="count", order_by=code) for code, (label, _tone) in LEAD_KINDS.items()),
        ],
        source=rows,
        request=request,
        caption=_("未办结线索"),
        export_name="leads-by-place",
        page_size=60,
        totals={key: sum(row[key] for row in rows) for key in ("total", *LEAD_KINDS)},
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    shown = None
    if length == 6:
        shown = DistrictMap(
            id="map-leads",
            title=_("各区未办结线索"),
            values={row["code"]: row["total"] for row in rows if row["code"] != "310000"},
            value_label=_("件"),
            href=lambda code: f"?place={code}",
            note=_("区界为示意轮廓，不作测绘依据。"),
        )
    return render(
        request,
        "web/work/leads_map.html",
        {"table": table, "map": shown, "tabs": lead_tabs("work_leads_map"), "place": named.get(base, ""),
         "is_deeper": bool(place), "base": base},
    )  # fmt: skip


urls = [
    path("leads/", overview, name="work_leads"),
    path("leads/map/", map_page, name="work_leads_map"),
    path("leads/<int:pk>/", lead_page.page, name="work_lead"),
    *lead_acts.urls,
    *notices.urls,
]
