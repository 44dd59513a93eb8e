"""The queue: pairs that may be one person, for the office responsible for the place (疑似同一人)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.linkage import queries
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.linkage import words
from minzheng.surfaces.web.work import received
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import place_names


class QueueFilter(forms.Form):
    """Which pairs to show."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = [("", _("全部"))]
        offer(self, "kind", [*every, ("rows", _("来文数据与档案")), ("people", _("两份档案"))])
        offer(self, "state", [*every, ("open", _("待判断")), ("visit", _("待走访核实"))])


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Within the post's scope, the surest first."""
    require("sources.look")
    form = QueueFilter(request.GET)
    chosen = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    places = place_names(_codes())
    table = Table(
        columns=[
            Column("pair", _("疑似同一人"), is_heading=True, value=names_of,
                   href=lambda one: reverse("linkage_pair", args=[one.pk]), hint=source_of),
            Column("probability", _("可能性"), order_by="weight", kind="text", value=lambda one: words.certainty(one.probability)),
            Column("division_code", _("所在地"), order_by="division_code", value=lambda one: places.get(one.division_code, one.division_code)),
            Column("state", _("状态"), kind="status", value=lambda one: f"linkage_{one.state}"),
            Column("created_at", _("提出时间"), kind="time", order_by="created_at"),
        ],
        source=queries.queue(**chosen), request=request, caption=_("疑似同一人"), is_exportable=False, page_size=40,
        empty_title=_("没有疑似同一人的记录"), empty_text=_("待核处的数据写入后，会自动与人口库比对。"),
    )  # fmt: skip
    context = {"table": table, "form": form, "tabs": words.tabs("linkage"), "active": len(chosen)}
    return render(request, "web_linkage/queue.html", context)


def _codes() -> list[str]:
    found = queries.waiting().order_by().values_list("division_code", flat=True).distinct()
    return list(found[:2000])


def names_of(one: Proposal) -> str:
    """Both names, the row's or the older record's first."""
    first = (
        one.other.name
        if one.other
        else str((one.review and one.review.evidence.get("values", {}).get("name")) or "")
    )
    return f"{first or _('（无姓名）')} ～ {one.person.name or _('（无姓名）')}"


def source_of(one: Proposal) -> str:
    """Where the first of the two comes from."""
    if one.review is None:
        return _("两份档案")
    return " · ".join(
        (received.contract_title(one.review.contract), _("第 %(line)s 行") % {"line": one.review.row.line})
    )
