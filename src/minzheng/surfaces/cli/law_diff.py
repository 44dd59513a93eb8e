"""`minzheng law diff`: what changed in the law between two days."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.domains.dementia_care.catalogue import working_rules as dementia_rules
from minzheng.domains.eldercare_layout.working_rules import working_rules as layout_rules
from minzheng.domains.eldercare_supervision.working_rules import working_rules as supervision_rules
from minzheng.kernel.awards.working_rules import working_rules as awards_rules
from minzheng.kernel.cases.working_rules import working_rules as cases_rules
from minzheng.kernel.centres.catalogue import working_rules as centres_rules
from minzheng.kernel.indicators.working_rules import working_rules as indicators_rules
from minzheng.kernel.inspections.working_rules import working_rules as inspections_rules
from minzheng.kernel.linkage.thresholds import working_rules as linkage_rules
from minzheng.kernel.monthend.working_rules import working_rules as monthend_rules
from minzheng.kernel.outreach.working_rules import working_rules as outreach_rules
from minzheng.kernel.parameters import Entry, ParameterSet
from minzheng.kernel.payments.working_rules import working_rules as payments_rules
from minzheng.kernel.programmes import Programme, load_programmes, parameter_sets
from minzheng.kernel.reasoning import law_difference
from minzheng.kernel.reforms.working_rules import working_rules as reforms_rules
from minzheng.kernel.rules import LawError

console = Console()
_PROVENANCE = {"seed": "年度总结", "public": "公开", "illustrative": "示例"}
Day = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], metavar="DAY")]


def every_set(programmes: list[Programme]) -> list[ParameterSet]:
    """The parameters of the programmes and of the working rules."""
    working = (
        awards_rules,
        cases_rules,
        centres_rules,
        dementia_rules,
        inspections_rules,
        layout_rules,
        indicators_rules,
        linkage_rules,
        monthend_rules,
        outreach_rules,
        payments_rules,
        reforms_rules,
        supervision_rules,
    )
    return [*parameter_sets(programmes), *(rules() for rules in working)]


def diff(
    first: Day,
    last: Day,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """比较法规 What changed between two days: values old → new with their papers, rules on them, programmes begun and ended."""
    programmes = load_programmes()
    try:
        found = law_difference(programmes, every_set(programmes), first=first.date(), last=last.date())
    except LawError as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=str))
        return
    table = Table(title=f"{found.first} → {found.last}：{len(found.values)} 项数值变动 values changed")
    for heading in ("参数 parameter", "原 old", "新 new", "依据 paper", "涉及规则 rules"):
        table.add_column(heading, overflow="fold")
    for change in found.values:
        place = f"\n{change.place}" if change.place else ""
        table.add_row(
            f"{change.label}\n{change.name}{place}", _value(change.old), _value(change.new),
            _paper(change.new or change.old), "\n".join(change.rules),
        )  # fmt: skip
    console.print(table)
    for title, names in (
        ("新增项目 programmes begun", found.programmes_begun),
        ("终止项目 programmes ended", found.programmes_ended),
        ("新增规则 rules begun", found.rules_begun),
        ("失效规则 rules ended", found.rules_ended),
        ("改写规则 rules replaced", found.rules_replaced),
    ):
        if names:
            console.print(f"{title}：{'、'.join(names)}", markup=False)


def _value(entry: Entry | None) -> str:
    return "—" if entry is None else f"{entry.value}\n自 from {entry.from_}"


def _paper(entry: Entry | None) -> str:
    return "" if entry is None else f"{entry.source}（{_PROVENANCE[entry.provenance]}）"
