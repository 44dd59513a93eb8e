"""Who stands at the counter: a party as identified, whether in the register of people or from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from minzheng.kernel.people.attendance import NotIdentified, attend, leave
from minzheng.kernel.people.identifiers import normalise, parse_citizen
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.staging import fetch

MALE, FEMALE = 1, 2


@dataclass(frozen=True, slots=True)
class Party:
    """One party (当事人).

    Args:
        sex: 1 man, 2 woman (GB/T 2261.1), 0 unknown.
        nationality: a value of `models.Nationality`.
        person_id: the record in the register of people, None for somebody from elsewhere.
        hukou_district: six digits, None outside the city.
        has_capacity: as the registrar sees and the declaration says (完全民事行为能力).
    """

    name: str
    identifier: str
    sex: int = 0
    birth_date: date | None = None
    identifier_kind: str = "citizen"
    nationality: str = "mainland"
    person_id: int | None = None
    hukou_district: str | None = None
    death_date: date | None = None
    is_present: bool = True
    has_capacity: bool = True

    def absent(self) -> Party:
        """The same party, who did not come."""
        return replace(self, is_present=False)


def identify_party(
    *, identifier: str, name: str, purpose: str = "婚姻登记", beside: bool = False, **told: Any
) -> Party:
    """Reads a party from the register by the card they show, or as told where the register does not know them (核验身份).

    Whoever lives in another district is attended to (decision 0011): seen by this registrar alone, to read, for the time of
    the service.

    Raises:
        NotIdentified: the register knows the number under another name, or the number cannot be right.

    Args:
        beside: True for the second of a couple, so that the first stays attended to.
        told: `Party` fields for somebody the register does not know (nationality, identifier_kind, birth_date, sex …).
    """
    number = normalise(identifier)
    try:
        person = attend(
            identifier=number, name=name, purpose=purpose, beside=beside, permission="marriage.register"
        )
    except NotIdentified:
        kind = told.get("identifier_kind", "citizen")
        if fetch("SELECT * FROM people_taken(%s, %s)", [[kind], [number]]):
            raise  # The number is somebody's in the register: the name on the card decides, not the counter.
        read = parse_citizen(number) if kind == "citizen" else None
        if read is not None and not read.is_valid:
            raise NotIdentified(f"证件号码有误：{'；'.join(map(str, read.errors))}") from None
        if read is not None:
            told = {"birth_date": read.birth_date, "sex": read.sex, **told}
        return Party(name=name.strip(), identifier=number, **told)
    return party_of(person, number, **told)


def party_of(person: Person, identifier: str, **told: Any) -> Party:
    """The party whom a record describes; `told` adds or overrides what the record does not say."""
    local = person.hukou_division_code if person.hukou_is_local else ""
    values: dict[str, Any] = {
        "name": person.name,
        "identifier": identifier,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "person_id": person.pk,
        "hukou_district": local[:6] or None,
        "death_date": person.death_date,
    }
    return Party(**(values | told))


def party_columns(side: str, party: Party) -> dict[str, Any]:
    """A party's columns in a `models.Pair`."""
    return {
        f"{side}_person_id": party.person_id,
        f"{side}_name": party.name,
        f"{side}_identifier_kind": party.identifier_kind,
        f"{side}_identifier": party.identifier,
        f"{side}_nationality": party.nationality,
        f"{side}_birth_date": party.birth_date,
        f"{side}_hukou": (party.hukou_district or "")[:6],
    }


__all__ = ["FEMALE", "MALE", "Party", "identify_party", "leave", "party_columns", "party_of"]
