"""`minzheng db`: the database server and its tables."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from minzheng.kernel.storage import server

app = typer.Typer(
    help="数据库 The database: an embedded PostgreSQL unless DATABASE_URL names another. Any command starts the embedded "
    "server when it is needed; it then stays up for the next one.",
    no_args_is_help=True,
)
console = Console()


class Role(StrEnum):
    """Whose address to print."""

    WEB = "web"
    OWNER = "owner"


@app.command("prepare")
def prepare() -> None:
    """准备数据库 Starts the server, makes roles and tables. Harmless to repeat; what `demo` and a new installation do first."""
    migrate()


@app.command("migrate")
def migrate() -> None:
    """升级数据表 Brings the tables up to date. Run it after every update of the programs, before `server run`."""
    from minzheng.kernel.storage.schema import bring_up_to_date

    with console.status("正在升级数据表 Migrating…"):
        done = bring_up_to_date()
    console.print(
        f"已执行 {len(done)} 项数据表升级。" if done else "数据表已是最新。The tables are up to date."
    )


@app.command("status")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """查看数据库 Says which server is used, its release, and whether tables wait for an upgrade (then exit code 1)."""
    from minzheng.kernel.storage.schema import pending_migrations

    addresses = server.ready()
    with addresses.web.connect() as connection:
        release = str(connection.execute("show server_version").fetchone()[0])  # type: ignore[index]
    pending = pending_migrations()
    told: dict[str, Any] = {
        "server": f"{addresses.web.host}:{addresses.web.port}",
        "kind": "operator" if _is_operators() else "embedded",
        "release": release,
        "database": addresses.web.database,
        "pending": pending,
    }
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        kind = "DATABASE_URL" if _is_operators() else "内置 embedded"
        console.print(
            f"PostgreSQL {release}（{kind}），{told['server']}，数据库 {told['database']}", markup=False
        )
        for name in pending:
            console.print(f"  待升级 pending: {name}", markup=False)
    raise typer.Exit(1 if pending else 0)


@app.command("url")
def url(
    role: Annotated[
        Role, typer.Option(help="web: bound by row-level security; owner: may change tables.")
    ] = Role.WEB,
) -> None:
    """打印连接地址 Prints the address for psql and the like. It holds a password: keep it out of files and logs.

    As the web role you see nothing until a post acts: that is row-level security at work, not an empty database.
    """
    addresses = server.ready()
    typer.echo((addresses.owner if role is Role.OWNER else addresses.web).url())


@app.command("stop")
def stop() -> None:
    """停止内置服务器 Stops the embedded server; nothing is lost, and the next command starts it again."""
    if _is_operators():
        Console(stderr=True).print(
            "数据库由 DATABASE_URL 指定，不由本程序启停。The server is not ours to stop."
        )
        raise typer.Exit(1)
    stopped = server.cluster().stop()
    console.print("已停止。Stopped." if stopped else "未在运行。It was not running.")


def _is_operators() -> bool:
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("MINZHENG_WEB_URL"))
