"""Excel copies of what a screen shows: the same words and masks, amounts and counts as numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from minzheng.kernel.storage.excel import Percent, write_workbook
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.statuses import status_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def excel_response(
    *, name: str, title: str, labels: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """One sheet as a download. Written whole before it is sent, so it is read inside the request's transaction."""
    shown = ([_plain(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows)
    buffer = io.BytesIO()
    write_workbook(buffer, {title: (labels, shown)})
    return attachment(buffer.getvalue(), content_type=XLSX, name=f"{name}.xlsx", plain="export.xlsx")


def attachment(content: bytes | str, *, content_type: str, name: str, plain: str) -> HttpResponse:
    """A file to keep, under its name; `plain` is the name for a browser that reads Latin letters alone."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _plain(value: Any, kind: str) -> Any:
    """A cell's value as the workbook keeps it: yuan, counts and shares as numbers, everything else as the words on screen."""
    if value is None or value == "":
        return None
    if kind == "money":
        return Decimal(int(value)).scaleb(-2)
    if kind == "count":
        return int(value)
    if kind == "percent":
        return Percent(round(value, 1) / 100)
    if kind == "decimal":
        return round(float(value), 1)
    if kind == "status":
        return str(status_of(value).label)
    if kind in ("masked", "account"):
        return formats.masked(str(value), kind)
    if kind == "yes_no":
        return bool(value)
    if kind == "month":
        return formats.month(value)
    if kind == "time" and isinstance(value, datetime):
        return formats.moment(value)
    if kind == "date":
        return formats.short_day(value)
    return str(value)
