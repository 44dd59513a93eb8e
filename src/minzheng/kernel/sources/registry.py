"""Where later blocks hook in: a contract names a writer, the block that owns the record registers it.

Sources may not import awards, which stand above it. So the contract of civil affairs' roster (在享名册) says
`writer: awards_roster`, awards registers a function of that name when Django starts, and the rows go to it in one call.

A block registers in its `AppConfig.ready`:

    from minzheng.kernel.sources import registry
    registry.register_writer("awards_roster", actions.take_roster)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

__all__ = [
    "Message",
    "NoWriter",
    "RosterOutcome",
    "RosterRow",
    "RosterWriter",
    "follow_intake",
    "purpose_of",
    "register_follower",
    "register_purposes",
    "register_writer",
    "writer",
    "writers",
]


class NoWriter(LookupError):
    """A contract names a writer that no block has registered."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said about one field of one row (报告条目).

    `code` names an entry of `messages.yaml`, which holds its sentences in Chinese and English; `level` is `note`,
    `warning`, `review` or `refused` and decides the row's outcome together with the others.
    """

    field: str
    code: str
    level: str
    found: str = ""
    expected: str = ""
    done: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "field": self.field,
            "code": self.code,
            "level": self.level,
            "found": self.found,
            "expected": self.expected,
            "done": self.done,
        }


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster of those in receipt, checked and linked (在享人员).

    `roster` is what the office calls the programme (the sheet's name or the programme column, such as 低保); which
    programme and benefit that is, the writer knows. `monthly_fen` is whole fen a month. The bank account has already
    been recorded for the person through people's actions; bank and number are repeated here for the payee.
    """

    row_id: int
    person_id: int
    household_id: int | None
    roster: str
    start_month: date
    monthly_fen: int
    bank: str
    account_number: str


@dataclass(frozen=True, slots=True)
class RosterOutcome:
    """What the writer did with one row: `taken`, `unchanged`, `review` or `refused`, with what it has to say.

    A warning among the messages turns `taken` into `taken_with_warning` by itself.
    """

    row_id: int
    outcome: str
    messages: Sequence[Message] = field(default_factory=tuple)


class RosterWriter(Protocol):
    """Takes all rows of one file in the running transaction, set-based; returns one outcome for each row."""

    def __call__(
        self, *, rows: Sequence[RosterRow], as_of: date, file_id: int, authority: str
    ) -> Iterable[RosterOutcome]: ...


writers: dict[str, RosterWriter] = {}
_purposes: list[Callable[[str], str]] = []
_followers: list[Callable[[Sequence[int]], None]] = []


def register_writer(name: str, function: RosterWriter) -> None:
    """Registers the function that takes the rows of contracts with `writer: <name>`; the last one registered counts."""
    writers[name] = function


def writer(name: str) -> RosterWriter:
    """The registered writer.

    Raises:
        NoWriter: means no installed block takes these rows; the file stays checked and can be applied later.
    """
    try:
        return writers[name]
    except KeyError:
        raise NoWriter(
            f"没有登记名为 {name} 的写入方，文件已核查，尚未写入 / no installed block takes rows of {name}"
        ) from None


def register_purposes(function: Callable[[str], str]) -> None:
    """Registers what tells the programme's code from a roster's name, for accounts that serve one programme alone."""
    _purposes[:] = [function]


def purpose_of(roster: str) -> str:
    """The `purpose` of an account that only this roster names; the roster's own name where no block knows better."""
    return (_purposes[0](roster) if _purposes else "") or roster


def register_follower(function: Callable[[Sequence[int]], None]) -> None:
    """Registers what is told of the files taken in, in the service's transaction after the last of them."""
    if function not in _followers:
        _followers.append(function)


def follow_intake(file_ids: Sequence[int]) -> None:
    """Tells every later block that asked for it which files have just been taken in."""
    for function in _followers:
        function(file_ids)
