"""`minzheng cases`: the night's work of casework, and what waits."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today

app = typer.Typer(help="办件 Casework: the night's work, and what waits.", no_args_is_help=True)
console = Console()
_DAY = typer.Option(help="The day to act on, 2022-07-29; today where not given.", formats=["%Y-%m-%d"])
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
_WORDS = {
    "taken_in": "收件入库", "warned": "临期预警", "escalated": "超期督办", "accepted_by_silence": "视为受理",
    "lapsed": "逾期未补正", "publications": "公示期满", "rerouted": "移送管辖", "ended": "终止办理", "drafts": "清理草稿",
}  # fmt: skip


@app.command("nightly")
def nightly(on: Annotated[datetime | None, _DAY] = None, as_json: AsJson = False) -> None:
    """每日巡检 Warnings, escalation, lapses, publications, moves; twice does nothing more."""
    from minzheng.kernel.cases.actions import nightly as run

    with acting_as_service("casework", in_bulk=False):
        told = run(on=_day(on))
    if as_json:
        print(json.dumps(told))
        return
    table = Table(title="每日巡检 The night's work", title_justify="left")
    table.add_column("事项")
    table.add_column("件数", justify="right")
    for name, count in told.items():
        table.add_row(_WORDS.get(name, name), f"{count:,}")
    console.print(table)


@app.command("recount")
def recount(on: Annotated[datetime | None, _DAY] = None) -> None:
    """重算期限 Reckons the due days of running clocks anew, after a year's holidays were announced."""
    from minzheng.kernel.cases.clocks import recount as run

    with acting_as_service("casework", in_bulk=False):
        console.print(f"{run(_day(on)):,} 个期限已更新 clocks changed")


@app.command("totals")
def totals(
    everything: Annotated[bool, typer.Option("--everything", help="Counts every case anew.")] = False,
) -> None:
    """刷新统计 Brings the totals of casework up to date; twice changes nothing."""
    from minzheng.kernel.cases.counting import refresh_totals

    with acting_as_service("casework", in_bulk=everything):
        told = refresh_totals(everything=everything)
    console.print(f"查看 {told.looked_at:,} 件，更新 {told.changed:,} 件 cases looked at, changed")


def _day(on: datetime | None) -> date:
    return on.date() if on else today()
