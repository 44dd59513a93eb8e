"""`minzheng law check`: what follows from the law itself, before anybody lives under it."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from minzheng.domains.subsistence_allowance import with_gradual_exit
from minzheng.kernel.money import NotAnAmount, format_yuan, parse_yuan
from minzheng.kernel.periods import Month, today
from minzheng.kernel.programmes import Pair, compile_law, load_programmes, load_stacking
from minzheng.kernel.programmes.compilation import matrix_of
from minzheng.kernel.programmes.stacking import input_name, is_input
from minzheng.kernel.reasoning import (
    CliffReport,
    Grounds,
    Shape,
    Unreached,
    find_cliffs,
    grounds_of,
    shapes_of,
    unreached,
    unread_parameters,
)
from minzheng.kernel.rules import Law, LawError, catalogue

console = Console()
_RESULTS = {
    "proved": "[green]任何家庭都不会同时领取 / proved: never both[/green]",
    "only_higher": "[green]只在高于他处待遇时发放 / proved: paid only where it is higher[/green]",
    "refuted": "[red]存在同时领取的家庭 / refuted[/red]",
    "open": "[yellow]未能证明，也未找到反例 / neither proved nor refuted[/yellow]",
}


def _fen(text: str, option: str) -> int:
    try:
        return parse_yuan(text)
    except NotAnAmount as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def check(
    month: Annotated[str, typer.Option("--month", "-m", help="The law of this month. Default: now.")] = "",
    stacking: Annotated[
        Path | None,
        typer.Option(help="Hold the law against the pairs of this file instead of the matrix in force."),
    ] = None,
    up_to: Annotated[str, typer.Option(help="Look for cliffs up to this monthly wage, in yuan.")] = "15000",
    least: Annotated[str, typer.Option(help="A loss of more than this, in yuan, counts as a cliff.")] = "1",
    gradual_exit: Annotated[
        bool, typer.Option("--gradual-exit", help="As if in a gradual exit (渐退); its rule is illustrative.")
    ] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List what each rule rests on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")] = False,
) -> None:
    """推理检查 Proves that exclusive benefits never both pay, and finds where a fen more income costs more than a fen.

    Also tells which rules name no paper, which of their branches no written case reaches, which parameters nobody reads.
    Exits with 1 when a household is found that is paid both of an exclusive pair.
    """
    top, tolerance = _fen(up_to, "--up-to"), _fen(least, "--least")
    try:
        at = Month.parse(month) if month else Month.of(today())
        programmes = load_programmes()
        if gradual_exit:
            programmes = with_gradual_exit(programmes)
        law = compile_law(programmes, at)
        pairs = (load_stacking(stacking) if stacking else matrix_of(programmes)).pairs
        # The solver takes longer to load than most commands to run.
        from minzheng.kernel.reasoning.pairs import check_pairs

        answers = check_pairs(law, pairs)
        cliffs = [
            (s, find_cliffs(s.line(law), 0, top, tolerance_fen=tolerance)) for s in shapes_of(programmes)
        ]
        grounds, unread = grounds_of(law), unread_parameters(programmes, law)
        law_of = cache(lambda month: compile_law(programmes, month))
        missed = [u for p in programmes for u in unreached(p, law_of)]
    except (LawError, ValueError, OSError) as error:
        Console(stderr=True).print(str(error), style="red", markup=False)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(
            json.dumps(
                _as_data(law, answers, cliffs)
                | {
                    "rules": [asdict(g) for g in grounds],
                    "unread_parameters": unread,
                    "unreached": [asdict(u) for u in missed],
                },
                ensure_ascii=False,
                indent=2,
                default=str,
            )
        )
    else:
        _say_pairs(law, answers)
        _say_cliffs(law, cliffs)
        if rules:
            _say_grounds(grounds)
        _say_gaps(grounds, unread, missed)
    if any(a.result == "refuted" for a in answers):
        raise typer.Exit(1)


def _as_data(law: Law, answers: list[Any], cliffs: list[tuple[Shape, CliffReport]]) -> dict[str, Any]:
    return {
        "month": str(law.month),
        "law": law.identity,
        "pairs": [
            {"first": a.pair.first, "second": a.pair.second, "rule": a.pair.rule, "source": a.pair.source,
             "result": a.result, "household": list(a.words)}
            for a in answers
        ],
        "cliffs": [{"shape": shape.code, "name": shape.name, **asdict(report)} for shape, report in cliffs],
    }  # fmt: skip


def _is_beside_others(pair: Pair) -> bool:
    """Of support that another office pays, the higher is left beside it, not instead of it."""
    return pair.rule == "choose_higher" and (is_input(pair.first) or is_input(pair.second))


def party_label(law: Law, party: str) -> str:
    """A benefit's name, or that of the support another office pays."""
    if not is_input(party):
        return law.benefits[party].name
    name = input_name(party)
    return next(column.label for (_, n), column in catalogue().items() if n == name)


