"""Every figure runs, and counts what the records say."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from minzheng.domains.eldercare_layout.indicators import FACTS, INDICATORS
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators.model import Kind
from minzheng.kernel.indicators.reading import Asked, answer
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.targets.actions import accept, report_paper, set_target
from minzheng.kernel.targets.tests.conftest import DAY, DISTRICT, told

PLAN = {"code": "plan", "kind": "plan", "year": 2025, "base_year": 2020, "base_value": 1, "shares": None}


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


def told_by(start: date, until: date) -> dict[str, object]:
    with acting_as_service("test"):
        return {name: one.value for fact in FACTS for name, one in fact.read(start, until, "310000").items()}


def test_the_layout_plan_is_told_from_the_first_day_of_its_period(db) -> None:
    assert told_by(date(2021, 1, 1), date(2021, 12, 31)) == {}
    assert told_by(date(2022, 1, 1), date(2022, 1, 1)) == {
        "elder_care.layout_plan_period": "2022/2035",
        "elder_care.layout_plan_near_year": "2025",
        "elder_care.layout_plan_far_year": "2035",
    }


@pytest.mark.parametrize(
    ("year", "period"), [(2020, None), (2021, "2021/2025"), (2025, "2021/2025"), (2026, None)]
)
def test_a_year_belongs_to_the_five_years_after_the_base_of_its_plan(
    db, year: int, period: str | None
) -> None:
    with acting_as_service("test"):
        set_target(**told(**PLAN))
    assert told_by(date(year, 1, 1), date(year, 12, 31)).get("document.plan_period") == period


def test_what_plans_do_not_agree_on_or_only_a_yearly_promise_says_is_no_plan_period(db) -> None:
    with acting_as_service("test"):
        set_target(**told())
        assert "document.plan_period" not in told_by(date(2022, 1, 1), DAY)
        set_target(**told(**PLAN))
        set_target(**told(**PLAN | {"code": "long", "year": 2035}))
        assert told_by(date(2022, 1, 1), DAY)["document.plan_period"] == "2021/2025", (
            "fifteen years are not five"
        )
        set_target(**told(**PLAN | {"code": "other", "base_year": 2021, "year": 2026}))
    assert "document.plan_period" not in told_by(date(2022, 1, 1), DAY)


def test_an_assumed_plan_is_told_as_assumed_with_its_record(db) -> None:
    with acting_as_service("test"):
        made = set_target(**told(**PLAN, provenance="illustrative"))
        found = answer(registry().figure("document.plan_period"), Asked.year(2022))
    assert found.is_assumed and [(one.opens, one.key) for one in found.records] == [("target", made.pk)]
