"""What offices sent and what became of every row (数据接收): files, rows with their messages, sending a file in."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import require
from minzheng.kernel.access.permissions import may
from minzheng.kernel.linkage.queries import open_pairs
from minzheng.kernel.periods import Month
from minzheng.kernel.sources import queries
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.export import write_report
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.ui.exports import XLSX
from minzheng.kernel.ui.forms import MonthField
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web import jobs
from minzheng.surfaces.web.work import received, reviews
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import is_english

SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".json", ".jsonl")


class SendForm(forms.Form):
    """A file from an office; the month only where the file does not say it."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "CSV、Excel（.xlsx）或 JSON，不超过 15 MB。同一个文件重复发送不会改变任何内容。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": gettext_lazy("请选择文件"), "empty": gettext_lazy("这个文件是空的")},
    )
    period = MonthField(
        label=gettext_lazy("所属月份"),
        required=False,
        help_text=gettext_lazy("文件里写明月份的，不必填。"),
    )

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent.size > jobs.LARGEST_FILE:
            raise forms.ValidationError(_("文件超过 15 MB，请分成几个文件，或交系统管理员用命令行接收"))
        if not sent.name.lower().endswith(SUFFIXES):
            raise forms.ValidationError(_("只接收 CSV、.xlsx 或 JSON 文件；旧版 .xls 请另存为 .xlsx"))
        return sent


def tabs(current: str) -> list[NavItem]:
    """The area's two pages, the queue with how much waits in it."""
    return [
        NavItem(_("收到的文件"), reverse("work_feeds"), current == "files"),
        NavItem(_("待核处"), reverse("work_review"), current == "review", queries.open_reviews()),
        NavItem(_("疑似同一人"), reverse("linkage"), False, open_pairs()),
    ]


