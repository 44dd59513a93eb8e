"""The trace on screen: who did what, who looked at whom, and whether the chain is whole (操作记录)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.access import require
from minzheng.kernel.access.permissions import may, role_name
from minzheng.kernel.audit import chain, queries, record
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.act_words import act_name

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Filter(forms.Form):
    """What to show; every field may stay empty."""

    act = forms.CharField(label=gettext_lazy("动作"), required=False, max_length=80)
    person = forms.IntegerField(label=gettext_lazy("人员编号"), required=False, min_value=1)
    since = forms.DateField(label=gettext_lazy("自"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("至"), required=False, widget=DayInput())


def entries(request: HttpRequest) -> HttpResponse:
    """The trace within the reader's scope, the latest first; never counted, because it only grows."""
    require("audit.look")
    form = Filter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = queries.entries(
        act=chosen.get("act") or "",
        person_id=chosen.get("person"),
        since=_start(chosen.get("since")),
        until=_start(chosen.get("until"), days=1),
    )
    table = Table(
        columns=[
            Column("at", _("时间"), kind="time", is_heading=True),
            Column(
                "actor_label",
                _("谁"),
                value=lambda entry: entry.actor_label or entry.detail.get("username", ""),
                hint=lambda entry: role_name(entry.role),
            ),
            Column("act", _("动作"), value=lambda entry: act_name(entry.act), hint=lambda entry: entry.act),
            Column("subject", _("对象"), is_wide=True),
            Column("person_id", _("人员编号")),
            Column("reason", _("用途和理由"), value=_why, is_wide=True),
        ],
        source=found,
        request=request,
        caption=_("操作记录"),
        is_counted=False,
        is_exportable=False,
    )
    return render(
        request,
        "web/work/audit.html",
        {"table": table, "form": form, "verified": request.session.pop("audit_verified", None),
         "may_verify": may("audit.verify")},
    )  # fmt: skip


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recomputes the whole chain and shows the result on the page."""
    require("audit.verify")
    report = chain.verify(chain.stored_links())
    record("audit.verify", detail={"whole": report.whole, "entries": report.entries})
    request.session["audit_verified"] = report.as_json()
    return redirect("work_audit")


def _why(entry: Entry) -> str:
    """The purpose of a look and the words of whoever acted."""
    purpose = entry.detail.get("purpose", "")
    return " · ".join(part for part in (_(purpose) if purpose else "", entry.reason) if part)


def _start(day: date | None, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time.min, SHANGHAI) if day else None


urls = [
    path("audit/", entries, name="work_audit"),
    path("audit/verify/", verify, name="work_audit_verify"),
]
