"""Saved what-ifs: own ones and those that were shared; proposals that wait for another officer."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.reforms.models import Reform, ReformFigure, State
from minzheng.kernel.reforms.queries import reforms, waiting_promotions
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.reforms.words import change_views
from minzheng.surfaces.web.work.choices import offer


class VersusForm(forms.Form):
    """Two saved reforms to be set beside each other."""

    a = forms.ChoiceField(label=gettext_lazy("试算甲"))
    b = forms.ChoiceField(label=gettext_lazy("试算乙"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        done = reforms().filter(state=State.DONE)[:100]
        listed = [(str(r.pk), f"{r.title}（{r.when}）") for r in done]
        for at, name in enumerate(("a", "b")):
            offer(self, name, listed)
            self.fields[name].initial = listed[at][0] if at < len(listed) else None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list, the newest first."""
    require("reforms.look")
    costs = _costs()
    table = Table(
        [
            Column("title", _("名称"), is_heading=True, href=lambda r: reverse("reform", args=[r.pk]), hint=_changes),
            Column("month", _("月份"), kind="month", order_by="month"),
            Column("state", _("状态"), kind="status"),
            Column("cost", _("每月增支"), kind="money", value=lambda r: costs.get(r.pk)),
            Column("created_by", _("经办"), value=lambda r: r.created_by.name, hint=_shared),
            Column("created_at", _("提交时间"), kind="time", order_by="created_at"),
        ],
        reforms(), request, caption=_("试算记录"), export_name="reforms", page_size=20,
        empty_title=_("还没有试算"), empty_text=_("选择参数、填写新值，看一看谁会受益、要花多少钱。"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    versus = VersusForm()
    actor = current_actor()
    return render(
        request,
        "reforms/overview.html",
        {
            "table": table,
            "may_run": may("reforms.run"),
            "versus": versus if table.count and table.count > 1 else None,
            "waiting": [
                {
                    "title": p.reform.title,
                    "href": reverse("reform_promotion", args=[p.reform_id]),
                    "text": p.paper,
                    "due_text": _("本人拟稿，须由他人复核")
                    if actor and p.proposed_by_id == actor.official_id
                    else _("待复核"),
                }
                for p in (waiting_promotions()[:20] if may("reforms.promote") else [])
            ],
        },
    )


def _costs() -> dict[int, int]:
    """Cost a month by reform, as far as the reader may see it, in one reading."""
    rows = ReformFigure.objects.filter(dimension="all", is_masked=not may("people.look")).order_by(
        "-reform_id"
    )[:200]
    return {
        row.reform_id: row.values["after_fen"] - row.values["before_fen"]
        for row in rows
        if row.values["after_fen"] is not None
    }


def _changes(reform: Reform) -> str:
    return "；".join(view.short for view in change_views(reform))


def _shared(reform: Reform) -> str:
    return _("已共享") if reform.is_shared else _("仅本人可见")
