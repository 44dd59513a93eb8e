"""Finds the table in a sheet: the heading line, the data below it, and what is neither; loses no line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from minzheng.kernel.people.identifiers import normalise, parse_citizen
from minzheng.kernel.sources.contract import Contract, contracts, month_in, read_heading, unit_in
from minzheng.kernel.sources.reading import Line, Note, RawFile, Sheet

_TOP = 25
_TOTAL = re.compile(r"^(合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|本页合计|total|sum|subtotal)", re.IGNORECASE)
_NOTE = re.compile(
    r"^[（(]?(注|备注|说明|填表|制表|审核|填报|单位|负责人|联系|经办|日期|截至|数据来源|来源|打印|导出)"
)
_IDENTITY = re.compile(r"\d{6,}")
_NUMBERS = {"citizen_number": 18, "disability_number": 20}
_SAMPLE = 300
_MOST_SHIFTED = 0.2


@dataclass(slots=True)
class Table:
    """One sheet read by a contract: where its heading stands, which column is which field, and what each line is."""

    sheet: Sheet
    header_line: int
    columns: dict[str, tuple[int, str]]
    headings: list[str]
    kinds: list[str]
    constants: dict[str, str] = field(default_factory=dict)
    width: int = 0
    unit: str = ""
    title: str = ""
    notes: list[Note] = field(default_factory=list)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _joined(upper: Line, lower: Line) -> list[Any]:
    """A heading of two lines: the lower cell counts where it says something, with a month that stands above it."""
    width = max(len(upper.cells), len(lower.cells))
    cells: list[Any] = []
    month = ""
    for position in range(width):
        above = upper.cells[position] if position < len(upper.cells) else None
        below = lower.cells[position] if position < len(lower.cells) else None
        if _text(above):
            # A heading merged over several columns stands in the first of them.
            month = _text(above) if month_in(_text(above))[0] else ""
        cells.append(f"{month}{_text(below)}" if month and _text(below) else below if _text(below) else above)
    return cells


def _heading_of(
    contract: Contract, sheet: Sheet, *, by_content: bool
) -> tuple[float, int, list[Any], int] | None:
    """The best heading: fit, index of its last line, its cells, how many lines it takes."""
    if sheet.header is not None:
        cells = list(sheet.header)
        fit, cells = max(
            (contract.fit(cells), cells), _by_content(contract, sheet, cells), key=lambda one: one[0]
        )
        return (fit, -1, cells, 0) if fit else None
    best: tuple[float, int, list[Any], int] | None = None
    top = [(at, line) for at, line in enumerate(sheet.lines[: _TOP * 4]) if not line.is_blank][:_TOP]
    for at, line in top:
        fit = contract.fit(line.cells)
        if fit and (best is None or fit > best[0]):
            best = (fit, at, line.cells, 1)
    for (at, upper), (below, lower) in pairwise(top):
        cells = _joined(upper, lower)
        # A heading of two lines must know more than any line alone; otherwise the upper one is a title.
        if below == at + 1 and contract.fit(cells) > (best[0] if best else 0.0):
            best = (contract.fit(cells), below, cells, 2)
    if best is None and by_content:
        for at, line in top:
            fit, cells = _by_content(contract, sheet, line.cells)
            if fit and (best is None or fit > best[0]):
                best = (fit, at, cells, 1)
    return best


def _by_content(contract: Contract, sheet: Sheet, cells: list[Any]) -> tuple[float, list[Any]]:
    """The heading with an unknown name for the identity numbers put right: their column shows by what it holds."""
    numbers = next(
        (one for one in contract.fields.values() if one.kind in _NUMBERS and one.name in contract.needs), None
    )
    if numbers is None or numbers.name in contract.columns(cells):
        return 0.0, cells
    size = _NUMBERS[numbers.kind]
    for position, cell in enumerate(cells):
        column = [_text(line.cells[position]) for line in sheet.lines[:_SAMPLE] if position < len(line.cells)]
        told = [text for text in column if text and text != _text(cell)]
        sound = sum(
            len(normalise(text)) == size and parse_citizen(normalise(text)[:18]).is_valid for text in told
        )
        if told and sound >= len(told) * 0.7:
            put_right = [numbers.label if at == position else one for at, one in enumerate(cells)]
            return contract.fit(put_right), put_right
    return 0.0, cells


def recognise(raw: RawFile, name: str) -> Contract | None:
    """The contract whose headings fit best; the file's name decides only between equals.

    Where no heading is known for the identity numbers, their column is looked for by its content.
    """
    for by_content in (False, True):
        merits = []
        for contract in contracts().values():
            found = [
                _heading_of(contract, sheet, by_content=by_content)
                for sheet in raw.sheets
                if not sheet.is_hidden
            ]
            fit = max((one[0] for one in found if one), default=0.0)
            if fit:
                hinted = any(hint.lower() in name.lower() for hint in contract.hints)
                merits.append((fit * len(contract.fields) + (2.5 if hinted else 0.0), fit, contract))
        if merits:
            return max(merits, key=lambda merit: merit[:2])[2]
    return _by_order(raw, name)


def _by_order(raw: RawFile, name: str) -> Contract | None:
    """Without a heading line, the file's name and the number of columns must both speak for a contract."""
    if raw.form != "csv":
        return None
    first = next((line for line in raw.sheets[0].lines if not line.is_blank), None)
    for contract in contracts().values():
        full = [column for column in contract.fields.values() if column.name != contract.sheet_field]
        if first is None or not any(hint.lower() in name.lower() for hint in contract.hints):
            continue
        if len(first.cells) in (len(full), len(full) - 1) and _IDENTITY.search(_text(first.cells[0])):
            return contract
    return None


