"""Attending to somebody from elsewhere (全市通办的接待): sight of one person, for the time of one service.

Row-level security shows an official the people of their place. At a counter anybody of the city may stand, so whoever
shows the whole number and the name of their card is seen by that official alone, to read, until the next client comes.
The database keeps the rules: the functions check the number themselves, leave a trace, and end the sight by the clock.
"""

from __future__ import annotations

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.people.identifiers import normalise
from minzheng.kernel.people.models import Attendance, Person
from minzheng.kernel.people.staging import fetch


class NotIdentified(ValueError):
    """Number and name do not belong to one person of the register; the message does not say which is wrong."""


@transaction.atomic
def attend(
    *, identifier: str, name: str, purpose: str, beside: bool = False, permission: str = "cases.help"
) -> Person:
    """Begins to attend to a client who shows their card (核验身份并接待); whoever was attended to before is left.

    Args:
        identifier: the whole number of a citizen's card or another document.
        purpose: what the client came for; the client can read it later.
        beside: the client came together with the one attended to now (a couple), who stays.
        permission: the service that the acting post gives; it names who may attend to its clients.

    Raises:
        NotPermitted: the acting post does not serve clients.
        NotIdentified: no such person, or the name is another's.
    """
    require(permission)
    if not beside:
        leave()
    row = fetch("SELECT people_attend(%s, %s, %s)", [normalise(identifier), name.strip(), purpose])
    person_id = row[0][0]
    if person_id is None:
        raise NotIdentified(
            "证件号码与姓名不符，或本市登记中没有此人；请核对证件后重新输入 / "
            "the number and the name do not match a person of the register; check the card and enter both again"
        )
    return Person.objects.get(pk=person_id)


@transaction.atomic
def attend_members(*, purpose: str) -> int:
    """Extends the sight to those who live in the household of the one attended to; returns how many (接待其家庭成员).

    For items that the household applies for; the case keeps who has authorised it.
    """
    require("cases.help")
    return int(fetch("SELECT people_attend_members(%s)", [purpose])[0][0])


def attended() -> list[int]:
    """Everyone whom the acting post or resident attends to now."""
    return list(fetch("SELECT people_attended()", [])[0][0] or [])


def leave() -> None:
    """Ends every attendance of the acting post or resident (结束接待): nothing is left for the next client."""
    fetch("SELECT people_leave()", [])


def attendances_of(person_id: int) -> list[Attendance]:
    """Who attended to a person, the latest first; for the person's own page."""
    return list(Attendance.objects.filter(person_id=person_id).order_by("-since")[:100])
