"""`minzheng city`: a synthetic city that is built and lives its year. Nobody in it is real."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.periods import Month

if TYPE_CHECKING:
    from minzheng.simulation.population.fit import Statistic


class By(StrEnum):
    """How the people come into the registers."""

    FILES = "files"
    SETS = "sets"


app = typer.Typer(
    help="模拟城市 A synthetic city drawn to public statistics that lives its year. Nobody in it is real.",
    no_args_is_help=True,
)
console = Console()
error_console = Console(stderr=True)


@app.command("build")
def build(
    scale: Annotated[int, typer.Option(min=1, help="One synthetic resident for so many real ones.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same city.")] = 1,
    by: Annotated[
        By | None,
        typer.Option(
            help="By the offices' files with their faults, or as sets; files from 1:500 down if not given."
        ),
    ] = None,
) -> None:
    """建成 Draws the city as it stood at the end of 2021 and takes it into the registers; a killed building goes on."""
    from minzheng.simulation import building

    os.environ["MINZHENG_DEMO"] = "1"  # The accounts' password is public; only a synthetic city makes them.
    try:
        built = building.build_city(scale=scale, seed=seed, watch=_tell, by=building.By(by) if by else None)
    except building.BuildRefused as error:
        error_console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    console.print(f"1:{built.scale}，种子 {built.seed}，{built.on}：{built.told}", markup=False)
    _print_fit(scale, seed)


@app.command("fit")
def fit(
    scale: Annotated[int, typer.Option(min=1, help="One synthetic resident for so many real ones.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same city.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """符合程度 How near the drawn city comes to each public statistic; draws it anew and needs no database."""
    if as_json:
        sys.stdout.write(
            json.dumps([one.as_json() for one in _fit(scale, seed)], ensure_ascii=False, indent=1) + "\n"
        )
    else:
        _print_fit(scale, seed)


def _fit(scale: int, seed: int) -> list[Statistic]:
    from minzheng.simulation.building import BUILT_ON
    from minzheng.simulation.population.drawing import draw_shares
    from minzheng.simulation.population.fit import fit_of

    return fit_of(draw_shares(scale=scale, seed=seed, on=BUILT_ON))


def _print_fit(scale: int, seed: int) -> None:
    table = Table(
        "统计量", "目标", "抽得", "偏差", "抽样误差", "来源", title=f"1:{scale} 人口与公开统计的符合程度"
    )
    for place in (1, 2, 3, 4):
        table.columns[place].justify = "right"
    for one in _fit(scale, seed):
        table.add_row(
            one.name, f"{one.target:,.0f}", f"{one.drawn:,.0f}", f"{one.deviation:+.2%}",
            f"{one.noise / one.target:.2%}", one.source, style=None if one.is_within_noise else "yellow",
        )  # fmt: skip
    console.print(table)


@app.command("live")
def live(
    year: Annotated[
        int, typer.Argument(min=2022, max=2022, help="The year; only 2022 has its law and calendar.")
    ],
    until: Annotated[
        str, typer.Option(help="The last month to live, such as 2022-07; the whole year where not given.")
    ] = "",
) -> None:
    """生活一年 Lives the year month by month; what was lived stays, and a killed run goes on."""
    from minzheng.simulation.year import engine
    from minzheng.simulation.year.steps import STEPS

    os.environ["MINZHENG_DEMO"] = "1"
    last = last_month(until, year)
    try:
        lived = engine.live(Month(year, 1), last, STEPS, _tell)
    except engine.NoCity as error:
        error_console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    console.print(f"已到 {last} 月末，本次 {lived} 步 / lived until {last}, {lived} steps now", markup=False)


def last_month(until: str, year: int) -> Month:
    """The last month of a year to live, December where not told; ends the command where it is none."""
    try:
        last = Month.parse(until) if until else Month(year, 12)
    except ValueError as error:
        error_console.print(
            f"--until {until!r}：应写作 2022-07 / write a month as 2022-07", style="red", markup=False
        )
        raise typer.Exit(2) from error
    if last.year != year:
        error_console.print(
            f"--until {last} 不在 {year} 年内 / is not a month of {year}", style="red", markup=False
        )
        raise typer.Exit(2)
    return last


def _tell(step: str, detail: str) -> None:
    console.print(f"{step}  {detail}", markup=False, highlight=False)


@app.command("compare")
def compare(
    year: Annotated[int, typer.Option(help="A year whose printed summary is at hand.")] = 2022,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """对比 Counts what changed, then sets every derived figure beside the printed one at the city's scale; deviations are no error."""
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.indicators import counting
    from minzheng.kernel.monthend.live import day_in_hand
    from minzheng.kernel.periods import today
    from minzheng.simulation import comparison
    from minzheng.simulation.year.engine import SERVICE, NoCity, city

    try:
        comparison.printed(year)
        city()
        with acting_as_service(SERVICE):
            on = day_in_hand() or today()
            counting.refresh(on=on, since_year=year if year < on.year else None)
            found = comparison.compare(year)
    except (NoCity, comparison.NothingPrinted) as error:
        error_console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from error
    assert found is not None
    lines = comparison.plain_lines(found)
    if as_json:
        told = {
            "year": year, "scale": found.city.scale, "seed": found.city.seed, "counted_to": str(on),
            "lived": str(Month.of(found.lived)) if found.lived else None, "figures": lines,
            "missing": [{"id": one.id, "name": one.name, "domain": one.domain} for one in found.missing],
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    table = Table(
        title=f"1:{found.city.scale} {year} 年与总结对比 {len(lines)} 项，待建 {len(found.missing)} 项",
        title_justify="left",
    )
    for heading in ("指标", "模拟值", "按比例的总结值", "偏差 %", "误差 ±%", "判断"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        values = (f"{one:,}" if isinstance(one, int | float) else str(one or "—") for one in
                  (line["value"], line["expected"], line["deviation"], line["noise"]))  # fmt: skip
        table.add_row(f"{line['name']} {line['id']}", *values, line["judgement"])
    console.print(table)
