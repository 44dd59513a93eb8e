"""What a normaliser gives back, and the tidying of text that all of them share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

INVISIBLE = re.compile("[​-‏‪-‮⁠-⁤﻿­᠎\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WRAPPED = re.compile(r'^\s*="([^"]{0,200})"\s*$')
_EMPTY = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "空",
        "NULL",
        "NONE",
        "N/A",
        "NA",
        "NAN",
        "(空)",
        "(NULL)",
        ".",
    }
)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
SCIENTIFIC = re.compile(r"^[+-]?\d(\.\d+)?E\+?\d{2,3}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """The value understood, or None, and what there is to say about it.

    `codes` name entries of `messages.yaml`; `is_bad` means the cell held something that could not be understood, so that
    None is not the same as an empty cell.
    """

    value: Any
    codes: tuple[str, ...] = ()
    is_bad: bool = False


EMPTY = Value(None)


def bad(code: str) -> Value:
    return Value(None, (code,), is_bad=True)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a contract says about a field, as far as reading a cell needs it."""

    unit: str = ""
    codes: dict[str, Any] = field(default_factory=dict, hash=False)
    is_negative_allowed: bool = False
    is_open_allowed: bool = False


def tidy(cell: Any) -> str:
    """Text without invisible characters, with half-width forms and single spaces; '' for what means nothing.

    A truth value stays a word: read as 1 it would become an amount or a code.

    >>> tidy(" ３１０\\u200b１ "), tidy("NULL"), tidy(None), tidy(12), tidy(True)
    ('3101', '', '', '12', 'True')
    """
    if cell is None:
        return ""
    text = str(cell)
    # Spreadsheets keep long numbers as text by writing ="310101199001010003".
    if '="' in text and (wrapped := _WRAPPED.match(text)):
        text = wrapped[1]
    # Taking away a sign can bring two others together that normalise once more.
    while (plain := " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())) != text:
        text = plain
    return "" if text.upper() in _EMPTY else text


def is_spreadsheet_error(text: str) -> bool:
    return text.upper() in _ERRORS
