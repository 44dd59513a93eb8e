"""What is wrong with a declaration, and where: whoever writes an item gets every fault at once, each with its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong (事项声明差错), in the file and line where somebody can put it right."""

    file: str
    line: int
    item: str
    text: str
    """Chinese / English."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.item + ': ' if self.item else ''}{self.text}"


class ItemsError(ValueError):
    """The declared items cannot be used; the message tells every fault with its line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        told = "\n".join(map(str, self.faults))
        super().__init__(f"事项声明有 {len(self.faults)} 处差错 / {len(self.faults)} faults:\n{told}")


class ItemNotInForce(LookupError):
    """The item exists, but none of its versions is in force on the day."""
