"""The workbench of elder care: figures by district, the register, filings, basic beds, papers that end soon, relief."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.basic_beds import empty_beds, release_empty, used_without_right
from minzheng.domains.eldercare_facilities.models import Filing, FilingState, ReliefClaim
from minzheng.domains.eldercare_facilities.queries import expiring, figures_by_district, hospital_figures
from minzheng.domains.eldercare_facilities.relief import measures, paid_by_measure
from minzheng.domains.eldercare_facilities.working_rules import rules_on
from minzheng.kernel.access import Actor, may, require
from minzheng.kernel.facilities.queries import facilities_open, my_facility
from minzheng.kernel.places.queries import names
from minzheng.kernel.stays.queries import occupancy
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare.tabs import eldercare_tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english


def _place(actor: Actor) -> str:
    return actor.division_code or "310000"


def overview(request: HttpRequest) -> HttpResponse:
    """Beds, occupancy, flagged basic beds, papers that end, medical cover: by district. A home's own post sees its home."""
    actor = require("facilities.look")
    mine = my_facility()
    if mine is not None:
        return redirect("eldercare_facility", mine)
    on, place = working_day(), _place(actor)
    figures = figures_by_district(on=on, within=place)
    known = names(figures)
    flagged: dict[str, int] = defaultdict(int)
    if may("stays.look"):
        for division in used_without_right(on=on, within=place).values_list("division_code", flat=True):
            flagged[division[:6]] += 1
    ends: dict[str, int] = defaultdict(int)
    for row in expiring(on=on, within=place):
        ends[row.division_code[:6]] += 1
    linked = hospital_figures(start=on.replace(day=1), end=on, within=place)
    rows = [
        {
            "code": code, "name": known.get(code, code), "homes": one.homes, "others": sum(one.facilities.values()) - one.homes,
            "beds": one.all_beds, "basic": one.beds[kinds.BASIC], "dementia": one.beds[kinds.DEMENTIA], "free": one.free,
            "occupancy": one.occupancy_percent, "flagged": flagged[code] if may("stays.look") else None, "ends": ends[code],
            "medical": one.medical_percent, "medical_beds": one.medical_beds_percent,
            "linked": linked.get(code, (0, 0))[0], "held": linked.get(code, (0, 0))[1],
        }
        for code, one in figures.items()
    ]  # fmt: skip
    beds_table, care_table = (
        Table(
            [
                Column("name", _("区"), is_heading=True, order_by="name",
                       href=lambda row: f"{reverse('eldercare_register')}?district={row['code']}"),
                *(Column(key, label, kind=kind, order_by=key) for key, label, kind in labels),
            ],
            rows, request, name=name, caption=caption, export_name=f"eldercare-{name}-{on}", page_size=20,
            totals={key: sum(row[key] or 0 for row in rows) for key, _label, kind in labels if kind == "count"},
        )
        for name, caption, labels in (("beds", _("各区设施与床位"), _bed_columns()), ("care", _("各区证照与医养结合"), _care_columns()))
    )  # fmt: skip
    for table in (beds_table, care_table):
        if table.wants_export:
            return table.excel_response()
    beds, taken = sum(one.all_beds for one in figures.values()), sum(one.taken for one in figures.values())
    return render(
        request,
        "web_eldercare/overview.html",
        {
            "tabs": eldercare_tabs("eldercare_work"),
            "tables": [beds_table, care_table],
            "on": on,
            "homes": sum(one.homes for one in figures.values()),
            "beds": beds,
            "occupancy": f"{100 * taken / beds:.1f}%" if beds else "—",
            "flagged": sum(flagged.values()) if may("stays.look") else None,
            "ends": sum(ends.values()),
            "waiting": Filing.objects.filter(state=FilingState.FILED).count(),
            "map": DistrictMap(
                "map-occupancy", _("入住率（%）"), {code: one.occupancy_percent for code, one in figures.items()}, unit="percent",
                value_label=_("入住率"), href=lambda code: f"{reverse('eldercare_register')}?district={code}",
            ) if len(rows) > 1 else None,
        },
    )  # fmt: skip


def _bed_columns() -> list[tuple[str, str, str]]:
    return [
        ("homes", _("养老院"), "count"), ("others", _("其他设施"), "count"), ("beds", _("床位"), "count"),
        ("basic", _("保基本"), "count"), ("dementia", _("认知障碍"), "count"), ("free", _("空床"), "count"),
        ("occupancy", _("入住率"), "percent"), ("flagged", _("资格存疑"), "count"),
    ]  # fmt: skip


