"""What a couple is offered after the act (公民婚育一件事): moving the hukou and registering a birth in one form, filled from the entry.

The kernel's joined applications do the rest: one case for each office, its own clock and decision, one view of both; what one refuses
leaves the other alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from minzheng.domains.marriage_registration.later_entries import current_version
from minzheng.domains.marriage_registration.models import Kind, Registration
from minzheng.kernel.cases.actions import open_bundle
from minzheng.kernel.cases.models import Bundle

JOINED = "after_marriage"
PARTS = ("hukou_spouse_move", "birth_registration")


def answers_from(entry: Registration, *, person_id: int) -> dict[str, str]:
    """The joined form's answers that the act holds, for one of the couple.

    Raises:
        ValueError: the entry is no marriage, or not this person's.
    """
    told = current_version(entry)
    sides = {told.man_person_id: ("man", "woman"), told.woman_person_id: ("woman", "man")}
    if entry.kind != Kind.MARRIAGE or person_id not in sides:
        raise ValueError(f"{entry.number} 不是此人的结婚登记 / not a marriage of this person")
    own, spouse = sides[person_id]
    return {
        "name": getattr(told, f"{own}_name"),
        "identifier": getattr(told, f"{own}_identifier"),
        "spouse_name": getattr(told, f"{spouse}_name"),
        "spouse_identifier": getattr(told, f"{spouse}_identifier"),
        "married_on": entry.on.isoformat(),
    }


def offer_after_marriage(
    entry: Registration, *, person_id: int, on: date, parts: Collection[str] = PARTS
) -> Bundle:
    """Opens the joined application for one of the couple, who acts as a resident; asked again it gives the same one."""
    return open_bundle(
        code=JOINED,
        person=person_id,
        answers=answers_from(entry, person_id=person_id),
        parts=parts,
        on=on,
        channel="online",
        key=f"{JOINED}:{entry.number}:{person_id}",
    )
