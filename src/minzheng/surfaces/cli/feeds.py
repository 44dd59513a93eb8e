"""`minzheng feeds`: take in other offices' files, read their reports, decide what waits (数据接收)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

app = typer.Typer(
    help="接收其他部门的文件 Files of other offices: load, report, review.", no_args_is_help=True
)
review = typer.Typer(help="待核处 Rows that wait for a person's decision.", no_args_is_help=True)
app.add_typer(review, name="review")

_LEVELS = {
    "taken": "green",
    "taken_with_warning": "yellow",
    "unchanged": "dim",
    "review": "magenta",
    "refused": "red",
}
_TITLES = {
    "taken": "采用\ntaken",
    "taken_with_warning": "提示\nwarn",
    "unchanged": "不变\nsame",
    "review": "待核\nreview",
    "refused": "拒收\nrefused",
    "not_data": "非数据\nother",
}
_STEPS = {
    "stage": "暂存 staging",
    "apply": "核查写入 applying",
    "retry": "重核 retrying",
    "done": "完成 done",
}
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def _fail(message: str, code: int) -> typer.Exit:
    Console(stderr=True).print(f"[red]{escape(message)}[/red]")
    return typer.Exit(code)


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help="A folder of files, or one file.", metavar="DIR")],
    period: Annotated[
        str,
        typer.Option(help="The month the files speak of, such as 2022-06; otherwise taken from the files."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take in every file of a folder (接收数据).

    Files are recognised by their columns, whatever their name, encoding or form (CSV, TSV, XLSX, JSON, JSON lines).
    Every row is accounted for: taken, taken with a warning, unchanged, sent to review, or refused with its reason.
    The same folder again changes nothing; after a kill, the same command goes on where it stopped.

    Exit codes: 0 all files were taken in, even where single rows were refused (the report names them); 1 a file could
    not be read, recognised or placed in a month, the others were taken in; 2 the call was not understood.
    """
    from minzheng.kernel.periods import Month
    from minzheng.kernel.sources.actions import FolderNotFound, load_folder
    from minzheng.kernel.sources.actions import Progress as Step

    try:
        month = Month.parse(period) if period else None
    except ValueError as fault:
        raise _fail(str(fault), 2) from fault
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
            task = bar.add_task("…", total=1)

            def show(step: Step) -> None:
                bar.update(
                    task,
                    description=f"{_STEPS[step.step]} {escape(step.file)}",
                    completed=step.number - 1 if step.step != "done" else step.total,
                    total=step.total,
                )

            results = load_folder(path, period=month, progress=show)
    except FolderNotFound as fault:
        raise _fail(str(fault), 2) from fault
    if as_json:
        typer.echo(json.dumps([_result_json(result) for result in results], ensure_ascii=False, indent=1))
    else:
        _show_results(results)
    if any(result.is_failed for result in results):
        raise typer.Exit(1)


def _result_json(result: Any) -> dict[str, Any]:
    return {
        "file": result.name,
        "id": result.file_id,
        "contract": result.contract,
        "state": result.state,
        "period": result.period,
        "is_new": result.is_new,
        "counts": result.counts,
        "notes": result.notes,
    }


