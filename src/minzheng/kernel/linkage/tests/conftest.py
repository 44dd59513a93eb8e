"""Fixtures: a small town with rows that name nobody for certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.linkage.actions import match_rows
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.tests.conftest import load  # noqa: F401
from minzheng.kernel.sources.tests.made import POLICE, as_csv, family, resident, wrong

JUNE = Month(2022, 6)
TOWN = "310107014"
DISTRICT = "310107"
DEATHS = ["证件号码", "姓名", "死亡日期"]
SCHOOL = ["证件号码", "姓名", "学段"]


@pytest.fixture
def town(load: Callable[..., Any]) -> None:  # noqa: F811
    """Eight people; a death under a mistyped number, and one of somebody whom nobody here can be."""
    people = family(8)
    mistyped = wrong(people[1][0])
    load(
        period=JUNE,
        police_csv=as_csv([POLICE, *people]),
        deaths_csv=as_csv(
            [DEATHS, [mistyped, people[1][1], "2022-06-03"], [wrong(resident("19330303", 77)[0]), "赵铁生", "2022-06-05"]]
        ),
    )


@pytest.fixture
def proposal(town: None) -> Proposal:
    """The pair of the mistyped death and the person it means."""
    with acting_as_service("test"):
        match_rows()
        found = Proposal.objects.get()
        assert found.person_id == Person.objects.get(name=family(2)[1][1]).pk
    return found
