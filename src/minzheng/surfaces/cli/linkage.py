"""`minzheng linkage`: train the model, hold rows against the register, find people with two records."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service

app = typer.Typer(
    help="数据比对 Linkage: rows that name nobody for certain, and records that may be one person.",
    no_args_is_help=True,
)
console = Console()


@app.command()
def train(
    sample: Annotated[
        int, typer.Option(min=200, help="Most people of the register to learn from.")
    ] = 200_000,
    pairs: Annotated[
        int, typer.Option(min=10_000, help="Random pairs for what agrees by chance.")
    ] = 1_000_000,
) -> None:
    """训练比对模型 Learns from the registers; the same registers give the same model.

    Exit codes: 0 trained; 1 too few people are registered.
    """
    from minzheng.kernel.linkage.actions import CannotTrain, train_model

    try:
        with acting_as_service("linkage train"):
            model = train_model(sample=sample, pairs=pairs)
    except CannotTrain as refusal:
        Console(stderr=True).print(str(refusal), style="red", markup=False)
        raise typer.Exit(1) from refusal
    console.print(
        f"模型 {model.pk}，{model.record['registered']:,} 人，校验 {model.digest[:16]}", markup=False
    )


@app.command()
def match(
    file: Annotated[
        int, typer.Option(help="Only this file's rows, by its number; all that wait where 0.")
    ] = 0,
) -> None:
    """比对待核处数据 Holds rows that wait for an identity against the register; each intake asks for it by itself."""
    from minzheng.kernel.linkage.actions import match_rows

    with acting_as_service("linkage match"):
        told = match_rows(file_id=file or None)
    console.print(
        f"比对 {told['rows']:,} 行，疑似 {told['proposed']:,} 对，自动关联 {told['linked']:,} 行",
        markup=False,
    )


@app.command()
def duplicates(
    place: Annotated[str, typer.Option(help="A division's code; the people who live there.")] = "310000",
) -> None:
    """查找一人多档 Proposes pairs of people who may be one; joins nobody."""
    from minzheng.kernel.linkage.actions import find_duplicates

    with acting_as_service("linkage duplicates"):
        told = find_duplicates(place=place)
    console.print(f"{told['people']:,} 人，疑似 {told['proposed']:,} 对", markup=False)


@app.command()
def show() -> None:
    """查看模型 The model that counts: each answer's chances and weight, and the record of its training."""
    import math

    from minzheng.kernel.linkage.queries import latest_model
    from minzheng.kernel.linkage.training import delivered

    with acting_as_service("linkage show"):
        kept = latest_model()
    parameters = kept.parameters if kept else delivered()["parameters"]
    table = Table(title="比对模型 Model", title_justify="left")
    for heading in ("项目", "结果"):
        table.add_column(heading)
    for heading in ("m", "u", "权重 weight"):
        table.add_column(heading, justify="right")
    for name, levels in parameters.items():
        for code, told in levels.items():
            weight = f"{math.log2(told['m'] / told['u']):+.1f}"
            table.add_row(name, code, f"{told['m']:.4f}", f"{told['u']:.6f}", weight)
    console.print(table)
    console.print_json(data=kept.record if kept else delivered()["record"])