def _care_columns() -> list[tuple[str, str, str]]:
    return [
        ("ends", _("证照将到期"), "count"), ("medical", _("医养覆盖（机构）"), "percent"),
        ("medical_beds", _("医养覆盖（床位）"), "percent"), ("linked", _("联互联网医院"), "count"),
        ("held", _("本月诊疗"), "count"),
    ]  # fmt: skip


class RegisterForm(forms.Form):
    district = forms.ChoiceField(label=gettext_lazy("区"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)


def register(request: HttpRequest) -> HttpResponse:
    """The facilities of the reader's place, with beds and how many are free; Excel."""
    actor = require("facilities.look")
    on, place = working_day(), _place(actor)
    every = facilities_open(on=on, kinds=list(kinds.KINDS), within=place)
    codes = sorted({code[:6] for code in every.values_list("division_code", flat=True)})
    known = names(codes)
    form = RegisterForm(request.GET or None, auto_id="f_%s")
    offer(form, "district", [("", _("全部")), *((code, known.get(code, code)) for code in codes)])
    offer(form, "kind", [("", _("全部")), *kinds.KINDS.items()])
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = every
    if asked.get("kind"):
        found = found.filter(kind=asked["kind"])
    if asked.get("district"):
        found = found.filter(division_code__startswith=asked["district"])
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in occupancy(
        on=on, facilities=None if place == "310000" else list(every.values_list("pk", flat=True))
    ):
        counts[one.facility_id][0] += one.beds
        counts[one.facility_id][1] += one.free
    streets = names(set(found.values_list("division_code", flat=True)))
    table = Table(
        [
            Column("name", _("名称"), is_heading=True, order_by="name", href=lambda f: reverse("eldercare_facility", args=[f.pk])),
            Column("kind", _("类型"), value=lambda f: kinds.KINDS[f.kind], order_by="kind"),
            Column("division_code", _("街镇"), value=lambda f: streets.get(f.division_code, f.division_code), order_by="division_code"),
            Column("beds", _("床位"), kind="count", value=lambda f: counts[f.pk][0] if f.pk in counts else None),
            Column("free", _("空床"), kind="count", value=lambda f: counts[f.pk][1] if f.pk in counts else None),
            Column("during", _("启用"), kind="date", value=lambda f: f.during.lower, order_by="during"),
            Column("phone", _("电话")),
        ],
        found, request, caption=_("养老服务设施"), export_name="eldercare-facilities", page_size=30, default_sort="division_code",
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request, "web_eldercare/register.html",
        {"tabs": eldercare_tabs("eldercare_register"), "form": form, "table": table, "on": on,
         "active": sum(bool(value) for value in asked.values())},
    )  # fmt: skip


def filings(request: HttpRequest) -> HttpResponse:
    """Filings of the place, those that wait first; late ones are marked."""
    require("facilities.look")
    table = Table(
        [
            Column("facility.name", _("机构"), is_heading=True, href=lambda r: reverse("eldercare_filing", args=[r.facility_id])),
            Column("opened_on", _("收住之日"), kind="date", order_by="opened_on"),
            Column("filed_on", _("提交"), kind="date", order_by="filed_on"),
            Column("due_on", _("期限"), kind="date", order_by="due_on"),
            Column("is_late", _("逾期"), kind="yes_no"),
            Column("state", _("状态"), kind="status", value=lambda r: f"filing_{r.state}", order_by="state"),
            Column("words", _("回执号或退回原因"), is_wide=True),
        ],
        Filing.objects.select_related("facility").order_by("-state", "filed_on"),
        request, caption=_("备案"), export_name="filings", page_size=30,
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(request, "web_eldercare/list.html", {"tabs": eldercare_tabs("eldercare_filings"), "table": table,
                  "title": _("机构备案"), "lead": _("收住老年人之日起若干个工作日内备案；逾期的照收并标明。")})  # fmt: skip


def basic_beds(request: HttpRequest) -> HttpResponse:
    """Basic beds held without a right, and those that stand empty; the district gives the latter to the pool."""
    actor = require("stays.look")
    on, place = working_day(), _place(actor)
    if request.method == "POST":
        attempt(
            request, lambda: release_empty(on=on, within=place), done=_("空置超过上限的床位已释放到统筹池")
        )
        return redirect("eldercare_basic_beds")
    limit = int(rules_on(on).empty_bed_days)
    flagged = Table(
        [
            Column("facility.name", _("机构"), is_heading=True, href=lambda s: reverse("eldercare_stay", args=[s.facility_id, s.pk])),
            Column("bed", _("床位")),
            Column("since", _("入住"), kind="date", value=lambda s: s.during.lower),
            Column("right", _("登记的资格"), value=lambda s: kinds.ENTITLEMENTS[s.occupant.entitlement] if hasattr(s, "occupant") else _("未登记")),
            Column("grade", _("照护等级"), value=lambda s: s.occupant.grade if hasattr(s, "occupant") else None),
        ],
        used_without_right(on=on, within=place), request, name="flagged", caption=_("资格存疑的保基本床位"),
        export_name="basic-beds-flagged", page_size=20, empty_title=_("没有资格存疑的床位"),
    )  # fmt: skip
    empty = Table(
        [
            Column("facility", _("机构"), is_heading=True, href=lambda b: reverse("eldercare_facility", args=[b.facility_id])),
            Column("label", _("床位")),
            Column("since", _("空置起"), kind="date", order_by="since"),
            Column("days", _("空置天数"), kind="count", order_by="days"),
            Column("is_released", _("已入统筹池"), kind="yes_no"),
        ],
        empty_beds(on=on, within=place), request, name="empty", caption=_("空置的保基本床位"), export_name="basic-beds-empty",
        page_size=20, empty_title=_("没有空置的保基本床位"),
    )  # fmt: skip
    for table in (flagged, empty):
        if table.wants_export:
            return table.excel_response()
    return render(
        request, "web_eldercare/basic_beds.html",
        {"tabs": eldercare_tabs("eldercare_basic_beds"), "flagged": flagged, "empty": empty, "limit": limit,
         "may_release": may("stays.allocate")},
    )  # fmt: skip


def expiring_papers(request: HttpRequest) -> HttpResponse:
    """Licences and medical contracts whose last day is near or past."""
    actor = require("facilities.look")
    on = working_day()
    table = Table(
        [
            Column("facility", _("机构"), is_heading=True, href=lambda r: reverse("eldercare_papers", args=[r.facility_id])),
            Column("kind", _("证照"), value=lambda r: kinds.LICENCES.get(r.kind) or kinds.MEDICAL.get(r.kind, r.kind)),
            Column("number", _("编号")),
            Column("last", _("到期日"), kind="date", order_by="last"),
            Column("days", _("剩余天数"), kind="count", order_by="days"),
        ],
        expiring(on=on, within=_place(actor)), request, caption=_("将到期或已到期的证照与合同"), export_name="expiring", page_size=30,
        empty_title=_("没有将到期的证照"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    days = int(rules_on(on).expiry_days)
    return render(request, "web_eldercare/list.html", {"tabs": eldercare_tabs("eldercare_expiring"), "table": table,
                  "title": _("证照到期"), "lead": _("%(days)s 天内到期或已过期、尚未续期的许可证件和医疗合同。") % {"days": days}})  # fmt: skip


def relief(request: HttpRequest) -> HttpResponse:
    """Claims for relief of the place, and what was paid by measure."""
    actor = require("facilities.look")
    paid = paid_by_measure(within=_place(actor))
    word = {code: one.name_en if is_english() else one.name for code, one in measures().items()}
    table = Table(
        [
            Column("facility.name", _("机构"), is_heading=True, href=lambda r: reverse("eldercare_filing", args=[r.facility_id])),
            Column("measure", _("措施"), value=lambda r: word.get(r.measure, r.measure), order_by="measure"),
            Column("reckoned_fen", _("核算"), kind="money", order_by="reckoned_fen"),
            Column("approved_fen", _("批准"), kind="money", order_by="approved_fen"),
            Column("state", _("状态"), kind="status", value=lambda r: f"relief_{r.state}", order_by="state"),
            Column("paid_on", _("拨付"), kind="date", order_by="paid_on"),
        ],
        ReliefClaim.objects.select_related("facility").order_by("-claimed_on", "-pk"), request, caption=_("纾困申领"),
        export_name="relief", page_size=30, empty_title=_("没有申领"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    rows: list[dict[str, Any]] = [
        {"name": word[code], "condition": one.condition, "start": one.start, "until": one.until, "source": one.source,
         "provenance": one.provenance, "claims": paid.get(code, (0, 0))[0], "fen": paid.get(code, (0, 0))[1]}
        for code, one in measures().items()
    ]  # fmt: skip
    return render(
        request, "web_eldercare/relief.html",
        {"tabs": eldercare_tabs("eldercare_relief"), "table": table, "measures": rows,
         "sum_fen": sum(row["fen"] for row in rows)},
    )  # fmt: skip
