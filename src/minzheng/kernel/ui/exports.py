"""Excel copies of what a screen shows.

Names come from many offices; a name that begins with `=` must arrive as text and never as a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from minzheng.kernel.ui import formats
from minzheng.kernel.ui.statuses import status_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def excel_response(
    *, name: str, title: str, labels: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """One sheet as a download. Written whole before it is sent, so it is read inside the request's transaction."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "export")
    sheet.freeze_panes = "A2"
    for at in range(len(labels)):
        sheet.column_dimensions[chr(65 + at) if at < 26 else f"A{chr(39 + at)}"].width = 18
    sheet.append([_heading(sheet, label) for label in labels])
    for row in rows:
        sheet.append([_cell(sheet, value, kind) for value, kind in zip(row, kinds, strict=True)])
    buffer = io.BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(name)}.xlsx"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def text_cell(sheet: Worksheet, text: str) -> Cell:
    """A cell that any spreadsheet keeps as text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    if text.startswith(_LOOKS_LIKE_FORMULA):
        # Without the mark, editing the cell in Excel would turn the text into a formula.
        cell.quotePrefix = True
    return cell


def _heading(sheet: Worksheet, label: str) -> Cell:
    cell = text_cell(sheet, label)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E3F0F1")
    return cell


def _cell(sheet: Worksheet, value: Any, kind: str) -> Cell | None:
    if value is None or value == "":
        return None
    if kind == "money":
        # A spreadsheet has no exact decimals; two places of yuan from whole fen are exact up to 90 trillion yuan.
        cell = WriteOnlyCell(sheet, value=int(value) / 100)
        cell.number_format = "#,##0.00"
        return cell
    if kind == "count":
        return WriteOnlyCell(sheet, value=int(value))
    if kind == "status":
        return text_cell(sheet, str(status_of(value).label))
    if kind in ("masked", "account"):
        return text_cell(sheet, formats.masked(str(value), kind))
    if kind == "yes_no":
        return text_cell(sheet, "是" if value else "否")
    if kind == "month":
        return text_cell(sheet, formats.month(value))
    if kind == "time" and isinstance(value, datetime):
        return text_cell(sheet, formats.moment(value))
    if kind == "date":
        return text_cell(sheet, formats.short_day(value))
    return text_cell(sheet, str(value))
