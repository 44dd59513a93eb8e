"""`minzheng summary`: the year's summary written from counted figures, as PDF, Word or a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minzheng.domains.annual_summary.actions import current
from minzheng.domains.annual_summary.drafting import Draft
from minzheng.domains.annual_summary.freezing import frozen
from minzheng.domains.annual_summary.paper import document
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.documents import render_docx, render_pdf
from minzheng.kernel.indicators import counting
from minzheng.kernel.monthend.live import day_in_hand
from minzheng.kernel.periods import today
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.refusals import Refusal

app = typer.Typer(
    help="年度总结 The annual summary: every figure bound to its records.", invoke_without_command=True
)
console, errors = Console(), Console(stderr=True)
FORMATS = ("pdf", "docx", "html")


@app.callback()
def summary(
    year: Annotated[int | None, typer.Option(help="A year such as 2022.", min=2000, max=2100)] = None,
    format: Annotated[str, typer.Option(help="pdf, docx or html.")] = "pdf",
    district: Annotated[
        str, typer.Option(help="A district's code such as 310107; the city where not given.")
    ] = CITY,
    out: Annotated[
        Path | None, typer.Option(help="The file to write; summary-YEAR-PLACE.FORMAT where not given.")
    ] = None,
    site: Annotated[str, typer.Option(help="Address of the platform, for the links of an HTML file.")] = "",
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit 1 where a sentence had to be left out or an identity is broken."),
    ] = False,
) -> None:
    """写成总结 Counts what changed, writes the summary, and names every figure that could not be derived."""
    if format not in FORMATS:
        _fail(f"没有格式 {format}，应为 {'、'.join(FORMATS)} / no such format", 2)
    with acting_as_service("summary"):
        on = day_in_hand() or today()
        chosen = year or on.year
        if chosen > on.year:
            _fail(f"{chosen} 年尚未开始，数据到 {on} 为止 / {chosen} has not begun; records end on {on}", 1)
        if len(district) != 6 or not Division.objects.filter(code=district).exists():
            _fail(f"没有区 {district}，应为 6 位代码，如 310107 / no such district", 2)
        counting.refresh(on=on, since_year=chosen if chosen < on.year else None)
        try:
            made = current(chosen, district)
        except Refusal as error:
            _fail(str(error), 1)
        content = _written(made, format, site)
    target = out or Path(f"summary-{chosen}-{district}.{format}")
    try:
        target.write_bytes(content)
    except OSError as error:
        _fail(
            f"不能写入 {target}：{error.strerror}，请用 --out 换一个位置 / cannot be written; choose another --out",
            1,
        )
    left_out = [one for one in made.refused if one.is_bound]
    console.print(
        f"{target}：{len(made.shown)} 个数字由记录推得，{len(made.refused)} 项指标未能推得，勾稽关系不成立 {len(made.broken)} 处",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    for one in left_out:
        console.print(
            f"略去：{one.name}（{one.id}）{one.reason}，领域 {one.domain}", markup=False, soft_wrap=True
        )
    for line in made.broken:
        console.print(
            f"勾稽关系不成立：{line[0].identity.name} {line[1].place} 左边 {line[1].left} 右边 {line[1].right}",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    if strict and (left_out or made.broken):
        raise typer.Exit(1)


def _written(made: Draft, format: str, site: str) -> bytes:
    if format == "html":
        from minzheng.surfaces.web.summary.standalone import page  # Only a page needs the templates.

        return page(frozen(made), made.year, root=site.rstrip("/")).encode()
    paper = document(frozen(made), on=day_in_hand() or today())
    return render_pdf(paper, on_missing="mark") if format == "pdf" else render_docx(paper)


def _fail(message: str, code: int) -> None:
    errors.print(message, style="red", markup=False)
    raise typer.Exit(code)
