"""Copies of what a page shows, as Excel or CSV: numbers as numbers, money in yuan, text that stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from minzheng.kernel.indicators.registry import Figure
from minzheng.kernel.storage.excel import write_workbook
from minzheng.kernel.ui.exports import XLSX, attachment

FORMS = ("xlsx", "csv")


def download(
    form: str,
    *,
    name: str,
    title: str,
    labels: Sequence[str],
    rows: Iterable[Sequence[Any]],
    more: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] | None = None,
) -> HttpResponse:
    """One table as a file, with `more` tables by title: further sheets, or in CSV below it; written whole inside the request."""
    sheets = {title: (labels, rows)} | dict(more or {})
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        for at, (heading, (columns, lines)) in enumerate(sheets.items()):
            if at:
                writer.writerows([[], [_harmless(heading)]])
            writer.writerow(columns)
            writer.writerows([_harmless(value) for value in row] for row in lines)
        # The mark at the head tells spreadsheets that the file is UTF-8.
        content, content_type = ("\ufeff" + text.getvalue()).encode(), "text/csv; charset=utf-8"
    else:
        buffer = io.BytesIO()
        write_workbook(buffer, sheets)
        content, content_type = buffer.getvalue(), XLSX
    return attachment(content, content_type=content_type, name=f"{name}.{form}", plain=f"figures.{form}")


def plain(figure: Figure, value: Any) -> Any:
    """A figure's value as a file keeps it: yuan for fen, percent to two decimals, a day as text.

    >>> from minzheng.kernel.indicators.model import Ratio
    >>> plain(Ratio("a", "率", "Rate", "b", "c", "s"), 2 / 3 * 100)
    66.67
    """
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    if figure.unit.startswith("fen"):
        return Decimal(int(value)).scaleb(-2)
    return round(value, 2) if isinstance(value, float) else value


def _harmless(value: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is written as text."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value