def _say_pairs(law: Law, answers: list[Any]) -> None:
    console.print(
        f"\n[bold]互斥待遇 Exclusive pairs[/bold]（{law.month}，任意人数的家庭 households of any size）"
    )
    for answer in answers:
        pair = answer.pair
        result = "only_higher" if answer.result == "proved" and _is_beside_others(pair) else answer.result
        console.print(
            f"  {party_label(law, pair.first)} × {party_label(law, pair.second)}：{_RESULTS[result]}"
        )
        for line in answer.words:
            console.print(f"      {line}", markup=False)
    if not answers:
        console.print("  没有互斥的待遇 / no pair excludes the other")


def _say_cliffs(law: Law, cliffs: list[tuple[Shape, CliffReport]]) -> None:
    names = {code: b.name for code, b in law.benefits.items()}
    table = Table(
        title=f"收入悬崖 Cliffs ({law.month})：多挣一分，家庭反而减收 a fen more leaves the household poorer"
    )
    for heading in (
        "家庭 household",
        "月工资 wage (元)",
        "减收 loss (元)",
        "失去 what is lost",
        "其余至多 elsewhere",
    ):
        table.add_column(heading, overflow="fold")
    for shape, report in cliffs:
        elsewhere = f"{report.elsewhere_fen} 分"
        for cliff in report.cliffs:
            lost = "\n".join(
                f"{names[c]} {format_yuan(a, grouped=True)} → {format_yuan(b, grouped=True)}"
                for c, a, b in cliff.lost
            )
            at, loss = format_yuan(cliff.at_fen, grouped=True), format_yuan(cliff.loss_fen, grouped=True)
            table.add_row(f"{shape.name}\n{shape.name_en}", at, loss, lost, elsewhere)
        if not report.cliffs:
            table.add_row(f"{shape.name}\n{shape.name_en}", "无 none", "", "", elsewhere)
    console.print(table)


def _say_grounds(grounds: list[Grounds]) -> None:
    table = Table(title="每条规则的依据 What each rule rests on")
    for heading in ("规则 rule", "输入 inputs", "参数 parameters", "文件 paper"):
        table.add_column(heading, overflow="fold")
    for g in grounds:
        table.add_row(f"{g.label}\n{g.rule}", "\n".join(g.inputs), "\n".join(g.parameters), g.source)
    console.print(table)


def _say_gaps(grounds: list[Grounds], unread: list[str], missed: list[Unreached]) -> None:
    bare = [g for g in grounds if not g.has_paper]
    console.print(f"\n[bold]缺文件的规则 Rules without a paper[/bold]：{len(bare)} / {len(grounds)}")
    for g in bare:
        console.print(f"  {g.label}（{g.file}:{g.line}）{g.source}", markup=False)
    console.print(f"[bold]未被用例覆盖 Never reached by a written case[/bold]：{len(missed)}")
    for u in missed:
        where = "结论 answer" if u.what == "answer" else f"第 {u.number} 个选择 choice {u.number}"
        truth = "是 yes" if u.value else "否 no"
        console.print(f"  {u.rule}（{u.file}:{u.line}）{where}：从未为 never {truth}", markup=False)
    console.print(f"[bold]无规则读取的参数 Parameters no rule reads[/bold]：{len(unread)}")
    for name in unread:
        console.print(f"  {name}", markup=False)
