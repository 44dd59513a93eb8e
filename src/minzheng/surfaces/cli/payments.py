"""`minzheng payments`: draft, prepare, approve, export, take in the bank's answer, close (资金发放)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import (
    NotPermitted,
    PostNotInForce,
    acting,
    acting_as_service,
    permissions_of,
    role_name,
)
from minzheng.kernel.access.models import Post
from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments import actions, queries
from minzheng.kernel.payments.bankfiles import file_path
from minzheng.kernel.payments.errors import MonthOpenItems, PaymentRefused
from minzheng.kernel.payments.models import Batch, ReturnRow
from minzheng.kernel.payments.returns import reason_text
from minzheng.kernel.periods import Month, today

app = typer.Typer(
    help="资金发放 Payments: orders, batches approved by two officials, bank files, the bank's answers, closing.",
    no_args_is_help=True,
)
returns = typer.Typer(help="银行回盘与退票 The bank's answers and returned payments.", no_args_is_help=True)
app.add_typer(returns, name="returns")
console = Console()

MonthArgument = Annotated[str, typer.Argument(metavar="MONTH", help="The accounting month, such as 2022-07.")]
BatchArgument = Annotated[
    int, typer.Argument(metavar="BATCH", help="The batch's number, as `payments status` lists it.")
]
As = Annotated[
    str, typer.Option("--as", metavar="USERNAME", help="The official who acts, by their account's name.")
]
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the act; today by default.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def refuse(message: str, code: int = 1) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(code)


def parse_month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise refuse(str(error), 2) from error


@contextmanager
def acting_for(username: str, permission: str) -> Iterator[None]:
    """Acts in the official's post that carries the permission; without a name, as the platform's service."""
    try:
        with acting(_post(username, permission)) if username else acting_as_service("minzheng payments"):
            yield
    except MonthOpenItems as error:
        raise refuse("\n".join([str(error), *error.items])) from error
    except (PaymentRefused, NotPermitted, PostNotInForce) as error:
        raise refuse(str(error)) from error
    except Batch.DoesNotExist as error:
        raise refuse("没有这个批次，或不在管辖范围内 / no such batch within the post's scope") from error


def _post(username: str, permission: str) -> Post:
    posts = list(
        Post.objects.select_related("official__user")
        .filter(official__user__username=username, during__contains=today())
        .order_by("id")
    )
    if not posts:
        raise refuse(f"没有在任岗位的账户 {username} / no official {username} with a post in force", 2)
    for post in posts:
        if permission in permissions_of(post.role):
            return post
    names = "、".join(role_name(post.role) for post in posts)
    raise refuse(f"{username}（{names}）无权办理 / none of the posts of {username} carries {permission}")


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _batch_json(batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch.pk,
        "message_id": batch.message_id,
        "programme": batch.programme,
        "month": str(Month.of(batch.accounting_month)),
        "division": batch.division_code,
        "state": batch.state,
        "orders": batch.orders_count,
        "total_fen": batch.total_fen,
        "prepared_by": batch.prepared_by.name,
        "approved_by": batch.approved_by.name if batch.approved_by else None,
    }


def _say_batch(batch: Batch, as_json: bool) -> None:
    if as_json:
        _print(_batch_json(batch))
        return
    console.print(
        f"批次 {batch.pk}（{batch.message_id}）{batch.programme} {batch.get_state_display()}："
        f"{batch.orders_count:,} 笔 {format_yuan(batch.total_fen, grouped=True)} 元",
        markup=False,
    )


@app.command()
def draft(month: MonthArgument, as_user: As = "", on: On = None, as_json: Json = False) -> None:
    """Draft what is due in a month (生成发放清单); again, it only follows what has changed.

    Orders without a usable account are held and listed by `payments status`.
    """
    with acting_for(as_user, "payments.draft"), console.status("生成发放清单 drafting"):
        report = actions.draft_orders(month=parse_month(month), on=on.date() if on else today())
    if as_json:
        _print(
            {
                "month": str(report.month),
                "drafted": report.drafted,
                "refreshed": report.refreshed,
                "cancelled": report.cancelled,
                "overpaid": report.overpaid,
                "waiting": report.waiting,
                "waiting_fen": report.waiting_fen,
                "held": report.held,
            }
        )
        return
    console.print(
        f"{report.month.chinese}：新增 {report.drafted:,}，更新 {report.refreshed:,}，取消 {report.cancelled:,}，"
        f"多发 {report.overpaid:,}；待入批 {report.waiting:,} 笔 {format_yuan(report.waiting_fen, grouped=True)} 元，"
        f"暂缓 {report.held:,} 笔"
    )


@app.command()
def prepare(
    month: MonthArgument,
    programme: Annotated[
        str, typer.Option(help="Only this programme; otherwise each that has drafted orders.")
    ] = "",
    division: Annotated[str, typer.Option(help="Only this division's orders, such as 310107.")] = "310000",
    as_user: As = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """Put a month's drafted orders into a batch for each programme (编制发放批次)."""
    chosen, made = parse_month(month), []
    with acting_for(as_user, "payments.prepare_batch"):
        names = (
            [programme]
            if programme
            else [row["programme"] for row in queries.waiting(month=chosen) if row["drafted"]]
        )
        for name in names:
            made.append(
                actions.prepare_batch(
                    programme=name, month=chosen, division_code=division, on=on.date() if on else today()
                )
            )
        if not made:
            raise refuse(f"{chosen.chinese}没有待入批的指令 / no drafted order waits in {chosen}")
        if as_json:
            _print([_batch_json(batch) for batch in made])
        else:
            for batch in made:
                _say_batch(batch, as_json=False)


