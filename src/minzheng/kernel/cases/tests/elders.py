"""Elders of Chongming whose old-age allowance was decided: the shortest way to a decision with money in it."""

from __future__ import annotations

from datetime import date
from itertools import count

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case, Decision
from minzheng.kernel.cases.papers import missing_papers
from minzheng.kernel.cases.tests import world
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world as people

ITEM = "old_age_allowance"
DECIDED = date(2022, 10, 11)
DISTRICT = "310151"
CITY = "310000"
REASON = "户籍情况待核实，不予发放"
_serials = count(10)


def elder(*, name: str = "施老伯", place: str = world.HOME) -> Person:
    """A person of seventy-two in Chongming, living alone."""
    serial = next(_serials)
    with acting_as_service("test"):
        told = people.register_one(
            row=serial, serial=serial, identifier=number_of(serial), name=name, sex=1 + (serial + 1) % 2,
            birth_date=date(1950, 5, 5), household_number=f"H2{serial:05d}", hukou_division_code=place,
            division_code=place, on=date(2022, 9, 1),
        )  # fmt: skip
        return Person.objects.get(pk=told["person_id"])


def number_of(serial: int) -> str:
    return people.number(serial, "19500505")


def identifier_of(person: Person) -> str:
    with acting_as_service("test"):
        return person.identifiers.get().value


def accepted(person: Person, *, accepting: str = world.XUHUI, on: date = DECIDED, item: str = ITEM) -> Case:
    """A case of the person taken in at another district's centre, waiting for the decision."""
    with acting_as_service("test"):
        case = actions.open_draft(item=item, person=person, on=on, accepting_division=accepting)
        actions.save_answers(
            case=case, values={"phone": "13800000000", "account": "6222000000000000001"}, on=on
        )
        actions.submit(case=case, on=on)
        for paper in missing_papers(case):
            actions.hand_in(case=case, code=paper.code, on=on)
        return actions.accept(case=case, on=on)


def decided(
    person: Person, outcome: str, officer: Post, *, on: date = DECIDED, accepting: str = world.XUHUI
) -> Case:
    """A case decided by an officer of the street, in accordance with the law's finding or not."""
    case = accepted(person, on=on, accepting=accepting)
    with acting(officer):
        actions.decide(case=case, outcome=outcome, reason=REASON, on=on)
    with acting_as_service("test"):
        return Case.objects.get(pk=case.pk)


def in_force(case: Case) -> Decision:
    return Decision.objects.get(case=case, is_in_force=True)


def street_officer() -> Post:
    return make_post("street_officer", world.CHONGMING)


def reviewer() -> Post:
    return make_post("district_reviewer", DISTRICT)