def _show_results(results: list[Any]) -> None:
    from minzheng.kernel.sources.contract import contracts
    from minzheng.kernel.sources.messages import explain

    console = Console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("号\nNo.", justify="right")
    table.add_column("文件\nFile", min_width=22, overflow="fold")
    for heading in ("行\nlines", *_TITLES.values()):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results:
        if result.state == "ignored":
            continue
        contract = contracts().get(result.contract)
        told = f"{contract.title} {result.period}" if contract else f"[red]{result.state}[/red]"
        if not result.is_new and result.state == "applied":
            told += " 已接收过 known"
        counts = [result.counts.get(name, 0) for name in _TITLES]
        table.add_row(
            str(result.file_id or ""),
            f"{escape(result.name)}\n[dim]{told}[/dim]",
            str(result.counts.get("lines", "")),
            *(
                f"[{_LEVELS.get(name, 'dim')}]{count or '·'}[/]"
                for name, count in zip(_TITLES, counts, strict=True)
            ),
        )
    console.print(table)
    for result in results:
        for note in result.notes:
            if note["level"] in ("warning", "refused"):
                words = explain(note)
                nearest = contracts().get(note.get("nearest", ""))
                close = f"；最接近 {nearest.title} nearest {nearest.name}" if nearest else ""
                colour = "red" if note["level"] == "refused" else "yellow"
                console.print(
                    f"[{colour}]{escape(result.name)}[/]：{escape(words['what'])} {escape(words['found'])}"
                    f"（应为 {escape(words['expected'])}{escape(close)}）"
                )
    aside = [result.name for result in results if result.state == "ignored"]
    if aside:
        console.print(f"[dim]不是数据文件，未读 Not data, left aside: {escape('、'.join(aside))}[/dim]")


@app.command("list")
def list_files(as_json: AsJson = False) -> None:
    """List the files received, the latest first (已接收文件)."""
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.periods import Month
    from minzheng.kernel.sources import queries
    from minzheng.kernel.sources.loading import FileResult

    with acting_as_service("feeds"):
        results = [
            FileResult(
                file.name,
                file.pk,
                file.contract,
                file.state,
                str(Month.of(file.period)) if file.period else "",
                True,
                file.counts,
                file.notes if as_json else [],
            )
            for file in queries.files()
        ]
    if as_json:
        typer.echo(json.dumps([_result_json(result) for result in results], ensure_ascii=False, indent=1))
    else:
        _show_results(results)


@app.command()
def report(
    file: Annotated[str, typer.Argument(help="The file's number, name, or the start of its SHA-256.")],
    excel: Annotated[Path | None, typer.Option(help="Write the whole report to this .xlsx file.")] = None,
    outcome: Annotated[str, typer.Option(help="Only rows of this outcome, such as review or refused.")] = "",
    field: Annotated[str, typer.Option(help="Only rows with a message on this field, such as 工资.")] = "",
    code: Annotated[str, typer.Option(help="Only rows with this message, such as identifier_check.")] = "",
    after: Annotated[int, typer.Option(help="Go on after this row number.")] = 0,
    limit: Annotated[int, typer.Option(help="How many rows to show.", min=1, max=500)] = 20,
    as_json: AsJson = False,
) -> None:
    """Say row by row what was wrong in a file, what was expected and what was done (接收报告).

    Exit codes: 0 done; 1 no such file; 2 the call was not understood.
    """
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.sources import queries
    from minzheng.kernel.sources.export import write_report

    if outcome and outcome not in (*queries.OUTCOMES, "waiting"):
        raise _fail(f"不认识的结果 {outcome}，应为 {'、'.join(queries.OUTCOMES)} / unknown outcome", 2)
    with acting_as_service("feeds"):
        found = queries.find_file(file)
        if found is None:
            raise _fail(f"没有这个文件：{file}，见 minzheng feeds list / no such file", 1)
        told = queries.summary(found)
        page = queries.report_rows(found, outcome=outcome, field=field, code=code, after=after, limit=limit)
        if excel:
            write_report(found, excel)
    if as_json:
        typer.echo(
            json.dumps({"summary": told, "rows": page.rows, "next": page.next}, ensure_ascii=False, indent=1)
        )
        return
    console = Console()
    console.print(
        f"[bold]{escape(found.name)}[/bold] {found.get_state_display()} {found.contract} {found.sha256[:12]}"
    )
    counts = "  ".join(
        f"{_TITLES[name].replace(chr(10), ' ')} {count}" for name, count in told["outcomes"].items()
    )
    console.print(f"{told['lines']} 行 lines  {counts}")
    for one in told["codes"]:
        console.print(f"  {one['count']:>6}  {escape(one['what'])} [dim]{one['code']} {one['level']}[/dim]")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    for heading in (
        "行 Line",
        "结果 Outcome",
        "字段 Field",
        "问题 Problem",
        "见到 Found",
        "应为 Expected",
        "处理 Done",
    ):
        table.add_column(heading.replace(" ", "\n"), overflow="fold")
    for row in page.rows:
        place = f"{row['sheet']} {row['line']}".strip()
        label = str(row["outcome_label"])
        for message in row["messages"] or [dict.fromkeys(("field", "what", "found", "expected", "done"), "")]:
            cells = (
                message["field"],
                message["what"],
                message["found"],
                message["expected"],
                message["done"],
            )
            table.add_row(escape(place), label, *(escape(cell[:80]) for cell in cells))
            place = label = ""
    console.print(table)
    if page.next:
        console.print(f"[dim]还有更多 more: --after {page.next}[/dim]")
    if excel:
        console.print(f"已写入 written: {escape(str(excel))}")


