"""`minzheng rules`: list the law of a month, evaluate a snapshot, explain one person or household."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit import look
from minzheng.kernel.money import format_yuan
from minzheng.kernel.people.frames import household_frames, household_of
from minzheng.kernel.people.identifiers import normalise
from minzheng.kernel.people.models import Household, Person
from minzheng.kernel.people.queries import people_by_identifier
from minzheng.kernel.periods import Month, today
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import (
    ENGINES,
    Explanation,
    HouseholdInputs,
    Law,
    LawError,
    Provenance,
    engine_for,
    evaluate_household,
    evaluate_population,
    explain,
    find_household_of,
    read_household,
    read_snapshot_record,
)
from minzheng.kernel.rules.engines.tables import evaluate_tables
from minzheng.kernel.rules.population import SPARK
from minzheng.simulation.residents import parse_count, write_residents
from minzheng.surfaces.cli.compare import compare

WAYS = (*ENGINES, SPARK)
LAYOUTS = ("household", "any")

app = typer.Typer(
    help="规则 The law as code: list a month's rules, evaluate a snapshot, explain a decision.",
    no_args_is_help=True,
)
app.command("compare")(compare)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
MonthOption = Annotated[
    str, typer.Option("--month", "-m", help="Month, such as 2022-07. Default: this month.")
]


@contextmanager
def _refusals() -> Any:
    """Turn what the law or a file refuses into a message and an exit code."""
    try:
        yield
    except (LawError, LookupError, FileNotFoundError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        Console(stderr=True).print(text, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _month(text: str) -> Month:
    try:
        return Month.parse(text) if text else Month.of(today())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--month") from error


@app.command("list")
def list_rules(
    month: MonthOption = "",
    programme: Annotated[str, typer.Option(help="Only this programme, such as old_age_allowance.")] = "",
    as_json: Json = False,
) -> None:
    """列出规则 Lists every rule in force in a month with its article and where it is written.

    Example: minzheng rules list --month 2022-07 --programme subsistence_allowance
    """
    with _refusals():
        law = law_for(_month(month))
    rules = [r for r in law.rules.values() if not programme or r.name.startswith(f"{programme}.")]
    if programme and not rules:
        console.print(f"没有项目 {programme}。现有：{'、'.join(law.programmes)}", style="red", markup=False)
        raise typer.Exit(1)
    if as_json:
        rows = [
            {"name": r.name, "entity": r.entity, "type": r.dtype, "label": r.label, "label_en": r.label_en,
             "unit": r.unit, "source": r.source, "provenance": r.provenance, "file": r.file, "line": r.line}
            for r in rules
        ]  # fmt: skip
        typer.echo(
            json.dumps(
                {"month": str(law.month), "law": law.identity, "rules": rows}, ensure_ascii=False, indent=2
            )
        )
        return
    table = Table(title=f"{law.month.chinese}施行的规则  law {law.identity[:16]}")
    for heading in ("规则 rule", "对象 of", "名称 label", "依据 source", "性质"):
        table.add_column(heading, overflow="fold")
    for r in rules:
        table.add_row(r.name, r.entity, r.label, r.source, r.provenance)
    console.print(table)


def _progress(description: str) -> tuple[Progress, Callable[[int, int], None]]:
    """A bar on the standard error, and what moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(description, total=None)
    return bar, lambda done, total: bar.update(task, completed=done, total=total)


