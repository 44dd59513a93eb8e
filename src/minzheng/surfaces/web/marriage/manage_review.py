"""The monthly review of files (档案抽查): a draw that anybody can repeat, each file's review, faults by clause."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration.models import Draw, FileFault, SampledFile
from minzheng.domains.marriage_registration.queries import faults_by_clause
from minzheng.domains.marriage_registration.sampling import clauses, draw_sample, mend_fault, review_file
from minzheng.kernel.access import may, require
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.desk_pages import show
from minzheng.surfaces.web.marriage.manage import office_in_scope
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

DRAWS = 24


class DrawForm(forms.Form):
    month = MonthField(label=gettext_lazy("抽查月份"))
    seed = forms.CharField(
        label=gettext_lazy("公开种子"), max_length=80,
        help_text=gettext_lazy("抽取前公布，例如当日某公开数字；任何人凭种子和名单可以重抽核对。"),
    )  # fmt: skip


class ReviewForm(forms.Form):
    """Clauses that the file breaks, and what is wrong; none is a clean file."""

    clauses = forms.MultipleChoiceField(
        label=gettext_lazy("违反条款"), widget=forms.CheckboxSelectMultiple, required=False
    )
    words = forms.CharField(
        label=gettext_lazy("差错情况"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "clauses", [(code, clause_name(code)) for code in clauses()])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("clauses") and not given.get("words", "").strip():
            self.add_error("words", _("请写明差错情况"))
        return given


def clause_name(code: str) -> str:
    found = clauses().get(code)
    if found is None:
        return code
    return found.label_en if is_english() else found.label


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """An office's draws, and this year's faults by clause."""
    require("marriage.review")
    office = office_in_scope(pk)
    assert office is not None
    return _page(request, office)


def _page(request: HttpRequest, office: Any, form: DrawForm | None = None) -> HttpResponse:
    on = working_day()
    faults = [
        row | {"name": clause_name(str(row["clause"]))}
        for row in faults_by_clause(
            division_code=office.division_code, first=on.replace(month=1, day=1), last=on
        )
        if row["office_id"] == office.pk
    ]
    table = Table(
        columns=[
            Column("name", _("条款"), is_heading=True), Column("found", _("差错"), kind="count"),
            Column("mended", _("已整改"), kind="count"),
        ],
        source=faults, request=request, caption=_("本年差错（按条款）"), export_name="marriage-faults",
        totals={key: sum(int(str(row[key])) for row in faults) for key in ("found", "mended")},
        empty_title=_("本年没有登记差错"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    draws = list(Draw.objects.filter(office=office).order_by("-month")[:DRAWS])
    return show(
        request, "review",
        {"office": office, "draws": draws, "table": table,
         "form": form or DrawForm(auto_id="draw_%s", initial={"month": Month.of(on) - 1})},
        tab="marriage_manage",
    )  # fmt: skip


@require_POST
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Draws a month's files."""
    require("marriage.review")
    office, form = office_in_scope(pk), DrawForm(request.POST, auto_id="draw_%s")
    assert office is not None
    if not form.is_valid():
        return _page(request, office, form)
    made = attempt(
        request,
        lambda: draw_sample(office=office, on=working_day(), **form.cleaned_data),
        done=_("已抽取。"),
    )
    return redirect("marriage_draw", made.pk) if made else redirect("marriage_review", pk)


@require_safe
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """One draw: how it was made, its files, what was found in each."""
    require("marriage.review")
    row = Draw.objects.select_related("office").filter(pk=pk).first()
    if row is None:
        raise Http404
    files = list(
        row.files.select_related("registration", "reviewed_by").prefetch_related("faults").order_by("id")
    )
    return show(
        request, "sample",
        {
            "draw": row, "clean": sum(1 for one in files if one.reviewed_on and not one.faults.all()),
            "left": sum(1 for one in files if not one.reviewed_on),
            "files": [
                {"one": one, "href": reverse("marriage_entry", args=[one.registration_id]),
                 "faults": [(fault, clause_name(fault.clause)) for fault in one.faults.all()],
                 "form": ReviewForm(auto_id=f"file{one.pk}_%s") if not one.reviewed_on else None}
                for one in files
            ],
            "may_mend": may("marriage.review"),
        },
        tab="marriage_manage",
    )  # fmt: skip


@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Books what was found in one file."""
    require("marriage.review")
    file = SampledFile.objects.filter(pk=pk).first()
    if file is None:
        raise Http404
    form = ReviewForm(request.POST)
    if form.is_valid():
        faults = [(code, form.cleaned_data["words"]) for code in form.cleaned_data["clauses"]]
        attempt(
            request,
            lambda: review_file(file=file, faults=faults, on=working_day()),
            done=_("复查结果已登记。"),
        )
    else:
        messages.error(request, _("请写明差错情况"))
    return redirect("marriage_draw", file.draw_id)


@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Books that a fault was put right."""
    require("marriage.review")
    fault = FileFault.objects.select_related("file").filter(pk=pk).first()
    if fault is None:
        raise Http404
    attempt(request, lambda: mend_fault(fault=fault, on=working_day()), done=_("已登记整改。"))
    return redirect("marriage_draw", fault.file.draw_id)
