"""`minzheng rules compare`: the law of a month beside a reform of it, over the same people."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.money import format_yuan
from minzheng.kernel.parameters import ParameterError
from minzheng.kernel.periods import Month, today
from minzheng.kernel.places.queries import names
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms.changes import (
    Change,
    Choice,
    check_changes,
    choices,
    parse_setting,
    reformed_law,
)
from minzheng.kernel.reforms.comparing import (
    ALL,
    BENEFIT,
    DIMENSIONS,
    DISTRICT,
    MEMBERS,
    MONTHS_OF_A_YEAR,
    PROGRAMME,
    SIZE,
    TENTH,
    Figure,
)
from minzheng.kernel.reforms.computing import WhatIf, what_if
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.population import population_of
from minzheng.kernel.reforms.replacing import replaced
from minzheng.kernel.rules import LawError, SnapshotDamaged

console = Console()
_REFUSALS = (ReformRefused, LawError, ParameterError, SnapshotDamaged, FileNotFoundError)
TITLES = {
    ALL: "全市 everybody",
    PROGRAMME: "按项目 by programme",
    BENEFIT: "按待遇（领取人或户） by benefit (holders)",
    DISTRICT: "按区 by district",
    SIZE: "按家庭人数 by size",
    MEMBERS: "按家庭成员（可重复） by members (may overlap)",
    TENTH: "按收入十等分 by tenth of income",
}
_MEMBERS = {"elder": "有老年人 with elders", "child": "有未成年人 with children", "disabled": "有残疾人 with disabled members",
            "none": "其他 others"}  # fmt: skip


def compare(
    month: Annotated[
        str, typer.Option("--month", "-m", help="Month, such as 2022-07. Default: this month.")
    ] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="programme.parameter=value, money in yuan; may be given more than once."),
    ] = None,
    replacements: Annotated[
        list[str] | None,
        typer.Option("--replace", help="module:variable, a function in place of the rule of the same name."),
    ] = None,
    population: Annotated[
        Path | None, typer.Option(help="A snapshot folder. Default: the registers of the month.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for both rolls, the households that change, and the figures.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """政策试算 What if: evaluates the law and a reform of it over the same people; cost, who gains, who loses.

    Example: minzheng rules compare -m 2022-07 --set subsistence_allowance.standard=1500
    """
    if not settings and not replacements:
        raise typer.BadParameter("请给出 --set 或 --replace / name at least one change")
    try:
        chosen = Month.parse(month) if month else Month.of(today())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from error
    sys.path.insert(0, "")  # A rule's other text may lie in a file of the present folder.
    try:
        with tempfile.TemporaryDirectory(prefix="minzheng-reform-") as unnamed:
            folder = out or Path(unnamed)
            offered, changes, done = _compute(chosen, settings or [], replacements or [], population, folder)
            told = _told(chosen, offered, changes, replacements or [], done)
            if out is not None:
                done.comparison.changed.write_parquet(out / "changed.parquet")
                text = json.dumps(told, ensure_ascii=False, indent=1)
                (out / "comparison.json").write_text(text + "\n", encoding="utf-8")
    except _REFUSALS as error:
        Console(stderr=True).print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told, done)


def _compute(
    month: Month, settings: list[str], replacements: list[str], population: Path | None, folder: Path
) -> tuple[dict[str, Choice], list[Change], WhatIf]:
    programmes = [p for p in load_programmes() if p.in_force(month)]
    offered = choices(programmes, month)
    changes = [parse_setting(text, offered, month) for text in settings]
    check_changes(changes)
    reform = reformed_law(replaced(programmes, replacements, month), changes, month)
    if population is None:
        with acting_as_service("minzheng rules compare"):
            population = population_of(month)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("试算 computing", total=None)
        done = what_if(
            compile_law(programmes, month), reform, population, folder, month,
            report=lambda at, parts: bar.update(task, completed=at, total=parts),
        )  # fmt: skip
    return offered, changes, done


def _told(
    month: Month, offered: dict[str, Choice], changes: list[Change], replacements: list[str], done: WhatIf
) -> dict[str, Any]:
    """The answer as plain data; amounts in yuan as text with two decimals."""
    total = done.comparison.total
    return {
        "month": str(month),
        "snapshot": done.before.snapshot,
        "law": done.before.law,
        "reform": done.after.law,
        "findings_sha256": {"law": done.before.findings_sha256, "reform": done.after.findings_sha256},
        "changes": [
            {
                "parameter": c.name,
                "name": offered[c.name].parameter.name,
                "unit": offered[c.name].parameter.unit,
                "law": offered[c.name].write(offered[c.name].entry.value),
                "reform": offered[c.name].write(c.value),
                "source": offered[c.name].entry.source,
                "provenance": offered[c.name].entry.provenance,
            }
            for c in changes
        ],
        "replacements": replacements,
        "cost_yuan_month": format_yuan(total.change_fen),
        "cost_yuan_year": format_yuan(total.change_fen * MONTHS_OF_A_YEAR),
        "figures": [_in_yuan(f) for f in done.comparison.figures],
    }


def _in_yuan(figure: Figure) -> dict[str, Any]:
    row: dict[str, Any] = {"dimension": figure.dimension, "key": figure.key}
    for name, value in asdict(figure)["values"].items():
        row[name.replace("_fen", "_yuan")] = format_yuan(value) if name.endswith("_fen") else value
    return row | {"cost_yuan_month": format_yuan(figure.change_fen)}


def _show(told: dict[str, Any], done: WhatIf) -> None:
    for change in told["changes"]:
        console.print(
            f"{change['name']}（{change['parameter']}）：{change['law']} → {change['reform']}  现行依据：{change['source']}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    for text in told["replacements"]:
        console.print(f"规则替换 rule replaced：{text}", markup=False, highlight=False)
    districts = {f.key: f.key for f in done.comparison.of(DISTRICT)}
    with acting_as_service("minzheng rules compare"):
        districts |= names(districts)
    for dimension in DIMENSIONS:
        figures = done.comparison.of(dimension)
        table = Table(title=TITLES[dimension], title_justify="left")
        table.add_column("", overflow="fold")
        for heading in (
            "户或人 units",
            "受益 gain",
            "新增 new",
            "减少 lose",
            "退出 ended",
            "增支（元／月） yuan a month",
        ):
            table.add_column(heading, justify="right")
        for f in figures:
            v = f.values
            numbers = (v["households"], v["gainers"], v["started"], v["losers"], v["ended"])
            label = districts.get(f.key, f.key) if dimension == DISTRICT else _MEMBERS.get(f.key, f.key)
            table.add_row(label, *(f"{n:,}" for n in numbers), format_yuan(f.change_fen, grouped=True))
        console.print(table)
    console.print(
        f"增支 cost：每月 {told['cost_yuan_month']} 元，全年 {told['cost_yuan_year']} 元"
        "（十二个月，人口与收入不变 twelve months, nothing else changed）",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
