"""Proves that the trace is whole: every seal is recomputed from its entry and the seal before it (核验操作记录).

The same arithmetic runs over the database and over an exported file, which needs no database and no key. What a chain
cannot show by itself is a tail cut off together with its seals: for that, compare with a head noted elsewhere earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.db import connection, transaction

FIELDS = (
    "id", "at", "actor_kind", "official_id", "post_id", "role", "actor_label", "act", "subject", "person_id",
    "division_code", "reason", "detail", "address",
)  # fmt: skip
START = "0" * 64
FORMAT = "minzheng-audit-1"
_FAULTS_SHOWN = 50


@dataclass(frozen=True)
class Link:
    """One position of the chain: its seal and, where it still exists, its entry's fields as text."""

    position: int | None
    entry_id: int
    previous: str
    digest: str
    fields: tuple[str | None, ...] | None


@dataclass(frozen=True)
class Head:
    """The last seal: noted outside the database, it later shows whether the tail is still there."""

    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Head:
        place, _, digest = text.strip().partition(":")
        if not place.isdigit() or len(digest) != 64:
            raise ValueError("A head looks like 1234:<64 hex digits>, as `minzheng audit head` prints it.")
        return cls(int(place), digest)


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where in the chain, which entry, and what."""

    position: int | None
    entry_id: int | None
    what: str


@dataclass
class Report:
    """What a verification found."""

    entries: int = 0
    head: Head = field(default_factory=lambda: Head(0, START))
    faults: list[Fault] = field(default_factory=list)
    faults_in_all: int = 0

    @property
    def whole(self) -> bool:
        return self.faults_in_all == 0

    def as_json(self) -> dict:
        return {
            "whole": self.whole,
            "entries": self.entries,
            "head": str(self.head),
            "faults_in_all": self.faults_in_all,
            "faults": [asdict(fault) for fault in self.faults],
        }

    def _fault(self, position: int | None, entry_id: int | None, what: str) -> None:
        self.faults_in_all += 1
        if len(self.faults) < _FAULTS_SHOWN:
            self.faults.append(Fault(position, entry_id, what))


def canonical(fields: Iterable[str | None]) -> str:
    """The text a seal covers; `audit_canonical` in the database builds the same."""
    return "".join("-;" if value is None else f"{len(value.encode())}:{value};" for value in fields)


def digest(previous: str, position: int, text: str) -> str:
    return hashlib.sha256(f"{previous};{position};{text}".encode()).hexdigest()


def verify(links: Iterable[Link], *, known: Head | None = None) -> Report:
    """Recomputes the chain (核验).

    Args:
        links: in order of position; entries without a seal at the end, with no position.
        known: a head noted earlier; its position must still hold the same digest.
    """
    report = Report()
    expected, previous = 1, START
    met_known = known is None or (known.position == 0 and known.digest == START)
    for link in links:
        if link.position is None:
            report._fault(
                None, link.entry_id, "条目没有封印（绕过触发器写入） the entry has no seal: it was slipped in"
            )
            continue
        report.entries += 1
        if link.position != expected:
            missing = f"{expected}" if link.position == expected + 1 else f"{expected}–{link.position - 1}"
            report._fault(
                expected, None, f"缺少封印 {missing} the seals {missing} are missing or out of order"
            )
        if link.previous != previous:
            report._fault(
                link.position, link.entry_id, "与前一封印不相接 the seal does not follow the one before it"
            )
        if link.fields is None:
            report._fault(link.position, link.entry_id, "条目被删除 the entry was removed")
        elif digest(link.previous, link.position, canonical(link.fields)) != link.digest:
            report._fault(link.position, link.entry_id, "条目被改动 the entry or its seal was changed")
        elif link.fields[0] != str(link.entry_id):
            report._fault(link.position, link.entry_id, "封印指向别的条目 the seal points at another entry")
        if known is not None and link.position == known.position:
            met_known = True
            if link.digest != known.digest:
                report._fault(
                    link.position, link.entry_id, "与先前记下的链首不同 the head noted earlier is another one"
                )
        expected, previous = link.position + 1, link.digest
        report.head = Head(link.position, link.digest)
    if known is not None and not met_known:
        report._fault(
            report.head.position + 1,
            None,
            f"末尾被截去：先前链首为 {known.position} the tail was cut off: the head noted earlier is at {known.position}",
        )
    return report


def head() -> Head:
    """The present head of the chain in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position, digest FROM audit_seal ORDER BY position DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, START)


def stored_links() -> Iterator[Link]:
    """Every link of the database's chain, streamed; the actor must read the whole city's trace."""
    query = """
        SELECT s.position, coalesce(s.entry_id, e.id), s.previous, s.digest, e.id IS NOT NULL,
               CASE WHEN e.id IS NOT NULL THEN audit_fields(e) END
        FROM audit_seal s FULL JOIN audit_entry e ON e.id = s.entry_id
        ORDER BY s.position NULLS LAST, e.id
    """
    with transaction.atomic(), connection.cursor() as plain:
        # One snapshot for the length of the reading: what is added meanwhile is not half seen.
        plain.execute("DECLARE audit_links NO SCROLL CURSOR FOR " + query)
        while True:
            plain.execute("FETCH 5000 FROM audit_links")
            rows = plain.fetchall()
            for position, entry_id, previous, sealed, present, fields in rows:
                yield Link(
                    position, entry_id, previous or "", sealed or "", tuple(fields) if present else None
                )
            if not rows:
                break
        plain.execute("CLOSE audit_links")


def export(path: Path, links: Iterable[Link]) -> Head:
    """Writes the chain to a file of JSON lines that `read_file` and anybody's own program can verify (导出)."""
    last = Head(0, START)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"format": FORMAT, "fields": FIELDS}) + "\n")
        for link in links:
            out.write(json.dumps(asdict(link), ensure_ascii=False) + "\n")
            if link.position is not None:
                last = Head(link.position, link.digest)
        out.write(json.dumps({"end": str(last)}) + "\n")
    partial.replace(path)
    return last


class NotAnExport(ValueError):
    """The file is no export of the trace, or was cut off before its end."""


def read_file(path: Path) -> Iterator[Link]:
    """The links of an exported file.

    Raises:
        NotAnExport: another kind of file, a damaged line, or a file without its last line.
    """
    ended = False
    with path.open(encoding="utf-8") as lines:
        try:
            first = json.loads(next(lines, ""))
            if first.get("format") != FORMAT or tuple(first.get("fields", ())) != FIELDS:
                raise NotAnExport(f"{path.name} is no export of this format ({FORMAT}).")
            for number, line in enumerate(lines, start=2):
                row = json.loads(line)
                if "end" in row:
                    ended = True
                    continue
                if ended:
                    raise NotAnExport(f"{path.name}, line {number}: something follows the end.")
                fields = row["fields"]
                yield Link(
                    row["position"], row["entry_id"], row["previous"], row["digest"],
                    None if fields is None else tuple(fields),
                )  # fmt: skip
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, AttributeError, TypeError) as error:
            raise NotAnExport(f"{path.name} is damaged or no export of the trace: {error}") from error
    if not ended:
        raise NotAnExport(f"{path.name} was cut off: its last line is missing.")
