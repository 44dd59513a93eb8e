"""`minzheng law`: which legal values rest on no paper, on an assumption, or on a look too long ago."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.awards.working_rules import working_rules as awards_rules
from minzheng.kernel.monthend.working_rules import working_rules as monthend_rules
from minzheng.kernel.outreach.working_rules import working_rules as outreach_rules
from minzheng.kernel.parameters import law_status
from minzheng.kernel.payments.working_rules import working_rules as payments_rules
from minzheng.kernel.periods import today
from minzheng.kernel.programmes import load_programmes, parameter_sets

app = typer.Typer(
    help="法定数值 Legal values: their papers, and what is assumed or stale.", no_args_is_help=True
)
console = Console()
_WORDS = {"illustrative": "示例", "unsourced": "缺依据", "stale": "久未核对"}


@app.callback()
def law() -> None:
    """法定数值 Legal values: their papers, and what is assumed or stale."""


@app.command()
def status(
    everything: Annotated[
        bool, typer.Option("--all", help="Sound values too, not only those with a problem.")
    ] = False,
    stale_months: Annotated[int, typer.Option(help="A value not looked at for longer counts as stale.")] = 12,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As of this day. Default: today.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a value in force has a problem.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """核对法定数值 Lists legal values that rest on an assumption (示例), name no paper (缺依据) or are stale (久未核对).

    Correct them in the programme's folder: parameters/<name>.yaml holds value, date, paper and the day of checking.
    """
    day: date = on.date() if on else today()
    sets = [
        *parameter_sets(load_programmes()),
        awards_rules(),
        outreach_rules(),
        payments_rules(),
        monthend_rules(),
    ]
    rows = law_status(sets, on=day, stale_months=stale_months)
    shown = [r for r in rows if everything or r.problems]
    if as_json:
        typer.echo(json.dumps([asdict(r) for r in shown], ensure_ascii=False, indent=2, default=str))
    else:
        table = Table(
            title=f"法定数值 {day}：共 {len(rows)} 项，{sum(bool(r.problems) for r in rows)} 项待处理"
        )
        for heading in ("参数 parameter", "自 from", "值 value", "在用", "问题 problem", "依据 source"):
            table.add_column(heading, overflow="fold")
        for r in shown:
            problems = "、".join(_WORDS[p] for p in r.problems)
            mark = "是" if r.in_force else ""
            table.add_row(f"{r.name}\n{r.file}", str(r.from_), r.value, mark, problems, r.source)
        console.print(table)
    if strict and any(r.in_force and r.problems for r in rows):
        raise typer.Exit(1)
