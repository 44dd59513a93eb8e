"""A month run as a job: kept in the database, begun once, taken up again after a kill."""

from __future__ import annotations

import pytest
from django.db import connection
from typer.testing import CliRunner

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.monthend.errors import MonthBusy
from minzheng.kernel.monthend.jobs import start_month
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.kernel.periods import Month
from minzheng.surfaces.cli import jobs

JUL = Month(2022, 7)


@pytest.fixture
def town(fresh_database):
    return build_town()


def start() -> int:
    with acting(make_post("city_policy_officer", "310000")):
        return start_month(month=JUL)


def test_a_policy_officer_starts_the_month_and_a_worker_runs_it(town):
    start()
    assert not MonthRun.objects.exists()
    result = CliRunner().invoke(jobs.app, ["work", "--once"])
    assert result.exit_code == 0, result.output
    run = MonthRun.objects.get()
    assert (run.state, run.actor_label) == ("done", "月度办理")
    assert "没有等待的作业" in CliRunner().invoke(jobs.app, ["list"]).output


def test_a_second_click_does_not_queue_the_month_twice(town):
    start()
    with pytest.raises(MonthBusy):
        start()


def test_a_job_whose_worker_was_killed_is_taken_up_again(town):
    start()
    with acting_as_service("test"), connection.cursor() as cursor:
        # What a killed worker leaves behind: a job at work, and nobody who gives a sign of life.
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
        cursor.execute(
            """INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"""
        )
        cursor.execute("UPDATE procrastinate_jobs SET worker_id = %s", [cursor.fetchone()[0]])
    result = CliRunner().invoke(jobs.app, ["work", "--once"])
    assert "taken up again" in result.output
    assert result.exit_code == 0, result.output
    assert [run.state for run in MonthRun.objects.all()] == ["done"], result.output


@pytest.mark.parametrize("role", ["street_officer", "finance_approver", "auditor", "neighbourhood_worker"])
def test_other_roles_may_not_start_a_month(fresh_database, role):
    with acting(make_post(role, "310000")), pytest.raises(NotPermitted):
        start_month(month=JUL)
