"""`minzheng centres`: the register of service centres, the coming days' appointments, and a simulated morning."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today

app = typer.Typer(
    help="受理中心 Service centres: register, appointments, a simulated morning.", no_args_is_help=True
)
console = Console()
Day = Annotated[str, typer.Option("--on", help="A day such as 2022-07-29; today where not given.")]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError as error:
        raise typer.BadParameter(f"日期请写成 2022-07-29 / write a day as 2022-07-29, not {text}") from error


def _refuse(message: object) -> typer.Exit:
    Console(stderr=True).print(str(message), style="red", markup=False)
    return typer.Exit(1)


@app.command("load")
def load(on: Day = "") -> None:
    """建立名册并放号 Writes the 287 centres that are missing and offers the coming days for booking (illustrative)."""
    from minzheng.kernel.centres.actions import load_centres, open_slots
    from minzheng.kernel.centres.queries import centres_in_force

    day = _day(on)
    with acting_as_service("centres load"):
        added = load_centres()
        places = open_slots(on=day)
        total = centres_in_force(day).count()
    console.print(f"新增 {added} 个，{day} 共 {total} 个受理中心和分中心；放号 {places:,} 个", markup=False)


@app.command("list")
def listing(
    on: Day = "", place: Annotated[str, typer.Option(help="Only below this division code.")] = "310000"
) -> None:
    """名册和当日情况 Centres in force on a day with the day's numbers taken, served and waiting."""
    from minzheng.kernel.centres.queries import centres_in_force, day_figures
    from minzheng.kernel.places.queries import scope

    day = _day(on)
    low, high = scope(place)
    table = Table(title=f"{day} 受理中心 Centres", title_justify="left")
    for heading in ("编码", "名称"):
        table.add_column(heading, overflow="fold")
    for heading in ("取号", "办结", "等候", "等候中位数（分钟）"):
        table.add_column(heading, justify="right")
    with acting_as_service("centres list"):
        centres = list(centres_in_force(day).filter(division_code__gte=low, division_code__lt=high))
        figures = day_figures([centre.pk for centre in centres], day=day)
    for centre in centres:
        row = figures[centre.pk]
        wait = "—" if row["median_wait"] is None else str(row["median_wait"])
        table.add_row(
            centre.code, centre.name, *(f"{row[key]:,}" for key in ("taken", "served", "waiting")), wait
        )
    console.print(table)
    console.print(f"共 {len(centres)} 个", markup=False)


@app.command("simulate-morning")
def simulate(
    code: Annotated[str, typer.Argument(help="The centre's code, such as 310107014-0.")],
    on: Day = "",
    seed: Annotated[int, typer.Option(help="The same seed lives the same morning.")] = 1,
    arrivals: Annotated[int, typer.Option(min=1, max=400, help="People an hour.")] = 40,
    close: Annotated[
        bool, typer.Option("--close", help="Close the day at noon, with whoever still waits.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only the totals.")] = False,
) -> None:
    """模拟上午 A synthetic morning through the real acts: arrivals, calls, precedence, transfers. Nobody in it is real."""
    from minzheng.kernel.centres.errors import CentreRefused
    from minzheng.kernel.centres.models import Centre
    from minzheng.simulation.centres import simulate_morning

    with acting_as_service("centres simulate"):
        centre = Centre.objects.filter(code=code).first()
    if centre is None:
        raise _refuse(
            f"没有编码 {code} 的中心，先运行 minzheng centres load / no centre {code}; run `minzheng centres load`"
        )

    def watch(when: str, what: str) -> None:
        if not quiet:
            console.print(f"{when} {what}", markup=False, highlight=False)

    try:
        morning = simulate_morning(
            centre, on=_day(on), seed=seed, arrivals_per_hour=arrivals, close_at_end=close, watch=watch
        )
    except (CentreRefused, ValueError) as refusal:
        raise _refuse(refusal) from refusal
    console.print(
        f"取号 {morning.taken} = 办结 {morning.served} + 过号或离开 {morning.left} + 等候 {morning.waiting} + "
        f"闭门未办 {morning.carried}；转窗 {morning.transfers}，暂挂 {morning.holds}，优先 {morning.with_precedence}，"
        f"预约到场 {morning.booked}",
        markup=False,
    )
