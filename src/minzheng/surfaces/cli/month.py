"""`minzheng month`: run a month, follow late facts, see how it stands, close it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.money import format_yuan
from minzheng.kernel.monthend import actions, queries
from minzheng.kernel.monthend.errors import MonthBusy, MonthRefused
from minzheng.kernel.monthend.incremental import match_changes
from minzheng.kernel.monthend.live import day_in_hand
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.monthend.steps import LABELS, STEPS
from minzheng.kernel.payments.actions import close_month
from minzheng.kernel.payments.errors import MonthOpenItems, PaymentRefused
from minzheng.kernel.periods import Month, today
from minzheng.kernel.programmes import all_benefits

app = typer.Typer(
    help="月度办理 A month's end: everyone evaluated, leads and notices, awards adjusted, payments drafted.",
    no_args_is_help=True,
)
console = Console()
MonthArgument = Annotated[
    str, typer.Argument(metavar="MONTH", help="The month, such as 2022-07 or 2022年7月.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def _refuse(message: str, code: int = 1) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(code)


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise _refuse(str(error), 2) from error


def _day(text: datetime | None) -> date | None:
    return text.date() if text else None


@app.command()
def run(
    month: MonthArgument,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day the run is dated by; the month's last working day if left out.",
        ),
    ] = None,
    stop_after: Annotated[
        str | None, typer.Option(help=f"End after a step and leave the rest for later: {', '.join(STEPS)}.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for a run in progress instead of refusing.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Read the whole register instead of what changed since the snapshot before."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """办理一个月 Runs a month: snapshot, evaluation, findings, outreach, adjustment of awards, drafted payments.

    A run that was killed goes on where it stopped. A finished run may be repeated while the month is open: everyone is
    evaluated anew and drafts that nobody approved are replaced. Nothing is paid by it: a batch still needs two people.

    Exit codes: 0 done; 1 refused or failed, the message says why; 2 the call was not understood; 3 another run is at work.
    """
    if stop_after is not None and stop_after not in STEPS:
        raise _refuse(f"没有这一步：{stop_after}。Steps: {', '.join(STEPS)}", 2)
    chosen = _month(month)
    try:
        if as_json:
            done = actions.run_month(chosen, on=_day(on), stop_after=stop_after, wait=wait, whole=whole)
        else:
            done = _run_in_sight(chosen, on=_day(on), stop_after=stop_after, wait=wait, whole=whole)
    except MonthBusy as error:
        raise _refuse(str(error), 3) from error
    except MonthRefused as error:
        raise _refuse(str(error)) from error
    with acting_as_service("minzheng month run"):
        _show(done, as_json)


def _run_in_sight(month: Month, **options: Any) -> MonthRun:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {name: bars.add_task(LABELS[name], total=None, start=False) for name in STEPS}

        def watch(event: actions.Progress) -> None:
            if event.state == "started":
                bars.start_task(tasks[event.step])
            if event.state in ("done", "kept"):
                bars.update(tasks[event.step], completed=event.total or 1, total=event.total or 1)
            else:
                bars.update(tasks[event.step], completed=event.done, total=event.total or None)

        return actions.run_month(month, progress=watch, **options)


@app.command()
def status(
    month: Annotated[
        str | None, typer.Argument(metavar="[MONTH]", help="The latest month if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """月度进度 Shows the latest run of a month: its steps, totals by benefit, and differences to last month.

    Exit codes: 0 the run is done or at work; 1 there is no run, or it failed and waits to be taken up.
    """
    chosen = _month(month) if month else None
    with acting_as_service("minzheng month status"):
        found = queries.latest_run(chosen)
        if found is None:
            raise _refuse("还没有月度办理。No month has been run; start with `minzheng month run 2022-07`.")
        _show(found, as_json)
    if found.state == "failed":
        raise typer.Exit(1)


@app.command()
def match(
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day leads are dated by; today if left out."),
    ] = None,
    as_json: Json = False,
) -> None:
    """变动即时匹配 Judges what changed in the register since the last time, by the law of the month in hand.

    The server's worker does so by itself every minute. Leads and findings follow; awards and payments wait for the run.

    Exit code: 0, also where nothing had changed or a run is at work, which reads the register itself.
    """
    done = match_changes(on=_day(on) or day_in_hand())
    if as_json:
        typer.echo(json.dumps(None if done is None else {**asdict(done), "month": str(done.month)}))
    elif done is None:
        console.print("没有需要匹配的变动。Nothing to match.")
    else:
        console.print(
            f"{done.month.chinese}：变动家庭 {done.households}，新线索 {done.raised}，关闭线索 {done.closed}"
            f" households changed, leads raised, leads closed",
            highlight=False,
        )
        if done.needs_run:
            console.print(
                "变动过多，请重新办理本月。So much changed at once that the month should be run again."
            )


@app.command()
def close(
    month: MonthArgument,
    post: Annotated[
        int | None, typer.Option(help="The post that closes; the platform's service if left out.")
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of closing; today if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """月度结账 Closes a month: every batch settled, then nothing of it changes any more.

    What comes later lands as a correction in the open month. Orders never put into a batch are carried forward.

    Exit codes: 0 closed (also if it was closed before); 1 refused, with the batches that are not settled; 2 not understood.
    """
    chosen, day = _month(month), _day(on) or today()
    try:
        with _as(post):
            closed = close_month(month=chosen, on=day)
            report = {
                "month": str(chosen),
                "orders": closed.orders_count,
                "paid_fen": int(closed.paid_fen),
                "carried": closed.carried_count,
                "ledger_sha256": closed.ledger_sha256,
            }
    except MonthOpenItems as error:
        raise _refuse("\n".join([str(error), *error.items])) from error
    except (PaymentRefused, NotPermitted) as error:
        raise _refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    console.print(
        f"{chosen.chinese}已结账：支付单 {closed.orders_count} 笔，已付 {format_yuan(int(closed.paid_fen), grouped=True)} 元，"
        f"结转 {closed.carried_count} 笔。{chosen} is closed."
    )


def _as(post: int | None) -> Any:
    if post is None:
        return acting_as_service("minzheng month close")
    if not Post.objects.filter(pk=post).exists():
        raise _refuse(f"没有岗位 {post}。There is no such post; see `minzheng access posts`.", 2)
    return acting(post)


def _show(run: MonthRun, as_json: bool) -> None:
    month = Month.of(run.month)
    steps = queries.progress_of(run)
    if as_json:
        report = {
            "month": str(month),
            "attempt": run.attempt,
            "state": run.state,
            "on": str(run.on),
            "law": run.law_identity,
            "snapshot": run.snapshot_identity,
            "findings_sha256": run.findings_sha256,
            "error": run.error,
            "counts": run.counts,
            "differences": run.differences,
            "steps": steps,
        }
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    console.print(
        f"{month.chinese} 第 {run.attempt} 次 {run.get_state_display()}（{run.on}）", highlight=False
    )
    if run.error:
        console.print(run.error, style="red", markup=False)
    table = Table(title=None)
    for heading in ("步骤 step", "状态 state", "结果 result"):
        table.add_column(heading)
    for step in steps:
        table.add_row(step["label"], step["state"], _words(step["detail"]))
    console.print(table)
    if run.counts:
        console.print(_totals(run))


def _words(detail: dict[str, Any]) -> str:
    """A step's result on a line: plain figures, then groups of figures."""
    parts = []
    for name, value in detail.items():
        if isinstance(value, dict):
            inner = {k: v for k, v in value.items() if not isinstance(v, dict) and v}
            if inner:
                parts.append(f"{name}: " + " ".join(f"{k}={v}" for k, v in inner.items()))
        elif not isinstance(value, bool) and value:
            parts.append(f"{name}={value}")
    return "\n".join(parts)