@app.command()
def evaluate(
    population: Annotated[
        Path,
        typer.Option(
            "--population", "-p", help="Folder with persons.parquet, households.parquet, snapshot.json."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="File for the findings (.parquet); its record is written beside it."
        ),
    ],
    month: Annotated[
        str,
        typer.Option(
            "--month",
            "-m",
            help="By another month's law: its values, rules and ages, with the facts as the population has them. "
            "Default: the population's month.",
        ),
    ] = "",
    engine: Annotated[
        str, typer.Option("--engine", "-e", help=f"{', '.join(WAYS)}. Default: by the number of people.")
    ] = "",
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            help="household: people stand by household, as a population is written. any: tables in any order, by "
            "--engine spark and the law of --month.",
        ),
    ] = "household",
    as_json: Json = False,
) -> None:
    """计算人口 Evaluates everybody in a population. The same population and law give the same bytes by any engine.

    Example: minzheng rules evaluate --population ./snapshot --month 2022-07 --engine kernel --out findings.parquet
    """
    if out.suffix != ".parquet":
        raise typer.BadParameter(
            "文件名须以 .parquet 结尾 / the name must end in .parquet", param_hint="--out"
        )
    if engine and engine not in WAYS:
        raise typer.BadParameter(f"可选 / choose one of: {', '.join(WAYS)}", param_hint="--engine")
    if layout not in LAYOUTS:
        raise typer.BadParameter(f"可选 / choose one of: {', '.join(LAYOUTS)}", param_hint="--layout")
    if layout == "any" and (engine != SPARK or not month):
        raise typer.BadParameter(
            "未按家庭排列的数据须同时指定 --engine spark 和 --month / tables in any order need --engine spark and --month",
            param_hint="--layout",
        )
    with _refusals():
        record = read_snapshot_record(population) if layout == "household" else None
        chosen = _month(month or (record.month if record else ""))
        used = engine or (engine_for(record.persons) if record else SPARK)
        bar, move = _progress("计算 evaluating")
        with bar:
            run = (
                evaluate_tables(law_for(chosen), population, out, out.with_suffix(".json"), progress=move)
                if record is None
                else evaluate_population(
                    law_for(chosen),
                    population,
                    out,
                    out.with_suffix(".json"),
                    engine=used,
                    another_month=bool(month),
                    progress=move,
                )
            )
    if as_json:
        typer.echo(json.dumps(run.to_json(), ensure_ascii=False, indent=2))
        return
    facts = "" if run.population == run.month else f"（人口为 {run.population}）"
    table = Table(title=f"{chosen.chinese}{facts}  {run.persons:,} 人 {run.households:,} 户  {used}")
    for heading in ("待遇 benefit", "符合 eligible", "可能符合 may qualify", "月金额（元） yuan a month"):
        table.add_column(heading, justify="left" if "benefit" in heading else "right")
    for t in run.totals:
        table.add_row(
            t.benefit, f"{t.eligible:,}", f"{t.may_qualify:,}", format_yuan(t.amount_fen, grouped=True)
        )
    console.print(table)
    console.print(f"findings sha256 {run.findings_sha256}", soft_wrap=True)


@app.command()
def residents(
    folder: Annotated[Path, typer.Argument(help="Folder to write the population to.")],
    count: Annotated[str, typer.Option("--count", "-n", help="How many people: 250k, 1m, 25m.")] = "1m",
    month: Annotated[str, typer.Option("--month", "-m", help="Month the facts are of.")] = "2022-07",
    as_json: Json = False,
) -> None:
    """合成人口 Writes synthetic residents for measuring, as columns only. The same count gives the same people.

    Example: minzheng rules residents ./population --count 25m
    """
    try:
        people = parse_count(count)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--count") from error
    bar, move = _progress("写出 writing")
    with bar:
        record = write_residents(people, folder, _month(month), progress=move)
    if as_json:
        typer.echo(json.dumps(asdict(record), ensure_ascii=False, indent=2))
        return
    console.print(
        f"{record.persons:,} 人 {record.households:,} 户，{record.parts} 段  {record.identity}",
        soft_wrap=True,
    )


def _household(text: str) -> int:
    """The household of a number as the police write it (户号), or of its number in this platform.

    Two towns may use one number for different households; then only the platform's own number tells them apart.
    """
    found = list(Household.objects.filter(number=text).values_list("pk", flat=True)[:20])
    if len(found) > 1:
        raise LookupError(
            f"户号 {text} 在多个登记中出现，请改用平台编号：{'、'.join(map(str, found))} / "
            "several registers use this number; name the platform's own"
        )
    if not found and not text.isdigit():
        raise LookupError(f"登记中没有户号 {text} / no household of this number")
    return int(found[0]) if found else int(text)


