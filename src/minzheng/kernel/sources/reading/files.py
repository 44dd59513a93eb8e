"""Decides by its bytes what a file is, and reads it. The name's ending is no proof: offices rename files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from minzheng.kernel.sources.reading.decode import decode
from minzheng.kernel.sources.reading.excel import read_excel
from minzheng.kernel.sources.reading.jsons import read_json
from minzheng.kernel.sources.reading.lines import Note, RawFile, Sheet, Unreadable
from minzheng.kernel.sources.reading.separated import find_separator, read_lines

SUFFIXES = frozenset(
    {".csv", ".txt", ".tsv", ".tab", ".dat", ".xlsx", ".xlsm", ".xls", ".et", ".json", ".jsonl", ".ndjson"}
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f�]")
_MOST_CONTROL = 0.03
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def read_file(content: bytes, *, recognise: Callable[[Sequence[str]], int]) -> RawFile:
    """Reads a file's bytes into sheets of lines.

    Args:
        recognise: how many cells of a line are names of known columns; decides between possible separators.

    Raises:
        Unreadable: empty, an old or protected workbook, a web page, an archive, or no text at all.
    """
    if not content.strip():
        raise Unreadable("empty_file")
    if content.startswith(_OLE):
        raise Unreadable("old_or_protected_workbook")
    if content.startswith(b"PK\x03\x04"):
        return read_excel(content)
    if content.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"%PDF", *_PICTURES)):
        raise Unreadable("not_a_table", content[:4].decode("latin-1"))
    text, encoding, notes = decode(content)
    head = text[:2000].lstrip("﻿ \t\r\n")
    if head[:1] == "<" and any(tag in head.lower() for tag in ("<html", "<table", "<!doctype", "<?xml")):
        raise Unreadable("web_page_as_table")
    if (
        not head
        or len(_CONTROL.findall(head)) > max(5, len(head) * _MOST_CONTROL)
        or sum(character.isprintable() or character in "\r\n\t\0" for character in head) < len(head) * 0.8
    ):
        raise Unreadable("not_a_table", repr(head[:20]))
    text = text.removeprefix("﻿")
    if head[0] == "{" or (head[0] == "[" and head[1:].lstrip()[:1] in ("{", "]")):
        raw = read_json(text)
    else:
        separator = find_separator(text, recognise)
        raw = RawFile("csv", [Sheet("", list(read_lines(text, separator)))])
        raw.notes.append(Note("separator", repr(separator)))
        if not text.endswith(("\n", "\r")):
            raw.notes.append(Note("no_final_line_break"))
    raw.notes[:0] = [Note("encoding", encoding), *notes]
    return raw
