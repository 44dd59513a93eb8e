"""The catalogue of service items for staff (事项目录): every item with its version, route, clock, papers and provenance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.items import catalogue, departments, groups, item_version, joined, load_items, search
from minzheng.kernel.items.model import Field, Item, Step
from minzheng.kernel.items.model import Material as Paper
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework.case_form import label_of
from minzheng.surfaces.web.casework.pages import show, tabs
from minzheng.surfaces.web.casework.words import (
    CHANNELS,
    RESULTS,
    STEPS,
    department_name,
    group_name,
    item_name,
)
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.words import is_english, role_word

PROVENANCE = {
    "public": gettext_lazy("公开文件"),
    "seed": gettext_lazy("设计文件"),
    "illustrative": gettext_lazy("示意"),
}
PLACES = {
    "accepting": gettext_lazy("受理地"),
    "hukou_street": gettext_lazy("户籍地街镇"),
    "hukou_district": gettext_lazy("户籍地区级"),
    "residence_street": gettext_lazy("居住地街镇"),
    "residence_district": gettext_lazy("居住地区级"),
    "institution": gettext_lazy("机构所在地"),
    "city": gettext_lazy("市级"),
}
IF_DOWN = {
    "submit": gettext_lazy("调取不到时由申请人提交"),
    "promise": gettext_lazy("调取不到时可告知承诺"),
    "later": gettext_lazy("调取不到时容缺受理"),
}


class FilterForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("名称或平常的说法"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    department = forms.ChoiceField(label=gettext_lazy("部门"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    mark = forms.ChoiceField(label=gettext_lazy("依据"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        offer(self, "department", [*every, *((d.name, department_name(d.name)) for d in departments())])
        offer(self, "group", [*every, *((g.name, g.name_en if is_english() else g.name) for g in groups())])
        offer(self, "mark", [*every, *PROVENANCE.items()])


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every item, by department and group; declared in files, so nothing is asked of the database."""
    require("items.look")
    form = FilterForm(request.GET, auto_id="filter_%s")
    chosen = {name: str(form[name].value() or "") for name in form.fields} if form.is_valid() else {}
    every = list(catalogue().values())
    found = [
        item
        for item in every
        if (not chosen.get("department") or item.department == chosen["department"])
        and (not chosen.get("group") or item.group == chosen["group"])
        and (not chosen.get("mark") or item.provenance == chosen["mark"])
    ]
    if chosen.get("q", "").strip():
        order = {hit.item.code: at for at, hit in enumerate(search(chosen["q"], limit=len(every)))}
        found = sorted((item for item in found if item.code in order), key=lambda item: order[item.code])
    table = Table(
        columns=[
            Column("name", _("事项"), is_heading=True, value=item_name, order_by="name",
                   href=lambda item: reverse("case_item", args=[item.code, item.version])),
            Column("group", _("类别"), value=group_name, order_by="group"),
            Column("department", _("部门"), value=lambda item: department_name(item.department), order_by="department"),
            Column("route", _("环节"), value=_route_words),
            Column("days", _("办理时限"), value=_days_words),
            Column("papers", _("材料"), kind="count", value=lambda item: len(item.materials), order_by="papers",
                   hint=lambda item: _("可免交 %(count)s") % {"count": sum(bool(p.source) for p in item.materials)}),
            Column("result", _("结果"), value=lambda item: str(RESULTS.get(item.result.kind.value, item.result.kind.value))),
            Column("is_citywide", _("全市通办"), kind="yes_no", value=lambda item: item.is_citywide),
            Column("provenance", _("依据"), value=lambda item: str(PROVENANCE.get(item.provenance, item.provenance)), order_by="provenance"),
            Column("version", _("版本"), value=lambda item: item.version, order_by="version"),
        ],
        source=found, request=request, caption=_("事项"), export_name="items", page_size=50,
        empty_title=_("没有这样的事项"),
    )  # fmt: skip
    if table.wants_export:
        record("items.export_list", detail={"items": len(found)})
        return table.excel_response()
    return show(
        request,
        "items",
        {
            "table": table,
            "form": form,
            "active": sum(bool(value) for value in chosen.values()),
            "areas": tabs("case_items"),
            "total": len(every),
            "citywide": sum(item.is_citywide for item in every),
            "illustrative": sum(item.provenance == "illustrative" for item in every),
            "on_the_spot": sum(item.is_on_the_spot for item in every),
            "joined": list(joined().values()),
        },
    )


