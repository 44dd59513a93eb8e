"""Puts a received file away unchanged and its lines into the staging table, in one transaction."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from minzheng.kernel.sources.contract import Contract, contracts, count_known
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.sources.reading import Line, Note, RawFile, Unreadable, read_file
from minzheng.kernel.sources.table import Table, nearest, recognise, tables
from minzheng.kernel.storage.bulk import copy_rows
from minzheng.kernel.storage.paths import files_home

_ROW_COLUMNS = ("file_id", "sheet", "line", "kind", "raw", "messages", "outcome", "division_code")


def keep(content: bytes) -> str:
    """Writes the bytes under their SHA-256, complete or not at all; returns the digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = stored_path(digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f".{digest}.{os.getpid()}")
        with open(partial, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        partial.chmod(0o400)
        partial.replace(path)
    return digest


def stored_path(digest: str) -> Path:
    """Where a received file lies."""
    return files_home() / "received" / digest[:2] / digest


def stage(content: bytes, name: str) -> FeedFile:
    """Records the file and each of its lines; a file known already is returned as it stands.

    Called inside the acting transaction; the caller commits.
    """
    digest = keep(content)
    known = FeedFile.objects.filter(sha256=digest).first()
    if known and known.state not in (FeedFile.State.UNRECOGNISED, FeedFile.State.UNREADABLE):
        return known
    file = known or FeedFile(sha256=digest, size=len(content), state=FeedFile.State.UNREADABLE)
    file.name = name
    try:
        raw = read_file(content, recognise=count_known)
    except Unreadable as fault:
        file.state = FeedFile.State.UNREADABLE
        file.notes = [{"code": fault.code, "found": fault.found, "level": "refused"}]
        file.save()
        return file
    file.form = raw.form
    contract = recognise(raw, name)
    if contract is None:
        close, columns = nearest(raw)
        file.state = FeedFile.State.UNRECOGNISED
        file.notes = [
            *map(_note, raw.notes),
            {"code": "unrecognised", "found": "、".join(columns)[:500], "level": "refused", "nearest": close},
        ]
        file.save()
        return file
    found = list(tables(raw, contract))
    file.contract, file.state = contract.name, FeedFile.State.STAGED
    file.notes = [_note(note) for note in [*raw.notes, *(note for table in found for note in table.notes)]]
    file.columns = [
        {
            "sheet": table.sheet.name,
            "header_line": table.header_line,
            "columns": {name: list(place) for name, place in table.columns.items()},
            "headings": table.headings,
            "title": table.title.strip(),
            "constants": table.constants,
            "repeated": {
                name: [position, unit or table.unit]
                for name, (position, unit) in contract.repeated(table.headings).items()
            },
        }
        for table in found
        if table.columns
    ]
    file.save()
    _copy_lines(file, raw, found)
    return file


def _note(note: Note) -> dict[str, str]:
    return {"code": note.code, "found": note.found, "level": note.level}


def _copy_lines(file: FeedFile, raw: RawFile, found: list[Table]) -> None:
    ends_open = any(note.code == "no_final_line_break" for note in raw.notes)

    def lines() -> Iterable[tuple[Any, ...]]:
        for table in found:
            last = max((at for at, kind in enumerate(table.kinds) if kind != "blank"), default=-1)
            for at, (line, kind) in enumerate(zip(table.sheet.lines, table.kinds, strict=True)):
                problems = (
                    _line_problems(line, table, raw.form, is_last=ends_open and at == last)
                    if kind == "data"
                    else []
                )
                yield (
                    file.pk,
                    table.sheet.name,
                    line.number,
                    kind,
                    Jsonb([_storable(cell) for cell in line.cells]),
                    Jsonb([{"field": "", "code": code, "found": text} for code, text in problems]),
                    "" if kind == "data" else "not_data",
                    "310000",
                )

    with connection.cursor() as cursor:
        # COPY does not enter a table under row-level security, so the lines pass through a temporary one.
        cursor.execute(
            "CREATE TEMPORARY TABLE sources_stage (file_id bigint, sheet text, line int, kind text, raw jsonb,"
            " messages jsonb, outcome text, division_code text) ON COMMIT DROP"
        )
        copy_rows("sources_stage", _ROW_COLUMNS, lines())
        names = ", ".join(_ROW_COLUMNS)
        cursor.execute(
            f"""INSERT INTO sources_feedrow ({names}, "values", key, digest)
                SELECT {names}, '{{}}', '', '' FROM sources_stage ORDER BY ctid"""
        )
        cursor.execute("DROP TABLE sources_stage")


def _storable(cell: Any) -> Any:
    # PostgreSQL's JSON keeps every character but NUL and lone surrogates.
    if isinstance(cell, str):
        return cell.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return cell


def _line_problems(line: Line, table: Table, form: str, *, is_last: bool) -> list[tuple[str, str]]:
    problems = list(line.problems)
    if table.sheet.header is not None or not table.headings:
        return problems
    width = table.width
    extra = [str(cell) for cell in line.cells[width:] if cell is not None and str(cell).strip()]
    # Cells of a workbook stay in their columns; beyond the headings stand remarks.
    if extra and form == "csv":
        problems.append(("too_many_cells", " | ".join(extra)[:200]))
    elif len(line.cells) < width:
        problems.append(("cut_off" if is_last else "too_few_cells", f"{len(line.cells)} < {width}"))
    return problems


def contract_of(file: FeedFile) -> Contract:
    return contracts()[file.contract]
