"""From a million people on a month is evaluated by the compiled engine; the month comes out the same."""

from __future__ import annotations

import shutil

import pytest
from django.db import connections

from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.tests.town import build_town, dump
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import population
from minzheng.kernel.storage.paths import findings_home
from minzheng.kernel.storage.testing import cloned_database, template_database

JUL = Month(2022, 7)


@pytest.mark.parametrize(
    ("people", "engine"), [(999_999, "polars"), (1_000_000, "kernel"), (1_000_001, "kernel")]
)
def test_the_compiled_engine_begins_with_a_million_people(people, engine):
    assert population.engine_for(people) == engine


def test_a_month_by_the_compiled_engine_leaves_what_a_month_by_columns_leaves(
    django_db_setup, django_db_blocker, monkeypatch
):
    asked = []
    prepare = population.prepare

    def noted(law, engine):
        asked.append(engine)
        return prepare(law, engine)

    monkeypatch.setattr(population, "prepare", noted)
    left = {}
    with django_db_blocker.unblock(), cloned_database(template_database(), "town") as town:
        build_town()
        connections["default"].close()
        for engine, begins in (("polars", 1_000_000), ("kernel", 1)):
            monkeypatch.setattr(population, "COMPILED_FROM", begins)
            # The same law and snapshot give a folder of the same name, whose findings would be taken as they are.
            shutil.rmtree(findings_home(), ignore_errors=True)
            with cloned_database(town, engine):
                run = run_month(JUL)
                left[engine] = (run.findings_sha256, dump())
    assert set(asked) == {"polars", "kernel"}
    assert left["kernel"] == left["polars"]