@review.command("list")
def review_list(
    contract: Annotated[
        str, typer.Option(help="Only rows of this contract, such as police_population.")
    ] = "",
    code: Annotated[str, typer.Option(help="Only rows that wait for this reason.")] = "",
    state: Annotated[str, typer.Option(help="open, linked, new, accepted or refused.")] = "open",
    after: Annotated[int, typer.Option(help="Go on after this item number.")] = 0,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=500)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what waits for a decision, with whom each row may be (待核处列表)."""
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.people.identifiers import mask
    from minzheng.kernel.sources import queries

    with acting_as_service("feeds"):
        page = queries.review_queue(contract=contract, code=code, state=state, after=after, limit=limit)
    if as_json:
        typer.echo(
            json.dumps({"items": page.rows, "next": page.next}, ensure_ascii=False, indent=1, default=str)
        )
        return
    console = Console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), header_style="bold")
    for heading in ("号 No.", "约定 Contract", "行 Line", "原因 Why", "行中所填 Says", "可能是 Maybe"):
        table.add_column(heading.replace(" ", "\n"), overflow="fold")
    for item in page.rows:
        values = {**item["values"], **item["sent"]}
        told = [
            mask(str(value)) if "number" in name and "house" not in name else str(value)
            for name, value in values.items()
        ]
        people = [
            f"{one['person_id']} {one['name']} ({'+'.join(one['grounds'])})" for one in item["candidates"]
        ]
        table.add_row(
            str(item["id"]),
            item["contract_title"],
            f"{item['row']['sheet']} {item['row']['line']}".strip(),
            escape(item["why"]),
            escape(" ".join(told)[:120]),
            escape("\n".join(people)[:200]),
        )
    console.print(table)
    if page.next:
        console.print(f"[dim]还有更多 more: --after {page.next}[/dim]")


@review.command("decide")
def review_decide(
    item: Annotated[int, typer.Argument(help="The item's number from `feeds review list`.")],
    action: Annotated[str, typer.Argument(help="link, new, accept or refuse.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the trace.", prompt="理由 Reason")],
    person: Annotated[int | None, typer.Option(help="The person to link to.")] = None,
    value: Annotated[
        list[str] | None, typer.Option(help="A corrected cell, such as --value wage=7668; may be repeated.")
    ] = None,
) -> None:
    """Decide about one row: link it to a person, enter a new person, accept it, or refuse it (核处).

    Exit codes: 0 decided; 1 the decision cannot be carried out (the message says why); 2 the call was not understood.
    """
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.sources.actions import CannotDecide, decide_review

    pairs = [one.partition("=") for one in value or []]
    if any(not name or not sign for name, sign, _ in pairs):
        raise _fail("--value 应写作 字段=值，如 wage=7668 / write field=value", 2)
    try:
        with acting_as_service("feeds", reason=reason):
            row = decide_review(
                item_id=item,
                action=action,
                reason=reason,
                person_id=person,
                values={name: text for name, _, text in pairs},
            )
    except CannotDecide as fault:
        raise _fail(str(fault), 1) from fault
    Console().print(f"{row.get_outcome_display()} {row.outcome}")