def nearest(raw: RawFile) -> tuple[str, list[str]]:
    """For a file that fits no contract: the contract that knows most of its columns, and those columns."""
    best: tuple[int, str, list[str]] = (0, "", [])
    for sheet in raw.sheets:
        rows = [sheet.header] if sheet.header is not None else [line.cells for line in sheet.lines[:_TOP]]
        for cells in rows:
            for contract in contracts().values():
                known = len(contract.columns(cells))
                if known > best[0]:
                    best = (known, contract.name, [_text(cell) for cell in cells if _text(cell)])
    if not best[2] and raw.sheets and raw.sheets[0].lines:
        first = next((line for line in raw.sheets[0].lines if not line.is_blank), raw.sheets[0].lines[0])
        best = (0, "", [_text(cell)[:40] for cell in first.cells if _text(cell)][:30])
    return best[1], best[2]


def tables(raw: RawFile, contract: Contract) -> Iterator[Table]:
    """Every sheet with its lines sorted into data and what is not; sheets without the contract's headings too."""
    for sheet in raw.sheets:
        found = None if sheet.is_hidden else _heading_of(contract, sheet, by_content=True)
        if found is None and not sheet.is_hidden and raw.form == "csv":
            names = [one for one in contract.fields if one != contract.sheet_field]
            width = max((len(line.cells) for line in sheet.lines), default=0)
            columns = {one: (at, "") for at, one in enumerate(names[:width])}
            note = Note(
                "header_supplied", "、".join(contract.fields[one].label for one in columns), "warning"
            )
            yield _sorted(Table(sheet, 0, columns, [], [], notes=[note]), contract, -1, 0)
            continue
        if found is None:
            notes = (
                []
                if sheet.is_hidden or not sheet.lines
                else [Note("sheet_unrecognised", sheet.name, "warning")]
            )
            kinds = ["blank" if line.is_blank else "other_sheet" for line in sheet.lines]
            yield Table(sheet, 0, {}, [], kinds, notes=notes)
            continue
        _, last, cells, height = found
        header_line = sheet.lines[last].number if last >= 0 else 0
        table = Table(sheet, header_line, contract.columns(cells), [_text(cell) for cell in cells], [])
        sent = sheet.header if sheet.header is not None else sheet.lines[last].cells
        if height < 2:
            # What was sent under another name was found by its content.
            table.notes += [
                Note("column_by_content", f"{_text(was)} → {_text(now)}", "warning")
                for was, now in zip(sent, cells, strict=False)
                if _text(was) != _text(now)
            ]
        yield from _by_month(table, contract, cells, last, height)


