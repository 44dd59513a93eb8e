"""Notices of awards that start without an application: windows that run, objections, opting out (告知与异议)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look, record
from minzheng.kernel.outreach import actions
from minzheng.kernel.outreach.models import Notice
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import path_names
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.queries import leads as queries
from minzheng.surfaces.web.work.tabs import lead_tabs
from minzheng.surfaces.web.work.words import (
    NOTICE_STATES,
    benefit_name,
    due_words,
    place_names,
    programme_name,
)


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("异议内容"),
        min_length=2,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def overview(request: HttpRequest) -> HttpResponse:
    """Notices with a running window or an open objection."""
    require("outreach.look")
    on = working_day()
    state = request.GET.get("state", "")
    state = state if state in NOTICE_STATES else ""
    found = queries.notices(state=state)
    places = place_names(queries.places_of(found))
    table = Table(
        columns=[
            Column("person.name", _("姓名"), is_heading=True, href=lambda n: reverse("work_notice", args=[n.pk])),
            Column("benefit", _("待遇"), value=lambda n: benefit_name(n.benefit)),
            Column("amount_fen", _("月标准"), kind="money", order_by="amount_fen"),
            Column("start_month", _("起始月份"), kind="month", order_by="start_month"),
            Column("division_code", _("居（村）委"), value=lambda n: places.get(n.division_code, n.division_code), order_by="division_code"),
            Column("window_until", _("异议期至"), kind="date", order_by="window_until",
                   hint=lambda n: due_words(n.window_until, on)[0] if n.window_until and n.state == "issued" else ""),
            Column("state", _("状态"), kind="status", value=lambda n: f"notice_{n.state}"),
        ],
        source=found,
        request=request,
        caption=_("告知书"),
        export_name="notices",
        page_size=25,
        empty_title=_("没有进行中的告知"),
        empty_text=_("免申即享的待遇在发放前先告知本人，异议期内可以提出异议或放弃。"),
    )  # fmt: skip
    if table.wants_export:
        record("outreach.export_list", detail={"notices": table.count})
        return table.excel_response()
    states = [NavItem(_("进行中"), reverse("work_notices"), not state)] + [
        NavItem(str(label), f"{reverse('work_notices')}?state={code}", state == code)
        for code, (label, _tone) in NOTICE_STATES.items()
    ]
    return render(
        request,
        "web/work/lead_notices.html",
        {"table": table, "tabs": lead_tabs("work_notices"), "states": states},
    )


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its letter, and the objection or the opting out to record."""
    require("outreach.look")
    notice = get_object_or_404(Notice.objects.select_related("person"), pk=pk)
    look(notice.person_id, purpose="告知书", division_code=notice.division_code)
    on = working_day()
    is_open = notice.state in ("issued", "objected")
    may_object = may("outreach.object", notice.programme)
    return render(
        request,
        "web/work/lead_notice.html",
        {
            "notice": notice,
            "state": f"notice_{notice.state}",
            "benefit": benefit_name(notice.benefit),
            "programme": programme_name(notice.programme),
            "place": path_names([notice.division_code])[notice.division_code],
            "due": due_words(notice.window_until, on)[0] if notice.window_until and is_open else "",
            "objection": ObjectionForm() if notice.state == "issued" and may_object else None,
            "opt_out": NoteForm(auto_id="opt_out_%s") if is_open and may_object else None,
            "settlement": NoteForm(auto_id="settle_%s")
            if notice.state == "objected" and may("awards.grant", notice.programme)
            else None,
            "explain_url": reverse(
                "work_explain", args=[notice.person_id, notice.benefit, Month.of(notice.month)]
            )
            if may("rules.explain")
            else "",
        },
    )


@require_POST
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Records an objection."""
    notice = get_object_or_404(Notice, pk=pk)
    require("outreach.object", notice.programme)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明异议内容。"))
        return redirect("work_notice", pk)
    attempt(
        request,
        lambda: actions.object_to(notice=pk, on=working_day(), words=form.cleaned_data["words"]),
        done=_("异议已登记，处理完之前不会发放。"),
    )
    return redirect("work_notice", pk)


@require_POST
def opt_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Records that the person does not want the benefit."""
    notice = get_object_or_404(Notice, pk=pk)
    require("outreach.object", notice.programme)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    attempt(
        request,
        lambda: actions.opt_out(
            person_id=notice.person_id, programme=notice.programme, on=working_day(), note=note
        ),
        done=_("已登记本人放弃；随时可以撤回。"),
    )
    return redirect("work_notice", pk)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settles an objection: upheld, or the notice goes on."""
    notice = get_object_or_404(Notice, pk=pk)
    require("awards.grant", notice.programme)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"].strip() if form.is_valid() else ""
    if not note:
        messages.error(request, _("请写明处理意见。"))
        return redirect("work_notice", pk)
    upheld = request.POST.get("upheld") == "1"
    attempt(
        request,
        lambda: actions.settle_objection(notice=pk, upheld=upheld, on=working_day(), note=note),
        done=_("异议成立，告知已撤回。") if upheld else _("异议不成立，告知继续有效。"),
    )
    return redirect("work_notice", pk)


urls = [
    path("notices/", overview, name="work_notices"),
    path("notices/<int:pk>/", page, name="work_notice"),
    path("notices/<int:pk>/object/", object_to, name="work_notice_object"),
    path("notices/<int:pk>/opt-out/", opt_out, name="work_notice_opt_out"),
    path("notices/<int:pk>/settle/", settle, name="work_notice_settle"),
]
