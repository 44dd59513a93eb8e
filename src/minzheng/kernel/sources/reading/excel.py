"""Excel workbooks (.xlsx), cell by cell. Formulas are read as the value last shown, never calculated here."""

from __future__ import annotations

import datetime as dt
import io
import math
import zipfile
from typing import Any

import openpyxl

from minzheng.kernel.sources.reading.lines import Line, Note, RawFile, Sheet, Unreadable

_LARGEST_UNPACKED = 600_000_000


def read_excel(content: bytes) -> RawFile:
    """All sheets, hidden ones marked; a merged cell's value stands in its first cell, as Excel keeps it.

    Raises:
        Unreadable: damaged, not a workbook, or unpacking to more than any list of a city district.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_UNPACKED:
                raise Unreadable("workbook_too_large")
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable("not_a_workbook", ", ".join(archive.namelist()[:5]))
        book = openpyxl.load_workbook(io.BytesIO(content))
    except Unreadable:
        raise
    except Exception as fault:
        raise Unreadable("damaged_workbook", str(fault)[:200]) from fault
    has_formula = any(
        cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    )
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True) if has_formula else None
    sheets, notes = [], []
    for sheet in book.worksheets:
        lines = []
        values = shown[sheet.title] if shown else None
        merged_down = _merged_down(sheet)
        for row in sheet.iter_rows():
            if not row:
                continue
            number = int(row[0].row or 0)
            problems: list[tuple[str, str]] = []
            cells = []
            for cell in row:
                value, place = cell.value, (int(cell.row or 0), int(cell.column or 0))
                if cell.data_type == "f":
                    text = str(getattr(value, "text", value))
                    value = values.cell(*place).value if values else None
                    if value is None:
                        # Kept as text, so that the report can show it; its value was never calculated.
                        value = text
                        problems.append(("formula_without_value", text[:80]))
                elif value is None and place in merged_down:
                    value = merged_down[place]
                cells.append(_plain(value))
            lines.append(Line(number, cells, problems))
        while lines and lines[-1].is_blank:
            lines.pop()
        sheets.append(Sheet(sheet.title, lines, is_hidden=sheet.sheet_state != "visible"))
        if sheet.sheet_state != "visible":
            notes.append(Note("hidden_sheet", sheet.title, "warning"))
    return RawFile("xlsx", sheets, notes)


def _merged_down(sheet: Any) -> dict[tuple[int, int], Any]:
    """Cells merged over several rows in one column stand for the same value in each (one household, many rows)."""
    filled = {}
    for area in sheet.merged_cells.ranges:
        if area.min_col == area.max_col and area.max_row > area.min_row:
            value = sheet.cell(area.min_row, area.min_col).value
            for row in range(area.min_row + 1, area.max_row + 1):
                filled[row, area.min_col] = value
    return filled


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if value is None or isinstance(value, str | bool) or (isinstance(value, int) and abs(value) < 10**15):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int | float) and abs(value) >= 1e15:
        # Excel keeps fifteen digits; the rest of a longer number is gone, so it is shown as Excel shows it.
        return f"{float(value):.14E}"
    if isinstance(value, float):
        return int(value) if value.is_integer() else f"{value:.15g}"
    return str(value)
