"""Rows while they are checked: values, what is said about them, and the outcome that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.contract import Contract, Field
from minzheng.kernel.sources.messages import LEVELS, level_of
from minzheng.kernel.sources.normalise import Settings, Value, normaliser
from minzheng.kernel.sources.normalise.values import tidy
from minzheng.kernel.sources.registry import Message

TAKEN, WARNING, UNCHANGED, REVIEW, REFUSED = "taken", "taken_with_warning", "unchanged", "review", "refused"
_IF_BAD = {"leave_out": "warning", "review": "review", "refuse": "refused"}
_LONGEST_FOUND = 200
_WRITTEN = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


@dataclass(slots=True)
class Row:
    """One data row of a file."""

    id: int
    sheet: str
    line: int
    raw: list[Any]
    values: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    outcome: str = ""
    person_id: int | None = None
    household_id: int | None = None
    division_code: str = ""
    key: str = ""
    digest: str = ""
    candidates: list[dict[str, Any]] = field(default_factory=list)
    cells: dict[str, Any] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    """Codes that a person has looked at and accepted: they no longer send the row to review."""

    def say(
        self, name: str, code: str, found: object = "", *, level: str = "", done: str = "", expected: str = ""
    ) -> None:
        level = level or level_of(code)
        if code in self.accepted and level in ("review", "refused"):
            level = "warning"
        self.messages.append(
            Message(name, code, level, str(found)[:_LONGEST_FOUND], expected[:_LONGEST_FOUND], done)
        )

    @property
    def level(self) -> str:
        return max((message.level for message in self.messages), key=LEVELS.index, default="note")

    @property
    def is_passing(self) -> bool:
        """Whether nothing so far keeps the row from being taken."""
        return not self.outcome and self.level in ("note", "warning")

    def settle(self) -> None:
        """The outcome that follows from what was said, unless it was decided already."""
        if not self.outcome or self.outcome in (TAKEN, WARNING):
            self.outcome = {"note": TAKEN, "warning": WARNING, "review": REVIEW, "refused": REFUSED}[
                self.level
            ]

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def raw_of(self, name: str) -> str:
        """The cell of a field as sent."""
        return tidy(self.cells.get(name))


@dataclass(slots=True)
class Context:
    """What checks need to know beside the rows."""

    contract: Contract
    file_id: int
    file_name: str
    period: Month
    register: str

    @property
    def as_of(self) -> date:
        return self.period.last_day

    @property
    def source(self) -> str:
        return self.contract.source


class CellReader:
    """Reads the cells of one sheet's rows by the contract."""

    def __init__(
        self,
        contract: Contract,
        columns: dict[str, tuple[int, str]],
        headings: Sequence[str],
        context: Context,
        constants: Mapping[str, str] = MappingProxyType({}),
        repeated: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    ):
        self.contract = contract
        self.context = context
        self.levels: dict[str, str] = contract.options.get("levels", {})
        self.width = len(headings)
        self.readers: list[tuple[Field, int, Callable[[Any], Value]]] = []
        for name, (position, unit) in columns.items():
            column = contract.fields[name]
            self.readers.append((column, position, self._reader(column, unit)))
        self.repeated = [
            (contract.fields[name], position, self._reader(contract.fields[name], unit))
            for name, (position, unit) in repeated.items()
            if name in columns
        ]
        self.constants = {name: self._month(text) for name, text in constants.items()}
        self.absent = [
            column
            for column in contract.fields.values()
            if column.name not in columns
            and column.name not in self.constants
            and column.name != contract.sheet_field
            and column.if_missing in ("review", "refuse")
        ]

    def read(self, row: Row, overrides: dict[str, Any] | None = None) -> None:
        """Fills the row's values; says what was wrong with each cell."""
        for column, position, read in self.readers:
            cell = row.raw[position] if position < len(row.raw) else None
            if overrides and column.name in overrides:
                cell = overrides[column.name]
            row.cells[column.name] = cell
            if position >= len(row.raw) and column.kind == "money" and not overrides:
                # A line cut short before an amount has not said that there is none.
                row.say(column.label, "too_few_cells", level=_IF_BAD[column.if_bad])
            self._take(row, column, cell, read(cell))
        for column, position, read in self.repeated:
            other = row.raw[position] if position < len(row.raw) else None
            if overrides and column.name in overrides:
                continue
            if read(other).value not in (None, row.values.get(column.name)):
                # Which of two columns is meant, only the sender knows.
                row.say(column.label, "columns_differ", other, level=_IF_BAD[column.if_bad])
        row.values |= self.constants
        for column in self.absent:
            if overrides and column.name in overrides:
                cell = overrides[column.name]
                self._take(row, column, cell, normaliser(column.kind, column.settings)(cell))
            else:
                self._missing(row, column)
        if self.contract.sheet_field and row.sheet and not row.get(self.contract.sheet_field):
            row.values[self.contract.sheet_field] = " ".join(row.sheet.split())

    def _reader(self, column: Field, unit: str) -> Callable[[Any], Value]:
        settings = column.settings
        if unit and column.kind == "money":
            settings = Settings(unit, settings.codes, settings.is_negative_allowed, settings.is_open_allowed)
        return normaliser(column.kind, settings)

    def _month(self, text: str) -> Month:
        """The month of a heading; one without its year is the latest such month up to the file's."""
        year, month = text.split("-")
        period = self.context.period
        return Month(int(year) if year else period.year - (int(month) > period.number), int(month))

    def _take(self, row: Row, column: Field, cell: Any, value: Value) -> None:
        for code in value.codes:
            level = self.levels.get(code) or level_of(code)
            if value.is_bad:
                by_field = _IF_BAD[column.if_bad]
                if code in ("identifier_tidied", "identifier_old_form", "unit_in_cell"):
                    by_field = level
                level = max(level, by_field, key=LEVELS.index) if level != "refused" else level
            done = "left_out" if value.is_bad and level == "warning" else ""
            if not value.is_bad and level == "warning" and value.value is not None:
                done = "corrected" if code.endswith(("_tidied", "_old_form", "_remark")) else ""
            row.say(column.label, code, "" if cell is None else cell, level=level, done=done)
        if value.is_bad:
            row.sent[column.name] = tidy(cell)
            if value.value is not None:
                row.sent[column.name] = str(value.value)
            row.values[column.name] = None
            return
        found = value.value
        if found is None:
            row.values[column.name] = None
            if "placeholder_date" not in value.codes and "open_end" not in value.codes:
                self._missing(row, column)
            return
        if column.is_past and isinstance(found, date) and found > self.context.as_of:
            level = _IF_BAD[column.if_bad]
            row.say(
                column.label, "future_date", found, level=level, done="left_out" if level == "warning" else ""
            )
            row.sent[column.name] = found.isoformat()
            found = None
        if column.ceiling_fen and isinstance(found, int) and found > column.ceiling_fen:
            row.say(column.label, "amount_over_ceiling", cell)
        row.values[column.name] = found

    def _missing(self, row: Row, column: Field) -> None:
        if column.if_missing == "accept":
            return
        special = {"citizen_number": "identifier_missing", "disability_number": "identifier_missing"}
        code = special.get(column.kind, "name_missing" if column.kind == "name" else "missing")
        code = "authorisation_missing" if column.name == "authorisation" else code
        level = _IF_BAD[column.if_missing]
        row.say(column.label, code, "", level=level, done="left_out" if level == "warning" else "")


def seal(rows: Iterable[Row], contract: Contract, register: str) -> None:
    """Gives each row its key (what it speaks of) and its digest (what it says), equal in any form of file."""
    scoped = register if "household_number" in contract.key else ""
    for row in rows:
        content = {
            **{name: as_json(value) for name, value in row.values.items() if value is not None},
            "~": row.sent,
        }
        if not row.values:
            content["~"] = {"raw": str(row.raw)}
        text = _WRITTEN.encode(content)
        row.digest = hashlib.md5(f"{contract.name}\n{text}".encode(), usedforsecurity=False).hexdigest()
        parts = [as_json(row.values.get(name)) or row.sent.get(name, "") for name in contract.key]
        # A row that names nobody is known by its content alone.
        spoken = "|".join(map(str, parts)) if parts[-1] or parts[0] else "~" + row.digest
        row.key = f"{contract.name}:{scoped}:{spoken}"


def as_json(value: Any) -> Any:
    """A value as JSON keeps it: days and months as ISO text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month):
        return str(value)
    return value
