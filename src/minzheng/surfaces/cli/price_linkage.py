"""`minzheng price-linkage`: readings, starts, late additions, batches (物价联动)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from minzheng.domains.price_linkage import actions, importing, queries
from minzheng.domains.price_linkage.programme import PROGRAMME
from minzheng.domains.price_linkage.trigger import percent
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import queries as grant_queries
from minzheng.kernel.eventgrants.errors import GrantRefused
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month, today
from minzheng.surfaces.cli.payments import acting_for, parse_month, refuse

app = typer.Typer(
    help="物价联动 Price linkage: index readings, starts decided by two officials, frozen lists, payment.",
    no_args_is_help=True,
)
console = Console()

MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="The index month, such as 2022-09.")]
Number = Annotated[
    int, typer.Argument(metavar="ACTIVATION", help="The start's number, as `price-linkage status` lists it.")
]
As = Annotated[str, typer.Option("--as", metavar="USERNAME", help="The official who acts.")]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the act; today by default.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


@contextmanager
def _acting(username: str, permission: str) -> Iterator[None]:
    try:
        with acting_for(username, permission):
            yield
    except GrantRefused as error:
        raise refuse(str(error)) from error


def _day(on: datetime | None) -> date:
    return on.date() if on else today()


@app.command()
def reading(
    month: MonthArgument,
    series: Annotated[str, typer.Argument(help="cpi (居民消费价格) or food (食品价格).")],
    percent: Annotated[str, typer.Argument(help="Rise over a year in percent, such as 2.8.")],
    source: Annotated[str, typer.Option(help="The publication the figure is from.")],
    as_user: As = "",
    on: On = None,
) -> None:
    """Enter a month's index (登记指数); another figure for the same month corrects it and both stay on record."""
    try:
        permille = importing.permille(percent)
    except ValueError as error:
        raise refuse(str(error), 2) from error
    with _acting(as_user, "grants.propose"):
        made = actions.enter_reading(
            series=series, month=parse_month(month), rise_permille=permille, source=source, on=_day(on)
        )
    console.print(f"已登记 entered：{made}", markup=False)


@app.command(name="import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV: month,cpi_percent,food_percent,source,provenance.")
    ] = importing.DEMONSTRATION,
    as_user: As = "",
    on: On = None,
) -> None:
    """Enter a file of readings, all or none (导入指数); without a file the illustrative ones of 2022."""
    if not file.is_file():
        raise refuse(f"没有文件 {file} / no such file", 2)
    with _acting(as_user, "grants.propose"):
        read, added = importing.import_readings(path=file, on=_day(on))
    console.print(f"读入 read {read}，新增 added {added}")


