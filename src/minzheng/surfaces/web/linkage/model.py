"""The model in numbers: what each answer weighs, what it was learnt on, which costs draw the lines."""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.linkage.comparisons import COMPARISONS
from minzheng.kernel.linkage.queries import latest_model
from minzheng.kernel.linkage.thresholds import rules_on, thresholds_on
from minzheng.kernel.linkage.training import delivered
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.linkage import words
from minzheng.surfaces.web.work.day import working_day


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every number a decision rests on, for whoever has to answer for it."""
    require("sources.look")
    kept = latest_model()
    parameters = kept.parameters if kept else delivered()["parameters"]
    record = kept.record if kept else delivered()["record"]
    rows = [
        {
            "comparison": words.COMPARISONS[compared.name],
            "level": words.level_word(compared.name, level.code),
            "m": f"{parameters[compared.name][level.code]['m'] * 100:.2f}%",
            "u": f"{parameters[compared.name][level.code]['u'] * 100:.4f}%",
            "weight": f"{math.log2(_ratio(parameters, compared.name, level.code)):+.1f}",
        }
        for compared in COMPARISONS
        for level in compared.levels
    ]
    table = Table(
        columns=[
            Column("comparison", _("比对项目"), is_heading=True), Column("level", _("比对结果")),
            Column("m", _("同一人的两份记录")), Column("u", _("任意两人")), Column("weight", _("权重（比特）")),
        ],
        source=rows, request=request, caption=_("各种结果出现的机会"), is_exportable=False, page_size=100,
    )  # fmt: skip
    day = working_day()
    rules, limits = rules_on(day), thresholds_on(day)
    costs = [
        (_("误认为同一人的代价"), formats.fen(int(rules.false_link_fen))),
        (_("漏认同一人的代价"), formats.fen(int(rules.missed_link_fen))),
        (_("人工核对一次的代价"), formats.fen(int(rules.look_fen))),
        (_("自动关联的最低可能性"), words.certainty(limits.link)),
        (_("送人工核对的最低可能性"), words.certainty(limits.look)),
    ]
    training = [
        (_("训练依据"), _("本市人口库") if record.get("source") == "register" else _("合成城市（随平台交付）")),
        (_("训练日期"), formats.day(kept.trained_at.date()) if kept and record.get("source") == "register" else record.get("date", "")),
        (_("登记人数"), formats.count(record["registered"])),
        (_("已判断为同一人的行"), formats.count(record["decided"])),
        (_("按常见差错生成的行"), formats.count(record["disturbed"])),
        (_("随机种子"), str(record["seed"])),
        (_("参数校验"), kept.digest[:16] if kept else record["digest"][:16]),
    ]  # fmt: skip
    return render(
        request, "web_linkage/model.html",
        {"table": table, "costs": costs, "training": training, "tabs": words.tabs("linkage_model")},
    )  # fmt: skip


def _ratio(parameters: dict[str, dict[str, dict[str, float]]], comparison: str, level: str) -> float:
    told = parameters[comparison][level]
    return told["m"] / told["u"]
