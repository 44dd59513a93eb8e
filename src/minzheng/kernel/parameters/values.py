"""A month's values, which remember which parameter they came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from minzheng.kernel.parameters.files import Entry, Parameter, ParameterError
from minzheng.kernel.periods import Month


class IntValue(int):
    """A whole number that remembers its parameter, so that an explanation can cite the paper."""

    parameter: str

    def __new__(cls, value: int, parameter: str) -> IntValue:
        made = super().__new__(cls, value)
        made.parameter = parameter
        return made


class ListValue(tuple[int, ...]):
    """Whole numbers that remember their parameter."""

    parameter: str


class BandValue(tuple[tuple[int, int], ...]):
    """Bands (from, value), rising, that remember their parameter."""

    parameter: str


@dataclass(frozen=True)
class ParameterSet:
    """The parameters of one programme."""

    programme: str
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def at(self, month: Month) -> MonthParameters:
        return MonthParameters(self, month)

    def known_on(self, day: date) -> ParameterSet:
        """The same parameters with only the values whose paper was out on a day."""
        known = {
            key: replace(one, entries=tuple(entry for entry in one.entries if entry.known_on(day)))
            for key, one in self.parameters.items()
        }
        return ParameterSet(self.programme, known)

    def identity(self) -> str:
        """A digest of every value, date and paper."""
        text = json.dumps(
            [
                [p.key, p.unit, [[str(e.from_), e.value, e.source, e.provenance, e.place] for e in p.entries]]
                for _, p in sorted(self.parameters.items())
            ],
            ensure_ascii=False,
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters.values())


class MonthParameters:
    """What a rule sees as `m`: `m.standard` is the value in force, `m.index` the month's running number."""

    def __init__(self, parameters: ParameterSet, month: Month) -> None:
        self._set, self._month = parameters, month
        self.read: set[str] = set()

    @property
    def month(self) -> Month:
        return self._month

    @property
    def index(self) -> int:
        return self._month.index

    def entry(self, key: str) -> Entry:
        """The entry in force with its paper.

        Raises:
            ParameterError: no such parameter, or none in force in the month.
        """
        parameter = self._set.parameters.get(key)
        if parameter is None:
            known = "、".join(self._set.parameters) or "无"
            raise ParameterError(
                f"{self._set.programme} 没有参数 {key}，现有：{known} / no parameter {key}; add parameters/{key}.yaml"
            )
        entry = parameter.entry_at(self._month)
        if entry is None:
            raise ParameterError(
                f"{parameter.path}: {self._month} 尚无生效的值 / no value in force in {self._month}"
            )
        return entry

    def parameter(self, key: str) -> Parameter:
        """The parameter itself, with its name and unit."""
        return self._set.parameters[key]

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        value = self.entry(key).value
        self.read.add(key)
        name = f"{self._set.programme}.{key}"
        if isinstance(value, int):
            return IntValue(value, name)
        made: ListValue | BandValue
        made = BandValue(value) if self._set.parameters[key].banded else ListValue(value)  # type: ignore[arg-type]
        made.parameter = name
        return made
