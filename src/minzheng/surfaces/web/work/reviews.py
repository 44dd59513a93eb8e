"""Rows that a person has to decide on (待核处): the evidence side by side, whom it may be, the decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel.access import require
from minzheng.kernel.access.permissions import may
from minzheng.kernel.audit import look, record
from minzheng.kernel.linkage.queries import open_pairs
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.sources import queries
from minzheng.kernel.sources.actions import CannotDecide, decide_review
from minzheng.kernel.sources.contract import Contract, contracts
from minzheng.kernel.sources.models import ReviewItem
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work import received
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import place_names


class QueueFilter(forms.Form):
    """Which rows to show: of one office, of one reason, open or decided."""

    contract = forms.ChoiceField(label=gettext_lazy("数据来源"), required=False)
    code = forms.ChoiceField(label=gettext_lazy("原因"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(self, data: Any, codes: list[tuple[str, str]]) -> None:
        super().__init__(data)
        every = [("", _("全部"))]
        offer(self, "contract", every + [(name, received.contract_title(name)) for name in contracts()])
        offer(self, "code", every + codes)
        offer(self, "state", [(code, str(label)) for code, (label, _tone) in received.REVIEW_STATES.items()])
        self.fields["state"].required = False


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue within the post's scope, the oldest first."""
    require("sources.look")
    known = ReviewItem.objects.values_list("code", flat=True).distinct().order_by("code")
    form = QueueFilter(request.GET or {"state": "open"}, [(code, _why(code)) for code in known])
    chosen = {k: v for k, v in (form.cleaned_data if form.is_valid() else {"state": "open"}).items() if v}
    table = Table(
        columns=[
            Column("code", _("原因"), is_heading=True, order_by="code", value=lambda i: _why(i.code),
                   href=lambda i: reverse("work_review_item", args=[i.pk]), hint=_hint),
            Column("contract", _("数据来源"), order_by="contract", value=lambda i: received.contract_title(i.contract)),
            Column("candidates", _("可能是"), value=lambda i: "、".join(one["name"] for one in i.candidates[:3]) or "—"),
            Column("state", _("状态"), kind="status", value=lambda i: f"review_{i.state}"),
            Column("created_at", _("送核时间"), kind="time", order_by="created_at"),
        ],
        source=ReviewItem.objects.filter(**chosen).select_related("row").order_by("pk"),
        request=request, caption=_("待核处"), is_exportable=False, page_size=40,
        empty_title=_("没有待核处的数据"), empty_text=_("办公室送来的数据都已写入或处理完毕。"),
    )  # fmt: skip
    tabs = [
        NavItem(_("收到的文件"), reverse("work_feeds")),
        NavItem(_("待核处"), reverse("work_review"), True, queries.open_reviews()),
        NavItem(_("疑似同一人"), reverse("linkage"), False, open_pairs()),
    ]
    return render(
        request,
        "web/work/review.html",
        {"table": table, "form": form, "tabs": tabs, "active": len(chosen) - 1},
    )


def _why(code: str) -> str:
    found = queries.sentences().get(code)
    return (found.what_en if received.is_english() else found.what) if found else code


def _hint(item: ReviewItem) -> str:
    name = item.evidence.get("values", {}).get("name", "")
    return " · ".join(part for part in (str(name), _("第 %(line)s 行") % {"line": item.row.line}) if part)