def _from_register(
    month: Month, identifier: str, person: int | None, household: str
) -> tuple[HouseholdInputs, int | None]:
    """The household's inputs as the registers know them for the month, each with who told us."""
    if identifier:
        found = people_by_identifier([normalise(identifier)])
        if not found:
            raise LookupError("登记中没有这个证件号码 / no record of this identifier")
        person = next(iter(found.values()))
    number = household_of(person, month) if person is not None else _household(household)
    frames = household_frames(number, month)
    said = {key: Provenance(p.source, "", p.on) for key, p in frames.provenance.items()}
    return HouseholdInputs(frames.households.to_dicts()[0], frames.persons.to_dicts(), said), person


def _from_snapshot(folder: Path, person: int | None, household: str) -> tuple[HouseholdInputs, int | None]:
    number = find_household_of(folder, person) if person is not None else int(household)
    if number is None:
        raise LookupError(f"快照中没有人员 {person} / the snapshot holds no person {person}")
    return read_household(folder, number), person


@app.command("explain")
def explain_decision(
    identifier: Annotated[
        str, typer.Option("--identifier", "-i", help="Citizen's number of a person (证件号码).")
    ] = "",
    person: Annotated[int | None, typer.Option(help="Number of a person in this platform.")] = None,
    household: Annotated[
        str, typer.Option(help="Household number (户号), or its number in this platform.")
    ] = "",
    benefit: Annotated[
        str, typer.Option("--benefit", "-b", help="Only this benefit. Default: all of them.")
    ] = "",
    month: MonthOption = "",
    snapshot: Annotated[
        Path | None, typer.Option(help="Read a snapshot folder instead of the registers.")
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
    as_json: Json = False,
) -> None:
    """说明理由 Says why somebody receives a benefit or not: each condition, its figures, its article, and the sum.

    Reading the registers leaves a trace that the person can see.
    Example: minzheng rules explain -i 310199194002010011 -b subsistence_allowance -m 2022-07
    """
    if sum(map(bool, (identifier, person is not None, household))) != 1:
        raise typer.BadParameter("请给出 --identifier、--person、--household 之一 / name one of them")
    if snapshot is not None and identifier:
        raise typer.BadParameter("快照不含证件号码，请用 --person / a snapshot holds no identifiers")
    chosen = _month(month)
    with _refusals():
        law = law_for(chosen)
        names: dict[int, str] = {}
        if snapshot is not None:
            inputs, whom = _from_snapshot(snapshot, person, household)
        else:
            with acting_as_service("minzheng rules explain"):
                inputs, whom = _from_register(chosen, identifier, person, household)
                people = [int(p["person_id"]) for p in inputs.persons]
                names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
                for member in people:
                    look(member, purpose="minzheng rules explain")
        answers = _explanations(law, inputs, whom, benefit, names)
    if as_json:
        typer.echo(json.dumps([a.to_json() for a in answers], ensure_ascii=False, indent=2))
        return
    for answer in answers:
        title = answer.name_en if english else answer.name
        whose = names.get(answer.person_id or 0, f"#{answer.person_id}") if answer.person_id else ""
        console.print(f"\n{title}  {whose}", style="bold", markup=False)
        console.print(answer.letter(english=english), markup=False, soft_wrap=True, highlight=False)


def _explanations(
    law: Law, inputs: HouseholdInputs, person: int | None, benefit: str, names: dict[int, str]
) -> list[Explanation]:
    """One explanation for each benefit asked for; of a person's benefit, for the person named or for everybody."""
    if benefit and benefit not in law.benefits:
        raise LawError(
            f"{law.month} 没有待遇 {benefit}，现有：{'、'.join(law.benefits)} / no such benefit in force"
        )
    trace = evaluate_household(law, inputs)
    answers = []
    for code in [benefit] if benefit else law.benefits:
        whom: list[int | None] = [None]
        if law.benefits[code].unit == "person":
            whom = [person] if person is not None else [int(p["person_id"]) for p in inputs.persons]
        answers += [explain(law, trace, code, who, names=names) for who in whom]
    return answers
