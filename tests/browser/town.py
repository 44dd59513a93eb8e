"""A small town for the browser: officials, registers filled from the offices' files, and its month end of July 2022."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from openpyxl import Workbook, load_workbook

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import create_official, grant_post
from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
from minzheng.kernel.access.models import Post
from minzheng.kernel.money import format_yuan
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.payments.actions import approve_batch, export_batch, import_returns, prepare_batch
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.simulation.centres import prepare_centres
from minzheng.surfaces.demo import create_demo_residents

FEEDS = Path(__file__).resolve().parents[1] / "data" / "feeds_town"
MONTH = Month(2022, 7)
RELIEF = "subsistence_allowance"
HOUSEHOLDS = 260
# One person who holds both finance posts; the two steps of one batch are still refused to them.
BOTH = "liangzhi"
_ENCODINGS = {"公安_实有人口.csv": "gb18030"}
_ROSTER = "民政_在享名册.xlsx"


def build_town() -> None:
    """Fills the database the connections point at with a part of the town; everything is committed."""
    with acting_as_service("demo"):
        create_demo_officials()
        both = create_official(username=BOTH, password=PASSWORD, name="程一人", title="财务经办兼审批")
        for role in ("finance_preparer", "finance_approver"):
            grant_post(official=both, role=role, division_code="310000", start=date(2020, 1, 1))
    with tempfile.TemporaryDirectory(prefix="minzheng-town-") as folder:
        cut_feeds(Path(folder))
        load_folder(folder)
    run = run_month(MONTH)
    with acting_as_service("demo"):
        create_demo_residents()
        prepare_centres(on=run.on)
    pay_relief(run.on)


def pay_relief(on: date) -> None:
    """The district pays its subsistence allowances: one payment comes back and waits, one row names no order of ours."""
    preparer, approver = (Post.objects.get(official__user__username=name, role=role) for name, role in (
        ("caiwu", "finance_preparer"), ("shenpi", "finance_approver")))  # fmt: skip
    with acting(preparer):
        batch = prepare_batch(programme=RELIEF, month=MONTH, division_code="310107", on=on)
    with acting(approver):
        approve_batch(batch_id=batch.pk, on=on)
    with acting(preparer):
        export_batch(batch_id=batch.pk, on=on)
        orders = list(batch.orders.order_by("id"))
        rows = ["回执号,R0", "付款指令号,金额（元）,结果,原因码,说明", "A999999M202207S0,1.00,成功,,"]
        rows += [
            f"{o.end_to_end_id},{format_yuan(o.amount_fen)},{'退票,BE01,户名不符' if o is orders[0] else '成功,,'}"
            for o in orders
        ]
        import_returns(content="\n".join(rows).encode(), name="回盘.csv", on=on)


def cut_feeds(folder: Path) -> None:
    """Writes the lines of a few hundred households from every office's file, unchanged, faults included.

    The first households of the list, and those that receive the subsistence or the nursing allowance, so that every
    programme has its people.
    """
    households = {f"H{number:06}" for number in range(1, HOUSEHOLDS + 1)} | _on_the_roster(
        ("低保", "重度残疾人护理补贴")
    )
    name = "公安_实有人口.csv"
    lines = _lines(name)
    kept = [line for line in lines[1:] if _field(line, 5) in households]
    people = {_field(line, 0).strip().upper() for line in kept}
    _write(folder, name, [lines[0], *kept])
    for name in ("人社_养老金就业.csv", "医保_自付费用.csv", "卫健_死亡.csv", "教育_在读.csv"):
        lines = _lines(name)
        _write(
            folder,
            name,
            [lines[0], *(line for line in lines[1:] if _field(line, 0).strip().upper() in people)],
        )
    name = "核对_家庭经济.jsonl"
    _write(
        folder,
        name,
        [line for line in _lines(name) if any(number in line for number in _numbers(line) & households)],
    )
    for name in ("残联_残疾证.xlsx", _ROSTER):
        _cut_workbook(folder, name, people)


def _on_the_roster(sheets: tuple[str, ...]) -> set[str]:
    book = load_workbook(FEEDS / _ROSTER, read_only=True)
    return {
        str(row[3])
        for sheet in sheets
        for row in book[sheet].iter_rows(min_row=2, max_row=80, values_only=True)
    }


def _lines(name: str) -> list[str]:
    return (
        (FEEDS / name)
        .read_bytes()
        .decode(_ENCODINGS.get(name, "utf-8"), errors="replace")
        .splitlines(keepends=True)
    )


def _write(folder: Path, name: str, lines: list[str]) -> None:
    (folder / name).write_bytes("".join(lines).encode(_ENCODINGS.get(name, "utf-8"), errors="replace"))


def _field(line: str, at: int) -> str:
    """One field of a line; names with commas are quoted and come after the number, so a plain split serves the key."""
    fields = line.split(",")
    return fields[at].strip() if len(fields) > at else ""


def _numbers(line: str) -> set[str]:
    start = line.find('"H')
    return {line[start + 1 : start + 8]} if start >= 0 else set()


def _cut_workbook(folder: Path, name: str, people: set[str]) -> None:
    """Every sheet with its heads and titles; of the data rows, those of the people kept."""
    source = load_workbook(FEEDS / name, read_only=True)
    made = Workbook(write_only=True)
    for sheet in source:
        target = made.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            numbers = {str(cell)[:18].upper() for cell in row[:2] if cell is not None}
            is_head = not any(number[:6].isdigit() for number in numbers)
            if is_head or numbers & people:
                target.append(row)
    made.save(folder / name)
