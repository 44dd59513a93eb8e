"""Beds at home on screen: the month with what fewer visits take off; setting up, visits signed (家庭照护床位)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.eldercare_beds import family
from minzheng.domains.eldercare_beds.catalogue import care_tasks, rules_on
from minzheng.domains.eldercare_beds.models import FamilyBed
from minzheng.kernel.access import may, require
from minzheng.kernel.facilities.queries import facilities_open
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.periods import SHANGHAI, Month
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.beds import words
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer as offer_choices
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

KINDS = ("eldercare_home", "family_bed", "community_centre")


def _tasks() -> list[tuple[str, str]]:
    return [(code, english if is_english() else name) for code, (name, english) in care_tasks().items()]


class SetUpForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("公民身份号码"), max_length=18)
    home = forms.ChoiceField(label=gettext_lazy("服务机构"))
    contract = forms.CharField(label=gettext_lazy("合同编号"), max_length=60)
    visits = forms.IntegerField(label=gettext_lazy("每月上门次数"), min_value=1, max_value=60)
    tasks = forms.MultipleChoiceField(label=gettext_lazy("照护计划"), widget=forms.CheckboxSelectMultiple)


class VisitForm(forms.Form):
    began = forms.DateTimeField(
        label=gettext_lazy("开始时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    minutes = forms.IntegerField(label=gettext_lazy("时长（分钟）"), min_value=1, max_value=720)
    tasks = forms.MultipleChoiceField(label=gettext_lazy("服务内容"), widget=forms.CheckboxSelectMultiple)
    worker = forms.CharField(label=gettext_lazy("服务人员签名"), max_length=40)
    signed_by = forms.CharField(label=gettext_lazy("老人或家属签名"), max_length=40)


def page(request: HttpRequest) -> HttpResponse:
    """The month's beds at home; a district sets one up."""
    require("stays.look")
    on = working_day()
    month = _month(request, Month.of(on))
    rows = family.month_of_beds(month)
    table = Table(
        [
            Column("contract", _("合同编号"), is_heading=True, value=lambda row: row.bed.contract_number,
                   href=lambda row: reverse("family_bed", args=[row.bed.pk])),
            Column("name", _("姓名"), value=lambda row: row.bed.person_name),
            Column("home", _("服务机构"), value=lambda row: row.bed.facility.name),
            Column("since", _("设立日期"), kind="date", value=lambda row: row.bed.during.lower),
            Column("planned", _("计划次数"), kind="count"),
            Column("signed", _("已签次数"), kind="count"),
            Column("full_fen", _("全额补贴"), kind="money"),
            Column("cut_fen", _("扣减"), kind="money"),
            Column("due_fen", _("应发补贴"), kind="money"),
        ],
        rows, request, caption=_("家庭照护床位月度"), export_name=f"family-beds-{month}", page_size=50,
        totals={key: sum(getattr(row, key) for row in rows) for key in ("planned", "signed", "full_fen", "cut_fen", "due_fen")},
        empty_title=_("本月没有家庭照护床位"), empty_text=_("由区民政部门依据评估等级和服务合同设立。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    form = SetUpForm(request.POST or None)
    offer_choices(form, "tasks", _tasks())
    offer_choices(
        form,
        "home",
        [("", _("请选择")), *((str(one.pk), one.name) for one in facilities_open(on=on, kinds=KINDS)[:1000])],
    )
    if request.method == "POST" and form.is_valid() and _set_up(request, form):
        return redirect("family_beds")
    return render(
        request,
        "web_beds/family.html",
        {
            "table": table, "month": month, "before": month + -1, "after": month + 1, "form": form,
            "may_set_up": may("assessments.decide"), "tabs": words.tabs("family_beds"),
            "entry": rules_on(month.last_day).entry("family_bed_subsidy"),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _month(request: HttpRequest, usual: Month) -> Month:
    try:
        return Month.parse(request.GET.get("month", ""))
    except ValueError:
        return usual


def _set_up(request: HttpRequest, form: SetUpForm) -> bool:
    told = form.cleaned_data
    found = (
        Identifier.objects.filter(kind="citizen", value=told["number"].strip().upper())
        .select_related("person")
        .first()
    )
    home = facilities_open(on=working_day(), kinds=KINDS).filter(pk=int(told["home"])).first()
    if found is None or home is None:
        form.add_error("number", _("本辖区没有这个号码的人员，请核对号码"))
        return False
    made = attempt(
        request,
        lambda: family.set_up(
            person=found.person, facility=home, contract_number=told["contract"], visits_a_month=told["visits"],
            tasks=told["tasks"], on=working_day(),
        ),
        done=_("家庭照护床位已设立。"),
    )  # fmt: skip
    return made is not None


def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One bed at home: plan, visits, signing a visit, ending it."""
    require("stays.look")
    on = working_day()
    bed = get_object_or_404(FamilyBed.objects.select_related("facility"), pk=pk)
    if request.method == "POST" and request.POST.get("act") == "end":
        attempt(request, lambda: family.end(bed=bed, on=on), done=_("家庭照护床位已撤销。"))
        return redirect("family_bed", pk)
    form = VisitForm(request.POST or None)
    offer_choices(form, "tasks", _tasks())
    if request.method == "POST" and form.is_valid() and _sign(request, bed, form):
        return redirect("family_bed", pk)
    known = dict(_tasks())
    context: dict[str, Any] = {
        "bed": bed, "form": form, "tabs": words.tabs("family_beds"), "may_sign": may("stays.admit"),
        "may_end": may("assessments.decide") and bed.during.upper is None,
        "plan": "、".join(known.get(code, code) for code in bed.tasks),
        "visits": [
            {"one": visit, "tasks": "、".join(known.get(code, code) for code in visit.tasks)}
            for visit in bed.visits.order_by("-began_at")[:60]
        ],
    }  # fmt: skip
    return render(request, "web_beds/family_bed.html", context, status=422 if form.errors else 200)


def _sign(request: HttpRequest, bed: FamilyBed, form: VisitForm) -> bool:
    told = form.cleaned_data
    began: datetime = told["began"]
    began = began.replace(tzinfo=SHANGHAI)
    made = attempt(
        request,
        lambda: family.sign_visit(
            bed=bed, began_at=began, minutes=told["minutes"], tasks=told["tasks"], worker=told["worker"],
            signed_by=told["signed_by"], on=working_day(),
        ),
        done=_("上门服务已签收。"),
    )  # fmt: skip
    return made is not None