def _route_words(item: Item) -> str:
    return " → ".join(str(STEPS[step.kind.value]) for step in item.route)


def _days_words(item: Item) -> str:
    if item.is_on_the_spot:
        return _("即办")
    total = sum(step.days for step in item.route if step.in_workdays)
    beside = sum(step.days for step in item.route if not step.in_workdays)
    if not total and not beside:
        return _("当场")
    words = _("%(days)s 个工作日") % {"days": total}
    return words + (_("，另 %(days)s 天") % {"days": beside} if beside else "")


@require_safe
def page(request: HttpRequest, code: str, version: str) -> HttpResponse:
    """One version of an item: who may apply, route and clocks, questions, papers with what replaces each, its basis."""
    require("items.look")
    try:
        item = item_version(code, version)
    except KeyError as unknown:
        raise Http404 from unknown
    english = is_english()
    return show(
        request,
        "item",
        {
            "item": item,
            "name": item_name(item),
            "group": group_name(item),
            "summary": item.summary_en if english else item.summary,
            "areas": tabs("case_items"),
            "versions": [one.version for one in load_items().versions[code]],
            "facts": _facts(item),
            "who": [one.text_en if english else one.text for one in item.who],
            "steps": [_step_row(step) for step in item.route],
            "questions": [_question_row(one) for one in item.fields],
            "papers": [_paper_row(one) for one in item.materials],
        },
    )


def _facts(item: Item) -> list[dict[str, Any]]:
    ways = [str(CHANNELS.get(channel.value, channel.value)) for channel in sorted(item.channels)]
    return [
        {"label": _("部门"), "value": department_name(item.department)},
        {"label": _("渠道"), "value": "、".join(ways)},
        {"label": _("全市通办"), "value": _("是") if item.is_citywide else _("否"),
         "hint": (item.local_because_en if is_english() else item.local_because) or ""},
        {"label": _("结果"), "value": item.result.name_en if is_english() else item.result.name},
        {"label": _("补正期限"), "value": _("%(days)s 天") % {"days": item.correction_days}},
        {"label": _("救济"), "value": "、".join(filter(None, [_("复核") if item.may_review else "", _("行政复议") if item.may_appeal else ""])) or "—"},
        {"label": _("版本"), "value": item.version, "hint": item.file},
    ]  # fmt: skip


def _step_row(step: Step) -> dict[str, Any]:
    limit = (
        (_("%(days)s 个工作日") if step.in_workdays else _("%(days)s 天")) % {"days": step.days}
        if step.days
        else _("当场")
    )
    return {
        "label": STEPS[step.kind.value],
        "role": role_word(step.role),
        "place": PLACES.get(step.place.value, step.place.value),
        "limit": limit,
        "second": step.needs_second,
        "department": department_name(step.department) if step.department else "",
    }


def _question_row(question: Field) -> dict[str, Any]:
    return {"label": label_of(question), "known": question.known_from, "required": question.is_required}


def _paper_row(paper: Paper) -> dict[str, Any]:
    return {
        "name": paper.name_en if is_english() else paper.name,
        "issuer": paper.issuer,
        "source": paper.source,
        "fresh": paper.fresh_days,
        "if_down": IF_DOWN.get(paper.if_down.value, "") if paper.source else "",
        "required": paper.is_required,
    }


urls = [
    path("items/", overview, name="case_items"),
    path("items/<slug:code>/<str:version>/", page, name="case_item"),
]
