"""`minzheng audit`: verify the trace, export it, note its head."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit import chain

app = typer.Typer(
    help="操作记录 The trace of acts and looks: verify that nothing was changed, export it, note its head.",
    no_args_is_help=True,
)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def _refuse(message: str, code: int = 1) -> typer.Exit:
    Console(stderr=True).print(message, style="red", markup=False)
    return typer.Exit(code)


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Option(help="Verify an exported file instead; no database is asked.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(help="A head noted earlier by `audit head`: shows whether the tail was cut off since."),
    ] = None,
    as_json: Json = False,
) -> None:
    """核验操作记录 Recomputes every seal and reports what was changed, removed, slipped in, reordered or cut off.

    A tail cut off together with its seals shows only against a head kept elsewhere: note `minzheng audit head` daily,
    and pass the last one with --head.
    """
    try:
        known = chain.Head.parse(head) if head else None
    except ValueError as error:
        raise _refuse(str(error), 2) from error
    try:
        if file is not None:
            report = chain.verify(chain.read_file(file), known=known)
        else:
            with acting_as_service("minzheng audit verify"), console.status("核验中 verifying …"):
                report = chain.verify(chain.stored_links(), known=known)
    except FileNotFoundError as error:
        raise _refuse(f"没有这个文件：{file}。There is no such file.", 2) from error
    except chain.NotAnExport as error:
        raise _refuse(str(error)) from error
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    elif report.whole:
        console.print(f"操作记录完整：{report.entries} 条。The trace is whole: {report.entries} entries.")
        console.print(f"链首 head: {report.head}", soft_wrap=True)
    else:
        for fault in report.faults:
            where = f"位置 {fault.position}" if fault.position is not None else f"条目 {fault.entry_id}"
            console.print(f"{where}：{fault.what}", style="red", markup=False, soft_wrap=True)
        console.print(
            f"共发现 {report.faults_in_all} 处问题。{report.faults_in_all} faults in all.", style="red"
        )
    raise typer.Exit(0 if report.whole else 1)


@app.command()
def head(as_json: Json = False) -> None:
    """记下链首 Prints the last seal as POSITION:DIGEST. Keep it outside this database."""
    with acting_as_service("minzheng audit head"):
        found = chain.head()
    typer.echo(json.dumps({"position": found.position, "digest": found.digest}) if as_json else str(found))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write; an existing file is replaced.")],
) -> None:
    """导出操作记录 Writes the whole trace as JSON lines; `audit verify --file` checks it without a database."""
    with acting_as_service("minzheng audit export"), console.status("导出中 exporting …"):
        last = chain.export(file, chain.stored_links())
    console.print(f"已导出 {last.position} 条到 {file}，链首 {last}", markup=False, soft_wrap=True)
