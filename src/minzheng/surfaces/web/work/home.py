"""The first page of the workbench: the acting post's open work by deadline, its figures, its usual steps (首页)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import current_actor, may
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import path_names
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.home_work import open_work
from minzheng.surfaces.web.work.queries import months, payments
from minzheng.surfaces.web.work.words import role_word


def page(request: HttpRequest) -> HttpResponse:
    """Only what this post may do is asked for, each by one grouped query."""
    actor = current_actor()
    assert actor is not None
    on = working_day()
    run = MonthRun.objects.order_by("-month", "-attempt").first()
    return render(
        request,
        "web/work/home.html",
        {
            "place": path_names([actor.division_code])[actor.division_code],
            "role": role_word(actor.role),
            "name": actor.label,
            "on": on,
            "work": open_work(actor, run, on),
            "tiles": _tiles(run),
            "run": run,
            "actions": _actions(),
        },
    )


def _tiles(run: MonthRun | None) -> list[dict[str, Any]]:
    """The area's figures of the latest month, where the post may see month end."""
    if run is None or not may("monthend.look"):
        return []
    if may("payments.prepare_batch") or may("payments.approve_batch"):
        return _money_tiles(run)
    now = months.totals(run)
    before = months.earlier_run(run)
    then = months.totals(before) if before else None
    href = reverse("work_month", args=[Month.of(run.month)])
    labels = [
        ("in_force", _("在享"), "count", href),
        ("eligible", _("符合条件"), "count", href),
        ("ordered_fen", _("本月应发"), "fen", href),
        ("leads", _("未办结线索"), "count", reverse("work_leads_map") if may("outreach.look") else href),
    ]
    return [
        {
            "label": label,
            "value": now[key],
            "unit": unit,
            "href": to,
            "difference": now[key] - then[key] if then else None,
        }
        for key, label, unit, to in labels
    ]


def _money_tiles(run: MonthRun) -> list[dict[str, Any]]:
    """For finance: where the money of the month stands."""
    rows = payments.by_programme(run.month)
    href = f"{reverse('work_payments')}?month={Month.of(run.month)}"
    labels = [("fen", _("本月应发"), href), ("drafted_fen", _("待入批"), href), ("batched_fen", _("办理中"), href),
              ("paid_fen", _("已到账"), href), ("returned_fen", _("银行退票"), reverse("work_returns"))]  # fmt: skip
    return [
        {
            "label": label,
            "value": sum(row[key] for row in rows),
            "unit": "fen",
            "href": to,
            "difference": None,
        }
        for key, label, to in labels
    ]


def _actions() -> list[dict[str, str]]:
    """The usual ways in, as far as the post may go them."""
    offered = [
        ("cases.accept", _("接待来人"), reverse("counter"), _("出示证件，任一窗口都能办")),
        ("marriage.register", _("婚姻登记台"), reverse("marriage_desk"), _("接待下一对，登记、发证、归档")),
        ("stays.admit", _("床位与入住"), reverse("eldercare_work"), _("入住、换床、外出、离院，一页办完")),
        ("inspections.rectify", _("检查与整改"), reverse("supervision"), _("回复检查问题，查看信用等级")),
        ("inspections.inspect", _("我的检查"), reverse("supervision_visits"), _("打开检查表，逐条记录")),
        ("assessments.assess", _("我的评估"), reverse("assessments"), _("上门评估，填写评估表")),
        ("cases.look", _("下一件"), reverse("case_next"), _("打开最急的待办办件")),
        ("outreach.visit", _("登记走访"), reverse("work_leads"), _("打开线索清单，登记走访结果")),
        ("people.search", _("查找人员"), reverse("work_people"), _("按姓名、拼音或证件号后四位")),
        ("outreach.look", _("线索分布"), reverse("work_leads_map"), _("按区、街镇、居（村）委查看")),
        ("sources.load", _("接收数据"), reverse("work_feeds"), _("各部门来文和逐行报告")),
        ("monthend.run", _("办理月结"), reverse("work_months"), _("开始或继续一个月份")),
        ("payments.prepare_batch", _("编制批次"), reverse("work_payments"), _("查看待发清单和批次")),
        ("payments.approve_batch", _("审批批次"), reverse("work_payments"), _("核对控制总额后审批")),
        ("payments.load_returns", _("导入回盘"), reverse("work_returns"), _("银行到账和退票")),
        ("ledger.verify", _("核对账目"), reverse("work_ledger"), _("逐条重算分录与指令")),
        ("statistics.look", _("本月数字"), reverse("work_months"), _("按待遇、按区划，比上月")),
        ("audit.look", _("操作记录"), reverse("work_audit"), _("谁在何时做了什么")),
        ("law.look", _("政策参数"), reverse("work_law"), _("每个标准的依据和日期")),
    ]
    return [
        {"label": label, "href": href, "text": text} for needs, label, href, text in offered if may(needs)
    ][:6]


urls = [path("", page, name="work_home")]