@require_safe
def overview(request: HttpRequest, form: SendForm | None = None) -> HttpResponse:
    """The files received, the latest first, each with its rows by outcome; what is still being loaded."""
    require("sources.look")
    table = Table(
        columns=[
            Column("name", _("文件"), is_heading=True, order_by="name",
                   href=lambda f: reverse("work_feed", args=[f.pk]), hint=lambda f: received.contract_title(f.contract)),
            Column("period", _("所属月份"), kind="month", order_by="period"),
            Column("state", _("状态"), kind="status", value=lambda f: f"feedfile_{f.state}"),
            Column("rows", _("数据行"), kind="count", value=lambda f: f.counts.get("rows", 0)),
            Column("taken", _("采用"), kind="count", value=_taken),
            Column("warned", _("有提示"), kind="count", value=lambda f: f.counts.get("taken_with_warning", 0)),
            Column("review", _("待核处"), kind="count", value=lambda f: f.counts.get("review", 0)),
            Column("refused", _("未采用"), kind="count", value=lambda f: f.counts.get("refused", 0)),
            Column("received_at", _("接收时间"), kind="time", order_by="received_at"),
        ],
        source=FeedFile.objects.order_by("-received_at", "-id"),
        request=request, caption=_("收到的文件"), export_name=_("收到的文件"), page_size=30,
        empty_title=_("还没有收到文件"), empty_text=_("用本页的表单，或由管理员用 minzheng feeds load 接收。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    allowed = may("sources.load")
    return render(
        request,
        "web/work/feeds.html",
        {
            "table": table,
            "tabs": tabs("files"),
            "form": (form or SendForm()) if allowed else None,
            "waiting": jobs.waiting_files() if allowed else [],
        },
    )


def _taken(file: FeedFile) -> int:
    return sum(int(file.counts.get(name, 0)) for name in ("taken", "taken_with_warning", "unchanged"))


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Takes a file from an official's computer and queues its loading."""
    require("sources.load")
    form = SendForm(request.POST, request.FILES)
    if not form.is_valid():
        request.method = "GET"
        return overview(request, form)
    sent = form.cleaned_data["file"]
    jobs.receive_file(content=sent.read(), name=sent.name, period=form.cleaned_data["period"])
    messages.success(request, _("已收到“%(name)s”，正在后台核查写入。") % {"name": jobs.safe_name(sent.name)})
    return redirect("work_feeds")


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The part of the page that tells what is being loaded; asks again until nothing waits."""
    require("sources.load")
    found = jobs.waiting_files()
    if not any(one["state"] != "failed" for one in found):
        # What waited is done: the page shows it in its list.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "web/work/feeds_waiting.html", {"waiting": found})


class RowFilter(forms.Form):
    """Which rows of a file to show."""

    outcome = forms.ChoiceField(label=gettext_lazy("结果"), required=False)
    field = forms.ChoiceField(label=gettext_lazy("字段"), required=False)
    code = forms.ChoiceField(label=gettext_lazy("问题"), required=False)

    def __init__(self, data: Any, file: FeedFile, told: dict[str, Any]) -> None:
        super().__init__(data)
        contract = contracts().get(file.contract)
        fields = contract.fields.values() if contract else ()
        every = [("", _("全部"))]
        offer(
            self,
            "outcome",
            [("", _("需要注意的")), ("all", _("全部"))]
            + [(code, str(label)) for code, (label, _tone) in received.OUTCOMES.items()],
        )
        offer(self, "field", every + [(f.label, f.label_en if is_english() else f.label) for f in fields])
        offer(self, "code", every + [(one["code"], one["what"]) for one in told["codes"]])


@require_safe
def feed(request: HttpRequest, file_id: int) -> HttpResponse:
    """One file: its rows by outcome, and for each row what was wrong, what was expected and what was done."""
    require("sources.look")
    file = FeedFile.objects.filter(pk=file_id).first()
    if file is None:
        raise Http404
    told = queries.summary(file)
    form = RowFilter(request.GET, file, told)
    chosen = {k: v for k, v in (form.cleaned_data if form.is_valid() else {}).items() if v}
    after = request.GET.get("after", "")
    # Rows that were simply taken have nothing to say: they are shown when asked for.
    asked = {"outcome": "attention"} | chosen if set(chosen) <= {"outcome"} else dict(chosen)
    if asked.get("outcome") == "all":
        del asked["outcome"]
    page = queries.report_rows(
        file, **asked, after=int(after) if after.isascii() and after.isdigit() else 0, limit=30
    )
    contract = contracts().get(file.contract)
    columns = {one["sheet"]: one.get("columns", {}) for one in file.columns}
    rows = [
        {
            **row,
            "status": f"feedrow_{row['outcome'] or 'waiting'}",
            "kind_label": received.ROW_KINDS.get(row["kind"], row["kind"]),
            "cells": received.cells(row, contract, columns.get(row["sheet"], {})),
            "messages": received.messages(row["messages"], contract),
        }
        for row in page.rows
    ]
    here = reverse("work_feed", args=[file.pk])
    return render(
        request,
        "web/work/feed.html",
        {
            "file": file,
            "title": received.contract_title(file.contract),
            "state": f"feedfile_{file.state}",
            "month": Month.of(file.period) if file.period else None,
            "told": told,
            "outcomes": [
                {
                    "label": received.OUTCOMES[code][0],
                    "count": count,
                    "href": f"{here}?{urlencode({'outcome': code})}",
                }
                for code, count in told["outcomes"].items()
            ],
            "codes": _codes_table(request, told, here),
            "notes": received.messages(told["notes"], contract),
            "form": form,
            "here": here,
            "active": len(chosen),
            "rows": rows,
            "next": f"{here}?{urlencode({**chosen, 'after': page.next})}" if page.next else "",
            "is_first": not after,
            "first": f"{here}?{urlencode(chosen)}",
            "may_export": may("sources.load"),
        },
    )


def _codes_table(request: HttpRequest, told: dict[str, Any], here: str) -> Table:
    return Table(
        columns=[
            Column("what", _("说了什么"), is_heading=True, is_wide=True,
                   href=lambda one: f"{here}?{urlencode({'code': one['code']})}"),
            Column("level", _("级别"), kind="status", value=lambda one: f"level_{one['level']}"),
            Column("count", _("次数"), kind="count"),
        ],
        source=told["codes"], request=request, caption=_("核查中说到的问题"), name="codes", page_size=100,
        is_exportable=False, empty_title=_("没有任何问题"),
    )  # fmt: skip


@require_safe
def report(request: HttpRequest, file_id: int) -> HttpResponse:
    """The whole report as a workbook to send back to the office; it repeats the office's own rows."""
    require("sources.load")
    file = FeedFile.objects.filter(pk=file_id).first()
    if file is None:
        raise Http404
    buffer = io.BytesIO()
    write_report(file, buffer)
    answer = HttpResponse(buffer.getvalue(), content_type=XLSX)
    name = quote(_("接收报告 %(name)s") % {"name": file.name.rsplit(".", 1)[0]})
    answer["Content-Disposition"] = f"attachment; filename=\"report.xlsx\"; filename*=UTF-8''{name}.xlsx"
    return answer


urls = [
    path("feeds/", overview, name="work_feeds"),
    path("feeds/send/", send, name="work_feeds_send"),
    path("feeds/waiting/", waiting, name="work_feeds_waiting"),
    path("feeds/<int:file_id>/", feed, name="work_feed"),
    path("feeds/<int:file_id>/report.xlsx", report, name="work_feed_report"),
    *reviews.urls,
]
