"""Every figure runs, and counts what the records say."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from minzheng.domains.eldercare_layout.indicators import INDICATORS
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators.model import Kind
from minzheng.kernel.targets.actions import accept, report_paper, set_target
from minzheng.kernel.targets.tests.conftest import DAY, DISTRICT, told


def rows(one, **when: date) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(one.rows, when)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.id)
def test_every_figure_runs_and_names_its_columns(db, one) -> None:
    when = {"on": DAY} if one.kind == Kind.STOCK else {"first": DAY, "last": DAY}
    with acting_as_service("test"):
        assert rows(one, **when) == []


@pytest.mark.parametrize(("first", "last", "amount"), [(1, 30, 0), (1, 31, 3), (31, 31, 3)])
def test_accepted_evidence_counts_in_its_period_with_both_ends(
    as_post, first: int, last: int, amount: int
) -> None:
    with acting_as_service("test"):
        target = set_target(**told())
    with as_post("district_reviewer", DISTRICT):
        made = report_paper(
            target=target,
            division_code=DISTRICT,
            title="验收",
            amount=3,
            happened_on=date(2022, 3, 31),
            sha256="c" * 64,
        )
    as_post("city_policy_officer")
    accept(evidence=[made], on=DAY)
    found = rows(INDICATORS[0], first=date(2022, 3, first), last=date(2022, 3, last))
    assert sum(row["amount"] for row in found) == amount
