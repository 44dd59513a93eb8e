"""`minzheng demo`: a synthetic city that has lived its year, ready to be looked at."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month
from minzheng.surfaces.cli.city import last_month
from minzheng.surfaces.cli.server import serve as serve_pages

if TYPE_CHECKING:
    from minzheng.simulation.demo import Demo

app = typer.Typer(
    help="演示 A synthetic city that lives the year 2022 and is ready to be looked at. Nobody in it is real.",
    no_args_is_help=True,
)
console = Console()
Scale = Annotated[int, typer.Option(min=1, help="One synthetic resident for so many real ones.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same city.")]


@app.command("city")
def city(
    folder: Annotated[Path, typer.Argument(help="Folder for the eight offices' files.")],
    scale: Scale = 1000,
    seed: Seed = 1,
) -> None:
    """只生成文件 Writes the eight offices' files of the synthetic city and does nothing else."""
    from minzheng.simulation.city import write_city_files

    with console.status("正在生成 Writing…"):
        made = write_city_files(folder, scale=scale, seed=seed)
    console.print(f"{made.people:,} 人，{made.households:,} 户：{made.folder}", markup=False)


@app.command("prepare")
def prepare(
    scale: Scale = 2000,
    seed: Seed = 1,
    until: Annotated[
        str, typer.Option(help="The last month to live, such as 2022-03; the year where not given.")
    ] = "",
) -> None:
    """准备演示 Database, accounts, a city and its year. What is done already is kept; a killed one goes on."""
    _prepare(scale, seed, until)


@app.command("serve")
def serve(
    once: Annotated[bool, typer.Option("--once", help="End when the city is ready.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    scale: Scale = 2000,
    seed: Seed = 1,
) -> None:
    """演示并启动服务 Prepares what is missing, then serves the screens until Ctrl-C (with --once: ends before)."""
    _prepare(scale, seed)
    if once:
        return
    # Accounts with a public password may only be used in a process that was told so.
    os.environ["MINZHENG_DEMO"] = "1"
    console.print(f"\n[bold]http://{host}:{port}/[/bold]   Ctrl-C 结束 ends it\n")
    raise typer.Exit(serve_pages(host=host, port=port))


def _prepare(scale: int, seed: int, until: str = "") -> None:
    from minzheng.simulation.building import BuildRefused
    from minzheng.simulation.demo import YEAR, prepare_demo

    last = last_month(until, YEAR)

    began = time.monotonic()
    shown = ""
    with console.status("") as status:

        def watch(step: str, detail: str) -> None:
            nonlocal shown
            if console.is_terminal:
                status.update(f"{step}：{detail}")
            elif step != shown:
                console.print(f"· {step}…", markup=False)
            shown = step

        try:
            demo = prepare_demo(scale=scale, seed=seed, watch=watch, until=last)
        except BuildRefused as refusal:
            Console(stderr=True).print(str(refusal), style="red", markup=False)
            raise typer.Exit(1) from refusal
    _show(demo)
    console.print(f"用时 {time.monotonic() - began:.0f} 秒", markup=False)


def _show(demo: Demo) -> None:
    from minzheng.kernel.monthend.totals import by_benefit
    from minzheng.kernel.programmes import load_programmes
    from minzheng.simulation.demo import SERVICE
    from minzheng.surfaces.demo import create_demo_residents

    with acting_as_service(SERVICE):
        totals = by_benefit(demo.run)
        residents = create_demo_residents()
    names = {benefit.code: benefit.name for programme in load_programmes() for benefit in programme.benefits}
    table = Table(title=f"{Month.of(demo.run.month).chinese}月度办理 Month end", title_justify="left")
    table.add_column("待遇", overflow="fold")
    for heading in ("符合条件", "在享", "主动发现与变更", "发放单", "发放金额（元）"):
        table.add_column(heading, justify="right")
    for benefit, row in totals.items():
        numbers = (row["eligible"], row["in_force"], row["leads"], row["orders"])
        table.add_row(
            names[benefit], *(f"{n:,}" for n in numbers), format_yuan(row["ordered_fen"], grouped=True)
        )
    console.print(table)
    accounts = Table(title="演示账户 Accounts", title_justify="left")
    for heading in ("账户", "密码", "姓名", "身份", "岗位"):
        accounts.add_column(heading, overflow="fold")
    for official in demo.officials:
        accounts.add_row(official.username, official.password, official.name, official.title, official.roles)
    for resident in residents:
        accounts.add_row(resident.username, resident.password, resident.name, resident.situation, "居民")
    console.print(accounts)
