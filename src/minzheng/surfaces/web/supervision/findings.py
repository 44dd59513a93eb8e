"""Faults with their deadlines: the list, and one fault from photo to re-check."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Concat
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.inspections.models import Event, Finding
from minzheng.kernel.inspections.penalties import propose_penalty
from minzheng.kernel.inspections.rectifying import recheck, rectify
from minzheng.kernel.ui.forms import MoneyField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.words import (
    PENALTIES,
    ReportForm,
    area_word,
    as_download,
    asked,
    department_word,
    lists,
    sent_file,
    tabs,
)
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day


class FilterForm(forms.Form):
    """Which faults."""

    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("领域"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("未销号")), ("overdue", _("逾期未改")), ("answered", _("已整改待复查")), ("closed", _("复查合格")), ("all", _("全部"))]  # fmt: skip
        self.fields["area"].choices = [("", _("全部")), *((code, area_word(code)) for code in lists())]  # type: ignore[attr-defined]


class PenaltyForm(forms.Form):
    """What is intended, by which article and for what."""

    kind = forms.ChoiceField(label=gettext_lazy("种类"), choices=list(PENALTIES.items()))
    amount = MoneyField(label=gettext_lazy("罚款金额"), required=False)
    statute = forms.CharField(label=gettext_lazy("法律依据（文件、条、款）"), max_length=200)
    reason = forms.CharField(
        label=gettext_lazy("事实与理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def finding_table(
    request: HttpRequest, rows: QuerySet[Finding], *, names_facility: bool = True
) -> Table:  # fmt: skip
    """Faults by deadline, overdue ones marked."""
    on = working_day()
    rows = rows.annotate(
        shown=Case(
            When(state="open", deadline__lt=on, then=Value("finding_overdue")),
            default=Concat(Value("finding_"), "state", output_field=CharField()),
            output_field=CharField(),
        )
    )
    columns = [
        Column("clause", _("条款"), is_heading=True, value=lambda r: f"{r.clause} {r.clause_text}", is_wide=True,
               href=lambda r: reverse("supervision_finding", args=[r.pk])),
        Column("area", _("领域"), value=lambda r: area_word(r.area)),
        Column("severity", _("程度"), kind="status", value=lambda r: f"severity_{r.severity}"),
        Column("found_on", _("发现"), kind="date", order_by="found_on"),
        Column("deadline", _("期限"), kind="date", order_by="deadline"),
        Column("shown", _("状态"), kind="status"),
    ]  # fmt: skip
    if names_facility:
        columns.insert(1, Column("facility", _("机构"), value=lambda r: r.facility.name))
    return Table(
        columns, rows.select_related("facility"), request, caption=_("检查问题"), name="findings", default_sort="deadline",
        export_name="findings", page_size=30, empty_title=_("没有问题"),
    )  # fmt: skip


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Faults that are not closed, by deadline; others by filter."""
    require("inspections.look")
    form = FilterForm(request.GET or None)
    state, area = request.GET.get("state", ""), request.GET.get("area", "")
    rows = Finding.objects.all()
    if state == "overdue":
        rows = rows.filter(state="open", deadline__lt=working_day())
    elif state in ("answered", "closed"):
        rows = rows.filter(state=state)
    elif state != "all":
        rows = rows.exclude(state="closed")
    if area:
        rows = rows.filter(area=area)
    table = finding_table(request, rows)
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "supervision/findings.html",
        {
            "tabs": tabs("supervision_findings"),
            "table": table,
            "form": form,
            "active": bool(state) + bool(area),
        },
    )


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One fault: what was seen, what was done, what may be done now."""
    require("inspections.look")
    row = asked(Finding, pk, "facility", "visit")
    is_open = row.state != "closed"
    events = Event.objects.filter(subject=f"finding:{row.pk}").order_by("-id")[:30]
    return render(
        request,
        "supervision/finding.html",
        {
            "tabs": tabs("supervision_findings"),
            "row": row,
            "state_code": f"finding_{row.state}",
            "severity_code": f"severity_{row.severity}",
            "is_overdue": row.state == "open" and row.deadline < working_day(),
            "area": area_word(row.area),
            "department": department_word(row.department),
            "rectifications": row.rectifications.order_by("-id")[:20],
            "rechecks": row.rechecks.select_related("by").order_by("-id")[:20],
            "penalties": row.penalties.order_by("-id"),
            "events": [{"on": one.on, "by": one.by, "shown": f"finding_{one.after}"} for one in events],
            "report": ReportForm(),
            "penalty": PenaltyForm(),
            "may_rectify": row.state == "open" and may("inspections.rectify"),
            "may_recheck": is_open and may("inspections.inspect"),
            "may_punish": may("inspections.inspect") and not row.penalties.exclude(state="dropped").exists(),
        },
    )


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Takes in a rectification, a re-check, or an intended penalty."""
    row, on = asked(Finding, pk), working_day()
    text = request.POST.get("text", "")[:1000]
    if act == "rectify":
        attempt(
            request,
            lambda: rectify(finding=row, text=text, upload=sent_file(request), on=on),
            done=_("已提交，等待复查。"),
        )
    elif act in ("pass", "fail"):
        attempt(
            request,
            lambda: recheck(
                finding=row, has_passed=act == "pass", text=text, photo=sent_file(request), on=on
            ),
            done=_("复查合格，已销号。") if act == "pass" else _("复查不合格，退回整改，期限不变。"),
        )
    elif act == "penalty":
        form = PenaltyForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            made = attempt(
                request,
                partial(
                    propose_penalty, finding=row, kind=told["kind"], amount_fen=int(told["amount"] or 0),
                    statute=told["statute"], reason=told["reason"], on=on,
                ),
                done=_("已告知机构，陈述申辩期满或机构陈述后由他人决定。"),
            )  # fmt: skip
            if made is not None:
                return redirect("supervision_penalty", made.pk)
        else:
            messages.error(request, _("请写明种类、法律依据和事实理由。"))
    else:
        raise Http404
    return redirect("supervision_finding", pk)


@require_safe
def file(request: HttpRequest, pk: int, kind: str, number: int) -> FileResponse:
    """A photo or paper of a fault, its rectifications or re-checks."""
    require("inspections.look")
    row = asked(Finding, pk, "photo")
    if kind == "finding":
        return as_download(row.photo)
    related: Any = {"rectification": row.rectifications, "recheck": row.rechecks}.get(kind)
    found = related.filter(pk=number).first() if related is not None else None
    if found is None:
        raise Http404
    return as_download(found.upload if kind == "rectification" else found.photo)
