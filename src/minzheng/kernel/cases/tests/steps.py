"""Short ways through casework for tests: who does what, and a case brought as far as a test needs it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case, Event
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.tests import world
from minzheng.kernel.items.model import Field, FieldType, Item
from minzheng.kernel.people.attendance import attend
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world as people

ANSWERS = {
    "phone": "13800000000", "marital_state": "single", "has_job": True, "has_pension": False,
    "has_disabled_member": False, "has_student": False, "has_medical_costs": False, "housing": "own",
    "reason": "收入低，生活困难", "account": "6222000000000000001", "residence": "城桥镇一号",
}  # fmt: skip


def member(
    *,
    serial: int,
    name: str,
    born: date,
    household: str = "H100001",
    place: str = world.HOME,
    hukou: str = "",
) -> Person:
    """One more person of the household, registered by the platform."""
    with acting_as_service("test"):
        told = people.register_one(
            row=serial, serial=serial, identifier=people.number(serial, f"{born:%Y%m%d}"), name=name,
            sex=1 if serial % 2 else 2, birth_date=born, household_number=household, relation=2,
            hukou_division_code=hukou or place, division_code=place, on=date(2022, 9, 1),
        )  # fmt: skip
        return Person.objects.get(pk=told["person_id"])


def value_for(field: Field) -> Any:
    """An answer that fits a field."""
    return {
        FieldType.NUMBER: 3, FieldType.MONEY: 100_00, FieldType.DATE: "2022-09-01", FieldType.YES_NO: False,
        FieldType.IDENTIFIER: world.NUMBER, FieldType.PHONE: "13800000000", FieldType.ACCOUNT: "6222000000000000001",
        FieldType.PLACE: world.HOME, FieldType.CHOICE: field.choices[0][0] if field.choices else "",
    }.get(field.type, "如实填写")  # fmt: skip


def fill(case: Case, item: Item, on: date = world.ON) -> Case:
    """Answers every question of the form that has no answer yet."""
    values = {field.name: value_for(field) for field in item.fields if field.name not in case.answers}
    return actions.save_answers(case=case, values=values, on=on)


def draft(item: str = world.APPLY, *, on: date = world.ON, key: str = "", name: str = world.NAME) -> Case:
    """A filled-in draft at the counter; whoever acts serves the client."""
    client = attend(identifier=world.NUMBER, name=name, purpose="申请")
    case = actions.open_draft(item=item, person=client, on=on, key=key)
    return actions.save_answers(case=case, values=ANSWERS, on=on)


def bring_papers(case: Case, on: date = world.ON) -> None:
    for paper in missing_papers(case):
        actions.hand_in(case=case, code=paper.code, on=on, note="窗口核验原件")


def accepted(item: str = world.APPLY, *, on: date = world.ON) -> Case:
    """A case of the poor household, taken in at Xuhui and accepted."""
    with acting(make_post("centre_clerk", world.XUHUI)):
        case = draft(item, on=on)
        actions.submit(case=case, on=on)
        bring_papers(case, on)
        return actions.accept(case=case, on=on)


def officer(place: str = world.CHONGMING, role: str = "street_officer") -> Post:
    return make_post(role, place)


def service(act: Any, **words: Any) -> Any:
    """Does an act as the platform does in its jobs."""
    with acting_as_service("test"):
        return act(**words)


def fresh(case: Case | int) -> Case:
    """The case as it is now, with its events and papers to be read outside of any post."""
    with acting_as_service("test"):
        return Case.objects.get(pk=case if isinstance(case, int) else case.pk)


def events_of(case: Case | int) -> list[Event]:
    with acting_as_service("test"):
        return list(Event.objects.filter(case_id=case if isinstance(case, int) else case.pk).order_by("id"))


def event(case: Case | int, act: str) -> Event:
    """The case's only event of an act."""
    [found] = [one for one in events_of(case) if one.act == act]
    return found


def waiting_jobs(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of a name that wait in the queue, the oldest first."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' ORDER BY id", [name]
        )
        return [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
