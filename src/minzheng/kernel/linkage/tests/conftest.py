"""Fixtures: a small town with rows that name nobody for certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.linkage.training import current_model
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.models import ReviewItem
from minzheng.kernel.sources.tests.conftest import load  # noqa: F401  (a fixture)
from minzheng.kernel.sources.tests.made import POLICE, as_csv, family, resident, wrong

JUNE = Month(2022, 6)
TOWN = "310107014"
DISTRICT = "310107"
DEATHS = ["证件号码", "姓名", "死亡日期"]
SCHOOL = ["证件号码", "姓名", "学段"]


@pytest.fixture
def town(load: Callable[..., Any]) -> None:  # noqa: F811  (the fixture imported above)
    """Eight people; a death under a mistyped number, and one of somebody whom nobody here can be."""
    people = family(8)
    mistyped = wrong(people[1][0])
    load(
        period=JUNE,
        police_csv=as_csv([POLICE, *people]),
        deaths_csv=as_csv(
            [
                DEATHS,
                [mistyped, people[1][1], "2022-06-03"],
                [wrong(resident("19330303", 77)[0]), "赵铁生", "2022-06-05"],
            ]
        ),
    )


ANSWERS = {"name": {"level": "same", "weight": 12.5}, "number": {"level": "one_digit", "weight": 13.0}}


def pair_of(**sides: Any) -> Proposal:
    """A pair as a job would propose it, without the job."""
    return Proposal.objects.create(
        model=current_model(), weight=15.5, probability=0.99998, evidence={"prior": -10.0, "answers": ANSWERS}, **sides
    )  # fmt: skip


@pytest.fixture
def proposal(town: None) -> Proposal:
    """The pair of the mistyped death and the person it means."""
    with acting_as_service("test"):
        person = Person.objects.get(name=family(2)[1][1])
        item = ReviewItem.objects.get(evidence__values__name=person.name)
        return pair_of(review=item, person=person, division_code=TOWN)
