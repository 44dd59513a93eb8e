"""Small files made for tests: people with sound numbers, in any form an office may send."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from minzheng.kernel.people.identifiers import check_character

POLICE = [
    "证件号码",
    "姓名",
    "性别",
    "民族",
    "出生日期",
    "户号",
    "与户主关系",
    "户籍区划代码",
    "居住区划代码",
    "户籍类别",
    "迁入日期",
    "注销日期",
]
HOME = "310107014029"


def number(birth: date | str, serial: int = 1) -> str:
    """A sound identity number of the area that does not exist; an even serial is a woman's."""
    day = birth if isinstance(birth, str) else f"{birth:%Y%m%d}"
    first = f"310199{day}{serial:03d}"
    return first + check_character(first)


def wrong(identity: str) -> str:
    """The same number with a wrong check character."""
    return identity[:17] + ("0" if identity[17] != "0" else "1")


def resident(
    birth: str,
    serial: int = 1,
    *,
    name: str = "余银",
    household: str = "H000001",
    relation: str = "户主",
    **other: str,
) -> list[str]:
    sex = "男" if serial % 2 else "女"
    row = dict(
        zip(
            POLICE,
            [
                number(birth, serial),
                name,
                sex,
                "汉族",
                birth,
                household,
                relation,
                HOME,
                HOME,
                "本市",
                "",
                "",
            ],
            strict=True,
        )
    )
    return list((row | other).values())


NAMES = ("余银", "周磊建", "王霞", "陈鑫", "李阿军", "赵明", "孙丽红", "郑海波")


def family(count: int = 8) -> list[list[str]]:
    """So many people in households of two, each with another name."""
    return [
        resident(
            f"19{50 + at:02d}0{1 + at % 9}1{at % 9}",
            11 + at,
            name=NAMES[at % len(NAMES)],
            household=f"H{1 + at // 2:06d}",
            relation="配偶" if at % 2 else "户主",
        )
        for at in range(count)
    ]


def as_csv(
    rows: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8", line_break: str = "\r\n"
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_break).writerows(rows)
    return text.getvalue().encode(encoding)


def as_json_lines(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    return "".join(
        json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
    ).encode()


def as_workbook(
    sheets: dict[str, Sequence[Sequence[Any]]], path: Path, *, hidden: Sequence[str] = ()
) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.save(path)
    return path


def folder(path: Path, **files: bytes) -> Path:
    """Writes files named by keyword (`police_csv` → police.csv) into a new folder."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        stem, _, suffix = name.rpartition("_")
        (path / f"{stem}.{suffix}").write_bytes(content)
    return path
