"""`minzheng figures`: the figures of the annual summary as far as the platform can derive them, their counting and identities."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators import counting, identities
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.summary import Derived, derive
from minzheng.kernel.monthend.live import day_in_hand
from minzheng.kernel.periods import today
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.resolution import CITY

app = typer.Typer(
    help="统计指标 Figures: derived from records, each with the rows behind it.", invoke_without_command=True
)
console = Console()
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Year = Annotated[int | None, typer.Option(help="A year such as 2022.", min=2000, max=2100)]


@app.callback()
def figures(
    context: typer.Context,
    year: Year = None,
    district: Annotated[
        str, typer.Option(help="A division code such as 310107; the city where not given.")
    ] = CITY,
    as_json: AsJson = False,
) -> None:
    """年度指标 Counts what changed, then prints every figure of the summary's list: value, unit, period and rows behind it.

    A figure that no domain brings yet is named with the domain that will.
    """
    if context.invoked_subcommand is not None:
        return
    with acting_as_service("figures"):
        on = day_in_hand() or today()
        chosen = year or on.year
        if not Division.objects.filter(code=district).exists():
            Console(stderr=True).print(
                f"没有区划 {district}，应为 6 或 9 位代码，如 310107 / no such division",
                style="red",
                markup=False,
            )
            raise typer.Exit(2)
        counting.refresh(on=on, since_year=chosen if chosen < on.year else None)
        found = derive(chosen, district)
    lines = [_line(one, chosen) for one in found if one.answer is not None]
    missing = [{"id": one.stated.id, "name": one.stated.name, "domain": one.stated.domain}
               for one in found if one.answer is None]  # fmt: skip
    if as_json:
        told = {"year": chosen, "place": district, "on": str(on), "figures": lines, "missing": missing}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    table = Table(title=f"{chosen} 年指标 {len(lines)} 项，待建 {len(missing)} 项", title_justify="left")
    for heading in ("编号", "名称", "数值", "单位", "时点", "明细行数"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        value = f"{line['value']:,}" if isinstance(line["value"], int | float) else str(line["value"] or "—")
        rows = "—" if line["rows"] is None else f"{line['rows']:,}"
        table.add_row(line["id"], line["name"], value, line["unit"], line["period"], rows)
    console.print(table)


def _line(one: Derived, year: int) -> dict[str, Any]:
    assert one.answer is not None
    return {
        "id": one.stated.id,
        "name": one.stated.name,
        "value": one.value,
        "unit": one.stated.unit,
        "period": one.answer.day.isoformat() if one.stated.kind == "stock" and one.answer.day else str(year),
        "rows": one.answer.rows,
        "figure": one.answer.figure.id,
        "counted_to": one.answer.day.isoformat() if one.answer.day else None,
    }


@app.command("refresh")
def refresh(
    since: Annotated[int | None, typer.Option(help="The first year to keep.", min=2000, max=2100)] = None,
) -> None:
    """计数 Counts every figure whose records changed; a closed period that comes out otherwise is noted."""
    with acting_as_service("figures refresh"):
        done = counting.refresh(on=day_in_hand() or today(), since_year=since)
    console.print(
        f"计数 {len(done.counted)} 项指标、{done.periods} 个期间；已结期间更正 {done.restated} 处",
        markup=False,
    )


@app.command("check")
def check(year: Year = None, as_json: AsJson = False) -> None:
    """勾稽核对 Holds the figures against each other; exit 1 where an identity is broken."""
    with acting_as_service("figures check"):
        counting.refresh(on=day_in_hand() or today())
        found = identities.check(year=year)
    broken = [
        {"identity": one.identity.name, "period": f"{line.span} {line.first}", "place": line.place, "left": line.left,
         "right": line.right, "difference": line.difference}
        for one in found for line in one.broken
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"checked": len(found), "broken": broken}, ensure_ascii=False, indent=2))
    else:
        console.print(f"核对 {len(found)} 条勾稽关系，不成立 {len(broken)} 处", markup=False)
        for line in broken:
            console.print("  ".join(str(value) for value in line.values()), markup=False)
    if broken:
        raise typer.Exit(1)


@app.command("list")
def listing() -> None:
    """指标目录 Every declared figure with its domain, unit and tables."""
    found = registry()
    table = Table(title=f"指标目录 {len(found.figures)} 项", title_justify="left")
    for heading in ("编号", "名称", "单位", "领域", "总结编号"):
        table.add_column(heading, overflow="fold")
    for figure in found.figures.values():
        table.add_row(figure.id, figure.name, figure.unit, found.domains[figure.id], figure.seed_id)
    console.print(table)
