"""What was decided, the merges done, and taking either back with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.linkage import queries
from minzheng.kernel.linkage.actions import CannotLink, take_back_merge, undo
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.people.models import Merge
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.linkage import words
from minzheng.surfaces.web.linkage.queue import names_of, source_of
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.day import working_day

_UNDOABLE = ("same", "automatic", "different")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Decisions within the post's scope, the latest first."""
    require("sources.look")
    table = Table(
        columns=[
            Column("pair", _("疑似同一人"), is_heading=True, value=names_of,
                   href=lambda one: reverse("linkage_pair", args=[one.pk]), hint=source_of),
            Column("state", _("结果"), kind="status", order_by="state", value=lambda one: f"linkage_{one.state}"),
            Column("decided_by", _("经办人"), value=lambda one: one.undone_by or one.decided_by,
                   hint=lambda one: one.undone_reason or one.reason),
            Column("decided_at", _("处理时间"), kind="time", order_by="decided_at"),
            Column("undo", _("撤销"), value=lambda one: _("撤销") if _may_undo(one) else "—",
                   href=lambda one: reverse("linkage_undo", args=[one.pk]) if _may_undo(one) else ""),
        ],
        source=queries.decided().select_related("review__row"), request=request, caption=_("比对处理记录"),
        is_exportable=False, page_size=40, empty_title=_("还没有处理过的记录"),
    )  # fmt: skip
    return render(
        request, "web_linkage/list.html",
        {"table": table, "tabs": words.tabs("linkage_done"), "title": _("比对处理记录"),
         "lead": _("判断过的疑似记录。关联和合并都可以撤销，登记恢复原样。")},
    )  # fmt: skip


def _may_undo(one: Proposal) -> bool:
    return one.state in _UNDOABLE and may("people.merge" if one.other_id else "sources.review")


@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """Merged records, those taken back among them."""
    require("people.look")
    table = Table(
        columns=[
            Column("survivor", _("保留的档案"), is_heading=True, value=lambda one: f"{one.survivor.name}（{one.survivor_id}）",
                   href=lambda one: reverse("work_person", args=[one.survivor_id])),
            Column("absorbed", _("并入的档案"), value=lambda one: f"{one.absorbed.name}（{one.absorbed_id}）"),
            Column("reason", _("理由"), value=lambda one: one.undone_reason or one.reason),
            Column("merged_at", _("合并时间"), kind="time", order_by="merged_at"),
            Column("state", _("状态"), kind="status", value=lambda one: f"linkage_{'undone' if one.undone_on else 'standing'}"),
            Column("undo", _("撤销"), value=lambda one: _("撤销") if _may_part(one) else "—",
                   href=lambda one: reverse("linkage_undo_merge", args=[one.pk]) if _may_part(one) else ""),
        ],
        source=queries.merges(), request=request, caption=_("档案合并记录"), is_exportable=False, page_size=40,
        empty_title=_("没有合并过档案"),
    )  # fmt: skip
    return render(
        request, "web_linkage/list.html",
        {"table": table, "tabs": words.tabs("linkage_merges"), "title": _("档案合并记录"),
         "lead": _("两份档案合并为一份的记录。撤销后各归原档，此后新增的内容留在保留的档案中。")},
    )  # fmt: skip


def _may_part(one: Merge) -> bool:
    return one.undone_on is None and may("people.merge")


class UndoForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("撤销理由"),
        min_length=4,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明为什么撤销，至少四个字。"),
        error_messages={"required": gettext_lazy("请写明理由"), "min_length": gettext_lazy("理由至少四个字")},
    )


@require_http_methods(["GET", "POST"])
def undo_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a decision back."""
    proposal = Proposal.objects.select_related("person", "other", "review__row").filter(pk=pk).first()
    require("people.merge" if proposal is not None and proposal.other_id else "sources.review")
    if proposal is None:
        raise Http404
    return _undo(
        request, names_of(proposal), proposal.reason, "linkage_done",
        lambda reason: undo(proposal_id=pk, reason=reason, on=working_day()),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def undo_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Parts two records again."""
    require("people.merge")
    merge = Merge.objects.select_related("survivor", "absorbed").filter(pk=pk).first()
    if merge is None:
        raise Http404
    return _undo(
        request, f"{merge.absorbed.name} → {merge.survivor.name}", merge.reason, "linkage_merges",
        lambda reason: take_back_merge(merge=merge, reason=reason, on=working_day()),
    )  # fmt: skip


def _undo(request: HttpRequest, what: str, was: str, back: str, act: Callable[[str], Any]) -> HttpResponse:
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except CannotLink as refusal:
            form.add_error(None, said(refusal))
        else:
            messages.success(request, _("已撤销，登记恢复原样。"))
            return redirect(back)
    context = {"form": form, "what": what, "was": was, "back": reverse(back)}
    return render(request, "web_linkage/undo.html", context)
