"""The couple at the desk: whom this registrar attends to, kept in the session until the service ends.

Their cards stand in the session of this registrar alone, are never shown whole, and go when the next couple comes. What
the register says is read anew on every page; what they brought is laid beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from minzheng.domains.marriage_registration.models import OFFICE, RegistrarLicence, Registration
from minzheng.domains.marriage_registration.parties import (
    FEMALE,
    MALE,
    Party,
    identify_party,
    leave,
    party_of,
)
from minzheng.kernel.access.actor import Actor
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.people.models import Person
from minzheng.surfaces.web.marriage.desk_words import SIDES

_KEY = "marriage_couple"
SEXES = {"man": MALE, "woman": FEMALE}


@dataclass
class Card:
    """What one party put on the desk: number and name as typed, and what their papers say beside it."""

    identifier: str
    name: str
    person_id: int | None = None
    brought: dict[str, Any] = field(default_factory=dict)
    """birth_date (ISO), hukou (district, `elsewhere` outside the city), marital, nationality, identifier_kind."""


@dataclass
class Couple:
    """Two cards (one, for a certificate of no record), what they came for, and the booking or application they came by."""

    act: str
    man: Card | None
    woman: Card | None
    booking: int | None = None
    application: int | None = None

    def card(self, side: str) -> Card | None:
        return self.man if side == "man" else self.woman


def begin(
    request: HttpRequest,
    *,
    act: str,
    cards: dict[str, tuple[str, str]],
    booking: int | None = None,
    application: int | None = None,
) -> Couple:
    """Begins to serve whoever shows these cards; whoever was served before is left.

    Args:
        cards: side → number and name as typed.
    """
    leave()
    told: dict[str, Card] = {}
    for side, (number, name) in cards.items():
        party = identify_party(identifier=number, name=name, beside=bool(told), sex=SEXES[side])
        told[side] = Card(party.identifier, party.name, party.person_id)
    couple = Couple(act, told.get("man"), told.get("woman"), booking, application)
    keep(request, couple)
    return couple


def keep(request: HttpRequest, couple: Couple) -> None:
    request.session[_KEY] = asdict(couple)


def current(request: HttpRequest) -> Couple | None:
    """The couple at the desk, if any."""
    kept = request.session.get(_KEY)
    if not kept:
        return None
    cards = {side: Card(**kept[side]) if kept[side] else None for side in SIDES}
    return Couple(kept["act"], cards["man"], cards["woman"], kept["booking"], kept["application"])


def end(request: HttpRequest) -> None:
    """Ends the service: nothing of the couple is left for the next."""
    request.session.pop(_KEY, None)
    leave()


def parties_of(couple: Couple) -> dict[str, Party]:
    """Each party as the register has them today, or as their papers say where it does not know them."""
    ids = [card.person_id for card in (couple.man, couple.woman) if card and card.person_id]
    people = {person.pk: person for person in Person.objects.filter(pk__in=ids)}
    return {
        side: _party(card, SEXES[side], people.get(card.person_id or 0))
        for side in SIDES
        if (card := couple.card(side)) is not None
    }


def _party(card: Card, sex: int, person: Person | None) -> Party:
    told = {
        name: card.brought[name]
        for name in ("nationality", "identifier_kind", "is_present", "has_capacity")
        if card.brought.get(name) not in (None, "")
    }
    if person is not None:
        return party_of(person, card.identifier, **told)
    born, hukou = card.brought.get("birth_date"), card.brought.get("hukou")
    return Party(
        name=card.name,
        identifier=card.identifier,
        sex=sex,
        birth_date=date.fromisoformat(born) if born else _born_of(card.identifier),
        hukou_district=hukou if hukou and hukou != "elsewhere" else None,
        **told,
    )


def _born_of(number: str) -> date | None:
    read = parse_citizen(number)
    return read.birth_date if read.is_valid else None


def party_of_entry(entry: Registration, side: str) -> Party:
    """A party as the entry has them."""
    names = ("name", "identifier", "identifier_kind", "nationality", "birth_date", "person_id")
    told = {name: getattr(entry, f"{side}_{name}") for name in names}
    return Party(sex=SEXES[side], hukou_district=getattr(entry, f"{side}_hukou") or None, **told)


def office_of(actor: Actor, on: date) -> Facility | None:
    """The registry office of the post's own district (the city's for the city's posts); of several, where they are licensed."""
    licensed = RegistrarLicence.objects.filter(
        office=OuterRef("pk"), official=actor.official_id or 0, during__contains=on
    )
    return (
        Facility.objects.filter(kind=OFFICE, division_code=actor.division_code, during__contains=on)
        .order_by(Exists(licensed).desc(), "code")
        .first()
    )


def names_of(couple: Couple) -> str:
    """Both names as they stand on the cards."""
    return "、".join(card.name for card in (couple.man, couple.woman) if card)
