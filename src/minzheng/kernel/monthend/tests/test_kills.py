"""A month run killed at any moment and taken up again ends like one that nobody disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.db import connections

from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.monthend.tests.town import build_town, dump
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.testing import cloned_database

JUL = Month(2022, 7)

# A process of its own runs the month and kills itself, as a power cut would, at the moment asked for.
_CHILD = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "minzheng.surfaces.settings"
import django
django.setup()
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.testing import use_database

name, step, state = sys.argv[1:]

def watch(event):
    if (event.step, event.state) == (step, state) and event.done >= event.total:
        os.kill(os.getpid(), signal.SIGKILL)

with use_database(name):
    run_month(Month(2022, 7), progress=watch)
"""


@pytest.fixture(scope="module")
def undisturbed(django_db_setup, django_db_blocker):
    """A town before its month end, and what its month end makes of it; yields the town's database and the dump."""
    from minzheng.kernel.storage import testing

    with django_db_blocker.unblock(), cloned_database(testing.template_database(), "town") as town:
        build_town()
        connections["default"].close()
        with cloned_database(town, "undisturbed"):
            run_month(JUL)
            made = dump()
        yield town, made


def run_child(name: str, step: str, state: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", _CHILD, name, step, state], env=os.environ.copy(), timeout=120, check=False
    ).returncode


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("snapshot", "started"),
        # The last word of a step before its transaction ends: everything written, nothing committed.
        ("snapshot", "working"),
        ("evaluate", "working"),
        ("findings", "working"),
        ("outreach", "working"),
        ("adjust", "working"),
        ("draft", "working"),
        ("snapshot", "done"),
        ("adjust", "done"),
        ("draft", "done"),
    ],
)
def test_a_killed_run_taken_up_again_ends_like_an_undisturbed_one(
    undisturbed, django_db_blocker, step, state
):
    town, expected = undisturbed
    with django_db_blocker.unblock(), cloned_database(town, "killed") as name:
        connections["default"].close()
        assert run_child(name, step, state) == -signal.SIGKILL
        assert MonthRun.objects.get().state == "running"
        run = run_month(JUL)
        assert (run.attempt, run.state) == (1, "done")
        assert dump() == expected
