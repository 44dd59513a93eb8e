"""`minzheng items`: check the declared service items, list the catalogue, search it, show one item."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from minzheng.kernel.access.permissions import roles
from minzheng.kernel.items import (
    Channel,
    Field,
    Item,
    ItemNotInForce,
    ItemsError,
    Material,
    Step,
    check,
    item_on,
    items_on,
    joined,
    search,
)
from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import today

app = typer.Typer(
    help="事项 Service items: check the declarations, list and search the catalogue, show one item.",
    no_args_is_help=True,
)
console = Console()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Day = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="As of this day. Default: today.")
]
_STEPS = {
    "accept": "受理",
    "check": "核对",
    "examine": "审核",
    "publicise": "公示",
    "pass_on": "转送",
    "decide": "决定",
}
_PLACES = {
    "accepting": "收件中心", "hukou_street": "户籍地街镇", "hukou_district": "户籍地区", "residence_street": "居住地街镇",
    "residence_district": "居住地区", "institution": "机构所在地", "city": "市",
}  # fmt: skip
_RESULTS = {
    "award": "待遇",
    "certificate": "证照",
    "registration": "登记",
    "status": "资格",
    "answer": "答复",
}
_CHANNELS = {"counter": "窗口", "online": "网上", "phone": "电话", "automatic": "免申即享"}
_IF_DOWN = {"submit": "改为提交", "promise": "告知承诺", "later": "容缺后补"}
_PROVENANCE = {"seed": "年报所载", "public": "公开依据", "illustrative": "示例"}


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what is declared wrongly or does not exist into a message and an exit code."""
    try:
        yield
    except (ItemsError, ItemNotInForce, KeyError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        Console(stderr=True).print(text, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


@app.command("check")
def check_command(as_json: Json = False) -> None:
    """检查事项声明 Reads every declared item and tells every fault with its file and line; exits with 1 if there is one.

    Example: minzheng items check
    """
    faults = check()
    if as_json:
        typer.echo(json.dumps([asdict(f) for f in faults], ensure_ascii=False, indent=2))
    elif faults:
        for fault in faults:
            Console(stderr=True).print(str(fault), style="red", markup=False, soft_wrap=True)
        Console(stderr=True).print(f"{len(faults)} 处差错 / {len(faults)} faults", markup=False)
    else:
        items = items_on(today())
        citywide = sum(item.is_citywide for item in items)
        console.print(
            f"事项声明无差错：{len(items)} 个事项，{citywide} 个全市通办，{len(joined())} 个一件事 / "
            f"no faults: {len(items)} items, {citywide} city-wide, {len(joined())} joined",
            markup=False,
        )
    if faults:
        raise typer.Exit(1)


@app.command("list")
def list_command(
    words: Annotated[list[str] | None, typer.Argument(help="Everyday words, pinyin or initials.")] = None,
    on: Day = None,
    department: Annotated[str, typer.Option(help="Only this department, such as 公安.")] = "",
    as_json: Json = False,
) -> None:
    """列出或搜索事项 Lists the items in force on a day, or searches them by everyday words, pinyin or initials.

    Examples: minzheng items list --on 2022-12-31; minzheng items list 居住证; minzheng items list dibao
    """
    day: date = on.date() if on else today()
    with _refusals():
        if words:
            found = [(h.item, h.text) for h in search(" ".join(words), limit=50, on=day)]
        else:
            found = [(item, "") for item in items_on(day)]
    rows = [(item, why) for item, why in found if department in ("", item.department)]
    if as_json:
        typer.echo(json.dumps([_row(item) for item, _ in rows], ensure_ascii=False, indent=2))
        return
    citywide = sum(item.is_citywide for item, _ in rows)
    table = Table(title=f"{day} 施行的事项：{len(rows)} 个，{citywide} 个全市通办")
    headings = ["代码 code", "事项 item", "部门", "栏目", "期限", "全市通办", "性质"]
    for heading in [*headings, "匹配 matched"] if words else headings:
        table.add_column(heading, overflow="fold")
    for item, why in rows:
        cells = [
            item.code,
            f"{item.name}\n{item.name_en}",
            item.department,
            item.group,
            "即办" if item.is_on_the_spot else _clock(item.route[-1]),
            "是" if item.is_citywide else "否",
            _PROVENANCE[item.provenance],
        ]
        table.add_row(*cells, *([why] if words else []))
    console.print(table)
    counted = Counter(item.department for item, _ in rows)
    console.print("、".join(f"{name} {count}" for name, count in counted.most_common()), markup=False)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="The item's code, such as subsistence_allowance_apply.")],
    on: Day = None,
    as_json: Json = False,
) -> None:
    """显示一个事项 Shows who may apply, what is asked, the papers and what replaces them, the route and its clocks.

    Example: minzheng items show subsistence_allowance_apply --on 2022-12-31
    """
    with _refusals():
        item = item_on(code, on.date() if on else today())
    if as_json:
        typer.echo(
            json.dumps(asdict(item) | {"version": item.version}, ensure_ascii=False, indent=2, default=_plain)
        )
        return
    _show_head(item)
    _show_table("表单 form", ("代码", "问题", "类型", "已知来源", "何时"), map(_field_row, item.fields))
    _show_table(
        "材料 materials",
        ("代码", "材料", "免于提交", "来源不可用时", "何时"),
        map(_material_row, item.materials),
    )
    _show_table("环节 route", ("环节", "角色", "地点", "期限", "备注"), map(_step_row, item.route))


