"""`minzheng eldercare`: where to build next (养老服务设施布局)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minzheng.domains.eldercare_layout.actions import save_plan, solve_plan
from minzheng.domains.eldercare_layout.errors import LayoutRefused
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import Plan
from minzheng.domains.eldercare_layout.needs import reckon_elders
from minzheng.domains.eldercare_layout.points import import_points, place_points
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today
from minzheng.kernel.ui import formats

app = typer.Typer(
    help="养老服务设施布局 Elder-care facilities: need, and where to build next.", no_args_is_help=True
)
console = Console(highlight=False)
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today by default.")]


@app.command()
def reckon(on: On = None) -> None:
    """测算老年人口 Count elders by area from the register, and age them to 2025 and 2035; give areas without a point one."""
    day = on.date() if on else today()
    with _said(), acting_as_service("命令行"):
        areas, points = reckon_elders(on=day), place_points(on=day)
    console.print(f"{areas:,} 个小区域，新布设示意点 {points:,} 个 / areas, new illustrative points")


@app.command()
def points(
    path: Annotated[Path, typer.Argument(help="CSV: division_code, longitude, latitude, source.")],
) -> None:
    """导入实测坐标 Take surveyed points of committees in the place of illustrative ones."""
    with _said(), acting_as_service("命令行"):
        console.print(f"{import_points(path):,} 个坐标 / points")


@app.command()
def site(
    district: Annotated[str, typer.Option(help="Six-digit code of the district.")],
    sites: Annotated[int, typer.Option(help="How many to build.")] = 3,
    model: Annotated[Model, typer.Option(help="p_median: least mean walk; coverage: most elders within reach.")] = Model.P_MEDIAN,
    year: Annotated[int | None, typer.Option(help="Elders of which year; the day's by default.")] = None,
    reach: Annotated[int | None, typer.Option(help="Metres; the value in force by default.")] = None,
    seconds: Annotated[int | None, typer.Option(help="Time limit; the value in force by default.")] = None,
    title: Annotated[str, typer.Option(help="Its name in the list of plans.")] = "",
    on: On = None,
) -> None:  # fmt: skip
    """选址 Choose sites for a district, print objective, bound and gap, and keep the plan."""
    day = on.date() if on else today()
    with _said():
        with acting_as_service("命令行"):
            plan = save_plan(
                title=title or f"{district} {sites} 处 {model}", district=district, model=model, sites=sites,
                year=year or day.year, on=day, reach_metres=reach, seconds=seconds,
            )  # fmt: skip
        _say(solve_plan(plan.pk))


def _say(plan: Plan) -> None:
    unit = "人·米" if plan.model == Model.P_MEDIAN else "人"
    objective, bound = plan.objective or 0.0, plan.bound or 0.0
    console.print(f"方案 {plan.pk} {plan.title}")
    console.print(f"目标值 objective  {objective:,.1f} {unit}")
    console.print(f"界     bound      {bound:,.1f} {unit}")
    console.print(
        f"差距   gap        {100 * (plan.gap or 0):.4f}%{'（已证最优 proved）' if not plan.gap else ''}"
    )
    console.print(
        f"覆盖   covered    {plan.covered:,.0f} / {plan.elders:,.0f} 人，现有 before {plan.covered_before:,.0f}"
    )
    console.print(f"平均   mean walk  {plan.mean_metres:,.0f} 米")
    console.print(f"投入   cost       {formats.fen(plan.cost_fen)}（示意）")
    with acting_as_service("命令行"):
        for one in plan.places.filter(is_standing=False).order_by("division_code"):
            console.print(f"  {one.division_code} {one.name}  {one.elders:,.0f} 人", markup=False)


class _said:
    """Refusals are said in words, with exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, LayoutRefused):
            Console(stderr=True).print(str(error), style="red", markup=False)
            raise typer.Exit(1) from error
