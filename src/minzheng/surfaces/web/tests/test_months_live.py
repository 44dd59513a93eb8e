"""The months' page says what was matched since the last run, and when only another run can tell."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import RequestFactory

from minzheng.kernel.monthend.models import LiveMonth, MonthRun, RunState
from minzheng.surfaces.web.work import months


@pytest.fixture
def july(as_post):
    with as_post("service"):
        MonthRun.objects.create(
            month=date(2022, 7, 1), attempt=1, on=date(2022, 7, 29), state=RunState.DONE, actor_label="测试"
        )
        live = LiveMonth.objects.create(month=date(2022, 7, 1), snapshot_identity="a")
    as_post("city_policy_officer", "310000")
    return live


def page() -> str:
    request = RequestFactory().get("/work/months/")
    request.htmx = False
    return months.overview(request).content.decode()


def test_nothing_changed_and_nothing_is_said(july):
    assert "即时匹配" not in page()


def test_the_page_counts_the_households_that_were_matched(july):
    LiveMonth.objects.update(changed=12)
    assert "12 户" in page()


def test_a_register_replaced_in_bulk_asks_for_another_run(july):
    LiveMonth.objects.update(changed=12, needs_run=True)
    assert "请重新办理本月" in page() and "12 户" not in page()
