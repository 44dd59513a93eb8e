"""Which records may stand as evidence (佐证对象): each kind says how to find one, where it is and since when it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.stays.models import Bed
from minzheng.kernel.targets.errors import TargetRefused


@dataclass(frozen=True, slots=True)
class Found:
    """A record as evidence."""

    title: str
    division_code: str
    happened_on: date


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: `find` returns the record by its number, or None."""

    name: str
    name_en: str
    find: Callable[[int], Found | None]
    opens: str = ""


def _facility(pk: int) -> Found | None:
    row = Facility.objects.filter(pk=pk).first()
    return None if row is None else Found(row.name, row.division_code, row.during.lower)


def _bed(pk: int) -> Found | None:
    row = Bed.objects.filter(pk=pk).select_related("facility").first()
    if row is None:
        return None
    return Found(f"{row.facility.name} {row}", row.division_code, row.during.lower)


KINDS: dict[str, RecordKind] = {
    "facilities.facility": RecordKind("设施", "Facility", _facility),
    "stays.bed": RecordKind("床位", "Bed", _bed),
}


def register_record_kind(code: str, kind: RecordKind) -> None:
    """A domain adds a kind when its app starts."""
    KINDS[code] = kind


def find(code: str, pk: int) -> Found:
    """The record.

    Raises:
        TargetRefused: the kind cannot stand as evidence, or there is no such record.
    """
    kind = KINDS.get(code)
    if kind is None:
        raise TargetRefused(
            f"“{code}”类记录不能作为佐证，可用：{'、'.join(KINDS)} / evidence is one of {', '.join(KINDS)}, or a paper"
        )
    found = kind.find(pk)
    if found is None:
        raise TargetRefused(f"没有编号为 {pk} 的{kind.name} / there is no {kind.name_en.lower()} number {pk}")
    return found
