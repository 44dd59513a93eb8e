"""A small town, findings written by hand, and the comparison of a month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from minzheng.kernel.awards.tests.conftest import COMMITTEE, grant_of, household  # noqa: F401  (fixtures)
from minzheng.kernel.periods import Month

JUL = Month(2022, 7)
ON = date(2022, 7, 29)


@pytest.fixture
def found(db) -> Callable[..., Any]:
    """Writes a finding of a household (no person) or a person."""
    from minzheng.kernel.outreach.models import Finding

    def write(household_id: int, person_id: int | None = None, *, fen: int, month: Month = JUL, **more: Any):
        benefit = more.pop("benefit", "old_age_allowance" if person_id else "subsistence_allowance")
        values = {"programme": benefit, "benefit": benefit, "status": 2, "division_code": COMMITTEE} | more
        return Finding.objects.create(
            household_id=household_id, person_id=person_id, amount_fen=fen, month=month.first_day, **values
        )

    return write


@pytest.fixture
def outreach_month(db) -> Callable[..., dict[str, int]]:
    """Compares a month and raises its leads, as the step of the month run does."""
    from minzheng.kernel.outreach.difference import compare
    from minzheng.kernel.outreach.leads import raise_leads
    from minzheng.kernel.programmes import load_programmes

    def run(month: Month = JUL, on: date = ON) -> dict[str, int]:
        compare(month=month, programmes=load_programmes())
        return raise_leads(month=month, on=on)

    return run
