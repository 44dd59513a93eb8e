"""Pages that need no account: what elder care is near me, what it costs, whether a bed is free today."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_facilities import kinds
from minzheng.domains.eldercare_facilities.basic_services import CLASSES, edition_on, services_for
from minzheng.domains.eldercare_facilities.models import Closure, Home, HospitalLink, Licence, Price
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.centres.queries import centres_in_force
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.facilities.queries import facilities_open, near
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.queries import names
from minzheng.kernel.stays.queries import Occupancy, occupancy
from minzheng.kernel.ui.points import Point, PointMap
from minzheng.surfaces.web.centres.words import limit_public
from minzheng.surfaces.web.eldercare.words import OWNERSHIP, UNITS
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

MOST = 40
TONES = {kinds.HOME: "1", kinds.CENTRE: "2", kinds.MEAL_SITE: "3", kinds.DAY_CARE: "4", kinds.FAMILY_BED: "5"}


class FindForm(forms.Form):
    where = forms.CharField(
        label=gettext_lazy("您在哪里？"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("填写街镇、居委会或含有它们的地址"),
    )
    district = forms.ChoiceField(label=gettext_lazy("区"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    most_yuan = forms.IntegerField(
        label=gettext_lazy("床位费每月不超过（元）"), min_value=0, max_value=100_000, required=False
    )
    open_beds = forms.BooleanField(label=gettext_lazy("今天有空床"), required=False)


@open_to_all
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Facilities near a place, or of a district, on a list and a map."""
    limit_public(request)
    on = working_day()
    form = FindForm(request.GET or None, auto_id="f_%s")
    districts = Division.objects.filter(level="district", during__contains=on).values_list("code", "name")
    offer(form, "district", [("", _("全市")), *districts])
    offer(form, "kind", [("", _("全部")), *kinds.KINDS.items()])
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    place = _place(asked.get("where", ""), on)
    found = facilities_open(on=on, kinds=[asked["kind"]] if asked.get("kind") else list(kinds.KINDS),
                            within=asked.get("district", ""))  # fmt: skip
    if asked.get("most_yuan") is not None:
        cheap = Price.objects.filter(
            during__contains=on, item__startswith="床位费", amount_fen__lte=asked["most_yuan"] * 100
        )
        found = found.filter(pk__in=cheap.values("facility"))
    if asked.get("open_beds"):
        found = found.filter(pk__in=[one.facility_id for one in occupancy(on=on) if one.free > 0])
    if place is not None:
        found = near(found, longitude=place.longitude, latitude=place.latitude)
    count = found.count()
    shown = list(found.select_related("home")[:MOST])
    return render(
        request,
        "web_eldercare/find.html",
        {
            "form": form,
            "active": sum(bool(value) for value in asked.values()),
            "cards": _cards(shown, on),
            "count": count,
            "place": place,
            "is_unknown": bool(asked.get("where")) and place is None,
            "map": _map(
                shown, place, asked.get("district", "") or (place.division_code[:6] if place else "")
            ),
            "on": on,
            "most": MOST,
        },
    )


def _place(text: str, on: date) -> Centre | None:
    """The street that an address names, by its own name or a committee's; its centre stands for where it is."""
    wanted = text.strip()
    if len(wanted) < 2:
        return None
    named = Division.objects.filter(during__contains=on, level__in=("street", "committee")).extra(
        where=[
            "strpos(%s, name) > 0 OR (level = 'street' AND strpos(%s, regexp_replace(name, '(街道|镇|乡)$', '')) > 0)"
        ],
        params=[wanted, wanted],
    )
    best = max(named.values_list("code", "name")[:500], key=lambda row: (len(row[1]), row[0]), default=None)
    if best is None:
        return None
    return centres_in_force(on).filter(division_code=best[0][:9], kind=Centre.Kind.MAIN).first()


def _cards(shown: list[Facility], on: date) -> list[dict[str, Any]]:
    free: dict[int, int] = defaultdict(int)
    beds: dict[int, int] = defaultdict(int)
    for one in occupancy(on=on, facilities=[facility.pk for facility in shown]):
        free[one.facility_id] += one.free
        beds[one.facility_id] += one.beds
    shut = _shut([facility.pk for facility in shown], on)
    places = names({facility.division_code for facility in shown})
    return [
        {
            "one": facility,
            "kind": kinds.KINDS[facility.kind],
            "tone": TONES[facility.kind],
            "street": places.get(facility.division_code, ""),
            "km": f"{facility.km:.1f}" if hasattr(facility, "km") else "",
            "beds": beds[facility.pk],
            "free": free[facility.pk],
            "is_shut": facility.pk in shut,
            "home": getattr(facility, "home", None),
        }
        for facility in shown
    ]


def _shut(facilities: list[int], on: date) -> set[int]:
    return set(
        Closure.objects.filter(facility__in=facilities, during__contains=on).values_list(
            "facility_id", flat=True
        )
    )


