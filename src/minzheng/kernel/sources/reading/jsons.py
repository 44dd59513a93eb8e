"""JSON: one record a line, or one array; small faults are mended where only one reading is possible."""

from __future__ import annotations

import json
import re
from typing import Any

from minzheng.kernel.sources.reading.lines import Line, Note, RawFile, Sheet

_BREAK = re.compile(r"\r\n|\n|\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that a key given twice can be seen."""


def _loads(text: str) -> tuple[Any, list[tuple[str, str]]]:
    """Parses; amounts stay text, so no decimal passes through a float.

    Raises:
        ValueError: no single reading is possible.
    """
    options: dict[str, Any] = {
        "object_pairs_hook": _Pairs,
        "parse_float": str,
        "parse_constant": str,
    }
    try:
        return json.loads(text, **options), []
    except ValueError:
        value = json.loads(text, strict=False, **options)  # control characters inside strings
        return value, [("control_characters", "")]


def _flat(value: Any, problems: list[tuple[str, str]]) -> dict[str, Any]:
    """One level of cells: the leaves of nested objects under their own names, lists as their JSON text."""
    cells: dict[str, Any] = {}

    def put(name: str, leaf: Any) -> None:
        if isinstance(leaf, str):
            leaf = _CONTROL.sub(" ", leaf)
        if name in cells and cells[name] != leaf:
            problems.append(("key_twice", name))
            return
        cells[name] = leaf

    def walk(pairs: _Pairs) -> None:
        for name, leaf in pairs:
            if isinstance(leaf, _Pairs):
                walk(leaf)
            elif isinstance(leaf, list):
                put(name, json.dumps(leaf, ensure_ascii=False, default=str))
            else:
                put(name, leaf)

    walk(value)
    return cells


def _records(value: Any) -> list[Any] | None:
    """The list of records in a whole document: an array, or an object that wraps exactly one array of objects."""
    if isinstance(value, _Pairs):
        lists = [leaf for _, leaf in value if isinstance(leaf, list) and not isinstance(leaf, _Pairs)]
        return lists[0] if len(lists) == 1 and lists[0] and isinstance(lists[0][0], _Pairs) else None
    return value if isinstance(value, list) else None


def read_json(text: str) -> RawFile:
    """Lines of one sheet, with the union of the records' keys as header."""
    found: list[tuple[int, dict[str, Any] | None, list[tuple[str, str]], str]] = []
    notes: list[Note] = []
    whole: list[Any] | None = None
    try:
        value, problems = _loads(text)
        whole = _records(value)
        if whole is not None and problems:
            notes.append(Note("control_characters", level="warning"))
    except (ValueError, RecursionError):
        pass
    if whole is not None:
        for number, item in enumerate(whole, 1):
            problems = []
            cells = _flat(item, problems) if isinstance(item, _Pairs) else None
            found.append((number, cells, problems, "" if cells is not None else repr(item)[:200]))
        notes.append(Note("json_array", str(len(whole))))
    else:
        for number, line in enumerate(_BREAK.split(text), 1):
            plain = line.strip().lstrip("﻿").replace("\0", "")
            # An array written a record a line.
            if plain in ("", "[", "]", "],"):
                found.append((number, {}, [], line))
                continue
            problems = [("nul_bytes", "")] if "\0" in line else []
            try:
                value, mended = _loads(plain.removesuffix(","))
                problems += mended
                cells = _flat(value, problems) if isinstance(value, _Pairs) else None
            except (ValueError, RecursionError):
                cells = None
            found.append((number, cells, problems, line))
        if found and found[-1][1] == {} and not found[-1][3]:
            found.pop()
    header: dict[str, None] = {}
    for _, cells, _, _ in found:
        header.update(dict.fromkeys(cells or ()))
    names = list(header)
    lines = [
        Line(number, [raw], [*problems, ("json_broken", raw[-80:])], broken=True)
        if cells is None
        else Line(number, [cells.get(name) for name in names] if cells else [raw.strip() or None], problems)
        for number, cells, problems, raw in found
    ]
    # A lone bracket is form, not data.
    for line in lines:
        if not line.broken and len(line.cells) == 1 and line.cells[0] in ("[", "]", "],"):
            line.cells = [None]
    return RawFile("json", [Sheet("", lines, header=names)], notes)