def _row(item: Item) -> dict[str, Any]:
    return {
        "code": item.code, "version": item.version, "name": item.name, "name_en": item.name_en,
        "department": item.department, "group": item.group, "is_citywide": item.is_citywide,
        "is_on_the_spot": item.is_on_the_spot, "channels": sorted(item.channels),
        "provenance": item.provenance, "file": item.file, "line": item.line,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """Sets become lists in their order, so that the same item prints the same text; the rest is written as text."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _show_head(item: Item) -> None:
    table = Table(title=f"{item.name}  {item.name_en}", show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    table.add_row("版本", f"{item.code}，自 {item.version} 起" + (f"，至 {item.until}" if item.until else ""))
    table.add_row("部门与栏目", f"{item.department}，{item.group}")
    table.add_row("说明", f"{item.summary}\n{item.summary_en}")
    for basis in item.basis:
        table.add_row("依据", f"{basis.text}（{basis.source}，{_PROVENANCE[basis.provenance]}）")
    for requirement in item.who:
        fact = f"（{requirement.fact}）" if requirement.fact else ""
        table.add_row(
            "条件", f"{requirement.text} {requirement.text_en}{fact.replace('[', '〔').replace(']', '〕')}"
        )
    table.add_row("渠道", "、".join(_CHANNELS[c] for c in Channel if c in item.channels))
    if not item.is_citywide:
        table.add_row("不通办原因", f"{item.local_because} {item.local_because_en}")
    result = f"{_RESULTS[item.result.kind]}：{item.result.name} {item.result.name_en}"
    months = f"，有效 {item.result.valid_months} 个月" if item.result.valid_months else ""
    table.add_row("结果", result + months + (f"，待遇 {item.result.benefit}" if item.result.benefit else ""))
    table.add_row("费用", f"{format_yuan(item.fee_fen)} 元" if item.fee_fen else "不收费")
    ways = [w for w, given in (("复核", item.may_review), ("行政复议", item.may_appeal)) if given]
    table.add_row("救济", f"{'、'.join(ways) or '无'}；复核 {item.review_days} 个工作日")
    table.add_row("补正", f"{item.correction_days} 日内一次性补齐")
    table.add_row("常用说法", "、".join(item.words))
    table.add_row("声明于", f"{item.file}:{item.line}")
    console.print(table)


def _show_table(title: str, headings: tuple[str, ...], rows: Any) -> None:
    table = Table(title=title)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        console.print(table)


def _field_row(field: Field) -> tuple[str, ...]:
    kind = str(field.type) + ("" if field.is_required else "（选填）")
    return field.name, f"{field.label}\n{field.label_en}", kind, field.known_from, _when(field.when)


def _material_row(material: Material) -> tuple[str, ...]:
    fresh = f"，{material.fresh_days} 日内" if material.fresh_days else ""
    down = _IF_DOWN[material.if_down] if material.source else ""
    name = material.name + ("" if material.is_required else "（可不交）")
    return material.code, f"{name}\n{material.name_en}", material.source + fresh, down, _when(material.when)


def _step_row(step: Step) -> tuple[str, ...]:
    notes = [step.department, step.what, "双人确认" if step.needs_second else ""]
    return (
        _STEPS[step.kind], roles()[step.role].name, _PLACES[step.place], _clock(step), "，".join(filter(None, notes)),
    )  # fmt: skip


def _when(when: tuple[str, tuple[Any, ...]] | None) -> str:
    if when is None:
        return ""
    return f"{when[0]} = {'、'.join('是' if v is True else '否' if v is False else str(v) for v in when[1])}"


def _clock(step: Step) -> str:
    if step.days == 0:
        return "当场"
    return f"{step.days} 个工作日" if step.in_workdays else f"{step.days} 日"
