"""What reading yields: sheets of numbered lines. Nothing is interpreted and nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Unreadable(ValueError):
    """The file cannot be read at all; `code` names the sentence in `messages.yaml`."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(f"{code}: {found}" if found else code)
        self.code = code
        self.found = found


@dataclass(frozen=True, slots=True)
class Note:
    """Something said about the whole file or a sheet rather than about a row."""

    code: str
    found: str = ""
    level: str = "note"


@dataclass(slots=True)
class Line:
    """One record as sent: its line in the file (row in a sheet), its cells, and what reading had to do to it.

    Cells are text, whole numbers, booleans, the ISO text of a date cell, or None: what JSON can keep exactly. `problems` are
    codes of `messages.yaml` with what was found; `broken` means that the cells could not be read.
    """

    number: int
    cells: list[Any]
    problems: list[tuple[str, str]] = field(default_factory=list)
    broken: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.broken and all(
            cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells
        )


@dataclass(slots=True)
class Sheet:
    """A table of lines: a worksheet, or the one table of a text file. JSON records bring their own `header`."""

    name: str
    lines: list[Line]
    header: list[str] | None = None
    is_hidden: bool = False


@dataclass(slots=True)
class RawFile:
    form: str  # "csv", "xlsx" or "json"
    sheets: list[Sheet]
    notes: list[Note] = field(default_factory=list)