@app.command()
def status(
    year: Annotated[int, typer.Option(help="The year to list.")] = 2022,
    as_user: As = "",
    as_json: Json = False,
) -> None:
    """Index, thresholds and starts of a year, with list, sum, day to be paid by and what was paid (启动情况)."""
    with _acting(as_user, "grants.look"):
        lines = queries.series(Month(year, 1), Month(year, 12))
        every = grant_queries.rows(PROGRAMME.code)
        rows = [r for r in every if r.activation.month.year == year]
        figures = grant_queries.year_figures(every, year)
        paper = queries.paper_of_sum(Month(year, 12))
    if as_json:
        data = _as_data(lines, rows, figures) | {
            "sum_by": {
                "reading": paper.value,
                "provenance": paper.provenance,
                "source": paper.source,
            }
        }
        print(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        return
    table = Table(title=f"{year} 年物价指数与启动条件 Index and thresholds")
    for heading in (
        "月份 month",
        "CPI",
        "须达 line",
        "食品 food",
        "须达 line",
        "启动 starts",
        "标准 sum (元)",
        "",
    ):
        table.add_column(heading)
    for line in lines:
        t = line.trigger
        table.add_row(
            str(line.month), percent(t.cpi), percent(t.cpi_threshold), percent(t.food),
            percent(t.food_threshold), "是 yes" if t.is_met else "", format_yuan(line.amount_fen) if t.is_met else "",
            "示例" if line.is_illustrative else "",
        )  # fmt: skip
    console.print(table)
    console.print(f"标准 sum [{paper.provenance}]: {paper.source}", markup=False)
    starts = Table(title="启动 Starts")
    for heading in ("号 no.", "月份 month", "状态 state", "人数 list", "补列/剔除 late/struck", "金额 sum (元)",
                    "须付至 pay by", "已付 paid (元)", "付清 paid on"):  # fmt: skip
        starts.add_column(heading)
    for row in rows:
        a = row.activation
        starts.add_row(
            str(a.pk), str(Month.of(a.month)), a.get_state_display(), f"{a.list_count:,}",
            f"{row.late}/{row.struck}", format_yuan(a.list_fen, grouped=True), str(a.pay_by or ""),
            format_yuan(row.paid_fen, grouped=True),
            f"{row.paid_on} {'按期 in time' if row.is_in_time else '过期 late'}" if row.is_paid else "",
        )  # fmt: skip
    console.print(starts)
    console.print(
        f"{year} 年启动 {figures['activations']} 次，名单 {figures['listed']:,} 人次，已付 "
        f"{format_yuan(figures['paid_fen'], grouped=True)} 元 / starts, persons listed, yuan paid"
    )


def _as_data(lines: list[Any], rows: list[Any], figures: dict[str, int]) -> dict[str, Any]:
    return {
        "figures": figures,
        "series": [
            {"month": str(x.month), "cpi_permille": x.trigger.cpi, "food_permille": x.trigger.food,
             "cpi_threshold": x.trigger.cpi_threshold, "food_threshold": x.trigger.food_threshold,
             "met_by": list(x.trigger.met_by), "amount_fen": x.amount_fen, "illustrative": x.is_illustrative}
            for x in lines
        ],
        "activations": [
            {"activation": r.activation.pk, "month": str(Month.of(r.activation.month)), "state": r.activation.state,
             "list": r.activation.list_count, "list_fen": r.activation.list_fen,
             "list_sha256": r.activation.list_sha256, "late": r.late, "struck": r.struck,
             "pay_by": r.activation.pay_by, "paid_fen": r.paid_fen, "paid_on": r.paid_on,
             "in_time": r.is_in_time}
            for r in rows
        ],
    }  # fmt: skip


def _say(activation: Activation) -> None:
    console.print(
        f"{activation.pk} {Month.of(activation.month).chinese} {activation.get_state_display()}："
        f"{activation.list_count:,} 人 {format_yuan(activation.list_fen, grouped=True)} 元，"
        f"名单摘要 {activation.list_sha256[:12]}"
        + (f"，须于 {activation.pay_by} 前发放" if activation.pay_by else ""),
        markup=False,
    )


@app.command()
def propose(month: MonthArgument, as_user: As = "", on: On = None) -> None:
    """Propose to start the mechanism for an index month; its list is frozen (提出启动)."""
    with _acting(as_user, "grants.propose"):
        _say(actions.propose(month=parse_month(month), on=_day(on)))


@app.command()
def approve(activation: Number, as_user: As = "", on: On = None) -> None:
    """Approve what another official proposed (审批启动); a job then tells everybody on the list."""
    with _acting(as_user, "grants.approve"):
        _say(actions.approve(activation_id=activation, on=_day(on)))


@app.command()
def tell(activation: Number, as_user: As = "", on: On = None) -> None:
    """Send the letters of an approved start that were not sent yet, without waiting for the job (发出告知书)."""
    with _acting(as_user, "grants.tell"):
        told = actions.tell(activation_id=activation, on=_day(on))
    console.print(f"告知书 letters {told:,} 封")


@app.command()
def withdraw(
    activation: Number,
    reason: Annotated[str, typer.Option(help="Why it is taken back.")],
    as_user: As = "",
    on: On = None,
) -> None:
    """Take back a proposal that waits (撤回启动)."""
    with _acting(as_user, "grants.propose"):
        _say(grants.withdraw(activation_id=activation, reason=reason, on=_day(on)))


@app.command(name="add-late")
def add_late(activation: Number, month: MonthArgument, as_user: As = "", on: On = None) -> None:
    """Add whom the registers now show as entitled in the index month (补列)."""
    with _acting(as_user, "grants.approve"):
        added = actions.add_late(activation_id=activation, month=parse_month(month), on=_day(on))
    console.print(f"补列 added {added} 人")


@app.command()
def pay(
    activation: Number,
    month: Annotated[str, typer.Option("--month", "-m", help="The accounting month.")],
    as_user: As = "",
    on: On = None,
) -> None:
    """Draft what is due and put it into a batch, which another official approves (生成发放批次)."""
    with _acting(as_user, "payments.prepare_batch"):
        batch = actions.pay(activation_id=activation, month=parse_month(month), on=_day(on))
    console.print(
        f"批次 {batch.pk}（{batch.message_id}）{batch.orders_count:,} 笔 {format_yuan(batch.total_fen, grouped=True)} 元",
        markup=False,
    )
