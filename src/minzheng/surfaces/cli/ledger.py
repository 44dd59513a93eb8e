"""`minzheng ledger`: prove the books, follow a fen (总账)."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.actions import verify_ledger
from minzheng.kernel.payments.chart import account_name
from minzheng.kernel.payments.models import Order
from minzheng.kernel.payments.trace import find_order, trace_budget_line, trace_order
from minzheng.surfaces.cli.payments import Json, console, parse_month, refuse

app = typer.Typer(
    help="总账 The ledger: double entry, only added to; prove it, follow a fen through it.",
    no_args_is_help=True,
)


@app.command()
def verify(as_json: Json = False) -> None:
    """Recompute the whole ledger and hold it against orders, batches, bank files and the bank's answers (核对账目).

    Proves that every order has exactly the entries its state calls for, none missing and none twice; that each bank
    file, its entries and its orders come to one sum; and that closed months are as they were closed.

    Exit codes: 0 sound; 1 something is wrong, each finding named.
    """
    with acting_as_service("minzheng ledger verify"), console.status("核对账目 verifying"):
        result = verify_ledger()
    if as_json:
        print(json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    else:
        table = Table(box=box.SIMPLE, title="科目余额")
        for title in ("科目", "名称", "借方（元）", "贷方（元）"):
            table.add_column(title, justify="right" if "元" in title else "left")
        for account, fen in result.balances.items():
            yuan = format_yuan(abs(fen), grouped=True)
            table.add_row(account, account_name(account), yuan if fen > 0 else "", yuan if fen < 0 else "")
        console.print(table)
        console.print(
            f"{result.transfers:,} 条分录，{result.orders:,} 笔指令；借方合计 {format_yuan(result.debit_fen, grouped=True)} 元 "
            f"＝ 贷方合计 {format_yuan(result.credit_fen, grouped=True)} 元\n哈希 {result.sha256}",
            soft_wrap=True,
        )
        for finding in result.findings:
            console.print(
                f"[{finding.check}] {finding.subject}：{finding.message}", style="red", markup=False
            )
        console.print("账目平衡、完整 sound" if result.is_sound else f"发现 {result.wrong:,} 处问题 wrong")
    if not result.is_sound:
        raise typer.Exit(1)


@app.command()
def trace(
    what: Annotated[
        str, typer.Argument(help="An order's number at the bank (A1M202207S0), or a budget line's code.")
    ],
    month: Annotated[str, typer.Option(help="With a budget line: only this accounting month.")] = "",
    as_json: Json = False,
) -> None:
    """Follow an order from its budget line to the bank's answer, or a budget line to where its money stands (资金追溯)."""
    with acting_as_service("minzheng ledger trace"):
        try:
            found = trace_order(find_order(what).pk).as_json()
        except Order.DoesNotExist:
            found = trace_budget_line(what, month=parse_month(month) if month else None)
            if not found["entries"]:
                raise refuse(f"没有指令或预算线 {what} / no order and no budget line {what}") from None
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if "order" in found:
        console.print(
            f"{found['order']} {found['programme']} {found['benefit_month']} {format_yuan(found['amount_fen'])} 元 {found['state']}；"
            f"批次 {found['batch']}，编制 {found['prepared_by']}，复核 {found['approved_by']}",
            markup=False,
        )
        for entry in found["entries"]:
            console.print(
                f"  {entry['on']} {entry['kind']:8} 借 {entry['debit_name']}  贷 {entry['credit_name']} "
                f" {format_yuan(entry['amount_fen'])}",
                markup=False,
            )
        for file in found["files"]:
            console.print(f"  银行文件 {file['name']} sha256 {file['sha256']}", markup=False, soft_wrap=True)
        for row in found["bank"]:
            console.print(
                f"  回执 {row['message']} 第 {row['row']} 行 {row['outcome']} {row['reason']}", markup=False
            )
        return
    console.print(f"{found['account']}：净额 {format_yuan(found['net_fen'], grouped=True)} 元", markup=False)
    for entry in found["entries"]:
        console.print(
            f"  {entry['month']} {entry['district']} {entry['kind']:8} {entry['orders']:,} 笔 "
            f"{format_yuan(entry['fen'], grouped=True)} 元",
            markup=False,
        )
    for state in found["orders"]:
        console.print(
            f"  {state['state']}：{state['orders']:,} 笔 {format_yuan(state['fen'], grouped=True)} 元",
            markup=False,
        )
