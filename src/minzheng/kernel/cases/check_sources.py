"""Whom an economic check asks (核对数据来源): one small protocol, and the registers' own facts as the sources built in.

A city connects banks, tax or property registers by registering a source of its own; one of the same name takes the
built-in one's place. A source that cannot be reached says so by `SourceDown`, and nothing is guessed in its stead.

Source of the list: 上海市社会救助条例 第三十五条.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from minzheng.kernel.people.authority import offices
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.models import Fact

AUTHORITY = "上海市社会救助条例 第三十五条；上海市居民经济状况核对办法（市政府令第14号）"


class SourceDown(Exception):
    """The source cannot be asked now; it is asked again later, and named in the report until it answers."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One thing a source knows of a person, or of the household where `person_id` is None; money in whole fen."""

    person_id: int | None
    kind: str
    value: int
    observed_on: date
    label: str = ""
    """In words, for a kind that the catalogue of facts does not hold."""

    def digest(self, source: str) -> str:
        """The answer's fingerprint, kept with the report."""
        told = [source, self.person_id, self.kind, self.value, self.observed_on.isoformat()]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class CheckSource(Protocol):
    """One office or company that answers an economic check."""

    @property
    def name(self) -> str: ...

    @property
    def authority(self) -> str: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    def answer(self, *, household_id: int | None, person_ids: Sequence[int], on: date) -> list[SourceRow]:
        """What it knows on a day, of these people and of their household alone.

        Raises:
            SourceDown: it cannot be asked now.
        """
        ...


@dataclass(frozen=True, slots=True)
class FactsOfOffice:
    """An office whose facts the registers hold already: answered from the value in force on the day."""

    name: str
    authority: str
    kinds: tuple[str, ...]

    def answer(self, *, household_id: int | None, person_ids: Sequence[int], on: date) -> list[SourceRow]:
        known = Fact.objects.filter(kind__in=self.kinds, superseded_at=None, during__contains=on)
        of_people = known.filter(person_id__in=list(person_ids)).order_by("person_id", "kind", "-during")
        found = list(of_people.distinct("person_id", "kind"))
        if household_id is not None:
            of_home = known.filter(household_id=household_id).order_by("kind", "-during")
            found += list(of_home.distinct("kind"))
        return [
            SourceRow(fact.person_id, fact.kind, fact.int_value, fact.observed_on)
            for fact in found
            if fact.int_value is not None
        ]


_registered: dict[str, CheckSource] = {}


def register_source(source: CheckSource) -> None:
    """Adds a source, or puts it in the place of the one of the same name."""
    _registered[source.name] = source


def forget_source(name: str) -> None:
    """Takes a registered source out; a built-in one of the same name answers again."""
    _registered.pop(name, None)


def check_sources() -> list[CheckSource]:
    """Every source that a check asks, in the order of the offices, then as they were registered."""
    kinds: dict[str, list[str]] = {}
    for kind in catalogue().values():
        kinds.setdefault(kind.sender, []).append(kind.name)
    built_in: dict[str, CheckSource] = {
        name: FactsOfOffice(name, AUTHORITY, tuple(kinds[name])) for name in offices() if name in kinds
    }
    return list({**built_in, **_registered}.values())
