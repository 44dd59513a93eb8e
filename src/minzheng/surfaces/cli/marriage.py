"""`minzheng marriage`: the night's work and the monthly sample of files (婚姻登记)."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from minzheng.domains.marriage_registration import actions, queries
from minzheng.domains.marriage_registration.errors import MarriageRefused
from minzheng.domains.marriage_registration.models import Draw
from minzheng.kernel.access import acting_as_service, current_actor
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.periods import Month, today
from minzheng.surfaces.cli.payments import acting_for, parse_month, refuse

app = typer.Typer(
    help="婚姻登记 Marriage registration: lapsed applications, telling of entries, samples of files.",
    no_args_is_help=True,
)
console = Console()
On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day of the act; today by default.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def _day(on: datetime | None) -> date:
    return on.date() if on else today()


@app.command()
def lapse(on: On = None, as_json: Json = False) -> None:
    """夜间办理 Closes applications for divorce nobody came for, ends marriages of the dead, tells entries. Harmless to repeat."""
    with acting_as_service("minzheng marriage"):
        told = {
            "lapsed": actions.lapse_divorces(on=_day(on)),
            "ended_by_death": actions.end_marriages_of_the_dead(on=_day(on)),
            "told": 0,
        }
        while count := actions.tell_entries():
            told["told"] += count
    if as_json:
        print(json.dumps(told))
        return
    console.print(
        f"逾期视为撤回 {told['lapsed']} 件；配偶死亡终止 {told['ended_by_death']} 对；发布登记 {told['told']} 条",
        markup=False,
    )


@app.command()
def sample(
    month: Annotated[
        str, typer.Argument(metavar="MONTH", help="The month whose files are drawn, such as 2022-07.")
    ],
    username: Annotated[str, typer.Option("--as", metavar="USERNAME", help="The official who draws.")],
    office: Annotated[
        str,
        typer.Option(
            help="The office's code, such as MO-310107; every office of the official's place by default."
        ),
    ] = "",
    seed: Annotated[str, typer.Option(help="The public seed of the draw; a fresh one where not given.")] = "",
    on: On = None,
    as_json: Json = False,
) -> None:
    """每月抽查 Draws a month's files for review; anybody can draw again from seed, list and size."""
    drawn: dict[str, tuple[Draw, list[str]]] = {}
    with acting_for(username, "marriage.review"):
        actor = current_actor()
        assert actor is not None
        for one in queries.offices(_day(on)):
            if one.code == office or (not office and actor.reaches(one.division_code)):
                drawn[one.code] = _draw(one, parse_month(month), seed or secrets.token_hex(16), _day(on))
    if not drawn:
        raise refuse(f"没有登记处 {office}，或不在管辖范围内 / no such office within the post's scope")
    if as_json:
        told = [
            {"office": code, "seed": made.seed, "population": made.population, "files": files}
            for code, (made, files) in drawn.items()
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    for code, (made, files) in drawn.items():
        console.print(
            f"{code} 种子 {made.seed}：{made.population} 件中抽取 {'、'.join(files) or '无'}", markup=False
        )


def _draw(office: Facility, month: Month, seed: str, on: date) -> tuple[Draw, list[str]]:
    try:
        made = actions.draw_sample(office=office, month=month, seed=seed, on=on)
    except MarriageRefused as error:
        raise refuse(str(error)) from error
    return made, list(made.files.order_by("id").values_list("registration__number", flat=True))
