"""Every night: jobs that ended long ago are forgotten, failed ones later, and what killed uploads left aside is cleared."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from typer.testing import CliRunner

from minzheng.kernel.cases import tasks, uploads
from minzheng.surfaces.cli import jobs

NOW = 1_700_000_000
DAY = 86400


def job(state: str, days: int) -> int:
    """A job whose last event was a minute more than so many days ago; a minute less where they are negative."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('cases', 'cases.refresh_totals', '{}') RETURNING id"
        )
        (pk,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [state, pk]
        )
        age = f"{abs(days) * 1440 + (1 if days > 0 else -1)} minutes"
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - %s::interval WHERE job_id = %s", [age, pk]
        )
    return int(pk)


def remembered(*numbers: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE id = ANY(%s) ORDER BY id", [list(numbers)])
        return [pk for (pk,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("succeeded", -7, True),
        ("succeeded", 7, False),
        ("cancelled", -7, True),
        ("cancelled", 7, False),
        ("aborted", 7, False),
        # Somebody still has to look into it.
        ("failed", 7, True),
        ("failed", -90, True),
        ("failed", 90, False),
        # What waits or is at work is never forgotten, however old.
        ("todo", 400, True),
        ("doing", 400, True),
    ],
)
def test_how_long_the_queue_remembers(db, state, days, stays):
    one = job(state, days)
    tasks.clear_up_job(timestamp=NOW)
    assert bool(remembered(one)) is stays


@pytest.mark.parametrize(("age", "stays"), [(DAY - 1, True), (DAY, True), (DAY + 1, False)])
def test_what_a_killed_upload_left_stays_for_a_day(db, tmp_path, monkeypatch, age, stays):
    monkeypatch.setattr(uploads, "files_home", lambda: tmp_path)
    aside = tmp_path / "uploads" / "ab" / ".part-left"
    aside.parent.mkdir(parents=True)
    aside.write_bytes(b"half")
    os.utime(aside, (NOW - age, NOW - age))
    tasks.clear_up_job(timestamp=NOW)
    assert aside.exists() is stays


def test_the_worker_clears_up_every_night(fresh_database):
    old, new = job("succeeded", 30), job("succeeded", -1)
    tasks.clear_up_job.defer(timestamp=NOW)
    told = CliRunner().invoke(jobs.app, ["work", "--once"])
    assert told.exit_code == 0, told.output
    assert remembered(old, new) == [new]
    registry = tasks.app.periodic_registry.periodic_tasks
    assert ("cases.clear_up", "") in registry and registry["cases.clear_up", ""].cron == "50 2 * * *"
