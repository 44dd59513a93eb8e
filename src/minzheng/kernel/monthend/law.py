"""The law a month is run by, and the same law with last month's parameters, which isolates a change of standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from minzheng.kernel.money import format_yuan
from minzheng.kernel.parameters import MonthParameters, Parameter, ParameterError, ParameterSet
from minzheng.kernel.parameters.files import Entry
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law
from minzheng.kernel.rules import Law, LawError


class _EarlierValues(MonthParameters):
    """Values of the month before, while ages are still counted to the month itself."""

    def entry(self, key: str) -> Entry:
        return MonthParameters(self._set, self._month - 1).entry(key)


class _EarlierSet(ParameterSet):
    def at(self, month: Month) -> MonthParameters:
        return _EarlierValues(self, month)


@dataclass(frozen=True, slots=True)
class MonthLaw:
    """The month's law; `reference` is null where no parameter changed, `papers` name the changes by programme."""

    law: Law
    reference: Law | None
    papers: dict[str, str]


def law_of(programmes: Sequence[Programme], month: Month) -> MonthLaw:
    """The law of a month and, where a parameter took effect in it, the law without that change."""
    law = compile_law(programmes, month)
    papers = {p.code: text for p in programmes if (text := _changes(p, month))}
    if not papers:
        return MonthLaw(law, None, {})
    earlier = [replace(p, parameters=_EarlierSet(p.code, p.parameters.parameters)) for p in programmes]
    try:
        reference = compile_law(earlier, month)
    except (LawError, ParameterError):
        # A parameter that did not exist before is not a change of a standard.
        return MonthLaw(law, None, {})
    every = "；".join(papers.values())
    # A programme may read another's standard, so one without changes of its own still names the paper.
    return MonthLaw(law, reference, {p.code: papers.get(p.code, every) for p in programmes})


def _changes(programme: Programme, month: Month) -> str:
    words = []
    for parameter in programme.parameters:
        now, before = parameter.entry_at(month), parameter.entry_at(month - 1)
        if now is not None and before is not None and now.value != before.value:
            words.append(
                f"{parameter.name}：{_show(parameter, before)} → {_show(parameter, now)}，{now.source}"
            )
    return "；".join(words)


def _show(parameter: Parameter, entry: Entry) -> str:
    if isinstance(entry.value, int) and parameter.unit.startswith("fen"):
        return f"{format_yuan(entry.value)}元"
    return str(entry.value)
