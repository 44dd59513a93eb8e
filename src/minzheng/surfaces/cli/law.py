"""`minzheng law`: which legal values rest on no paper, on an assumption, or on a look too long ago; see also
`law check`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.parameters import law_status
from minzheng.kernel.periods import today
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Promotion
from minzheng.kernel.reforms.promotion import adopt as adopt_proposal
from minzheng.surfaces.cli.law_check import check
from minzheng.surfaces.cli.law_diff import diff, every_set

app = typer.Typer(
    help="法定数值 The law: papers of its values, what is assumed or stale, what follows from it.",
    no_args_is_help=True,
)
app.command(name="check")(check)
app.command(name="diff")(diff)
console = Console()
_WORDS = {"illustrative": "示例", "unsourced": "缺依据", "stale": "久未核对"}


@app.callback()
def law() -> None:
    """法定数值 The law: papers of its values, what is assumed or stale, what follows from it."""


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
    rows = law_status(every_set(load_programmes()), on=day, stale_months=stale_months)
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


@app.command()
def adopt(
    number: Annotated[int, typer.Argument(help="Number of the confirmed proposal, as its page shows it.")],
    to: Annotated[
        Path | None, typer.Option(help="Write below this folder, such as a checkout's src, not in place.")
    ] = None,
) -> None:
    """采用参数拟稿 Writes a confirmed proposal's parameter files, after checking that they mean what the reform computed.

    Start the platform anew afterwards: running processes have read their law. Exit codes: 0 written; 1 refused.
    """
    try:
        with acting_as_service("minzheng law adopt"):
            written = adopt_proposal(Promotion.objects.get(pk=number), to)
    except (ReformRefused, Promotion.DoesNotExist) as error:
        words = str(error) if isinstance(error, ReformRefused) else f"没有拟稿 {number} / no such proposal"
        Console(stderr=True).print(words, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    for path in written:
        console.print(f"已写入 written：{path}", markup=False, soft_wrap=True)
    console.print("请重新启动各进程并运行检查。Start the processes anew and run the checks.")
