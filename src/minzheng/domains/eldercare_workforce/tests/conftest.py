"""Two homes of 普陀 and one of 徐汇 with their managers, workers by number, months of insurance."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from minzheng.domains.eldercare_facilities.tests.conftest import OTHER_STREET, make_home, make_manager
from minzheng.domains.eldercare_workforce.employment import Job, hire, take_insurance
from minzheng.domains.eldercare_workforce.models import Employment
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.identifiers import check_character
from minzheng.kernel.periods import Month, iter_months

HIRED = date(2020, 1, 6)
_serial = count(1)


def make_number() -> str:
    body = f"31019519900101{next(_serial):03d}"
    return body + check_character(body)


def make_worker(
    facility: Facility, manager: Any, *, on: date = HIRED, number: str = "", name: str = "合成护理员", post: str = "care",
    is_full: bool = True, degree: str = "bachelor",
) -> Employment:  # fmt: skip
    with acting(manager):
        return hire(
            facility=facility, name=name, number=number or make_number(), job=Job(post, "合同1", is_full), on=on,
            degree=degree, degree_paper="证1",
        )  # fmt: skip


def insure(employment: Employment, months: int, *, first: Month = Month(2020, 1)) -> None:
    """So many months from `first` on, paid by the employer."""
    with acting_as_service("test"):
        rows = [
            (employment.worker_id, employment.facility, month.first_day)
            for month in iter_months(first, first + months - 1)
        ]
        take_insurance(rows=rows, source="人社共享（测试）")


@pytest.fixture
def home(db) -> Facility:
    return make_home()


@pytest.fixture
def other(db) -> Facility:
    return make_home(OTHER_STREET)


@pytest.fixture
def manager(home) -> Any:
    return make_manager(home)


@pytest.fixture
def rival(other) -> Any:
    return make_manager(other)


@pytest.fixture
def district(db) -> Any:
    return make_post("district_reviewer", "310107")
