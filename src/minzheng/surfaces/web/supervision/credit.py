"""Credit sheets: every point with its record, objections, the decision, repair."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.eldercare_supervision.credit import (
    ask_repair,
    decide_due,
    decide_repair,
    decide_sheet,
    object_to_item,
    repair_conditions,
    settle_objection,
)
from minzheng.domains.eldercare_supervision.levels import effects
from minzheng.domains.eldercare_supervision.models import Objection, Repair, ScoreItem, ScoreSheet
from minzheng.domains.eldercare_supervision.scoring import compute_sheets
from minzheng.domains.eldercare_supervision.working_rules import working_rules
from minzheng.kernel.access import may, require
from minzheng.kernel.inspections.models import Penalty
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.supervision.words import (
    ITEMS,
    ReportForm,
    WordsForm,
    asked,
    half,
    sent_file,
    tabs,
)
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Sheets, the latest year first, and the rule of what follows from a level."""
    require("ratings.look")
    on = working_day()
    table = Table(
        [
            Column("facility", _("机构"), is_heading=True, value=lambda r: r.facility.name, order_by="facility__name",
                   href=lambda r: reverse("supervision_sheet", args=[r.pk])),
            Column("year", _("年度"), value=lambda r: str(r.year), order_by="year"),
            Column("score", _("得分"), kind="count", order_by="score"),
            Column("level", _("等级"), kind="status", value=lambda r: f"level_{r.level}", order_by="level"),
            Column("object_until", _("异议截止"), kind="date", order_by="object_until"),
            Column("state", _("状态"), kind="status", value=lambda r: f"sheet_{r.state}"),
        ],
        ScoreSheet.objects.select_related("facility").order_by("-year", "score", "id"), request, caption=_("信用评价"),
        export_name="credit", page_size=30, empty_title=_("还没有评价表"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    return render(
        request,
        "supervision/credit.html",
        {"tabs": tabs("supervision_credit"), "table": table, "effects": effects(on=on), "year": on.year - 1,
         "may_decide": may("ratings.decide")},
    )  # fmt: skip


@require_POST
def act_on_all(request: HttpRequest, act: str) -> HttpResponse:
    """Computes last year's sheets of the post's place, or decides those whose time to object ran out."""
    actor, on = require("ratings.decide"), working_day()
    if act == "compute":
        made = attempt(
            request, partial(compute_sheets, year=on.year - 1, division_code=actor.division_code, on=on)
        )
        count = len(made or ())
    elif act == "decide":
        count = attempt(request, partial(decide_due, division_code=actor.division_code, on=on)) or 0
    else:
        raise Http404
    messages.success(request, _("已办理 %(n)s 份评价表。") % {"n": count})
    return redirect("supervision_credit")


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: its items with source and rule, and what may be done now."""
    require("ratings.look")
    sheet = asked(ScoreSheet, pk, "facility")
    on = working_day()
    items = list(sheet.items.select_related("objection").order_by("on", "id"))
    links = dict(
        Penalty.objects.filter(pk__in=[i.record for i in items if i.kind == "penalty"]).values_list(
            "pk", "finding_id"
        )
    )
    rules = working_rules().at(Month.of(sheet.told_on))
    repair = Repair.objects.filter(sheet=sheet).first()
    conditions = (
        repair_conditions(sheet, on=on) if sheet.state == "decided" and sheet.level in ("C", "D") else []
    )
    return render(
        request,
        "supervision/sheet.html",
        {
            "tabs": tabs("supervision_credit"),
            "sheet": sheet,
            "state_code": f"sheet_{sheet.state}",
            "items": [_item(one, links, rules) for one in items],
            "effect": next(one for one in effects(on=on) if one.level == sheet.level),
            "floors": rules.entry("level_floors"),
            "repair": repair,
            "conditions": [(half(words), holds) for words, holds in conditions],
            "may_object": sheet.state == "told" and on <= sheet.object_until and may("ratings.object"),
            "may_settle": may("ratings.decide"),
            "may_decide": sheet.state == "told" and may("ratings.decide"),
            "may_repair": bool(conditions) and repair is None and may("ratings.object"),
            "may_publish": sheet.state == "decided" and may("inspections.publish"),
            "report": ReportForm(),
            "words": WordsForm(),
        },
    )


def _item(item: ScoreItem, links: dict[int, int], rules: Any) -> dict[str, Any]:
    href = ""
    if item.kind == "finding":
        href = reverse("supervision_finding", args=[item.record])
    elif item.kind == "penalty" and item.record in links:
        href = reverse("supervision_penalty", args=[item.record])
    entry = None if item.rule == "clause" else rules.entry(item.rule)
    return {
        "row": item,
        "kind": ITEMS[item.kind],
        "href": href,
        "source": entry.source if entry else _("检查表条款分值"),
        "provenance": entry.provenance if entry else "illustrative",
        "objection": getattr(item, "objection", None),
    }


@require_POST
def act(request: HttpRequest, pk: int, act: str, number: int) -> HttpResponse:
    """Objects, settles, decides, asks for repair, decides on it."""
    sheet, on = asked(ScoreSheet, pk), working_day()
    text, words = request.POST.get("text", "")[:1000], request.POST.get("words", "")[:1000]
    verbs: dict[str, tuple[Any, str]] = {
        "object": (
            lambda: object_to_item(
                item=asked(ScoreItem, number), text=text, upload=sent_file(request), on=on
            ),
            _("异议已提交。"),
        ),
        "uphold": (
            lambda: settle_objection(objection=asked(Objection, number), is_upheld=True, words=words, on=on),
            _("异议成立，该项已剔除，得分已重算。"),
        ),
        "reject": (
            lambda: settle_objection(objection=asked(Objection, number), is_upheld=False, words=words, on=on),
            _("异议不成立，已答复。"),
        ),
        "decide": (lambda: decide_sheet(sheet=sheet, on=on), _("已审定。")),
        "ask-repair": (lambda: ask_repair(sheet=sheet, text=text, on=on), _("信用修复申请已提交。")),
        "grant": (
            lambda: decide_repair(repair=asked(Repair, number), is_granted=True, words=words, on=on),
            _("已同意信用修复，等级提升一级。"),
        ),
        "refuse": (
            lambda: decide_repair(repair=asked(Repair, number), is_granted=False, words=words, on=on),
            _("已不予信用修复。"),
        ),
    }
    if act not in verbs:
        raise Http404
    verb, done = verbs[act]
    attempt(request, verb, done=done)
    return redirect("supervision_sheet", pk)