def _map(shown: list[Facility], place: Centre | None, district: str) -> PointMap:
    points = [
        Point(facility.longitude, facility.latitude, facility.name, reverse("eldercare_public", args=[facility.pk]),
              TONES[facility.kind])
        for facility in shown
        if facility.longitude is not None and facility.latitude is not None
    ]  # fmt: skip
    legend = [
        (TONES[kind], str(words)) for kind, words in kinds.KINDS.items() if any(f.kind == kind for f in shown)
    ]
    if place is not None:
        points.append(Point(place.longitude, place.latitude, _("您所在街镇"), tone="here"))
        legend.append(("here", _("您所在街镇")))
    return PointMap(
        "map-eldercare", _("设施分布"), points, legend, selected=district,
        note=_("位置为示意，只标出列表中的设施；点击圆点查看详情。"),
    )  # fmt: skip


@open_to_all
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A facility as the public may know it: prices, beds free today, medical form, licences, what was inspected."""
    limit_public(request)
    on = working_day()
    facility = (
        facilities_open(on=on, kinds=list(kinds.KINDS)).select_related("organisation").filter(pk=pk).first()
    )
    if facility is None:
        raise Http404
    home = Home.objects.filter(facility=facility).first()
    return render(
        request,
        "web_eldercare/public.html",
        {
            "facility": facility,
            "home": home,
            "kind": kinds.KINDS[facility.kind],
            "rows": _facts(facility, home),
            "beds": bed_rows(occupancy(on=on, facilities=[pk])),
            "prices": [
                (row.item, row.amount_fen, UNITS.get(row.unit, row.unit), row.during.lower, row.published_on)
                for row in Price.objects.filter(facility=facility, during__contains=on).order_by("item")[:60]
            ],
            "licences": [
                (kinds.LICENCES.get(row.kind, row.kind), row.number, row.during.upper)
                for row in Licence.objects.filter(facility=facility, during__contains=on).order_by("kind")[
                    :20
                ]
            ],
            "links": list(HospitalLink.objects.filter(facility=facility, during__contains=on)[:10]),
            "closure": Closure.objects.filter(facility=facility, during__contains=on).first(),
            "on": on,
        },
    )


def _facts(facility: Facility, home: Home | None) -> list[dict[str, Any]]:
    rows = [
        {
            "label": _("地址"),
            "value": f"{names([facility.division_code]).get(facility.division_code, '')} {facility.address}",
        },
        {"label": _("电话"), "value": facility.phone or "—"},
        {"label": _("运营单位"), "value": facility.organisation.name if facility.organisation else "—"},
    ]
    if home is not None:
        rows += [
            {"label": _("运营方式"), "value": str(OWNERSHIP[home.ownership])},
            {"label": _("服务内容"), "value": "、".join(home.functions) or "—"},
            {"label": _("开放时间"), "value": home.hours or "—"},
            {"label": _("医养结合"), "value": f"{kinds.MEDICAL[home.medical_form]} {home.medical_partner}"},
        ]
        if home.floor_area_m2:
            rows.append(
                {"label": _("建筑面积"), "value": _("%(area)s 平方米") % {"area": home.floor_area_m2}}
            )
        if facility.kind == kinds.HOME:
            rows.append({"label": _("收住照护等级"), "value": f"{home.least_grade}–{home.greatest_grade}"})
        if home.meal_capacity:
            rows.append(
                {"label": _("每日供餐能力"), "value": _("%(meals)s 份") % {"meals": home.meal_capacity}}
            )
    return rows


def bed_rows(found: list[Occupancy]) -> list[dict[str, Any]]:
    return [
        {"kind": kinds.BEDS.get(row.kind, row.kind), "beds": row.beds, "free": row.free, "taken": row.present + row.away,
         "planned": row.planned}
        for row in sorted(found, key=lambda row: row.kind)
    ]  # fmt: skip


class MeForm(forms.Form):
    age = forms.IntegerField(label=gettext_lazy("年龄（周岁）"), min_value=0, max_value=125)
    is_local = forms.TypedChoiceField(
        label=gettext_lazy("户籍"),
        choices=[("1", gettext_lazy("本市户籍")), ("0", gettext_lazy("非本市户籍"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        initial="1",
    )
    grade = forms.TypedChoiceField(
        label=gettext_lazy("照护等级"),
        choices=[("", gettext_lazy("尚未评估")), *[(str(grade), str(grade)) for grade in range(7)]],
        coerce=int, empty_value=None, required=False,
    )  # fmt: skip
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("符合的情形"),
        choices=list(zip(CLASSES, (gettext_lazy("低保家庭"), gettext_lazy("低收入家庭"), gettext_lazy("特困人员"),
                                   gettext_lazy("确诊认知障碍"), gettext_lazy("优抚对象"), gettext_lazy("计划生育特殊家庭")),
                         strict=True)),
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip


@open_to_all
@require_safe
def basic_list(request: HttpRequest) -> HttpResponse:
    """The basic service list, and what one person may have of it; nothing typed here is kept."""
    limit_public(request)
    on = working_day()
    form = MeForm(request.GET if "age" in request.GET else None, auto_id="me_%s", initial={"is_local": "1"})
    due = None
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        due = services_for(
            age=told["age"],
            on=on,
            is_local=told["is_local"],
            grade=told["grade"],
            classes=frozenset(told["classes"]),
        )
    edition = edition_on(on)
    return render(
        request,
        "web_eldercare/basic_list.html",
        {
            "form": form,
            "due": due,
            "items": edition.items,
            "edition": edition.name,
            "on": on,
            "is_english": is_english(),
        },
    )
