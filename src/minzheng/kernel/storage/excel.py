"""Excel workbooks of our own, row by row, in which no cell can act.

A spreadsheet runs text that begins with = + - @ as a formula, and some do so after a tab or line break. Files of other
offices carry such text in names, so every text cell is written as text, and text that looks like a formula gets an
apostrophe before it, which keeps it harmless when the sheet is saved as CSV and opened again. Markup stays plain text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

LONGEST_CELL = 32_767
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_MOST_ROWS = 1_048_576

Sheets = Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]


class Percent(float):
    """A share from 0 to 1 that a sheet shows in percent, to one decimal."""


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> safe_text("=cmd|' /C calc'!A0"), safe_text("周磊建"), safe_text("＝1+1"), safe_text("-12")
    ("'=cmd|' /C calc'!A0", '周磊建', "'＝1+1", "'-12")
    """
    clean = _ILLEGAL.sub("", text)[: LONGEST_CELL - 1]
    # Full-width signs become plain ones in some imports.
    start = unicodedata.normalize("NFKC", clean.lstrip(" \u00a0\ufeff\u200b")[:1])
    return "'" + clean if start in _ACTIVE and start else clean


def write_workbook(target: Path | str | IO[bytes], sheets: Sheets) -> None:
    """Writes a workbook, one sheet for each name: (headings, rows). Rows may be a generator of any length.

    Numbers and dates stay what they are, decimals being amounts with two places; whole numbers of more than fifteen digits become text, since Excel would
    round them. A table longer than a sheet goes on in the next.
    """
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for name, (headings, rows) in sheets.items():
        _write(book, name, headings, rows, taken)
    if not sheets:
        book.create_sheet("空")
    book.save(target)


def _write(
    book: Workbook, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], taken: set[str]
) -> None:
    iterator = iter(rows)
    waiting: Sequence[Any] | None = None
    is_first = True
    while is_first or waiting is not None:
        sheet = book.create_sheet(_sheet_name(name, taken))
        sheet.freeze_panes = "A2"
        for position, heading in enumerate(headings, 1):
            sheet.column_dimensions[get_column_letter(position)].width = min(
                max(len(heading) * 2 + 4, 12), 50
            )
        sheet.append([_heading(sheet, heading) for heading in headings])
        count, is_first = 1, False
        if waiting is not None:
            sheet.append([_cell(sheet, value) for value in waiting])
            count, waiting = 2, None
        for row in iterator:
            if count >= _MOST_ROWS:
                waiting = row
                break
            sheet.append([_cell(sheet, value) for value in row])
            count += 1


def _sheet_name(name: str, taken: set[str]) -> str:
    """Excel allows 31 characters without brackets, slashes and colons, and no name twice."""
    base = _SHEET_NAME.sub(" ", name).strip("' ")[:31] or "表"
    chosen, number = base, 2
    while chosen.lower() in taken:
        chosen = f"{base[:27]} {number}"
        number += 1
    taken.add(chosen.lower())
    return chosen


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=safe_text(text))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="EEF1F5")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.replace(tzinfo=None)
    if isinstance(value, int) and abs(value) >= 10**15:
        value = str(value)
    if isinstance(value, int | float | Decimal | date | datetime):
        cell = WriteOnlyCell(sheet, value=cast("Any", value))
        if isinstance(value, datetime):
            cell.number_format = "yyyy-mm-dd hh:mm"
        elif isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        elif isinstance(value, Percent):
            cell.number_format = "0.0%"
        elif isinstance(value, Decimal):
            cell.number_format = "#,##0.00"
        return cell
    cell = WriteOnlyCell(sheet, value=safe_text(str(value)))
    # Never "f": the text stays text, whatever it begins with.
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
