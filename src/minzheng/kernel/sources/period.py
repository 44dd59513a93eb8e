"""Which month a file speaks of: what its columns say, else its title, its name, else the dates in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.contract import Contract
from minzheng.kernel.sources.normalise import Settings, normaliser
from minzheng.kernel.sources.normalise.values import tidy

_IN_TITLE = re.compile(r"(20\d{2})\s*[年\-./]\s*(\d{1,2})\s*月?")
_IN_NAME = re.compile(r"(?<!\d)(20\d{2})\s*[年\-_.]?\s*(0[1-9]|1[0-2]|[1-9](?=月))")
_YEAR = re.compile(r"(?<!\d)(20\d{2})")
_COMMON = 0.03
STRONG = ("given", "column", "title", "name")


def infer(
    contract: Contract, columns: Sequence[dict[str, Any]], raws: Iterable[tuple[str, list[Any]]], name: str
) -> tuple[Month, str] | None:
    """The month and where it was found; None where the file names none.

    Args:
        columns: `FeedFile.columns`.
        raws: (sheet, cells) of each data row.
    """
    found = {column["sheet"]: column["columns"] for column in columns}
    rows = list(raws)
    if contract.period_field:
        months = _months(contract, [contract.period_field], found, rows) or _in_headings(
            contract.period_field, columns, rows, name
        )
        # A typing error in one row does not move the file to another month.
        common = [month for month, count in months.items() if count >= sum(months.values()) * _COMMON]
        if common:
            return max(common), "column"
    for text, source in ((" ".join(column["title"] for column in columns), "title"), (name, "name")):
        hit = (_IN_TITLE if source == "title" else _IN_NAME).search(text)
        if hit and 1 <= int(hit[2]) <= 12:
            return Month(int(hit[1]), int(hit[2])), source
    dates = [one.name for one in contract.fields.values() if one.kind == "date" and one.is_past]
    months = _months(contract, dates, found, rows)
    several = [month for month, count in months.items() if count > 1] or list(months)
    return (max(several), "content") if several else None


def _in_headings(
    period_field: str, columns: Sequence[dict[str, Any]], rows: list[tuple[str, list[Any]]], name: str
) -> Counter[Month]:
    """The months that headings name and some row fills; a year not told stands in the sheet's, title's or file's name."""
    months: Counter[Month] = Counter()
    by_month = [column for column in columns if column.get("constants")]
    uses = Counter(place[0] for column in by_month for place in column["columns"].values())
    for column in by_month:
        own = [place[0] for place in column["columns"].values() if uses[place[0]] == 1 or len(by_month) == 1]
        if not any(
            at < len(cells) and tidy(cells[at])
            for sheet, cells in rows
            if sheet == column["sheet"]
            for at in own
        ):
            continue
        year, _, month = column.get("constants", {}).get(period_field, "").partition("-")
        for text in (column["sheet"], column["title"], name):
            hit = _YEAR.search(text)
            year = year or (hit[1] if hit else "")
        if year and month:
            months[Month(int(year), int(month))] += 1
    return months


def _months(
    contract: Contract, names: list[str], columns: dict[str, Any], rows: list[tuple[str, list[Any]]]
) -> Counter[Month]:
    read = normaliser("month", Settings())
    months: Counter[Month] = Counter()
    for sheet, cells in rows:
        for name in names:
            place = columns.get(sheet, {}).get(name)
            if place and place[0] < len(cells) and (month := read(cells[place[0]]).value):
                months[month] += 1
    return months
