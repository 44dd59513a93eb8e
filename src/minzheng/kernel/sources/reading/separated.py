"""Delimited text: finds the separator, joins quoted line breaks, and lets a stray quotation mark spoil one line only."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from minzheng.kernel.sources.reading.lines import Line

SEPARATORS = (",", "\t", ";", "|", "，", "；", "^")
_BREAK = re.compile(r"\r\n|\n|\r")
_LONGEST_QUOTED_LINES = 20
csv.field_size_limit(10_000_000)


def find_separator(text: str, recognise: Callable[[Sequence[str]], int]) -> str:
    """The separator under which some line near the top names the most known columns; else the most regular one."""
    top = [line for line in _BREAK.split(text[:200_000]) if line.strip()][:60]

    def merit(separator: str) -> tuple[int, float]:
        rows = [_fields(line, separator) or line.split(separator) for line in top]
        known = max((recognise(row) for row in rows[:25]), default=0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        regular = widths.most_common(1)[0][1] / len(rows) if widths else 0.0
        return known, regular

    return max(SEPARATORS, key=merit)


def _fields(text: str, separator: str) -> list[str] | None:
    """The cells of one record, or None where its quotation marks do not close."""
    if '"' not in text:
        return text.split(separator)
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def read_lines(text: str, separator: str) -> Iterator[Line]:
    """Every record with the number of its first line; an unclosed quotation mark is taken as a plain character."""
    raw = _BREAK.split(text)
    # A line break ends the last line; what stands after it is no line.
    if raw and not raw[-1]:
        raw.pop()
    at = 0
    while at < len(raw):
        start = raw[at]
        problems = []
        cells = _fields(start, separator)
        used = 1
        if cells is None:
            for used in range(2, min(_LONGEST_QUOTED_LINES, len(raw) - at) + 1):
                cells = _fields("\n".join(raw[at : at + used]), separator)
                if cells is not None:
                    break
            else:
                used = 1
        if cells is None:
            cells = start.split(separator)
            problems.append(("stray_quote", start[:80]))
        if "\0" in start:
            cells = [cell.replace("\0", "") for cell in cells]
            problems.append(("nul_bytes", ""))
        if "�" in start:
            problems.append(("bad_bytes", ""))
        yield Line(at + 1, list(cells), problems)
        at += used
