"""Which legal values rest on no paper, on an assumption, or on a look too long ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.parameters.values import ParameterSet
from minzheng.kernel.periods import Month


def names_a_paper(source: str) -> bool:
    """Whether a source reads like a paper somebody can ask for: a number, a title, an article, a year.

    >>> names_a_paper("沪府发〔2016〕24号"), names_a_paper("惯例")
    (True, False)
    """
    return any(mark in source for mark in "〔《条号年页")


@dataclass(frozen=True, slots=True)
class LawStatusRow:
    """One dated value and what is wrong with its standing; `problems` is empty for a sound one."""

    programme: str
    parameter: str
    name: str
    from_: date
    value: str
    source: str
    provenance: str
    checked: date
    in_force: bool
    problems: tuple[str, ...]
    file: str


def law_status(sets: Iterable[ParameterSet], *, on: date, stale_months: int = 12) -> list[LawStatusRow]:
    """Every dated value with its problems: `illustrative` (our assumption), `stale` (value in force, not
    looked at for
    more than `stale_months` months), `unsourced` (calls itself public or seed and names no paper)."""
    rows = []
    month = Month.of(on)
    for parameters in sets:
        for parameter in parameters:
            current = parameter.entry_at(month)
            for entry in parameter.entries:
                problems = []
                if entry.provenance == "illustrative":
                    problems.append("illustrative")
                elif not names_a_paper(entry.source):
                    problems.append("unsourced")
                if entry is current and month - Month.of(entry.checked) > stale_months:
                    problems.append("stale")
                rows.append(
                    LawStatusRow(
                        programme=parameters.programme,
                        parameter=parameter.key,
                        name=parameter.name,
                        from_=entry.from_,
                        value=str(entry.value),
                        source=entry.source,
                        provenance=entry.provenance,
                        checked=entry.checked,
                        in_force=entry is current,
                        problems=tuple(problems),
                        file=f"{parameters.programme}/parameters/{parameter.path.name}",
                    )
                )
    return rows