class DecisionForm(forms.Form):
    """What becomes of the row, with the reason that stays in the trace."""

    action = forms.ChoiceField(
        label=gettext_lazy("如何处理"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择如何处理")},
    )
    person_id = forms.IntegerField(
        label=gettext_lazy("关联到的人员编号"),
        required=False,
        min_value=1,
        help_text=gettext_lazy(
            "选择“关联到已登记的人”时填写；右侧候选人的编号可直接使用，其他人请先在“人员”中查到。"
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        min_length=4,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写明核对了什么，至少四个字。"),
        error_messages={"required": gettext_lazy("请写明理由"), "min_length": gettext_lazy("理由至少四个字")},
    )

    def __init__(self, data: Any, told: dict[str, Any], contract: Contract | None) -> None:
        initial = {"person_id": told["candidates"][0]["person_id"]} if len(told["candidates"]) == 1 else {}
        super().__init__(data, initial=initial)
        offer(self, "action", [(code, str(received.ACTIONS[code])) for code in told["actions"]])
        doubted = {one["field"] for one in told["messages"] if one["level"] in ("review", "refused")}
        self.corrected = [f for f in contract.fields.values() if f.label in doubted] if contract else []
        for field in self.corrected:
            self.fields[f"value_{field.name}"] = forms.CharField(
                label=_("更正：%(field)s") % {"field": received.field_label(contract, field.name)},
                required=False,
                max_length=200,
                help_text=_("按核实的内容填写，留空则用送来的值。"),
            )

        self.order_fields(
            ["action", "person_id", *(f"value_{field.name}" for field in self.corrected), "reason"]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("action") == "link" and not cleaned.get("person_id"):
            self.add_error("person_id", _("请填写关联到的人员编号"))
        return cleaned

    def values(self) -> dict[str, str]:
        """The cells to read instead of those sent."""
        typed = {field.name: self.cleaned_data[f"value_{field.name}"].strip() for field in self.corrected}
        return {name: text for name, text in typed.items() if text}


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One row: as sent, why it waits, whom it may be; and the decision."""
    require("sources.look")
    found = ReviewItem.objects.select_related("row__file").filter(pk=item_id).first()
    if found is None:
        raise Http404
    told = queries.review_item(found)
    contract = contracts().get(found.contract)
    form = None
    if may("sources.review") and found.state == ReviewItem.State.OPEN:
        form = DecisionForm(request.POST or None, told, contract)
    if request.method == "POST":
        require("sources.review")
        if form is None:
            messages.error(request, _("这一行已经处理过了。"))
            return redirect("work_review_item", item_id)
        if form.is_valid():
            try:
                decide_review(
                    item_id=item_id,
                    action=form.cleaned_data["action"],
                    reason=form.cleaned_data["reason"],
                    person_id=form.cleaned_data["person_id"]
                    if form.cleaned_data["action"] == "link"
                    else None,
                    values=form.values(),
                )
            except CannotDecide as refusal:
                form.add_error(None, said(refusal))
            else:
                messages.success(request, _("已处理，结果已记入接收报告。"))
                return redirect(_next_open(item_id))
    else:
        record("sources.look_row", subject=f"sources.review:{item_id}", division_code=found.division_code,
               person_id=found.row.person_id)  # fmt: skip
    columns: dict[str, Any] = next(
        (one.get("columns", {}) for one in found.row.file.columns if one["sheet"] == found.row.sheet), {}
    )
    return render(
        request,
        "web/work/review_item.html",
        {
            "item": found,
            "told": told,
            "title": received.contract_title(found.contract),
            "state": f"review_{found.state}",
            "place": place_names([found.division_code])[found.division_code] if found.division_code else "",
            "cells": received.cells(told["row"], contract, columns),
            "read": _read(told["values"], contract),
            # The number that is in doubt is the evidence: who decides has to see it whole, and the look is recorded.
            "remarks": received.messages(told["messages"], contract, is_masked=not may("sources.review")),
            "candidates": _candidates(told["candidates"]),
            "form": form,
        },
    )


def _next_open(item_id: int) -> str:
    """The next row that waits, so that a clerk works through the queue without going back to it."""
    following = ReviewItem.objects.filter(state=ReviewItem.State.OPEN, pk__gt=item_id).order_by("pk").first()
    return (
        reverse("work_review_item", args=[following.pk])
        if following
        else f"{reverse('work_review')}?{urlencode({'state': 'open'})}"
    )


def _read(values: dict[str, Any], contract: Contract | None) -> list[dict[str, str]]:
    if contract is None:
        return []
    return [
        {
            "label": received.field_label(contract, name),
            "value": received.value_in_words(contract.fields[name], value),
        }
        for name, value in values.items()
        if name in contract.fields
    ]


def _candidates(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The people it may be, as registered now; those outside the post's scope are left out."""
    ids = [one["person_id"] for one in listed]
    people = Person.objects.in_bulk(ids)
    numbers = dict(
        Identifier.objects.filter(person_id__in=ids, kind=Identifier.Kind.CITIZEN, is_primary=True)
        .values_list("person_id", "value")
    )  # fmt: skip
    shown = []
    for one in listed:
        person = people.get(one["person_id"])
        if person is None:
            continue
        look(person.pk, purpose=gettext_noop("核处数据"), division_code=person.division_code)
        shown.append(
            {
                "person": person,
                "number": mask(numbers.get(person.pk, "")),
                "born": formats.day(person.birth_date),
                "place": place_names([person.division_code]).get(person.division_code, person.division_code),
                "proposal": one.get("proposal"),
                "grounds": [received.GROUNDS.get(ground, ground) for ground in one.get("grounds", [])],
            }
        )
    return shown


urls = [
    path("review/", queue, name="work_review"),
    path("review/<int:item_id>/", item, name="work_review_item"),
]