def _totals(run: MonthRun) -> Table:
    names = {b.code: b.name for _, b in all_benefits()}
    # The name of a benefit stays whole on a narrow terminal; figures may fold.
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("待遇", no_wrap=True)
    for heading in (
        "符合\neligible",
        "在享\nin force",
        "月标准合计\nmonthly",
        "支付单\norders",
        "金额\namount",
        "线索\nleads",
    ):
        table.add_column(heading, justify="right")
    for benefit, row in run.counts.items():
        change = run.differences.get(benefit, {})

        def cell(measure: str, row: dict[str, int] = row, change: dict[str, int] = change) -> str:
            value = row[measure]
            text = format_yuan(value, grouped=True) if measure.endswith("_fen") else f"{value:,}"
            delta = change.get(measure, 0)
            if not delta:
                return text
            shown = format_yuan(abs(delta), grouped=True) if measure.endswith("_fen") else f"{abs(delta):,}"
            return f"{text} ({'+' if delta > 0 else '−'}{shown})"

        table.add_row(
            names.get(benefit, benefit),
            cell("eligible"),
            cell("in_force"),
            cell("in_force_fen"),
            cell("orders"),
            cell("ordered_fen"),
            cell("leads"),
        )
    return table


@app.command()
def recalculate(
    month: MonthArgument,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day it is dated by; the month's last working day if left out."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """追溯重算 Follows what was learnt late into the open month: deaths, corrected facts, certificates dated earlier.

    Past months are evaluated anew by the law of each, as known at the last look and as known now; where they differ the
    award follows, arrears are drafted and overpayments recorded. Closed months stay as they are. Twice changes nothing.

    Exit codes: 0 done; 1 refused, the message says why; 2 the call was not understood; 3 a month's run is at work.
    """
    chosen = _month(month)
    try:
        done = actions.recalculate_month(chosen, on=_day(on) or actions.usual_day(chosen))
    except MonthBusy as error:
        raise _refuse(str(error), 3) from error
    except (MonthRefused, PaymentRefused) as error:
        raise _refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False))
        return
    words = {
        "people": "涉及人数", "ended_by_death": "因死亡终止", "corrected": "更正的月份", "left": "待人工核定",
        "overpaid": "多发记录变动", "netted": "轧差", "arrears_letters": "补发告知书",
    }  # fmt: skip
    table = Table(box=SIMPLE, title=f"{chosen.chinese} 追溯重算", show_header=False)
    for key, label in words.items():
        table.add_row(f"{label} {key}", str(done[key]))
    console.print(table)
