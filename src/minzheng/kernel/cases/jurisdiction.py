"""Whose case it is (管辖): accepted anywhere, decided where the law says: by hukou, residence or institution.

Source: 上海市社会救助条例 第三十一条 (the street or town of hukou); for residents without local hukou the residence.
"""

from __future__ import annotations

from minzheng.kernel.cases.models import Case
from minzheng.kernel.items.model import Item, Jurisdiction, Step, StepKind
from minzheng.kernel.people.models import Person

CITY = "310000"


def place_of(
    jurisdiction: Jurisdiction,
    *,
    hukou: str,
    is_local: bool,
    residence: str,
    accepting: str,
    institution: str,
) -> str:
    """The division whose office does it; the city where the register does not know the place closely enough.

    >>> place_of(Jurisdiction.HUKOU_STREET, hukou="310151101003", is_local=True, residence="310104014001",
    ...          accepting="310104014", institution="")
    '310151101'
    >>> place_of(Jurisdiction.HUKOU_STREET, hukou="341200", is_local=False, residence="310104014001",
    ...          accepting="310104014", institution="")
    '310104014'
    """
    home = hukou if is_local and hukou.startswith("31") and len(hukou) >= 6 else residence
    match jurisdiction:
        case Jurisdiction.ACCEPTING:
            place = accepting[:9]
        case Jurisdiction.HUKOU_STREET:
            place = home[:9]
        case Jurisdiction.HUKOU_DISTRICT:
            place = home[:6]
        case Jurisdiction.RESIDENCE_STREET:
            place = residence[:9]
        case Jurisdiction.RESIDENCE_DISTRICT:
            place = residence[:6]
        case Jurisdiction.INSTITUTION:
            place = institution[:9]
        case Jurisdiction.CITY:
            place = CITY
    return place or CITY


def deciding_place(item: Item, person: Person, *, accepting: str, answers: dict[str, dict]) -> str:
    """The place that handles a case after it was accepted: the most exact one of the steps that follow.

    A street's step and its district's may alternate; the district is read off the street's code, never the reverse.
    """
    institution = str(answers.get("institution_place", {}).get("value") or "")
    steps = [one for one in item.route if one.kind is not StepKind.ACCEPT] or [item.route[-1]]
    places = [
        place_of(
            step.place,
            hukou=person.hukou_division_code,
            is_local=person.hukou_is_local,
            residence=person.division_code,
            accepting=accepting,
            institution=institution,
        )
        for step in steps
    ]
    return max((place for place in places if place != CITY), key=len, default=CITY)


def place_of_step(step: Step, case: Case) -> str:
    """The place of one step of a case: where it was accepted, where it is decided, or that place's district."""
    if step.place is Jurisdiction.ACCEPTING:
        return case.accepting_division
    if step.place is Jurisdiction.CITY:
        return CITY
    if step.place in (Jurisdiction.HUKOU_DISTRICT, Jurisdiction.RESIDENCE_DISTRICT):
        return case.deciding_division[:6]
    return case.deciding_division
