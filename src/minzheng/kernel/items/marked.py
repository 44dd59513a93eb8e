"""YAML that remembers its lines: a fault in a declaration is told with the line it stands on.

A mapping is a `Table`, a list a `Series`; both know the line of themselves and of each of their parts. A key written
twice in one mapping, which YAML lets pass, is a fault.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.items.faults import Fault

# The parser in C is ten times faster; PyYAML is sometimes built without it.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Table(dict[Any, Any]):
    """A mapping with its line and the line of each key."""

    __slots__ = ("line", "lines", "twice")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[Any, int] = {}
        self.twice: list[tuple[Any, int]] = []

    def put(self, key: Any, value: Any, line: int) -> None:
        """Set a value that stands on a line."""
        self[key] = value
        self.lines[key] = line

    def line_of(self, key: Any) -> int:
        """The line of a key; of the mapping itself where it has no such key."""
        return self.lines.get(key, self.line)

    def over(self, under: Table) -> Table:
        """This mapping laid over another: what is said here replaces what stood there, key by key."""
        made = Table(self.line)
        for table in (under, self):
            for key, value in table.items():
                made.put(key, value, table.lines[key])
        made.twice = self.twice
        return made


class Series(list[Any]):
    """A list with the line of each entry."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class _Loader(_Base):  # type: ignore[misc]
    pass


def _table(loader: Any, node: yaml.MappingNode) -> Table:
    made = Table(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        key = tuple(key) if isinstance(key, list) else key
        if key in made:
            made.twice.append((key, line))
        made.put(key, loader.construct_object(value_node, deep=True), line)
    return made


def _series(loader: Any, node: yaml.SequenceNode) -> Series:
    made = Series(node.start_mark.line + 1)
    for entry in node.value:
        made.append(loader.construct_object(entry, deep=True))
        made.lines.append(entry.start_mark.line + 1)
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _table)
_Loader.add_constructor("tag:yaml.org,2002:seq", _series)


def read_marked(path: Path, name: str, faults: list[Fault]) -> Table:
    """One file as a Table; an empty one, and a fault, where it is no YAML or no mapping."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        faults.append(Fault(name, mark.line + 1 if mark else 1, "", f"不是 YAML / not YAML: {problem}"))
        return Table(1)
    except ValueError as error:  # a day such as 2022-02-30
        faults.append(Fault(name, 1, "", f"值无法读取 / a value cannot be read: {error}"))
        return Table(1)
    if not isinstance(found, Table):
        faults.append(Fault(name, 1, "", "文件须为映射，含 items / a file is a mapping that holds items"))
        return Table(1)
    return found
