"""Electronic licences (电子证照) that the city can show itself, read from the register that issues them.

A block or domain that keeps such a register offers its reader here. A kind that nobody offers cannot be fetched, and the
applicant is told so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.awards.models import Award
from minzheng.kernel.people.identifiers import mask
from minzheng.kernel.people.models import Fact, Identifier, Person


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence found: its number or content, the issuing office, the day it was last known to hold."""

    value: str
    issuer: str
    on: date | None


Reader = Callable[[Person], Licence | None]
_READERS: dict[str, Reader] = {}


def register_licence(kind: str, reader: Reader) -> None:
    """Offers a kind of licence (接入电子证照); called once, when the app that issues it is ready."""
    _READERS[kind] = reader


def offered() -> frozenset[str]:
    """The kinds that can be fetched."""
    return frozenset(_READERS)


def find_licence(kind: str, person: Person) -> Licence | None:
    """The person's licence of a kind, or None where there is none or nobody offers it."""
    reader = _READERS.get(kind)
    return reader(person) if reader else None


def _identity_card(person: Person) -> Licence | None:
    held = Identifier.objects.filter(person=person, kind="citizen", is_primary=True).first()
    return Licence(mask(held.value), held.source or "公安", held.observed_on) if held else None


def _death(person: Person) -> Licence | None:
    said = person.provenance.get("death_date") or {}
    if person.death_date is None:
        return None
    return Licence(person.death_date.isoformat(), str(said.get("source", "卫健")), person.death_date)


def _subsistence(person: Person) -> Licence | None:
    award = Award.objects.filter(person=person, benefit="subsistence_allowance", end_month=None).first()
    return Licence(f"在享 {award.start_month:%Y-%m} 起", "民政", None) if award else None


def _employment(code: int) -> Reader:
    def read(person: Person) -> Licence | None:
        fact = (
            Fact.objects.filter(person=person, kind="employment", superseded_at=None)
            .order_by("-during")
            .first()
        )
        return Licence("有效", fact.source, fact.observed_on) if fact and fact.int_value == code else None

    return read


register_licence("identity_card", _identity_card)
register_licence("death_certificate", _death)
register_licence("subsistence_certificate", _subsistence)
register_licence("unemployment_certificate", _employment(2))
register_licence("retirement_certificate", _employment(3))
