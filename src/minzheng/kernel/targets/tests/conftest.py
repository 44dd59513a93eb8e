"""A promise of two centres and one bed target, two officials of the city, a district that reports."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.targets.actions import set_target
from minzheng.kernel.targets.models import Target

DAY = date(2022, 7, 1)
DISTRICT, STREET = "310107", "310107014"
_serial = count(1)


def make_centre(opened: date = date(2022, 3, 1), *, place: str = STREET) -> Facility:
    with acting_as_service("test"):
        return Facility.objects.create(
            code=f"CC-{place[:6]}-T{next(_serial)}", kind="community_centre", name="合成中心", division_code=place,
            during=DateRange(opened, None), source="test",
        )  # fmt: skip


def told(**changes: Any) -> dict[str, Any]:
    return {
        "code": "2022-centres", "kind": Target.Kind.PROJECT, "plan": "2022年为民办实事项目", "title": "新增中心", "unit": "个",
        "year": 2022, "value": 2, "owner": "养老服务处", "due_on": date(2022, 12, 31), "source": "2022年工作总结",
        "provenance": "seed", "shares": {DISTRICT: 1, "310104": 1},
    } | changes  # fmt: skip


@pytest.fixture
def officer(db) -> Any:
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def judge(db) -> Any:
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def district(db) -> Any:
    return make_post("district_reviewer", DISTRICT)


@pytest.fixture
def target(db) -> Target:
    with acting_as_service("test"):
        return set_target(**told())
