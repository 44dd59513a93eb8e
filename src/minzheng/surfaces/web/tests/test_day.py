"""Acts are dated by today, in a demonstration by the day its city has reached."""

from datetime import date

import pytest

from minzheng.kernel.monthend.models import MonthRun, RunState
from minzheng.kernel.periods import today
from minzheng.surfaces.web.work.day import working_day


@pytest.fixture
def july(as_post):
    as_post("service")
    return MonthRun.objects.create(
        month=date(2022, 7, 1), attempt=1, on=date(2022, 7, 29), state=RunState.DONE, actor_label="测试"
    )


def test_a_real_installation_dates_acts_by_today(july, monkeypatch):
    monkeypatch.delenv("MINZHENG_DEMO", raising=False)
    assert working_day() == today()


def test_a_demonstration_dates_acts_by_the_day_of_its_latest_run(july, monkeypatch):
    monkeypatch.setenv("MINZHENG_DEMO", "1")
    assert working_day() == date(2022, 7, 29)


def test_a_demonstration_without_any_run_dates_acts_by_today(as_post, monkeypatch):
    monkeypatch.setenv("MINZHENG_DEMO", "1")
    as_post("service")
    assert working_day() == today()