@app.command()
def approve(batch: BatchArgument, as_user: As = "", on: On = None, as_json: Json = False) -> None:
    """Approve a batch that another official prepared (复核), and commit its money in the ledger."""
    if not as_user:
        raise refuse("复核须由工作人员本人办理，请写明 --as / an official approves: name them by --as", 2)
    with acting_for(as_user, "payments.approve_batch"):
        _say_batch(actions.approve_batch(batch_id=batch, on=on.date() if on else today()), as_json)


@app.command()
def withdraw(
    batch: BatchArgument,
    reason: Annotated[str, typer.Option(help="Why; kept in the trace.")],
    as_user: As = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """Take back a batch that has not gone to the bank (撤回); its postings are reversed by counter-entry."""
    with acting_for(as_user, "payments.correct"):
        _say_batch(
            actions.withdraw_batch(batch_id=batch, reason=reason, on=on.date() if on else today()), as_json
        )


@app.command()
def export(
    batch: BatchArgument,
    format: Annotated[str, typer.Option(help="pain.001 (ISO 20022) or csv.")] = "pain.001",
    to: Annotated[Path | None, typer.Option(help="A folder or file to copy it to.")] = None,
    as_user: As = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """Make the bank file of an approved batch (导出银行文件); asked again, it gives the same bytes."""
    if format not in ("pain.001", "csv"):
        raise refuse("格式应为 pain.001 或 csv / the format is pain.001 or csv", 2)
    with acting_for(as_user, "payments.export"), console.status("导出银行文件 exporting"):
        file = actions.export_batch(batch_id=batch, format=format, on=on.date() if on else today())
        name, path = file.name, file_path(file)
    target = None
    if to is not None:
        target = to / name if to.is_dir() else to
        shutil.copyfile(path, target)
    if as_json:
        _print(
            {
                "file": name,
                "path": str(target or path),
                "sha256": file.sha256,
                "size": file.size,
                "orders": file.orders_count,
                "total_fen": file.total_fen,
                "instruction": file.is_instruction,
            }
        )
        return
    console.print(
        f"{name}：{file.orders_count:,} 笔 {format_yuan(file.total_fen, grouped=True)} 元，sha256 {file.sha256}\n{target or path}",
        markup=False,
        soft_wrap=True,
    )


@app.command()
def settle(batch: BatchArgument, as_user: As = "", on: On = None) -> None:
    """Record that the bank has paid everything of a batch that it did not send back (确认到账)."""
    with acting_for(as_user, "payments.load_returns"):
        count = actions.confirm_paid(batch_id=batch, on=on.date() if on else today())
    console.print(f"确认到账 {count:,} 笔")


@returns.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The bank's answer: CSV or pain.002.")
    ],
    as_user: As = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """Take in the bank's answer (导入回盘). The same file again changes nothing.

    Rows that cannot be taken (unknown order, wrong amount, not sent yet) are listed; the exit code is 1 then.
    """
    with acting_for(as_user, "payments.load_returns"):
        report = actions.import_returns(
            content=file.read_bytes(), name=file.name, on=on.date() if on else today()
        )
        answer = report.file
        refused = [
            {"row": row.row_number, "order": row.end_to_end_id, "amount": row.amount_text, "why": row.outcome,
             "label": str(ReturnRow.Outcome(row.outcome).label)}
            for row in queries.refused_rows(answer)[:200]
        ]  # fmt: skip
    if as_json:
        _print(
            {
                "message_id": answer.message_id,
                "was_known": report.was_known,
                "rows": answer.rows,
                "settled": answer.settled,
                "returned": answer.returned,
                "refused": answer.refused,
                "refused_rows": refused,
            }
        )
    else:
        known = "（此前已导入，未作改动）" if report.was_known else ""
        console.print(
            f"回执 {answer.message_id}{known}：{answer.rows:,} 行，到账 {answer.settled:,}，退票 {answer.returned:,}，"
            f"未采用 {answer.refused:,}",
            markup=False,
        )
        for row in refused:
            console.print(
                f"  第 {row['row']} 行 {row['order']} {row['amount']}：{row['label']}", markup=False
            )
    if refused and not report.was_known:
        raise typer.Exit(1)


@returns.command("list")
def list_(as_user: As = "", as_json: Json = False) -> None:
    """List returned payments that wait to be re-issued or given up (待处理退票)."""
    with acting_for(as_user, "payments.look"):
        rows: list[dict[str, Any]] = [
            {"return": row.pk, "order": row.end_to_end_id, "payee": row.order.payee_name,
             "account": row.order.account_masked, "amount_fen": row.order.amount_fen, "reason": row.reason_code,
             "reason_text": reason_text(row.reason_code)}
            for row in queries.open_returns()[:500] if row.order
        ]  # fmt: skip
    if as_json:
        _print(rows)
        return
    table = Table(box=box.SIMPLE)
    for title in ("退票", "支付指令", "收款人", "账号", "金额（元）", "原因"):
        table.add_column(title)
    for row in rows:
        table.add_row(
            str(row["return"]),
            row["order"],
            row["payee"],
            row["account"],
            format_yuan(row["amount_fen"]),
            row["reason_text"],
        )
    console.print(table)


@returns.command()
def correct(
    item: Annotated[
        int, typer.Argument(metavar="RETURN", help="The returned payment's number from `returns list`.")
    ],
    number: Annotated[str, typer.Option(help="The right account number.")],
    holder: Annotated[str, typer.Option(help="Its holder.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the trace.")],
    bank: Annotated[str, typer.Option(help="Its bank.")] = "",
    as_user: As = "",
    on: On = None,
) -> None:
    """Record the payee's right account and re-issue the payment to it (更正账户并重发)."""
    with acting_for(as_user, "payments.reissue"):
        order = actions.correct_account(
            return_id=item,
            bank=bank,
            number=number,
            holder=holder,
            reason=reason,
            on=on.date() if on else today(),
        )
    console.print(f"已生成重发指令 {order.end_to_end_id}", markup=False)


@app.command()
def close(month: MonthArgument, as_user: As = "", on: On = None) -> None:
    """Close an accounting month (月度结账): afterwards nothing in it changes; what comes later lands in the open month.

    Exit code 1 where batches are not settled; they are listed.
    """
    with acting_for(as_user, "payments.close_month"):
        closed = actions.close_month(month=parse_month(month), on=on.date() if on else today())
    console.print(
        f"{Month.of(closed.month).chinese}已结账：{closed.orders_count:,} 笔，已付 {format_yuan(closed.paid_fen, grouped=True)} 元，"
        f"转入下月 {closed.carried_count:,} 笔，账目哈希 {closed.ledger_sha256}",
        soft_wrap=True,
    )


@app.command()
def status(
    month: Annotated[str, typer.Argument(metavar="[MONTH]", help="Only this accounting month.")] = "",
    as_user: As = "",
    as_json: Json = False,
) -> None:
    """Show batches, what waits, what is held, and returned payments (发放情况)."""
    chosen = parse_month(month) if month else None
    with acting_for(as_user, "payments.look"):
        found = [_batch_json(batch) for batch in queries.batches(month=chosen)[:200]]
        rows = queries.waiting(month=chosen) if chosen else []
        held = [
            {
                "order": order.end_to_end_id,
                "payee": order.payee_name,
                "why": str(order.get_hold_reason_display()),
            }
            for order in queries.held_orders(month=chosen)[:50]
        ]
        open_items = queries.open_returns().count()
    if as_json:
        _print({"batches": found, "waiting": rows, "held": held, "open_returns": open_items})
        return
    table = Table(box=box.SIMPLE, title="发放批次")
    for title in ("批次", "月份", "项目", "状态", "笔数", "金额（元）", "编制", "复核"):
        table.add_column(title, justify="right" if title in ("笔数", "金额（元）") else "left")
    for row in found:
        table.add_row(
            str(row["batch"]), row["month"], row["programme"], str(Batch.State(row["state"]).label), f"{row['orders']:,}",
            format_yuan(row["total_fen"], grouped=True), row["prepared_by"], row["approved_by"] or "",
        )  # fmt: skip
    console.print(table)
    for waits in rows:
        console.print(
            f"待入批 {waits['programme']}：{waits['drafted']:,} 笔 {format_yuan(waits['drafted_fen'], grouped=True)} 元，"
            f"暂缓 {waits['held']:,} 笔",
            markup=False,
        )
    for row in held:
        console.print(f"  暂缓 {row['order']} {row['payee']}：{row['why']}", markup=False)
    console.print(f"待处理退票 {open_items:,} 笔")
