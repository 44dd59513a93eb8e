"""What changed in the law between two days: values with their papers, the rules on them, programmes and rules themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.parameters import Entry, Parameter, ParameterSet
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law
from minzheng.kernel.reasoning.grounds import grounds_of
from minzheng.kernel.rules import LawError, Rule


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A parameter whose value or paper differs; `old` is None where it began, `place` empty where it is general.

    `rules` are those of the later law whose values can depend on it.
    """

    name: str
    label: str
    label_en: str
    unit: str
    place: str
    old: Entry | None
    new: Entry | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawDifference:
    """Everything that is other on the later day; programmes and rules by code."""

    first: date
    last: date
    values: tuple[ValueChange, ...]
    programmes_begun: tuple[str, ...]
    programmes_ended: tuple[str, ...]
    rules_begun: tuple[str, ...]
    rules_ended: tuple[str, ...]
    rules_replaced: tuple[str, ...]


def _on(parameter: Parameter, place: str, day: date) -> Entry | None:
    """The entry of exactly this place in force on a day."""
    held = [e for e in parameter.entries if e.place == place and e.from_ <= day]
    return max(held, key=lambda e: e.from_, default=None)


def _values(
    parameters: ParameterSet, first: date, last: date, readers: dict[str, list[str]]
) -> list[ValueChange]:
    changes = []
    for parameter in parameters:
        name = f"{parameters.programme}.{parameter.key}"
        for place in dict.fromkeys(e.place for e in parameter.entries):
            old, new = _on(parameter, place, first), _on(parameter, place, last)
            if old != new:
                changes.append(
                    ValueChange(
                        name, parameter.name, parameter.name_en, parameter.unit, place, old, new,
                        tuple(readers.get(name, ())),
                    )
                )  # fmt: skip
    return changes


def _rules(programmes: Iterable[Programme], day: date) -> dict[str, Rule]:
    month = Month.of(day)
    return {
        f"{p.code}.{r.name}": r for p in programmes if p.in_force(month) for r in p.rules if r.in_force(month)
    }


def law_difference(
    programmes: Sequence[Programme], sets: Iterable[ParameterSet], *, first: date, last: date
) -> LawDifference:
    """What is other on the later of two days. A value counts from the day its entry names; benefits follow with the month.

    Args:
        sets: the parameters to compare, those of programmes and of the kernel's working rules.

    Raises:
        LawError: the days do not rise, or the later month's law cannot be compiled.
    """
    if first >= last:
        raise LawError(f"{first} 不早于 {last}，请先写较早的日期 / write the earlier day first")
    readers: dict[str, list[str]] = {}
    for grounds in grounds_of(compile_law(programmes, Month.of(last))):
        for name in grounds.parameters:
            readers.setdefault(name, []).append(grounds.rule)
    values = [change for each in sets for change in _values(each, first, last, readers)]
    before = {p.code for p in programmes if p.in_force(Month.of(first))}
    after = {p.code for p in programmes if p.in_force(Month.of(last))}
    old, new = _rules(programmes, first), _rules(programmes, last)
    return LawDifference(
        first,
        last,
        tuple(values),
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
        tuple(sorted(set(new) - set(old))),
        tuple(sorted(set(old) - set(new))),
        tuple(sorted(name for name in set(old) & set(new) if old[name] is not new[name])),
    )