def _by_month(table: Table, contract: Contract, cells: list[Any], last: int, height: int) -> Iterator[Table]:
    """A table with a column for each month is read once a month; lines that are no data are counted the first time."""
    months = contract.months(cells)
    if not months:
        yield _sorted(table, contract, last, height)
        return
    fixed, lines = table.columns, table.sheet.lines
    spread = {position for told in months.values() for position, _ in told.values()}
    first: Table | None = None
    for month, told in months.items():
        year, number = month.split("-")
        name = f"{table.sheet.name} {year + '年' if year else ''}{int(number)}月".strip()
        part = Table(
            Sheet(name, lines),
            table.header_line,
            fixed | told,
            table.headings,
            [],
            constants={contract.heading_month: month},
        )
        if first is None:
            part.notes = table.notes
            first = _sorted(part, contract, last, height, spread=spread)
            first.notes.append(Note("months_in_headings", "、".join(months)))
            yield first
        else:
            part.title, part.width = first.title, first.width
            part.columns = _in_unit(part.columns, first.unit)
            # A month that says nothing of somebody is no row; the first month has told of the line.
            own = [position for position, _ in told.values()]
            part.sheet.lines = [
                line
                for line, kind in zip(lines, first.kinds, strict=True)
                if kind == "data" and any(at < len(line.cells) and _text(line.cells[at]) for at in own)
            ]
            part.kinds = ["data"] * len(part.sheet.lines)
            yield part


def _sorted(
    table: Table,
    contract: Contract,
    last: int,
    height: int,
    *,
    spread: frozenset[int] | set[int] = frozenset(),
) -> Table:
    heading = [read_heading(cell).key for cell in table.headings]
    table.width = _width(table, last)
    taken = {position for position, _ in table.columns.values()} | spread
    seen: set[str] = set()
    for position, key in enumerate(heading):
        if key and key in seen:
            table.notes.append(Note("duplicate_header", table.headings[position], "warning"))
        elif key and position not in taken:
            table.notes.append(Note("unknown_column", table.headings[position]))
        seen.add(key)
    for name, column in contract.fields.items():
        if (
            name not in (*table.columns, *table.constants, contract.sheet_field)
            and column.if_missing != "accept"
        ):
            table.notes.append(Note("missing_column", column.label, "warning"))
    keys = [
        place
        for name, (place, _) in table.columns.items()
        if name in contract.needs or contract.fields[name].kind in _NUMBERS
    ]
    for at, line in enumerate(table.sheet.lines):
        if line.is_blank:
            kind = "blank"
        elif at <= last - height:
            kind = "title"
            table.title += " ".join(_text(cell) for cell in line.cells if _text(cell)) + " "
        elif at <= last:
            kind = "header"
        else:
            kind = _kind(line, heading, keys)
        table.kinds.append(kind)
    unit = unit_in(table.title) or next(
        (
            told
            for line, kind in zip(table.sheet.lines, table.kinds, strict=True)
            if kind == "note"
            for told in [unit_in(" ".join(map(_text, line.cells)))]
            if told
        ),
        "",
    )
    if unit:
        table.unit = unit
        table.columns = _in_unit(table.columns, unit)
        table.notes.append(Note("unit_of_table", unit))
    return table


def _in_unit(columns: dict[str, tuple[int, str]], unit: str) -> dict[str, tuple[int, str]]:
    """A unit in a column's own heading counts before the table's."""
    return {name: (position, own or unit) for name, (position, own) in columns.items()}


def _width(table: Table, last: int) -> int:
    """How many cells a line has: an empty heading at the end, from a separator too many, is no column.

    Otherwise a cell split in two would push the others into it unseen. Where most lines fill it, it is a column.
    """
    width = len(table.headings)
    lines = [line for line in table.sheet.lines[last + 1 :] if not line.is_blank]
    while width and not table.headings[width - 1] and table.sheet.header is None:
        filled = sum(len(line.cells) >= width and bool(_text(line.cells[width - 1])) for line in lines)
        if filled > len(lines) * _MOST_SHIFTED:
            break
        width -= 1
    return width


def _kind(line: Line, heading: list[str], keys: list[int]) -> str:
    if line.broken:
        return "data"
    filled = [(position, _text(cell)) for position, cell in enumerate(line.cells) if _text(cell)]
    first = filled[0][1]
    key_text = " ".join(text for position, text in filled if position in keys)
    # Most lines name somebody, and nothing but data does.
    if _IDENTITY.search(key_text):
        return "data"
    # The heading repeated at the top of each printed page; of a heading of two lines the lower one alone.
    same = [
        position < len(heading) and read_heading(cell).key == heading[position] for position, cell in filled
    ]
    if len(filled) > 1 and (
        all(same)
        or (
            sum(same) > len(same) / 2
            and any(filled[at][0] in keys for at, is_same in enumerate(same) if is_same)
        )
    ):
        return "header"
    if _TOTAL.match(first):
        return "total"
    if _NOTE.match(first) and len(filled) <= 3:
        return "note"
    if len(filled) == 1 and len(heading) > 2 and not _IDENTITY.search(first):
        return "note"
    return "data"
