"""Legal values in force as figures (现行标准): read from the parameters of a programme with their papers; the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from minzheng.kernel.indicators.model import Fact, Told
from minzheng.kernel.indicators.reading import growth
from minzheng.kernel.parameters import ParameterError
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes


class Reads(StrEnum):
    """What of a standard's history a figure tells."""

    LAST = "last"  # the value in force on the period's last day
    FIRST = "first"  # on its first day
    CHANGED_ON = "changed_on"  # the first day in the period on which a value began
    DIFFERENCE = "difference"  # last less first
    GROWTH = "growth"  # percent over the first


def standard(code: str, name: str, name_en: str, unit: str, *, programme: str, parameter: str,
             reads: Reads = Reads.LAST, seed_id: str = "") -> Fact:  # fmt: skip
    """The figure that tells a whole-number parameter of a programme."""

    def read(start: date, until: date, place: str) -> Mapping[str, Told]:
        told = _told(programme, parameter, reads, start, until)
        return {code: told} if told else {}

    return Fact(code, name, name_en, unit, read, f"{programme}.{parameter}", seed_id)


def _told(programme: str, parameter: str, reads: Reads, start: date, until: date) -> Told | None:
    known = next((one for one in load_programmes() if one.code == programme), None)
    if known is None:
        return None
    try:
        before, after = (known.parameters.at(Month.of(day)).entry(parameter) for day in (start, until))
    except ParameterError:
        return None
    old, new = before.value, after.value
    if not isinstance(old, int) or not isinstance(new, int):
        return None
    match reads:
        case Reads.FIRST:
            return Told(old, (before,))
        case Reads.CHANGED_ON:
            return Told(after.from_ if start <= after.from_ <= until else None, (after,))
        case Reads.DIFFERENCE:
            return Told(new - old, (before, after))
        case Reads.GROWTH:
            return Told(growth(new, old), (before, after))
        case Reads.LAST:
            return Told(new, (after,))
