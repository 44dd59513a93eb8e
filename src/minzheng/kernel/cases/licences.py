"""Electronic licences (电子证照) that the city can show itself, read from the register that issues them.

A block or domain that keeps such a register offers its reader here. A kind that nobody offers cannot be fetched, and the
applicant is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
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
ReaderOfMany = Callable[[Collection[Person]], dict[int, Licence]]
_READERS: dict[str, ReaderOfMany] = {}


def register_licence(kind: str, reader: Reader) -> None:
    """Offers a kind of licence (接入电子证照); called once, when the app that issues it is ready."""

    def many(people: Collection[Person]) -> dict[int, Licence]:
        read = ((person.pk, reader(person)) for person in people)
        return {person_id: licence for person_id, licence in read if licence is not None}

    register_licences(kind, many)


def register_licences(kind: str, reader: ReaderOfMany) -> None:
    """The same with a reader that looks for many people at once; those without the licence are absent from its answer."""
    _READERS[kind] = reader


def offered() -> frozenset[str]:
    """The kinds that can be fetched."""
    return frozenset(_READERS)


def find_licences(kind: str, people: Collection[Person]) -> dict[int, Licence]:
    """The licences of a kind by person; nobody's where nobody offers it."""
    reader = _READERS.get(kind)
    return reader(people) if reader else {}


def _identity_cards(people: Collection[Person]) -> dict[int, Licence]:
    held = Identifier.objects.filter(person__in=people, kind="citizen", is_primary=True).order_by("-pk")
    return {one.person_id: Licence(mask(one.value), one.source or "公安", one.observed_on) for one in held}


def _deaths(people: Collection[Person]) -> dict[int, Licence]:
    found = {}
    for person in people:
        if person.death_date is not None:
            said = person.provenance.get("death_date") or {}
            found[person.pk] = Licence(
                person.death_date.isoformat(), str(said.get("source", "卫健")), person.death_date
            )
    return found


def _subsistence(people: Collection[Person]) -> dict[int, Licence]:
    awards = Award.objects.filter(person__in=people, benefit="subsistence_allowance", end_month=None)
    return {
        one.person_id: Licence(f"在享 {one.start_month:%Y-%m} 起", "民政", None)
        for one in awards.order_by("-pk")
        if one.person_id is not None
    }


def _employment(code: int) -> ReaderOfMany:
    def read(people: Collection[Person]) -> dict[int, Licence]:
        facts = Fact.objects.filter(person__in=people, kind="employment", superseded_at=None)
        latest = {fact.person_id: fact for fact in facts.order_by("during")}
        return {
            person_id: Licence("有效", fact.source, fact.observed_on)
            for person_id, fact in latest.items()
            if person_id is not None and fact.int_value == code
        }

    return read


register_licences("identity_card", _identity_cards)
register_licences("death_certificate", _deaths)
register_licences("subsistence_certificate", _subsistence)
register_licences("unemployment_certificate", _employment(2))
register_licences("retirement_certificate", _employment(3))
